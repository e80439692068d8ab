#include "probe.h"

#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's answer: one of these, the text, and a 0 that says it is whole. */
#define LOADED '+'
#define REFUSED '-'
#define MAX_ANSWER (4u << 20)

/* --- the child -------------------------------------------------------------------------------- */

/* What the module prints while it is loaded is not an answer. */
static void silence(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		dup2(null, fd);
	}
}

G_GNUC_NORETURN
static void answer(int to, const char *path, SafiProbeTell tell)
{
	g_autoptr(GString) out = g_string_new(NULL);
	SafiPlugin *plugin;

	/* A module that hangs must not outlive a caller who was interrupted. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	silence();
	plugin = safi_plugin_load(path);
	g_string_append_c(out, plugin->refusal == NULL ? LOADED : REFUSED);
	if (plugin->refusal == NULL) {
		tell(out, plugin);
	} else {
		g_string_append(out, plugin->refusal);
	}
	safi_plugin_free(plugin);
	if (!safi_fd_write(to, out->str, out->len + 1)) {
		_exit(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS);
}

/* --- the parent ------------------------------------------------------------------------------- */

static bool is_whole(const GString *answer)
{
	return answer->len > 1 && answer->str[answer->len - 1] == '\0';
}

/* To the end of the answer, the deadline or too much, whichever comes first. */
static void read_answer(int from, gint64 deadline, GString *answer)
{
	struct pollfd poller = { .fd = from, .events = POLLIN };
	char chunk[4096];
	gssize n = 1;

	while (n != 0 && answer->len < MAX_ANSWER) {
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
		g_string_append_len(answer, chunk, MAX(n, 0));
	}
}

/* Waits for the child until the deadline, then ends it.  Whether it had ended by itself. */
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
			g_usleep(1000);
		}
	}
	return !killed;
}

static char *explain(const GString *answer, bool ended, int status, double seconds)
{
	if (answer->len >= MAX_ANSWER) {
		return g_strdup_printf("says more than %u MiB of itself", MAX_ANSWER >> 20);
	}
	if (!ended) {
		return g_strdup_printf("did not answer within %g s", seconds);
	}
	if (WIFSIGNALED(status)) {
		return g_strdup_printf("crashed while it was loaded: signal %d, %s", WTERMSIG(status),
		                       g_strsignal(WTERMSIG(status)));
	}
	return g_strdup_printf("ended the process while it was loaded, with exit status %d",
	                       WEXITSTATUS(status));
}

static char *hear(pid_t child, int from, double seconds, char **refusal)
{
	g_autoptr(GString) answer = g_string_new(NULL);
	gint64 deadline = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
	bool whole, ended;
	int status = 0;

	read_answer(from, deadline, answer);
	whole = is_whole(answer);
	ended = reap(child, whole || answer->len >= MAX_ANSWER ? 0 : deadline, &status);
	if (whole && answer->str[0] == LOADED) {
		return g_strdup(answer->str + 1);
	}
	if (whole) {
		*refusal = g_strdup(answer->str + 1);
	} else {
		*refusal = explain(answer, ended, status, seconds);
	}
	return NULL;
}

char *safi_probe(const char *path, double seconds, SafiProbeTell tell, char **refusal)
{
	char *told = NULL;
	int ends[2] = { -1, -1 };
	pid_t child = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;

	if (child < 0) {
		*refusal = g_strdup_printf("cannot be looked into: %s", g_strerror(errno));
	}
	if (child == 0) {
		answer(ends[1], path, tell);
	}
	close(ends[1]);
	if (child > 0) {
		told = hear(child, ends[0], seconds, refusal);
	}
	close(ends[0]);
	return told;
}
