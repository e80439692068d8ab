/* What a run tells of itself, and that it keeps out of the way of messages. */
#include "figures.h"
#include "log.h"
#include "progress.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { WIDE = 1000, ENOUGH = 60000 /* milliseconds */ };

/* --- figures ---------------------------------------------------------------------------------- */

static void check(SafiFigures figures, size_t width, const char *expected)
{
	SafiLine line = {.len = 0};

	safi_figures_add(&line, &figures, width);
	line.text[line.len] = '\0';
	g_assert_cmpstr(line.text, ==, expected);
}

static void test_counts(void)
{
	check((SafiFigures){.rate = -1}, WIDE, "0 records, 0.0 kB, 0 written");
	check((SafiFigures){.records = 1, .bytes = 999, .rate = 0}, WIDE,
	      "1 record, 0.9 kB, 0.0 kB/s, 0 written");
	check((SafiFigures){.records = 1234567, .written = 1000, .dropped = 1002003, .dead = 12,
	                    .bytes = 812499999, .rate = 1000000}, WIDE,
	      "1,234,567 records, 812.4 MB, 1.0 MB/s, 12 dead, 1,002,003 dropped, 1,000 written");
	check((SafiFigures){.records = UINT64_MAX, .bytes = UINT64_MAX, .rate = INT64_MAX}, WIDE,
	      "18,446,744,073,709,551,615 records, 18.4 EB, 9.2 EB/s, 0 written");
}

static void check_left(uint64_t bytes, uint64_t total, int64_t rate, const char *expected)
{
	SafiLine line = {.len = 0};

	safi_figures_add(&line, &(SafiFigures){.bytes = bytes, .total = total, .rate = rate}, WIDE);
	line.text[line.len] = '\0';
	g_assert_true(g_str_has_suffix(line.text, ", 0 written"));
	line.text[line.len - strlen(", 0 written")] = '\0';
	const char *outlook = strstr(line.text, "/s");
	g_assert_cmpstr(outlook ? outlook + strlen("/s") : strstr(line.text, "kB") + strlen("kB"), ==,
	                expected);
}

static void test_outlook(void)
{
	check_left(0, 0, 100, "");
	check_left(0, 100, -1, ", 0 %");
	check_left(0, 100, 0, ", 0 %");
	check_left(0, 100, 100, ", 0 %, 0:01 left");
	check_left(99, 200, 100, ", 49 %, 0:02 left");
	check_left(0, 59, 1, ", 0 %, 0:59 left");
	check_left(0, 725, 1, ", 0 %, 12:05 left");
	check_left(0, 4325, 1, ", 0 %, 1:12:05 left");
	check_left(0, 3 * 86400 + 3700, 1, ", 0 %, 3 d 1 h left");
	check_left(UINT64_MAX / 2, UINT64_MAX, 1, ", 50 %");
	check_left(100, 100, 100, ", 100 %, 0:00 left");
	check_left(101, 100, 100, "");
}

static void test_narrow(void)
{
	const SafiFigures figures = {.records = 10, .bytes = 2000, .rate = 1000, .dead = 3};

	check(figures, 44, "10 records, 2.0 kB, 1.0 kB/s, 3 dead");
	check(figures, 36, "10 records, 2.0 kB, 1.0 kB/s, 3 dead");
	check(figures, 35, "10 records, 2.0 kB, 1.0 kB/s");
	check(figures, 9, "");
	check(figures, 0, "");
}

/* --- pace ------------------------------------------------------------------------------------- */

static void test_pace(void)
{
	SafiPace pace = {.n = 0};

	g_assert_cmpint(safi_pace_add(&pace, G_USEC_PER_SEC, 500), <, 0);
	g_assert_cmpint(safi_pace_add(&pace, G_USEC_PER_SEC, 500), <, 0); /* no time has gone by */
	g_assert_cmpint(safi_pace_add(&pace, 3 * G_USEC_PER_SEC, 700), ==, 100);
	g_assert_cmpint(safi_pace_since(0, 0, 700), <, 0);
	g_assert_cmpint(safi_pace_since(0, G_USEC_PER_SEC / 2, 700), ==, 1400);
	g_assert_cmpint(safi_pace_since(0, 1, G_MAXUINT64), ==, G_MAXINT64);
}

/* What was long ago no longer counts. */
static void test_pace_forgets(void)
{
	SafiPace pace = {.n = 0};
	gint64 rate = -1;

	for (int i = 0; i < 1000; i++) {
		rate = safi_pace_add(&pace, i * G_USEC_PER_SEC, (guint64)MIN(i, 500) * 70);
		g_assert_cmpint(rate, ==, i == 0 ? -1 : i <= 500 ? 70 : MAX(70 * (532 - i) / 32, 0));
	}
}

/* --- totals ----------------------------------------------------------------------------------- */

static void test_total(void)
{
	g_autofree char *dir = g_dir_make_tmp("safi-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "file", NULL);

	g_assert_true(g_file_set_contents(path, "12345", 5, NULL));
	g_assert_cmpuint(safi_progress_total((const char *[]){path, path, NULL}), ==, 10);
	g_assert_cmpuint(safi_progress_total((const char *[]){path, dir, NULL}), ==, 0);
	g_assert_cmpuint(safi_progress_total((const char *[]){path, "/nowhere", NULL}), ==, 0);

	const int kept = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
	dup2(fd, STDIN_FILENO);
	g_assert_cmpint(lseek(fd, 2, SEEK_SET), ==, 2);
	g_assert_cmpuint(safi_progress_total(NULL), ==, 3);
	g_assert_cmpuint(safi_progress_total((const char *[]){"-", path, NULL}), ==, 8);
	dup2(kept, STDIN_FILENO);
	close(kept);
	close(fd);
	g_unlink(path);
	g_rmdir(dir);
}

/* --- on stderr -------------------------------------------------------------------------------- */

/* stderr leads into a terminal, of which the test reads what is shown. */
typedef struct Screen {
	int kept, own;
	GString *shown;
} Screen;

static void screen_open(Screen *screen)
{
	const struct winsize size = {.ws_col = 40, .ws_row = 5};
	struct termios plain;

	screen->own = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	g_assert_cmpint(grantpt(screen->own) | unlockpt(screen->own), ==, 0);
	const int theirs = open(ptsname(screen->own), O_RDWR | O_NOCTTY);
	g_assert_cmpint(tcgetattr(theirs, &plain), ==, 0);
	cfmakeraw(&plain);
	tcsetattr(theirs, TCSANOW, &plain);
	ioctl(theirs, TIOCSWINSZ, &size);
	screen->kept = dup(STDERR_FILENO);
	dup2(theirs, STDERR_FILENO);
	close(theirs);
	screen->shown = g_string_new(NULL);
}

static void screen_close(Screen *screen)
{
	dup2(screen->kept, STDERR_FILENO);
	close(screen->kept);
	close(screen->own);
	g_string_free(screen->shown, TRUE);
}

static void screen_expect(Screen *screen, const char *wanted)
{
	struct pollfd ready = {.fd = screen->own, .events = POLLIN};
	char bytes[4096];

	while (!strstr(screen->shown->str, wanted)) {
		if (poll(&ready, 1, ENOUGH) != 1) {
			g_test_message("shown: %s", screen->shown->str);
			g_test_fail();
			return;
		}
		const ssize_t got = read(screen->own, bytes, sizeof bytes);
		g_string_append_len(screen->shown, bytes, MAX(got, 0));
	}
	g_string_truncate(screen->shown, 0);
}

static void test_status(void)
{
	SafiProgress progress = {.records = 0};
	Screen screen;

	screen_open(&screen);
	safi_progress_begin(&progress, 4000, true);
	safi_progress_count(&progress.records, 2);
	safi_progress_count(&progress.bytes, 2000);
	screen_expect(&screen, "\r\033[K2 records, 2.0 kB, ");
	safi_log(SAFI_LOG_WARNING, "a message");
	screen_expect(&screen, "\r\033[Ksafi: warning: a message\n2 records, 2.0 kB, ");
	safi_progress_tell(&progress);
	screen_expect(&screen, "\r\033[Ksafi: note: 2 records, 2.0 kB, ");
	safi_progress_end(&progress);
	safi_log(SAFI_LOG_WARNING, "the last one");
	screen_expect(&screen, "\r\033[Ksafi: warning: the last one\n");
	screen_close(&screen);
}

/* Nothing wanted, or no terminal: the first thing shown is the line that was asked for. */
static void test_quiet(void)
{
	SafiProgress progress = {.records = 1};
	Screen screen;

	screen_open(&screen);
	g_setenv("TERM", "dumb", TRUE);
	safi_progress_begin(&progress, 0, true);
	g_assert_null(progress.shows);
	safi_progress_end(&progress);
	g_setenv("TERM", "vt100", TRUE);
	safi_progress_begin(&progress, 0, false);
	g_assert_null(progress.shows);
	safi_progress_tell(&progress);
	safi_progress_end(&progress);
	screen_expect(&screen, "safi: note: 1 record, 0.0 kB, ");
	screen_close(&screen);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_setenv("TERM", "vt100", TRUE);
	g_setenv("NO_COLOR", "1", TRUE);
	g_test_add_func("/progress/counts, sizes and rates are told for people", test_counts);
	g_test_add_func("/progress/what is left is told where it is known", test_outlook);
	g_test_add_func("/progress/a narrow terminal gets whole parts", test_narrow);
	g_test_add_func("/progress/a pace is how much more it was each second", test_pace);
	g_test_add_func("/progress/a pace forgets what was long ago", test_pace_forgets);
	g_test_add_func("/progress/the total is known of files alone", test_total);
	g_test_add_func("/progress/a status stays below the messages", test_status);
	g_test_add_func("/progress/nothing is shown where nobody wants it", test_quiet);
	return g_test_run();
}
