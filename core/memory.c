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

static void handle_abort(int number)
{
	safi_memory_check_abort();
	signal(number, SIG_DFL);
	raise(number);
}

void safi_memory_check_abort(void)
{
	if (errno == ENOMEM) {
		safi_crash_end("out of memory");
	}
}

void safi_memory_watch(void)
{
	/* One for GLib alone would have to be allocated. */
	g_log_set_default_handler(report, NULL);
	/* GLib's slice allocator, until 2.76 took it out, and C++ where nobody catches what new throws
	 * report by themselves, and abort. */
	signal(SIGABRT, handle_abort);
}
