#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- limits ----------------------------------------------------------------------------------- */

static void limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) == 0 && (now.rlim_max == RLIM_INFINITY || most < now.rlim_max)) {
		setrlimit(what, &(struct rlimit){most, most});
	}
}

/* Address space in use: models that are mapped, and what a sanitizer has set aside, must not count
 * as the stage's appetite. */
static rlim_t address_space(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file) {
		if (fscanf(file, "%llu", &pages) != 1) {
			pages = 0;
		}
		fclose(file);
	}
	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(gsize memory)
{
	const rlim_t now = address_space();

	if (now > 0) {
		limit(RLIMIT_AS, now + memory);
	}
	limit(RLIMIT_CORE, 0);
}

/* By the soft limit, so that it can be renewed. */
void safi_sandbox_allow_cpu(double seconds)
{
	struct rusage usage;
	struct rlimit now;

	if (getrusage(RUSAGE_SELF, &usage) || getrlimit(RLIMIT_CPU, &now)) {
		return;
	}
	now.rlim_cur = MIN((rlim_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 2 + seconds),
	                   now.rlim_max);
	setrlimit(RLIMIT_CPU, &now);
}

/* --- files: Landlock -------------------------------------------------------------------------- */

/* From linux/landlock.h as of ABI 6; the header of the system may be older than its kernel. */
typedef struct Ruleset {
	uint64_t files, network, scoped;
} Ruleset;

typedef struct __attribute__((packed)) Beneath {
	uint64_t allowed;
	int32_t directory;
} Beneath;

enum {
	READ_FILE = 1 << 2, READ_DIR = 1 << 3,
	BENEATH = 1,          /* kind of rule */
	VERSION = 1,          /* flag: asks for the ABI */
	CONNECT_AND_BIND = 3, /* TCP; ABI 4 */
	SOCKETS_AND_SIGNALS = 3 /* to processes outside; ABI 6 */
};

/* What the C library and what it loads may read when they are used for the first time: locales,
 * conversions of iconv, time zones. */
static const char *const system_files[] = {
	"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/zero",
	"/dev/urandom", "/sys/devices/system/cpu", NULL,
};

int safi_sandbox_landlock(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);
}

/* All that the ABI knows of: 13 kinds of access in the first, one more in each of 2, 3 and 5. */
static uint64_t all_access(int abi)
{
	const int kinds = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5);

	return ((uint64_t)1 << kinds) - 1;
}

static void allow_reading(int ruleset, const char *const *paths)
{
	for (; paths && *paths; paths++) {
		struct stat is;
		Beneath beneath = {READ_FILE, open(*paths, O_PATH | O_CLOEXEC)};
		if (beneath.directory < 0) {
			continue;
		}
		if (fstat(beneath.directory, &is) == 0 && S_ISDIR(is.st_mode)) {
			beneath.allowed |= READ_DIR;
		}
		syscall(SYS_landlock_add_rule, ruleset, BENEATH, &beneath, 0);
		close(beneath.directory);
	}
}

static bool hide_files(const char *const *readable)
{
	const int abi = safi_sandbox_landlock();
	const Ruleset rules = {
		all_access(abi), abi >= 4 ? CONNECT_AND_BIND : 0, abi >= 6 ? SOCKETS_AND_SIGNALS : 0,
	};
	const size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? offsetof(Ruleset, scoped)
	                                                       : offsetof(Ruleset, network);
	const int ruleset = abi > 0 ? (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0) : -1;

	if (ruleset < 0) {
		return false;
	}
	allow_reading(ruleset, system_files);
	allow_reading(ruleset, readable);
	const bool good = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return good;
}

/* --- calls: seccomp --------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#define X32 0x40000000u /* x86-64's other numbers for the same calls */

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define DENIED (SECCOMP_RET_ERRNO | EACCES)
#define DENY(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), RETURN(DENIED)

/* No network, no way into other processes, and none out of the group in which it is found when it
 * is to be ended.  What io_uring does no filter sees.  socketpair() leads nowhere and stays. */
static bool deny_calls(void)
{
	struct sock_filter filter[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		RETURN(DENIED),
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
		RETURN(DENIED),
		DENY(SYS_socket),
		DENY(SYS_io_uring_setup),
		DENY(SYS_ptrace),
		DENY(SYS_process_vm_readv),
		DENY(SYS_process_vm_writev),
		DENY(SYS_setpgid),
		DENY(SYS_setsid),
		RETURN(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {G_N_ELEMENTS(filter), filter};

	/* Without the flag older kernels make all that follows slower, against an attack on secrets
	 * that this process has none of. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	               &program) == 0;
}
#else
static bool deny_calls(void)
{
	return false;
}
#endif

/* ---------------------------------------------------------------------------------------------- */

void safi_sandbox_enter(const SafiSandbox *sandbox)
{
	limit_memory(sandbox->memory);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!hide_files(sandbox->readable)) {
		limit(RLIMIT_FSIZE, 0);
		signal(SIGXFSZ, SIG_IGN); /* a write then fails and does not end the process */
	}
	if (!deny_calls()) {
		const int left = unshare(CLONE_NEWNET); /* for root alone */
		(void)left;
	}
}
