#include "progress.h"

#include "figures.h"
#include "lock.h"
#include "log.h"
#include "signals.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	EVERY = 250 * 1000,  /* microseconds from one status to the next */
	FIRST = 1000 * 1000, /* what takes less needs none */
	USUAL = 80,          /* columns of a terminal that does not say */
};

/* --- how much there is ------------------------------------------------------------------------ */

/* What is left of it, if it is a file. */
static bool add_size(const char *word, uint64_t *total)
{
	const bool is_stdin = g_str_equal(word, "-");
	struct stat file;
	off_t at = 0;

	if ((is_stdin ? fstat(STDIN_FILENO, &file) : stat(word, &file)) != 0 ||
	    !S_ISREG(file.st_mode)) {
		return false;
	}
	if (is_stdin) {
		at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	}
	*total += (uint64_t)MAX(file.st_size - MAX(at, 0), 0);
	return true;
}

uint64_t safi_progress_total(const char *const *words)
{
	static const char *const only_stdin[] = {"-", NULL};
	uint64_t total = 0;

	for (words = words && words[0] ? words : only_stdin; *words; words++) {
		if (!add_size(*words, &total)) {
			return 0;
		}
	}
	return total;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void add_figures(SafiLine *line, SafiProgress *progress, gint64 now, size_t width)
{
	SafiFigures figures = {
		.records = progress->records,
		.written = progress->written,
		.dropped = progress->dropped,
		.dead = progress->dead,
		.bytes = progress->bytes,
		.total = progress->total,
		.rate = progress->rate,
	};

	if (figures.rate < 0) {
		figures.rate = safi_pace_since(progress->begun, now, figures.bytes);
	}
	safi_figures_add(line, &figures, width);
}

void safi_progress_tell(void *data)
{
	SafiLine line = {.len = 0};

	safi_line_add_string(&line, "safi: note: ");
	add_figures(&line, data, g_get_monotonic_time(), sizeof line.text);
	safi_log_wipe_status();
	safi_line_say(&line);
}

/* --- what is shown ---------------------------------------------------------------------------- */

static bool is_screen(void)
{
	return isatty(STDERR_FILENO) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

/* Who was put into the background must not write over what is there now. */
static bool is_in_background(void)
{
	const pid_t front = tcgetpgrp(STDERR_FILENO);

	return front >= 0 && front != getpgrp();
}

/* One column less than there are, for some terminals go to the next line in the last one. */
static size_t width(void)
{
	struct winsize size;
	const bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

	return (size_t)(told ? size.ws_col : USUAL) - 1;
}

static void show(SafiProgress *progress)
{
	const gint64 now = g_get_monotonic_time();
	SafiLine line = {.len = 0};

	progress->rate = safi_pace_add(&progress->pace, now, progress->bytes);
	if (now - progress->begun < FIRST || is_in_background()) {
		return;
	}
	add_figures(&line, progress, now, width());
	line.text[line.len] = '\0';
	safi_log_set_status(line.text);
}

static gpointer show_on(gpointer data)
{
	SafiProgress *progress = data;

	safi_signals_leave_to_main();
	SAFI_LOCK(&progress->lock);
	while (!progress->ended) {
		const gint64 next = g_get_monotonic_time() + EVERY;
		const struct timespec until = {next / G_USEC_PER_SEC, next % G_USEC_PER_SEC * 1000};
		if (pthread_cond_timedwait(&progress->changed, &progress->lock, &until) == ETIMEDOUT) {
			show(progress);
		}
	}
	return NULL;
}

/* --- beginning and end ------------------------------------------------------------------------ */

/* By the clock that nobody sets. */
static void init_lock(SafiProgress *progress)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&progress->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&progress->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void ask_to_end(SafiProgress *progress)
{
	SAFI_LOCK(&progress->lock);

	progress->ended = true;
	pthread_cond_signal(&progress->changed);
}

void safi_progress_begin(SafiProgress *progress, uint64_t total, bool wanted)
{
	progress->total = total;
	progress->begun = g_get_monotonic_time();
	progress->rate = -1;
	progress->ended = false;
	init_lock(progress);
	if (wanted && is_screen()) {
		/* Without it the run goes on just as well. */
		progress->shows = g_thread_try_new("progress", show_on, progress, NULL);
	}
}

void safi_progress_end(SafiProgress *progress)
{
	ask_to_end(progress);
	if (progress->shows) {
		g_thread_join(progress->shows);
		progress->shows = NULL;
		safi_log_set_status(NULL);
	}
	pthread_mutex_destroy(&progress->lock);
	pthread_cond_destroy(&progress->changed);
}
