#include "signals.h"

#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static const int heard[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

/* One wish is often sent twice: timeout(1) signals its child and then the whole group, systemd
 * (SendSIGHUP=) adds SIGHUP.  Nobody presses a key twice as fast as this. */
#define ONE_WISH INT64_C(200) /* milliseconds */

static struct {
	pid_t process; /* 0: not begun */
	struct sigaction before[NSIG];
	bool changed[NSIG];
	sigset_t mask_before;
	int wake;
	void (*asked)(void *data);
	void *data;
} state = {.wake = -1};

/* What handlers share with the threads. */
static atomic_int stopped_by;
static _Atomic int64_t stopped_at = INT64_MAX;

/* --- in the handlers -------------------------------------------------------------------------- */

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* It comes again when the handler has returned. */
static void die_of(int number)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};

	sigaction(number, &usual, NULL);
	raise(number);
}

void safi_signals_wake(void)
{
	const uint64_t one = 1;

	ssize_t written = write(state.wake, &one, sizeof one);
	(void)written; /* who does not sleep sees why by himself */
}

static void ask_to_stop(int number)
{
	int none = 0;

	if (atomic_compare_exchange_strong(&stopped_by, &none, number)) {
		stopped_at = now();
		safi_signals_wake();
	} else if (now() - stopped_at >= ONE_WISH) {
		safi_log_wipe_status();
		die_of(number);
	}
}

static void handle(int number)
{
	const int kept = errno;

	if (getpid() != state.process) {
		die_of(number); /* a child that has not yet been given back what was ours */
	} else if (number != SIGUSR1) {
		ask_to_stop(number);
	} else if (state.asked) {
		state.asked(state.data);
	}
	errno = kept;
}

/* --- outside ---------------------------------------------------------------------------------- */

static void set_of_heard(sigset_t *set)
{
	sigemptyset(set);
	for (guint i = 0; i < G_N_ELEMENTS(heard); i++) {
		sigaddset(set, heard[i]);
	}
}

static void change(int number, const struct sigaction *action)
{
	struct sigaction *before = &state.before[number];

	sigaction(number, NULL, before);
	state.changed[number] = before->sa_handler != SIG_IGN;
	if (state.changed[number]) {
		sigaction(number, action, NULL);
	}
}

void safi_signals_begin(void (*asked)(void *data), void *data)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	/* Without SA_RESTART, so that what cannot be polled, such as opening a FIFO, ends; but a
	 * question must not disturb. */
	struct sigaction hear = {.sa_handler = handle};

	state.process = getpid();
	state.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	state.asked = asked;
	state.data = data;
	pthread_sigmask(SIG_SETMASK, NULL, &state.mask_before);
	set_of_heard(&hear.sa_mask);
	for (guint i = 0; i < G_N_ELEMENTS(heard); i++) {
		hear.sa_flags = heard[i] == SIGUSR1 ? SA_RESTART : 0;
		change(heard[i], &hear);
	}
	change(SIGPIPE, &ignore);
}

void safi_signals_reset_in_child(void)
{
	if (!state.process) {
		return;
	}
	for (int number = 1; number < NSIG; number++) {
		if (state.changed[number]) {
			sigaction(number, &state.before[number], NULL);
		}
	}
	pthread_sigmask(SIG_SETMASK, &state.mask_before, NULL);
}

void safi_signals_end(void)
{
	safi_signals_reset_in_child();
	if (state.wake >= 0) {
		close(state.wake);
	}
	memset(&state, 0, sizeof state);
	state.wake = -1;
	stopped_by = 0;
	stopped_at = INT64_MAX;
}

void safi_signals_leave_to_main(void)
{
	sigset_t set;

	set_of_heard(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int safi_signals_heard(void)
{
	return stopped_by;
}

int safi_signals_wake_fd(void)
{
	return state.wake;
}

bool safi_signals_pipe_kills(void)
{
	return state.changed[SIGPIPE];
}

void safi_signals_die(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	die_of(number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + number); /* a signal that ends nobody */
}
