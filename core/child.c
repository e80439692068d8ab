#include "child.h"

#include "fd.h"
#include "log.h"
#include "signals.h"
#include "value.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What goes through the pipe: texts that end with a NUL, each with its kind before it.  An answer
 * comes last. */
enum { WHERE = '@', ANSWER = '=' };

#define MOST (4u << 20)

struct SafiChild {
	int to;
};

/* --- the child -------------------------------------------------------------------------------- */

static void say(const SafiChild *child, char kind, const char *text)
{
	g_autofree char *whole = g_strdup_printf("%c%s", kind, text);

	if (!safi_fd_write(child->to, whole, strlen(whole) + 1)) {
		_exit(EXIT_FAILURE);
	}
}

void safi_child_at(SafiChild *child, const char *where)
{
	say(child, WHERE, where);
}

/* What a plugin prints while somebody looks into it is no answer. */
static void silence(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		dup2(null, fd);
	}
}

G_GNUC_NORETURN
static void work_in_child(int to, SafiChildWork work, gpointer data)
{
	SafiChild child = { to };
	g_autoptr(GString) answer = g_string_new(NULL);

	safi_signals_reset_in_child();
	/* What hangs must not outlive a caller who was interrupted, and what the work starts is found
	 * by its group. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	silence();
	work(&child, answer, data);
	say(&child, ANSWER, answer->str);
	_exit(EXIT_SUCCESS);
}

/* --- the parent ------------------------------------------------------------------------------- */

/* The last text of a kind that has come whole, or NULL. */
static const char *last_said(const GString *heard, char kind)
{
	const char *found = NULL, *p = heard->str, *end = p + heard->len, *nul;

	while (p < end && (nul = memchr(p, '\0', (gsize)(end - p))) != NULL) {
		found = *p == kind ? p + 1 : found;
		p = nul + 1;
	}
	return found;
}

static bool has_answered(const GString *heard)
{
	return heard->len > 0 && heard->str[heard->len - 1] == '\0' &&
	       last_said(heard, ANSWER) != NULL;
}

/* To its answer or its end, the deadline or too much, whichever comes first. */
static void listen(int from, gint64 deadline, GString *heard)
{
	struct pollfd poller = { .fd = from, .events = POLLIN };
	char chunk[4096];
	gssize n = 1;

	while (n != 0 && heard->len < MOST && !has_answered(heard)) {
		gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
		if (left <= 0) {
			return;
		}
		if (poll(&poller, 1, (int)left) <= 0) {
			continue;
		}
		n = read(from, chunk, sizeof chunk);
		if (n < 0 && errno != EINTR) {
			return;
		}
		g_string_append_len(heard, chunk, MAX(n, 0));
	}
}

/* Waits for the child until the deadline, then ends it and what it started.  Whether it had ended
 * by itself. */
static bool reap(pid_t child, gint64 deadline, int *status)
{
	bool killed = false;
	pid_t got;

	while ((got = waitpid(child, status, killed ? 0 : WNOHANG)) != child) {
		if (got < 0 && errno != EINTR) {
			return false;
		}
		if (g_get_monotonic_time() >= deadline) {
			killed = kill(child, SIGKILL) == 0;
		} else {
			g_usleep(500);
		}
	}
	kill(-child, SIGKILL);
	return !killed;
}

static char *explain(const GString *heard, bool ended, int status, double seconds)
{
	const char *where = last_said(heard, WHERE);

	where = where != NULL ? where : "at once";
	if (heard->len >= MOST) {
		return g_strdup_printf("says more than %u MiB of itself", MOST >> 20);
	}
	if (!ended) {
		return g_strdup_printf("hung %s: no answer within %g s (SAFI_PROBE_SECONDS gives it more)",
		                       where, seconds);
	}
	if (WIFSIGNALED(status)) {
		return g_strdup_printf("crashed %s: signal %d, %s", where, WTERMSIG(status),
		                       g_strsignal(WTERMSIG(status)));
	}
	return g_strdup_printf("ended the process %s: exit status %d", where, WEXITSTATUS(status));
}

static char *hear(pid_t child, int from, double seconds, char **ending)
{
	g_autoptr(GString) heard = g_string_new(NULL);
	gint64 deadline = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
	const char *answer;
	bool ended;
	int status = 0;

	listen(from, deadline, heard);
	answer = last_said(heard, ANSWER);
	ended = reap(child, answer != NULL || heard->len >= MOST ? 0 : deadline, &status);
	if (answer == NULL) {
		*ending = explain(heard, ended, status, seconds);
	}
	return g_strdup(answer);
}

char *safi_child_ask(SafiChildWork work, gpointer data, double seconds, char **ending)
{
	char *answer = NULL;
	int ends[2] = { -1, -1 };
	pid_t child = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;

	if (child < 0) {
		*ending = g_strdup_printf("cannot be looked into: %s", g_strerror(errno));
	}
	if (child == 0) {
		work_in_child(ends[1], work, data);
	}
	close(ends[1]);
	if (child > 0) {
		answer = hear(child, ends[0], seconds, ending);
	}
	close(ends[0]);
	return answer;
}

double safi_child_seconds(void)
{
	const char *given = g_getenv("SAFI_PROBE_SECONDS");
	static bool told;
	double seconds = 10;

	if (given == NULL || *given == '\0' ||
	    (safi_value_real(given, &seconds) && seconds > 0 && seconds <= 1e6)) {
		return seconds;
	}
	if (!told) {
		safi_log(SAFI_LOG_WARNING, "SAFI_PROBE_SECONDS is '%s', not a number of seconds; 10 is "
		         "taken", given);
	}
	told = true;
	return 10;
}
