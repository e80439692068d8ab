#include "child.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ENOUGH 60 /* seconds */

static void check_ending(SafiChildWork work, double seconds, const char *expected)
{
	g_autofree char *ending = NULL;

	g_assert_null(safi_child_ask(work, NULL, seconds, &ending));
	g_assert_cmpstr(ending, ==, expected);
}

/* --- answers --------------------------------------------------------------------------------- */

static void answers(SafiChild *child, GString *answer, gpointer data)
{
	safi_child_at(child, "on the way");
	printf("This is not an answer.\n");
	fflush(stdout);
	g_string_append(answer, data);
}

static void test_answer(void)
{
	g_autofree char *ending = NULL;
	char many[] = "forty-two", none[] = "";
	g_autofree char *answer = safi_child_ask(answers, many, ENOUGH, &ending);

	g_assert_cmpstr(answer, ==, "forty-two");
	g_assert_null(ending);
	g_free(answer);
	answer = safi_child_ask(answers, none, ENOUGH, &ending);
	g_assert_cmpstr(answer, ==, "");
}

/* --- other endings --------------------------------------------------------------------------- */

static void is_killed(SafiChild *child, GString *answer, gpointer data)
{
	safi_child_at(child, "before");
	safi_child_at(child, "in open()");
	raise(SIGKILL);
}

static void ends(SafiChild *child, GString *answer, gpointer data)
{
	_exit(3);
}

static void hangs(SafiChild *child, GString *answer, gpointer data)
{
	safi_child_at(child, "in open()");
	for (;;) {
		pause();
	}
}

static void closes_all(SafiChild *child, GString *answer, gpointer data)
{
	safi_child_at(child, "in open()");
	for (int fd = 0; fd < 256; fd++) {
		close(fd);
	}
}

static void talks(SafiChild *child, GString *answer, gpointer data)
{
	g_string_set_size(answer, 8 << 20);
	memset(answer->str, 'x', answer->len);
}

static void test_endings(void)
{
	if (g_getenv("SAFI_TEST_WRAP") != NULL) {
		g_test_skip("who ends in the middle leaves memory behind, and valgrind says so");
		return;
	}
	check_ending(is_killed, ENOUGH, "crashed in open(): signal 9, Killed");
	check_ending(ends, ENOUGH, "ended the process at once: exit status 3");
	check_ending(closes_all, ENOUGH, "ended the process in open(): exit status 1");
	check_ending(hangs, 0.1, "hung in open(): no answer within 0.1 s (SAFI_PROBE_SECONDS gives it "
	                         "more)");
	check_ending(talks, ENOUGH, "says more than 4 MiB of itself");
}

/* --- what it leaves behind ------------------------------------------------------------------- */

/* A grandchild that holds the write end of a pipe. */
static void starts_another(SafiChild *child, GString *answer, gpointer data)
{
	if (fork() == 0) {
		for (;;) {
			pause();
		}
	}
}

static void test_no_orphans(void)
{
	g_autofree char *ending = NULL;
	int ends_of_pipe[2];
	char byte;

	g_assert_cmpint(pipe(ends_of_pipe), ==, 0);
	g_autofree char *answer = safi_child_ask(starts_another, NULL, ENOUGH, &ending);
	close(ends_of_pipe[1]);
	g_assert_cmpint(read(ends_of_pipe[0], &byte, 1), ==, 0); /* waits while anyone holds it */
	close(ends_of_pipe[0]);
}

/* --- the time limit -------------------------------------------------------------------------- */

static void test_seconds(void)
{
	g_unsetenv("SAFI_PROBE_SECONDS");
	g_assert_cmpfloat(safi_child_seconds(), ==, 10);
	g_setenv("SAFI_PROBE_SECONDS", "0.5", TRUE);
	g_assert_cmpfloat(safi_child_seconds(), ==, 0.5);
	g_setenv("SAFI_PROBE_SECONDS", "-1", TRUE);
	g_assert_cmpfloat(safi_child_seconds(), ==, 10);
	g_setenv("SAFI_PROBE_SECONDS", "soon", TRUE);
	g_assert_cmpfloat(safi_child_seconds(), ==, 10);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/what the work has to say comes back, and nothing that it prints",
	                test_answer);
	g_test_add_func("/another ending is told in a sentence, with where it was", test_endings);
	g_test_add_func("/what the work has started ends with it", test_no_orphans);
	g_test_add_func("/the time limit is that of the environment, if it is one", test_seconds);
	return g_test_run();
}
