/* faults -- preloaded, makes one call of one function of the C library fail.
 *
 *     LD_PRELOAD=faults.so SAFI_FAULT=write:17:ENOSPC safi ...
 *
 * SAFI_FAULT=FUNCTION:N:HOW   the Nth call of FUNCTION fails with the error named; in place of an
 *                             error, `short`: it moves one byte only; `kill`: the process is killed
 *                             before it.  `N+`: all calls from the Nth on.
 * SAFI_FAULT_COUNT=FILE       a line "FUNCTION CALLS" for each function goes to FILE at exit
 * SAFI_FAULT_HIT=FILE         when a call is made to fail, who called whom goes to FILE
 * SAFI_FAULT_CHILDREN=1       counts and fails in children of the process as well
 *
 * `dirsync` is fsync() or fdatasync() of a directory, whose loss matters to fewer.
 *
 * Calls count from main() on; functions that differ only in the width of an offset or in the checks
 * of _FORTIFY_SOURCE count as one.  What the C library calls within itself (stdio, fts, opendir) is
 * out of reach, as is the loader. */
#undef _FILE_OFFSET_BITS /* under 64, open() would be open64(); here both are wanted */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* --- which call fails ------------------------------------------------------------------------- */

enum Function { READ, PREAD, WRITE, PWRITE, FSYNC, FDATASYNC, DIRSYNC, FTRUNCATE, OPEN, CLOSE, DUP,
                RENAME, MMAP, MALLOC, CALLOC, REALLOC, MEMALIGN, FORK, THREAD, FUNCTIONS };

static const char *const names[FUNCTIONS] = {
	"read", "pread", "write", "pwrite", "fsync", "fdatasync", "dirsync", "ftruncate", "open",
	"close", "dup", "rename", "mmap", "malloc", "calloc", "realloc", "memalign", "fork",
	"pthread_create",
};

enum { SHORT = -1, KILL = -2 };

static atomic_bool armed;
static atomic_ullong calls[FUNCTIONS];
static int failing = FUNCTIONS, how;
static unsigned long long first, last;

static int error_named(const char *name)
{
	for (int number = 1; number < 200; number++) {
		const char *known = strerrorname_np(number);
		if (known && strcmp(known, name) == 0) {
			return number;
		}
	}
	return strcmp(name, "short") == 0 ? SHORT : strcmp(name, "kill") == 0 ? KILL : 0;
}

static void misused(const char *word)
{
	dprintf(STDERR_FILENO, "faults: SAFI_FAULT is '%s', not FUNCTION:N:ERROR\n", word);
	_exit(99);
}

static void take_fault(const char *word)
{
	char name[32], plus = ':', error[32];
	int used = 0;

	if (sscanf(word, "%31[a-z_]:%llu%n", name, &first, &used) != 2 ||
	    (sscanf(word + used, "%c:%31s", &plus, error) != 2 &&
	     sscanf(word + used, ":%31s", error) != 1)) {
		misused(word);
	}
	last = plus == '+' ? ~0ull : first;
	for (failing = 0; failing < FUNCTIONS && strcmp(names[failing], name) != 0; failing++) {
	}
	how = error_named(error);
	if (failing == FUNCTIONS || !how) {
		misused(word);
	}
}

/* Neither what fails nor what is told of it may count itself. */
static void tell_hit(void)
{
	const char *path = getenv("SAFI_FAULT_HIT");
	void *frames[48];

	if (path && atomic_exchange(&armed, false)) {
		const int fd = (int)syscall(SYS_openat, AT_FDCWD, path,
		                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		backtrace_symbols_fd(frames, backtrace(frames, 48), fd);
		syscall(SYS_close, fd);
		atomic_store(&armed, true);
	}
}

/* Counts a call; whether it is to fail, with errno set, or (SHORT) to move one byte. */
static int fault(enum Function function)
{
	if (!atomic_load_explicit(&armed, memory_order_relaxed)) {
		return 0;
	}
	const unsigned long long call = atomic_fetch_add(&calls[function], 1) + 1;
	if ((int)function != failing || call < first || call > last) {
		return 0;
	}
	tell_hit();
	if (how == KILL) {
		kill(getpid(), SIGKILL);
	}
	errno = how == SHORT ? errno : how;
	return how;
}

/* --- from main() on --------------------------------------------------------------------------- */

static void write_counts(void)
{
	const char *path = getenv("SAFI_FAULT_COUNT");

	if (!path || !atomic_exchange(&armed, false)) {
		return;
	}
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	for (int i = 0; i < FUNCTIONS; i++) {
		dprintf(fd, "%s %llu\n", names[i], atomic_load(&calls[i]));
	}
	close(fd);
}

static void disarm(void)
{
	atomic_store(&armed, false);
}

static int (*real_main)(int, char **, char **);

static int armed_main(int argc, char **argv, char **envp)
{
	const char *word = getenv("SAFI_FAULT");
	void *frame;

	if (word) {
		take_fault(word);
	}
	if (!getenv("SAFI_FAULT_CHILDREN")) {
		pthread_atfork(NULL, NULL, disarm);
	}
	backtrace(&frame, 1); /* loads what it needs now, not when memory is short */
	atexit(write_counts);
	atomic_store(&armed, true);
	return real_main(argc, argv, envp);
}

/* As glibc declares it, in csu/libc-start.c. */
EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                             void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                             void *stack_end);

EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                             void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                             void *stack_end)
{
	__typeof__(&__libc_start_main) next =
		(__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return next(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* --- memory ----------------------------------------------------------------------------------- */

/* dlsym() may want memory before malloc() is found: it gets some of this, which is never freed. */
static char early[16384];
static size_t early_used;
static _Thread_local bool looking __attribute__((tls_model("initial-exec")));

static void *early_memory(size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (size > sizeof early - early_used) {
		_exit(99);
	}
	early_used += size;
	return early + early_used - size;
}

static bool is_early(const void *memory)
{
	return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

static void *look_up(const char *name)
{
	looking = true;
	void *found = dlsym(RTLD_NEXT, name);
	looking = false;
	return found;
}

/* The function that this one stands before. */
#define NEXT(name) \
	static __typeof__(&name) next_##name; \
	if (!next_##name) { \
		next_##name = (__typeof__(&name))look_up(#name); \
	}

EXPORT void *malloc(size_t size)
{
	if (looking) {
		return early_memory(size);
	}
	NEXT(malloc)
	return fault(MALLOC) ? NULL : next_malloc(size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	if (looking) {
		return early_memory(n * size);
	}
	NEXT(calloc)
	return fault(CALLOC) ? NULL : next_calloc(n, size);
}

EXPORT void *realloc(void *memory, size_t size)
{
	NEXT(realloc)
	if (is_early(memory)) {
		void *copy = malloc(size);
		return copy ? memcpy(copy, memory, size) : NULL;
	}
	return fault(REALLOC) ? NULL : next_realloc(memory, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	NEXT(aligned_alloc)
	return fault(MEMALIGN) ? NULL : next_aligned_alloc(alignment, size);
}

EXPORT int posix_memalign(void **memory, size_t alignment, size_t size)
{
	NEXT(posix_memalign)
	return fault(MEMALIGN) ? ENOMEM : next_posix_memalign(memory, alignment, size);
}

EXPORT void free(void *memory)
{
	NEXT(free)
	if (!is_early(memory)) {
		next_free(memory);
	}
}

/* --- files ------------------------------------------------------------------------------------ */

static size_t moved(int failed, size_t len)
{
	return failed == SHORT && len > 1 ? 1 : len;
}

#define MOVES(function, name, bytes) \
	EXPORT ssize_t name(int fd, bytes, size_t len) \
	{ \
		NEXT(name) \
		const int failed = fault(function); \
		return failed > 0 ? -1 : next_##name(fd, data, moved(failed, len)); \
	}

#define MOVES_AT(function, name, bytes, offset) \
	EXPORT ssize_t name(int fd, bytes, size_t len, offset at) \
	{ \
		NEXT(name) \
		const int failed = fault(function); \
		return failed > 0 ? -1 : next_##name(fd, data, moved(failed, len), at); \
	}

MOVES(READ, read, void *data)
MOVES(WRITE, write, const void *data)
MOVES_AT(PREAD, pread, void *data, off_t)
MOVES_AT(PREAD, pread64, void *data, off64_t)
MOVES_AT(PWRITE, pwrite, const void *data, off_t)
MOVES_AT(PWRITE, pwrite64, const void *data, off64_t)

EXPORT ssize_t __read_chk(int fd, void *data, size_t len, size_t room);

EXPORT ssize_t __read_chk(int fd, void *data, size_t len, size_t room)
{
	return read(fd, data, len);
}

#define DOES(function, name, parameters, arguments) \
	EXPORT int name parameters \
	{ \
		NEXT(name) \
		return fault(function) ? -1 : next_##name arguments; \
	}

static enum Function sync_of(int fd, enum Function function)
{
	struct stat info;

	return fstat(fd, &info) == 0 && S_ISDIR(info.st_mode) ? DIRSYNC : function;
}

DOES(sync_of(fd, FSYNC), fsync, (int fd), (fd))
DOES(sync_of(fd, FDATASYNC), fdatasync, (int fd), (fd))
DOES(FTRUNCATE, ftruncate, (int fd, off_t len), (fd, len))
DOES(FTRUNCATE, ftruncate64, (int fd, off64_t len), (fd, len))
DOES(DUP, dup, (int fd), (fd))
DOES(DUP, dup2, (int fd, int to), (fd, to))
DOES(RENAME, rename, (const char *from, const char *to), (from, to))
DOES(RENAME, renameat, (int from_fd, const char *from, int to_fd, const char *to),
     (from_fd, from, to_fd, to))
DOES(FORK, fork, (void), ())

/* What is closed with an error is closed nevertheless: close(2), "Dealing with error returns". */
EXPORT int close(int fd)
{
	NEXT(close)
	const int failed = fault(CLOSE), closed = next_close(fd);

	if (failed) {
		errno = failed;
	}
	return failed ? -1 : closed;
}

#define OPENS(name) \
	EXPORT int name(const char *path, int flags, ...) \
	{ \
		NEXT(name) \
		va_list rest; \
		va_start(rest, flags); \
		const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
		va_end(rest); \
		return fault(OPEN) ? -1 : next_##name(path, flags, mode); \
	}

#define OPENS_AT(name) \
	EXPORT int name(int at, const char *path, int flags, ...) \
	{ \
		NEXT(name) \
		va_list rest; \
		va_start(rest, flags); \
		const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
		va_end(rest); \
		return fault(OPEN) ? -1 : next_##name(at, path, flags, mode); \
	}

OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

EXPORT int __open_2(const char *path, int flags);
EXPORT int __open64_2(const char *path, int flags);

EXPORT int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

EXPORT int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

#define MAPS(name, offset) \
	EXPORT void *name(void *where, size_t len, int protection, int flags, int fd, offset at) \
	{ \
		NEXT(name) \
		return fault(MMAP) ? MAP_FAILED : next_##name(where, len, protection, flags, fd, at); \
	}

MAPS(mmap, off_t)
MAPS(mmap64, off64_t)

/* --- threads ---------------------------------------------------------------------------------- */

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
	NEXT(pthread_create)
	const int failed = fault(THREAD);

	return failed ? failed : next_pthread_create(thread, attributes, start, argument);
}
