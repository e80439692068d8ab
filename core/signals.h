/* How a run hears signals.
 *
 * The first SIGINT, SIGTERM or SIGHUP asks the run to stop reading and to bring home what it has;
 * a second one ends the process at once, by its own default action.  SIGUSR1 asks how far the run
 * is.  A pipe whose reader has gone is told by EPIPE.  What our parent ignored stays ignored.
 *
 * Dispositions belong to the process, so there is one such state.  The main thread hears; other
 * threads leave it to it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* `asked` is called at SIGUSR1, in the handler, whatever the threads are doing: it may do only what
 * is async-signal-safe.  NULL: SIGUSR1 does nothing.  [main], before other threads */
void safi_signals_begin(void (*asked)(void *data), void *data);
/* All is again as it was before.  [main], after other threads */
void safi_signals_end(void);

/* On every other thread, first of all. */
void safi_signals_leave_to_main(void);

/* The signal that asked the run to stop; 0: none has.  [any] */
int safi_signals_heard(void);
/* Readable from then on; to be polled beside what is waited for, never read.  -1: there is none,
 * which poll() passes over.  [any] */
int safi_signals_wake_fd(void);

/* Wakes who polls it without a signal: the run has stopped by itself.  [any] */
void safi_signals_wake(void);

/* Whether a write to a pipe that nobody reads would have ended us: then, after cleaning up, the run
 * should die of SIGPIPE.  Else EPIPE is an error like any other.  [any] */
bool safi_signals_pipe_kills(void);

/* Ends the process by this signal, so that whoever waits for it sees which.  [main] */
G_NORETURN void safi_signals_die(int number);

/* In a child process after fork(): it gets what we were given, also the mask of the main thread. */
void safi_signals_reset_in_child(void);
