/* What a stage may not call ends the run, where builds watch over it. */
#include "rules.h"

#include "crash.h"
#include "host.h"
#include "instances.h"

/* What a thread does that is in a function of a stage: one of these, in a process of its own. */
typedef struct Deed {
	const char *function;
	void (*act)(const safi_host *host, safi_record *record);
	const char *said;
} Deed;

static void intern(const safi_host *host, safi_record *record)
{
	host->key("late");
}

static void ask(const safi_host *host, safi_record *record)
{
	host->opt_given(NULL, "by");
}

static void read_on(const safi_host *host, safi_record *record)
{
	safi_bytes line;

	host->read_line(NULL, &line);
}

static void write_on(const safi_host *host, safi_record *record)
{
	host->output(NULL, (safi_bytes){NULL, 0});
}

static void put_elsewhere(const safi_host *host, safi_record *record)
{
	host->put_int(record, 0, 1, 1, SAFI_REPLACE);
}

static void add_elsewhere(const safi_host *host, safi_record *record)
{
	host->view_add(record, 1, SAFI_RAW, safi_str(""), NULL, 0);
}

static const Deed deeds[] = {
	{"process()", intern, "key() outside of open() and create(), in process()"},
	{"next()", ask, "opt_given() while there are records, in next()"},
	{"process()", read_on, "read_line() outside of next(), in process()"},
	{"finish()", write_on, "output() outside of begin(), put() and sync(), in finish()"},
	{"process()", put_elsewhere,
	 "put_int() on a record that the stage has not in hand, in process()"},
	{"finish()", add_elsewhere,
	 "view_add() on a record that the stage has not in hand, in finish()"},
};

static void break_rule(const Deed *deed)
{
	char label[] = "rude", path[] = "rude.so";
	SafiPlugin plugin = {.path = path};
	SafiStep step = {.label = label, .plugin = &plugin};
	SafiInstances where = {.step = &step};

	safi_crash_into(&where, deed->function, NULL);
	deed->act(safi_host_table(), safi_record_new());
}

static void test_rule(gconstpointer data)
{
	const Deed *deed = data;
	g_autofree char *said = g_strdup_printf(
		"safi: error: safi.h does not allow %s of stage 'rude'\n", deed->said);

	if (!SAFI_RULES_ARE_WATCHED) {
		g_test_skip("a release does not watch over the rules");
		return;
	}
	if (g_test_subprocess()) {
		break_rule(deed);
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr(said);
}

static gpointer intern_late(gpointer host)
{
	((const safi_host *)host)->key("late");
	return NULL;
}

static void test_thread(void)
{
	if (!SAFI_RULES_ARE_WATCHED) {
		g_test_skip("a release does not watch over the rules");
		return;
	}
	if (g_test_subprocess()) {
		g_thread_join(g_thread_new("own", intern_late, (gpointer)safi_host_table()));
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr(
		"safi: error: safi.h does not allow key() outside of open() and create()\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
		g_autofree char *said = g_strdelimit(g_strdup(deeds[i].said), "/", '-');
		g_autofree char *path = g_strconcat("/rules/", said, NULL);
		g_test_add_data_func(path, &deeds[i], test_rule);
	}
	g_test_add_func("/rules/a thread of the stage's own may not intern", test_thread);
	return g_test_run();
}
