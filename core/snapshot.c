#include "snapshot.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kernel says by a signal that the original has died; it is blocked, so that it can be waited
 * for without a gap. */
static void sleep_until_death_of(pid_t original, const sigset_t *told)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	while (getppid() == original) {
		sigwaitinfo(told, NULL);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void drop(SafiSnapshot *snapshot)
{
	if (snapshot->copy) {
		kill((pid_t)snapshot->copy, SIGKILL);
		while (waitpid((pid_t)snapshot->copy, NULL, 0) < 0 && errno == EINTR) {
		}
		snapshot->copy = 0;
	}
}

bool safi_snapshot_take(SafiSnapshot *snapshot)
{
	const pid_t self = getpid();
	sigset_t told, before;
	pid_t copy;

	/* The old one first: of two each would take itself for the heir. */
	drop(snapshot);
	sigemptyset(&told);
	sigaddset(&told, SIGTERM);
	sigprocmask(SIG_BLOCK, &told, &before);
	copy = fork();
	if (copy == 0) {
		sleep_until_death_of(self, &told);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	snapshot->copy = MAX(copy, 0);
	return copy != 0;
}
