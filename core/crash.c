#include "crash.h"

#include "exit.h"
#include "instances.h"
#include "memory.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Thread_local SafiCall call;

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction before[NSIG];

SafiCall safi_crash_into(const SafiInstances *where, const char *function,
                         const safi_record *record)
{
	const SafiCall outer = call;

	call = (SafiCall){where, function, record};
	return outer;
}

void safi_crash_out(SafiCall outer)
{
	call = outer;
}

/* --- in the handler, where hardly anything may be called -------------------------------------- */

typedef struct Line {
	char text[2048];
	size_t len;
} Line;

static void add(Line *line, const char *text, size_t len)
{
	len = MIN(len, sizeof line->text - line->len);
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];
		line->text[line->len++] = c < 0x20 || c == 0x7F ? '?' : text[i];
	}
}

static void add_string(Line *line, const char *text)
{
	add(line, text, strlen(text));
}

static void add_number(Line *line, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
	} while ((number /= 10) > 0);
	add(line, digits + at, sizeof digits - at);
}

/* As safi_record_place(). */
static void add_place(Line *line, const safi_record *record)
{
	if (!record || !record->origin_name.ptr) {
		add_string(line, "safi: ");
		return;
	}
	add(line, record->origin_name.ptr, record->origin_name.len);
	add_string(line, ": record ");
	add_number(line, record->number);
	add_string(line, " (bytes ");
	add_number(line, record->origin_begin);
	add_string(line, " to ");
	add_number(line, record->origin_end);
	add_string(line, "): ");
}

static void end_line(Line *line)
{
	line->len = MIN(line->len, sizeof line->text - 1);
	line->text[line->len++] = '\n';
	ssize_t written = write(STDERR_FILENO, line->text, line->len);
	(void)written; /* there is nobody left to tell */
}

/* signal 0: it called exit(). */
static void tell(int number)
{
	Line line = {.len = 0};

	add_place(&line, call.record);
	add_string(&line, "error: stage '");
	add_string(&line, call.where->step->label);
	add_string(&line, number ? "' crashed in " : "' ended the process in ");
	add_string(&line, call.function);
	if (number) {
		add_string(&line, ": signal ");
		add_number(&line, (uint64_t)number);
	}
	add_string(&line, "; its plugin is ");
	add_string(&line, call.where->step->plugin->path);
	end_line(&line);
}

void safi_crash_end(const char *why)
{
	Line line = {.len = 0};

	add_place(&line, call.record);
	add_string(&line, "error: ");
	add_string(&line, why);
	if (call.where) {
		add_string(&line, ", in ");
		add_string(&line, call.function);
		add_string(&line, " of stage '");
		add_string(&line, call.where->step->label);
		add_string(&line, "'");
	}
	end_line(&line);
	_exit(SAFI_EXIT_FAILED);
}

/* Then whatever would have happened without us: a fault comes again, a signal that was sent waits
 * until this has returned. */
static void handle(int number)
{
	safi_memory_check(number);
	sigaction(number, &before[number], NULL);
	if (call.where) {
		tell(number);
	}
	raise(number);
}

/* A plugin that ends the process must not end it well. */
static void handle_exit(void)
{
	if (call.where) {
		tell(0);
		_exit(SAFI_EXIT_FAILED);
	}
}

/* --- before ----------------------------------------------------------------------------------- */

/* A stack of its own, for the other one may be full. */
void safi_crash_watch(void)
{
	static char stack[64 * 1024];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

	atexit(handle_exit);
	sigaltstack(&alternate, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
		sigaction(signals[i], &action, &before[signals[i]]);
	}
}
