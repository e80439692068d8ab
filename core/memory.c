#include "memory.h"

#include "crash.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* GLib's allocation sites say "failed to allocate" (gmem.c, gprintf.c); its other errors, such as
 * a thread that could not be started, are told as they are. */
static void report(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
	if (level & G_LOG_LEVEL_ERROR) {
		safi_crash_end(message && !strstr(message, "failed to allocate") ? message
		                                                                 : "out of memory");
	}
	g_log_default_handler(domain, level, message, data);
}

void safi_memory_end(void)
{
	safi_crash_end("out of memory");
}

void safi_memory_check(int number)
{
	if (errno == ENOMEM && (number == SIGABRT || number == SIGSEGV)) {
		safi_memory_end();
	}
}

static void handle(int number)
{
	safi_memory_check(number);
	signal(number, SIG_DFL);
	raise(number);
}

/* On a stack of its own, for the other one may be full. */
void safi_memory_watch(void)
{
	static char stack[16 * 1024];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

	sigaltstack(&alternate, NULL);
	/* One for GLib alone would have to be allocated. */
	g_log_set_default_handler(report, NULL);
	/* GLib's slice allocator, until 2.76 took it out, and C++ where nobody catches what new throws
	 * report by themselves, and abort. */
	sigaction(SIGABRT, &action, NULL);
	/* Not everybody looks before using what was not to be had.  And where there is not even memory
	 * for its report, GLib reports that until the stack is full. */
	sigaction(SIGSEGV, &action, NULL);
}
