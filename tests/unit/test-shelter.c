/* Stages in processes of their own: whatever they do there, the run has its records.
 *
 * The stage is obedient.h's. */
#include "host.h"
#include "log.h"
#include "obedient.h"
#include "record.h"
#include "sandbox.h"
#include "shelter.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

enum { LARGE = 3000, WORKERS = 4, EACH = 120 };

/* For a record: those that are to be in time always are, the others should not take long. */
#define LONG_ENOUGH 60
#define SHORT 0.4
static double seconds = LONG_ENOUGH;

static const safi_host *host;

/* --- a run, told in lines --------------------------------------------------------------------- */

typedef struct Run {
	SafiFlow flow;
	safi_stage stage;
	safi_plugin declared;
	SafiPlugin plugin;
	SafiStep step;
	SafiSite *site;
	SafiReport *report;
	GPtrArray *records;
	GString *told;
} Run;

static void tell(Run *run, const char *what, safi_record *record, safi_status status)
{
	safi_text text = {"", 0};
	int64_t count = 0, made = 0, result = 0;

	host->get_text(record, 0, host->key("do"), 0, &text);
	host->get_int(record, 0, host->key("count"), 0, &count);
	host->get_int(record, 0, host->key("made"), 0, &made);
	host->get_int(record, 0, host->key("result"), 0, &result);
	g_string_append_printf(run->told, "%s %d %.*s count=%d made=%d result=%d views=%u", what,
	                       status, (int)text.len, text.ptr, (int)count, (int)made, (int)result,
	                       record->views.n);
	const SafiReason *reasons[] = {&record->reason, &record->broken};
	for (gsize i = 0; i < 2; i++) {
		if (reasons[i]->status) {
			g_string_append_printf(run->told, " [%.*s: %.*s]", (int)reasons[i]->code.len,
			                       reasons[i]->code.ptr, (int)reasons[i]->message.len,
			                       reasons[i]->message.ptr);
		}
	}
	g_string_append_c(run->told, '\n');
}

static safi_record *flow_emit(SafiFlow *flow, safi_record *parent)
{
	Run *run = (Run *)flow;

	if (!(run->stage.flags & SAFI_SPLITS)) {
		return NULL;
	}
	safi_record *record = safi_record_new();
	g_ptr_array_add(run->records, record);
	safi_record_share_raw(record, parent);
	record->flow = flow;
	record->phase = SAFI_PHASE_EMITTED;
	return record;
}

static void flow_submit(SafiFlow *flow, safi_record *record)
{
	tell((Run *)flow, "submit", record, 0);
}

static void flow_release(SafiFlow *flow, safi_record *record, safi_status status)
{
	tell((Run *)flow, "release", record, status);
}

static void flow_tally(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by)
{
	g_string_append_printf(((Run *)flow)->told, "tally %.*s %d\n", (int)counter.len, counter.ptr,
	                       (int)by);
}

static void settle(void *data, safi_record *record, safi_status status)
{
	tell(data, "settle", record, status);
}

static void run_init(Run *run, uint32_t flags)
{
	*run = (Run){.flow = {flow_emit, flow_submit, flow_release, flow_tally}};
	run->stage = obedient_stage(flags);
	run->declared = (safi_plugin){.id = "test.obey", .version = "1"};
	run->plugin = (SafiPlugin){.path = (char *)"/plugins/obey.so", .declared = &run->declared};
	run->report = safi_report_new();
	run->step = (SafiStep){.label = (char *)"obey", .stage = &run->stage, .plugin = &run->plugin,
	                       .isolation = {true, seconds, (gsize)256 << 20}};
	run->step.config = safi_config_new(&run->stage, "obey", NULL, (SafiMark){0}, NULL, run->report);
	run->site = safi_site_new("obey", run->plugin.path);
	safi_config_set_owner(run->step.config, run->site);
	run->records = g_ptr_array_new_with_free_func((GDestroyNotify)safi_record_free);
	run->told = g_string_new(NULL);
	host = safi_host_table();
	host->key("do");
}

static void run_clear(Run *run)
{
	g_ptr_array_unref(run->records);
	g_string_free(run->told, TRUE);
	safi_config_free(run->step.config);
	safi_site_free(run->site);
	safi_report_free(run->report);
}

/* One record a word, the rest of it from a number. */
static void add_words(Run *run, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	for (char **word = list; *word; word++) {
		safi_record *record = safi_record_new();
		const char *what = g_str_equal(*word, "-") ? "" : *word;
		g_ptr_array_add(run->records, record);
		host->set_raw(record, (safi_bytes){(const uint8_t *)"raw bytes", 9});
		host->set_origin(record, safi_str("test"), run->records->len, 9);
		record->flow = &run->flow;
		record->number = run->records->len;
		host->put_text(record, 0, host->key("do"), safi_str(what), SAFI_REPLACE);
		host->view_add(record, host->key("page"), SAFI_RAW, safi_str("raw bytes"), NULL, 0);
	}
}

/* All of them through the stage in a shelter, and its finish(). */
static void shelter(Run *run, const char *words)
{
	SafiShelter *shelter = safi_shelter_open(&run->step, 1, run->report);

	g_assert_nonnull(shelter);
	add_words(run, words);
	const guint n = run->records->len;
	g_autofree safi_record **records = g_memdup2(run->records->pdata, n * sizeof *records);
	g_assert_true(safi_shelter_process(shelter, 0, records, n, settle, run));
	safi_record *tail = safi_record_new();
	g_ptr_array_add(run->records, tail);
	tail->flow = &run->flow;
	const safi_status status = safi_shelter_finish(shelter, 0,
	                                               run->stage.flags & SAFI_PARALLEL ? NULL : tail);
	g_string_append_printf(run->told, "finish %d\n", status);
	safi_shelter_close(shelter);
}

/* The same here. */
static void at_home(Run *run, const char *words)
{
	safi_record *tail = safi_record_new();

	add_words(run, words);
	void *self = run->stage.create(host, run->step.config, NULL);
	const guint n = run->records->len;
	for (guint i = 0; i < n; i++) {
		safi_record *record = run->records->pdata[i];
		settle(run, record, run->stage.process(self, record));
	}
	g_ptr_array_add(run->records, tail);
	tail->flow = &run->flow;
	const bool parallel = run->stage.flags & SAFI_PARALLEL;
	const safi_status status = run->stage.finish(self, parallel ? NULL : tail);
	g_string_append_printf(run->told, "finish %d\n", status);
	run->stage.destroy(self);
}

/* --- as at home ------------------------------------------------------------------------------- */

/* A held record does not say here what has changed until it is let go. */
static void drop_held_counts(GString *told)
{
	g_autoptr(GRegex) held = g_regex_new("(settle 5 hold) .*", 0, 0, NULL);
	g_autofree char *without = g_regex_replace(held, told->str, -1, 0, "\\1", 0, NULL);

	g_string_assign(told, without);
}

static void assert_as_at_home(uint32_t flags, const char *words)
{
	Run here, there;

	run_init(&here, flags);
	run_init(&there, flags);
	at_home(&here, words);
	shelter(&there, words);
	drop_held_counts(here.told);
	drop_held_counts(there.told);
	g_assert_cmpstr(there.told->str, ==, here.told->str);
	run_clear(&here);
	run_clear(&there);
}

static void a_stage_does_what_it_does_at_home(void)
{
	assert_as_at_home(SAFI_PARALLEL, "- - drop - fail break - tally -");
	assert_as_at_home(SAFI_PARALLEL | SAFI_SPLITS, "- emit - emit emit tally drop");
	assert_as_at_home(0, "- - drop - fail break - tally -");
}

static void held_records_are_let_go_in_order(void)
{
	assert_as_at_home(SAFI_HOLDS | SAFI_SPLITS, "- hold hold - emit release hold hold hold - hold");
	assert_as_at_home(SAFI_HOLDS, "hold hold release hold release release - hold drop");
}

static void many_records_keep_their_order(void)
{
	g_autoptr(GString) words = g_string_new("-");

	for (guint i = 0; i < LARGE; i++) {
		g_string_append(words, i % 7 ? " -" : i % 5 ? " drop" : " emit");
	}
	assert_as_at_home(SAFI_PARALLEL | SAFI_SPLITS, words->str);
	assert_as_at_home(SAFI_SPLITS, words->str);
}

static void a_fatal_reason_comes_back(void)
{
	Run run;

	run_init(&run, SAFI_PARALLEL);
	shelter(&run, "- fatal - -");
	g_autofree char *reason = safi_site_fatal(run.site);
	g_assert_cmpstr(reason, ==, "no-more: it cannot go on");
	g_assert_cmpstr(run.told->str, ==,
	                "settle 0  count=1 made=0 result=0 views=1\n"
	                "settle 3 fatal count=2 made=0 result=0 views=1\n"
	                "finish 0\n");
	run_clear(&run);
}

static void take_log(void *data, int32_t level, const char *place, const char *sentence)
{
	g_string_append_printf(data, "%d %s: %s\n", level, place, sentence);
}

static void what_is_logged_comes_back(void)
{
	g_autoptr(GString) log = g_string_new(NULL);
	Run run;

	run_init(&run, SAFI_PARALLEL);
	safi_log_set_sink(take_log, log);
	shelter(&run, "- log");
	safi_log_set_sink(NULL, NULL);
	g_assert_cmpstr(log->str, ==, "2 test: record 2 (bytes 2 to 9): obey: look at this\n");
	run_clear(&run);
}

static void names_have_the_same_keys_everywhere(void)
{
	SafiShelter *shelters[3];
	Run runs[3];

	for (gsize i = 0; i < 3; i++) {
		g_autofree char *name = g_strdup_printf("interned between %u", (guint)i);
		run_init(&runs[i], SAFI_PARALLEL);
		shelters[i] = safi_shelter_open(&runs[i].step, 1, runs[i].report);
		g_assert_cmpuint(host->key(name), !=, 0);
	}
	for (gsize i = 0; i < 3; i++) {
		add_words(&runs[i], "-");
		safi_record *record = runs[i].records->pdata[0];
		host->put_int(record, 0, host->key("interned between 2"), 5, SAFI_REPLACE);
		safi_shelter_process(shelters[i], 0, &record, 1, settle, &runs[i]);
		g_assert_cmpint(record->reason.status, ==, 0);
		g_assert_cmpint(record->broken.status, ==, 0);
	}
	for (gsize i = 0; i < 3; i++) {
		safi_shelter_close(shelters[i]);
		run_clear(&runs[i]);
	}
}

/* --- what it does to itself ------------------------------------------------------------------- */

/* A parallel stage begins to count anew; an ordered one must count on as if the culprit had never
 * been. */
static void assert_costs_one(uint32_t flags, const char *word, const char *code, const char *why)
{
	g_autofree char *words = g_strdup_printf("- - - %s - -", word);
	g_autofree char *expected = g_strdup_printf("[%s%s%s", code, *why ? ": " : "", why);
	Run run;

	run_init(&run, flags);
	shelter(&run, words);
	g_auto(GStrv) lines = g_strsplit(run.told->str, "\n", -1);
	g_test_message("%s", run.told->str);
	for (guint i = 0; i < 6; i++) {
		const bool culprit = i == 3;
		g_assert_true(g_str_has_prefix(lines[i], culprit ? "settle 2" : "settle 0"));
		g_assert_cmpint(strstr(lines[i], expected) != NULL, ==, culprit);
		g_autofree char *count = g_strdup_printf(" count=%u ", i > 3 ? i : i + 1);
		g_assert_true(culprit || flags & SAFI_PARALLEL || strstr(lines[i], count));
	}
	run_clear(&run);
}

static void assert_survives(const char *word, const char *code, const char *why)
{
	assert_costs_one(SAFI_PARALLEL | SAFI_SPLITS, word, code, why);
	assert_costs_one(SAFI_SPLITS, word, code, why);
}

static void a_crash_costs_one_record(void)
{
	assert_survives("crash", "stage-crashed", "crashed: signal 11, Segmentation fault; its plugin "
	                "is /plugins/obey.so]");
	assert_survives("abort", "stage-crashed", "crashed: signal 6, Aborted; its plugin is ");
}

static void ending_the_process_costs_one_record(void)
{
	assert_survives("exit", "stage-crashed", "ended the process: exit status 0; its plugin is ");
}

static void a_hang_costs_one_record(void)
{
	seconds = SHORT;
	assert_costs_one(SAFI_PARALLEL, "loop", "stage-timeout", "took more than 0.4 s; its plugin ");
	assert_costs_one(0, "hang", "stage-timeout", "took more than 0.4 s; its plugin is ");
	seconds = LONG_ENOUGH;
}

static void closing_everything_costs_one_record(void)
{
	assert_survives("close", "stage-crashed", "closed its connection; its plugin is ");
	seconds = SHORT;
	assert_survives("close-and-hang", "stage-", "");
	seconds = LONG_ENOUGH;
}

static void garbage_costs_one_record(void)
{
	assert_survives("garbage", "stage-crashed", "");
}

static void a_spoilt_record_is_refused(void)
{
	assert_survives("spoil", "stage-crashed", "gave back nonsense: a field has no name or no type; "
	                "its plugin is ");
}

static void a_flood_costs_one_record(void)
{
	seconds = SHORT;
	assert_costs_one(SAFI_PARALLEL | SAFI_SPLITS, "flood", "stage-", "");
	seconds = LONG_ENOUGH;
}

static void a_status_without_meaning_is_a_failure(void)
{
	Run run;

	run_init(&run, SAFI_PARALLEL);
	shelter(&run, "- 99 - 5 end -");
	g_assert_cmpstr(run.told->str, ==,
	                "settle 0  count=1 made=0 result=0 views=1\n"
	                "settle 2 99 count=2 made=0 result=0 views=1 "
	                "[stage-crashed: returned 99, which means nothing here]\n"
	                "settle 0  count=3 made=0 result=0 views=1\n"
	                "settle 2 5 count=4 made=0 result=0 views=1 "
	                "[stage-crashed: returned 5, which means nothing here]\n"
	                "settle 2 end count=5 made=0 result=0 views=1 "
	                "[stage-crashed: returned 4, which means nothing here]\n"
	                "settle 0  count=6 made=0 result=0 views=1\n"
	                "finish 0\n");
	run_clear(&run);
}

static void each_of_many_crashes_costs_one_record(void)
{
	g_autoptr(GString) words = g_string_new("-");
	Run run;

	for (guint i = 1; i < 300; i++) {
		g_string_append(words, i % 10 ? " -" : " crash");
	}
	run_init(&run, SAFI_SPLITS);
	shelter(&run, words->str);
	g_auto(GStrv) lines = g_strsplit(run.told->str, "\n", -1);
	g_test_message("%s", run.told->str);
	for (guint i = 0, count = 1; i < 300; i++) {
		g_autofree char *expected = g_strdup_printf("settle 0  count=%u ", count);
		if (i % 10 == 0 && i) {
			g_assert_true(g_str_has_prefix(lines[i], "settle 2 crash"));
		} else {
			g_assert_true(g_str_has_prefix(lines[i], expected));
			count++;
		}
	}
	run_clear(&run);
}

static void held_records_outlive_a_crash(void)
{
	Run run;

	run_init(&run, SAFI_HOLDS);
	shelter(&run, "hold - hold crash - hold abort release -");
	g_assert_cmpstr(strstr(run.told->str, "release"), ==,
	                "release 1 hold count=1 made=0 result=0 views=1\n"
	                "release 0 hold count=3 made=0 result=1 views=1\n"
	                "release 0 hold count=5 made=0 result=2 views=1\n"
	                "settle 0 release count=6 made=0 result=0 views=1\n"
	                "settle 0  count=7 made=0 result=0 views=1\n"
	                "tally finished 7\n"
	                "finish 0\n");
	run_clear(&run);
}

static void a_crash_in_finish_stops_the_run(void)
{
	Run run;

	run_init(&run, SAFI_PARALLEL);
	run.stage.finish = obedient_crash_at_end;
	shelter(&run, "- -");
	g_autofree char *reason = safi_site_fatal(run.site);
	g_assert_cmpstr(reason, ==, "stage-crashed: in finish() it crashed: signal 11, Segmentation "
	                "fault; its plugin is /plugins/obey.so");
	g_assert_true(g_str_has_suffix(run.told->str, "finish 3\n"));
	run_clear(&run);
}

/* --- many workers ---------------------------------------------------------------------------- */

typedef struct Share {
	SafiShelter *shelter;
	guint worker, failed, good;
	safi_record **records;
} Share;

static void count_settled(void *data, safi_record *record, safi_status status)
{
	Share *share = data;

	share->failed += status == SAFI_FAIL;
	share->good += status == SAFI_KEEP;
}

static gpointer work(gpointer data)
{
	Share *share = data;

	safi_shelter_process(share->shelter, share->worker, share->records, EACH, count_settled, share);
	return NULL;
}

static void workers_do_not_meet(void)
{
	GThread *threads[WORKERS];
	Share shares[WORKERS];
	Run run;

	run_init(&run, SAFI_PARALLEL);
	SafiShelter *shelter = safi_shelter_open(&run.step, WORKERS, run.report);
	for (guint i = 0; i < WORKERS * EACH; i++) {
		add_words(&run, i % 20 == 7 ? "crash" : "-");
	}
	for (guint i = 0; i < WORKERS; i++) {
		shares[i] = (Share){.shelter = shelter, .worker = i,
		                    .records = (safi_record **)run.records->pdata + i * EACH};
		threads[i] = g_thread_new("worker", work, &shares[i]);
	}
	for (guint i = 0; i < WORKERS; i++) {
		g_thread_join(threads[i]);
		g_assert_cmpuint(shares[i].failed, ==, EACH / 20);
		g_assert_cmpuint(shares[i].good, ==, EACH - EACH / 20);
	}
	safi_shelter_close(shelter);
	run_clear(&run);
}

/* --- what it may not do ----------------------------------------------------------------------- */

/* Valgrind does not know the calls by which a process is kept in. */
static bool is_kept_in(void)
{
	if (g_getenv("SAFI_TEST_SLOWER")) {
		g_test_skip("valgrind knows neither Landlock nor seccomp");
		return false;
	}
	return true;
}

static void assert_result(const char *word, int result)
{
	g_autofree char *expected = g_strdup_printf("settle 0 %s count=1 made=0 result=%d views=1\n",
	                                            word, result);
	Run run;

	run_init(&run, SAFI_PARALLEL);
	shelter(&run, word);
	g_assert_true(g_str_has_prefix(run.told->str, expected));
	run_clear(&run);
}

static void there_is_no_more_memory_than_it_may_take(void)
{
	if (SANITIZED) {
		g_test_skip("a sanitizer ends the process where malloc() would fail");
		return;
	}
	assert_result("try-allocate", 0);
	assert_result("try-touch", 0);
}

static void there_is_no_network(void)
{
	if (is_kept_in()) {
		assert_result("try-socket", EACCES);
	}
}

static void there_are_no_files_but_the_systems(void)
{
	assert_result("try-library", 0);
	if (is_kept_in() && safi_sandbox_landlock() >= 1) {
		assert_result("try-write", EACCES);
		assert_result("try-read", EACCES);
	}
}

static void there_is_one_descriptor(void)
{
	if (is_kept_in()) { /* valgrind has some of its own */
		assert_result("try-descriptors", 1);
	}
}

static void nobody_else_can_be_killed(void)
{
	if (is_kept_in() && safi_sandbox_landlock() >= 6) {
		assert_result("kill", EPERM);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shelter/a stage does what it does at home",
	                a_stage_does_what_it_does_at_home);
	g_test_add_func("/shelter/held records are let go in order", held_records_are_let_go_in_order);
	g_test_add_func("/shelter/many records keep their order", many_records_keep_their_order);
	g_test_add_func("/shelter/a fatal reason comes back", a_fatal_reason_comes_back);
	g_test_add_func("/shelter/what is logged comes back", what_is_logged_comes_back);
	g_test_add_func("/shelter/names have the same keys everywhere",
	                names_have_the_same_keys_everywhere);
	g_test_add_func("/shelter/a crash costs one record", a_crash_costs_one_record);
	g_test_add_func("/shelter/ending the process costs one record",
	                ending_the_process_costs_one_record);
	g_test_add_func("/shelter/a hang costs one record", a_hang_costs_one_record);
	g_test_add_func("/shelter/closing everything costs one record",
	                closing_everything_costs_one_record);
	g_test_add_func("/shelter/garbage costs one record", garbage_costs_one_record);
	g_test_add_func("/shelter/a spoilt record is refused", a_spoilt_record_is_refused);
	g_test_add_func("/shelter/a flood costs one record", a_flood_costs_one_record);
	g_test_add_func("/shelter/a status without meaning is a failure",
	                a_status_without_meaning_is_a_failure);
	g_test_add_func("/shelter/each of many crashes costs one record",
	                each_of_many_crashes_costs_one_record);
	g_test_add_func("/shelter/held records outlive a crash", held_records_outlive_a_crash);
	g_test_add_func("/shelter/a crash in finish() stops the run", a_crash_in_finish_stops_the_run);
	g_test_add_func("/shelter/workers do not meet", workers_do_not_meet);
	g_test_add_func("/shelter/there is no more memory than it may take",
	                there_is_no_more_memory_than_it_may_take);
	g_test_add_func("/shelter/there is no network", there_is_no_network);
	g_test_add_func("/shelter/there are no files but the system's",
	                there_are_no_files_but_the_systems);
	g_test_add_func("/shelter/there is one descriptor", there_is_one_descriptor);
	g_test_add_func("/shelter/nobody else can be killed", nobody_else_can_be_killed);
	return g_test_run();
}
