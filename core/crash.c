#include "crash.h"

#include "exit.h"
#include "instances.h"
#include "line.h"
#include "log.h"
#include "memory.h"

#include <pthread.h>
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

SafiCall safi_crash_call(void)
{
	return call;
}

/* --- in the handler, where hardly anything may be called -------------------------------------- */

/* As safi_record_place(). */
static void add_place(SafiLine *line, const safi_record *record)
{
	if (!record || !record->origin_name.ptr) {
		safi_line_add_string(line, "safi: ");
		return;
	}
	safi_line_add(line, record->origin_name.ptr, record->origin_name.len);
	safi_line_add_string(line, ": record ");
	safi_line_add_number(line, record->number);
	safi_line_add_string(line, " (bytes ");
	safi_line_add_number(line, record->origin_begin);
	safi_line_add_string(line, " to ");
	safi_line_add_number(line, record->origin_end);
	safi_line_add_string(line, "): ");
}

/* signal 0: it called exit(). */
static void tell(int number)
{
	SafiLine line = {.len = 0};

	add_place(&line, call.record);
	safi_line_add_string(&line, "error: stage '");
	safi_line_add_string(&line, call.where->step->label);
	safi_line_add_string(&line, number ? "' crashed in " : "' ended the process in ");
	safi_line_add_string(&line, call.function);
	if (number) {
		safi_line_add_string(&line, ": signal ");
		safi_line_add_number(&line, (uint64_t)number);
	}
	safi_line_add_string(&line, "; its plugin is ");
	safi_line_add_string(&line, call.where->step->plugin->path);
	safi_log_wipe_status();
	safi_line_say(&line);
}

void safi_crash_end(const char *why)
{
	SafiLine line = {.len = 0};

	add_place(&line, call.record);
	safi_line_add_string(&line, "error: ");
	safi_line_add_string(&line, why);
	if (call.where) {
		safi_line_add_string(&line, ", in ");
		safi_line_add_string(&line, call.function);
		safi_line_add_string(&line, " of stage '");
		safi_line_add_string(&line, call.where->step->label);
		safi_line_add_string(&line, "'");
	}
	safi_log_wipe_status();
	safi_line_say(&line);
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

/* For the handler: the other stack may be full. */
typedef struct Stack {
	char bytes[64 * 1024];
	stack_t before; /* a sanitizer's, perhaps */
} Stack;

static void use_stack(Stack *stack)
{
	const stack_t alternate = {.ss_sp = stack->bytes, .ss_size = sizeof stack->bytes};

	sigaltstack(&alternate, &stack->before);
}

static pthread_key_t own_stack;

static void leave_stack(void *data)
{
	const Stack *stack = data;

	sigaltstack(&stack->before, NULL);
}

static void make_key(void)
{
	pthread_key_create(&own_stack, leave_stack);
}

/* The stack comes with the thread: where memory is short, there could be none for it now. */
void safi_crash_watch_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	static _Thread_local Stack stack;

	pthread_once(&once, make_key);
	if (!pthread_getspecific(own_stack)) {
		use_stack(&stack);
		pthread_setspecific(own_stack, &stack);
	}
}

void safi_crash_watch(void)
{
	static Stack stack;
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

	atexit(handle_exit);
	use_stack(&stack);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
		sigaction(signals[i], &action, &before[signals[i]]);
	}
}
