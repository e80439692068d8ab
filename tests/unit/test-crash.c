/* The last words of a thread, by what a child process that crashes on one says. */
#include "crash.h"
#include "instances.h"

#include <signal.h>
#include <sys/resource.h>

static volatile bool forever = true;

static int deeper(const volatile char *above)
{
	volatile char here[4096];

	here[0] = *above;
	return forever ? deeper(here) + here[0] : 0;
}

static gpointer overflow(gpointer where)
{
	safi_crash_watch_thread();
	safi_crash_into(where, "process()", NULL);
	deeper("");
	return NULL;
}

/* With nothing of a sanitizer's own, whose words would come first. */
static void crash_on_a_thread(void)
{
	const struct rlimit no_core = {0, 0};
	char label[] = "deep", path[] = "deep.so";
	SafiPlugin plugin = {.path = path};
	SafiStep step = {.label = label, .plugin = &plugin};
	SafiInstances where = {.step = &step};

	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGSEGV, SIG_DFL);
	safi_crash_watch();
	g_thread_join(g_thread_new("worker", overflow, &where));
}

static void test_overflow(void)
{
	if (g_test_subprocess()) {
		crash_on_a_thread();
		return;
	}
	if (g_getenv("SAFI_TEST_WRAP") != NULL) {
		g_test_skip("a crash is told by valgrind, as it should be");
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr("*safi: error: stage 'deep' crashed in process(): signal 11; "
	                          "its plugin is deep.so\n*");
}

static gpointer watch(gpointer before)
{
	safi_crash_watch_thread();
	safi_crash_watch_thread();
	return NULL;
}

/* A leak would be found. */
static void test_threads_come_and_go(void)
{
	for (int i = 0; i < 100; i++) {
		g_thread_join(g_thread_new("worker", watch, NULL));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/crash/a thread whose stack is full has last words", test_overflow);
	g_test_add_func("/crash/threads take their stacks with them", test_threads_come_and_go);
	return g_test_run();
}
