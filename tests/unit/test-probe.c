#include "probe.h"

#include <stdio.h>

#define ENOUGH 60 /* seconds */

static void tell_id(GString *out, const SafiPlugin *plugin)
{
	g_string_append(out, plugin->declared->id);
}

static void tell_too_much(GString *out, const SafiPlugin *plugin)
{
	printf("This is not an answer.\n");
	fflush(stdout);
	g_string_set_size(out, 8 << 20);
	memset(out->str, 'x', out->len);
}

static void check_refusal(const char *name, double seconds, SafiProbeResult result,
                          const char *reason)
{
	g_autofree char *path = g_strdup_printf("%s/%s.so", g_getenv("SAFI_TEST_PLUGINS"), name);
	g_autofree char *said = NULL;

	g_assert_cmpint(safi_probe(path, seconds, tell_id, &said), ==, result);
	g_assert_cmpstr(said, ==, reason);
}

static SafiProbeResult probe_good(SafiProbeTell tell, char **said)
{
	g_autofree char *path = g_strdup_printf("%s/good.so", g_getenv("SAFI_TEST_PLUGINS"));

	return safi_probe(path, ENOUGH, tell, said);
}

static void test_good(void)
{
	g_autofree char *said = NULL;

	g_assert_cmpint(probe_good(tell_id, &said), ==, SAFI_PROBE_GOOD);
	g_assert_cmpstr(said, ==, "test.good");
}

static void test_refused(void)
{
	check_refusal("null", ENOUGH, SAFI_PROBE_REFUSED,
	              "returns NULL from safi_plugin_entry(); make it return the description");
	check_refusal("missing", ENOUGH, SAFI_PROBE_REFUSED,
	              "cannot be read: No such file or directory");
}

static void test_crash(void)
{
	check_refusal("aborts", ENOUGH, SAFI_PROBE_CRASHED,
	              "crashed while it was loaded: signal 6, Aborted");
}

static void test_exit(void)
{
	check_refusal("exits", ENOUGH, SAFI_PROBE_CRASHED,
	              "ended the process in safi_plugin_entry(): exit status 0");
}

static void test_hang(void)
{
	check_refusal("hangs", 0.2, SAFI_PROBE_CRASHED,
	              "hung in safi_plugin_entry(): no answer within 0.2 s (SAFI_PROBE_SECONDS gives "
	              "it more)");
}

static void test_too_much(void)
{
	g_autofree char *refusal = NULL;

	g_assert_cmpint(probe_good(tell_too_much, &refusal), ==, SAFI_PROBE_CRASHED);
	g_assert_cmpstr(refusal, ==, "says more than 4 MiB of itself");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/what a good plugin has to say comes back", test_good);
	g_test_add_func("/the reason of a refusal comes back", test_refused);
	g_test_add_func("/a crash in a constructor is a refusal", test_crash);
	g_test_add_func("/an entry that ends the process is a refusal", test_exit);
	g_test_add_func("/an entry that hangs is a refusal", test_hang);
	g_test_add_func("/an answer without end is a refusal, and prints nothing", test_too_much);
	return g_test_run();
}
