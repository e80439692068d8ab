/* A run that is stopped at any step and goes on from its last checkpoint makes the database that it
 * would have made undisturbed.
 *
 * The stage is run without the engine: with the host's table, but for the file's name and for
 * reasons, and in a child process where it is to be killed. */
#include "host.h"
#include "name.h"
#include "option.h"
#include "record.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORDS = 24, ONE_SYNC = 4 /* records */, ONE_SAVE = 8, NEVER = 10000 };

static safi_host host;
static const safi_stage *stage;
static const safi_state *state;
static safi_config *config;
static safi_record *record;
static char *part, *journal, *checkpoint, *said;
static safi_output *const output; /* is only handed on */
static gsize padding;             /* in the text of a record */

/* --- the host --------------------------------------------------------------------------------- */

static safi_text output_path(const safi_output *of)
{
	return safi_str(part);
}

static safi_status fatal(const safi_config *of, const char *code, const char *message)
{
	g_free(said);
	said = g_strdup(message);
	return SAFI_FATAL;
}

static void set_up(void)
{
	static const char options[] = "{unique: id, columns: 12}";
	SafiReport *report = safi_report_new();
	g_autoptr(SafiNode) given = safi_yaml_parse("options", options, strlen(options), report);

	host = *safi_host_table();
	host.output_path = output_path;
	host.fatal = fatal;
	stage = safi_plugin_entry()->stages[0];
	state = stage->extension("safi.state/1");
	config = safi_config_new(stage, "sqlite", given, (SafiMark){0}, NULL, report);
	g_assert_cmpuint(safi_report_errors(report), ==, 0);
	safi_report_free(report);
	record = safi_record_new();
}

static void tear_down(void)
{
	safi_record_free(record);
	safi_config_free(config);
	g_free(said);
	g_free(checkpoint);
	g_free(journal);
	g_free(part);
}

static void *writer_new(void)
{
	void *self = stage->create(&host, config, NULL);

	g_assert_nonnull(self);
	return self;
}

/* --- the records ------------------------------------------------------------------------------ */

static safi_key name(const char *format, int number)
{
	g_autofree char *text = g_strdup_printf(format, number);

	return host.name(record, safi_str(text));
}

/* Names come up all the way through, some in records that fail as duplicates. */
static void fill(int i)
{
	g_autofree char *text = g_strdup_printf("text %d%*s", i, (int)padding, "");
	const safi_span spans[] = {{0, 4}, {5, 6}};

	safi_record_reset(record);
	host.set_raw(record, (safi_bytes){(const uint8_t *)text, strlen(text)});
	const safi_view view =
		host.view_add(record, host.key("page"), SAFI_RAW, safi_str(text), NULL, 0);
	host.put_int(record, 0, host.name(record, safi_str("id")), i % 7 == 6 ? 1 : i, SAFI_REPLACE);
	host.put_int(record, 0, name("f%d", i / 3), i, SAFI_REPLACE);
	host.put_text(record, 0, name("\"%d\", \"rowid\")", i / 6), safi_str("a\nb"), SAFI_REPLACE);
	host.put_text(record, 0, name("ROWID", 0), safi_str("r"), SAFI_APPEND);
	host.put_text(record, 0, name("ROWID", 0), safi_str("s"), SAFI_APPEND);
	const safi_note note =
		host.notes_add(record, view, name(i % 2 ? "T%d" : "t%d", i / 5), spans, 2);
	host.put_int(record, note, name("x%d", i / 4), i, SAFI_REPLACE);
	host.put_int(record, note, name("rowid", 0), -i, SAFI_REPLACE);
	g_assert_false(record->broken.status);
}

/* --- a run ------------------------------------------------------------------------------------ */

static bool gather(void *to, safi_bytes bytes)
{
	g_byte_array_append(to, bytes.ptr, (guint)bytes.len);
	return true;
}

static bool save(void *self, int next)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)&next, sizeof next);
	return state->save(self, gather, bytes) &&
	       g_file_set_contents(checkpoint, (char *)bytes->data, bytes->len, NULL);
}

/* The record to go on with; 0: from the start, as there is no checkpoint. */
static int load(void *self)
{
	g_autofree char *bytes = NULL;
	gsize len;
	int next;

	if (!g_file_get_contents(checkpoint, &bytes, &len, NULL)) {
		g_unlink(part); /* as the host does */
		return 0;
	}
	memcpy(&next, bytes, sizeof next);
	g_assert_true(state->load(self, (safi_bytes){(uint8_t *)bytes + sizeof next,
	                                             len - sizeof next}));
	return next;
}

static void count_down(int *steps)
{
	if ((*steps)-- == 0) {
		raise(SIGSTOP);
	}
}

static bool put(void *self, int i)
{
	fill(i);
	return stage->put(self, output, record, (safi_bytes){0}) != SAFI_FATAL;
}

static bool sync_at(void *self, int next, int *steps)
{
	count_down(steps);
	if (stage->sync(self, output) != SAFI_KEEP) {
		return false;
	}
	count_down(steps);
	return next % ONE_SAVE != 0 || save(self, next);
}

/* From the last checkpoint, up to `to`, or until so many steps are done: then it is killed. */
static bool go_on(void *self, int to, int steps)
{
	int i = load(self);

	count_down(&steps);
	bool good = stage->begin(self, output) == SAFI_KEEP && (i > 0 || sync_at(self, 0, &steps));
	for (; good && i < to; i++) {
		count_down(&steps);
		good = put(self, i) && ((i + 1) % ONE_SYNC != 0 || sync_at(self, i + 1, &steps));
	}
	if (!good) {
		stage->abort(self, output);
	}
	return good;
}

static bool run(int to, int steps)
{
	void *self = writer_new();
	const bool good = go_on(self, to, steps);

	stage->destroy(self);
	return good;
}

/* Whether the child stopped on its way, and was killed: from outside, as valgrind would look for
 * leaks in what kills itself. */
static bool is_killed(void (*act)(int number), int number)
{
	int status;
	const pid_t child = fork();

	if (child == 0) {
		act(number);
		tear_down();
		exit(0);
	}
	g_assert_cmpint(waitpid(child, &status, WUNTRACED), ==, child);
	if (!WIFSTOPPED(status)) {
		g_assert_true(WIFEXITED(status));
		return false;
	}
	kill(child, SIGKILL);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	return true;
}

static void run_killed(int steps)
{
	run(RECORDS, steps);
}

/* --- what is there ---------------------------------------------------------------------------- */

static void add_rows(GString *dump, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *rows;

	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), ==, SQLITE_OK);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(rows); i++) {
			const char *value = (const char *)sqlite3_column_text(rows, i);
			g_string_append_printf(dump, "%s %d: %s\n", sqlite3_column_name(rows, i),
			                       sqlite3_column_type(rows, i), value ? value : "");
		}
	}
	g_assert_cmpint(sqlite3_finalize(rows), ==, SQLITE_OK);
}

static char *dump(void)
{
	GString *all = g_string_new("");
	sqlite3_stmt *titles;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open_v2(part, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
	add_rows(all, db, "PRAGMA integrity_check");
	g_assert_cmpstr(all->str, ==, "integrity_check 3: ok\n");
	add_rows(all, db, "SELECT type, name, tbl_name, sql FROM sqlite_master");
	sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &titles,
	                   NULL);
	while (sqlite3_step(titles) == SQLITE_ROW) {
		char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", sqlite3_column_text(titles, 0));
		add_rows(all, db, sql);
		sqlite3_free(sql);
	}
	sqlite3_finalize(titles);
	sqlite3_close(db);
	return g_string_free(all, FALSE);
}

static void forget(void)
{
	g_unlink(part);
	g_unlink(journal);
	g_unlink(checkpoint);
}

/* What a run makes that nothing stops. */
static char *undisturbed(int to)
{
	forget();
	g_assert_true(run(to, NEVER));
	char *all = dump();
	forget();
	return all;
}

/* Goes on, to the end, and compares. */
static void assert_goes_on(const char *expected)
{
	g_clear_pointer(&said, g_free);
	g_assert_true(run(RECORDS, NEVER));
	g_assert_null(said);
	g_autofree char *got = dump();
	g_assert_cmpstr(got, ==, expected);
	g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
}

/* --- killed ----------------------------------------------------------------------------------- */

static void test_killed(void)
{
	g_autofree char *expected = undisturbed(RECORDS);

	for (int steps = 0, killed = 1; killed; steps++) {
		forget();
		killed = is_killed(run_killed, steps);
		assert_goes_on(expected);
	}
}

static void test_killed_twice(void)
{
	g_autofree char *expected = undisturbed(RECORDS);

	for (int first = 7; first < 30; first += 12) {
		for (int second = 0, killed = 1; killed; second += 3) {
			forget();
			g_assert_true(is_killed(run_killed, first));
			killed = is_killed(run_killed, second);
			assert_goes_on(expected);
		}
	}
}

/* So much is put that sqlite writes it into the file before it is committed. */
static void test_hot_journal(void)
{
	guint hot = 0;

	padding = 1 << 19;
	g_autofree char *expected = undisturbed(RECORDS);
	for (int steps = 4; steps < 40; steps += 5) {
		forget();
		is_killed(run_killed, steps);
		hot += g_file_test(journal, G_FILE_TEST_EXISTS);
		assert_goes_on(expected);
	}
	padding = 0;
	g_assert_cmpuint(hot, >, 2);
}

/* --- stopped ---------------------------------------------------------------------------------- */

static void run_with_little_room(int kilobytes)
{
	const struct rlimit room = {(rlim_t)kilobytes * 1000, (rlim_t)kilobytes * 1000};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &room);
	if (!run(RECORDS, NEVER)) {
		raise(SIGSTOP);
	}
}

static int last_commit(void)
{
	sqlite3 *db;
	sqlite3_stmt *count;

	sqlite3_open_v2(part, &db, SQLITE_OPEN_READONLY, NULL);
	sqlite3_prepare_v2(db, "SELECT count(*) FROM record", -1, &count, NULL);
	g_assert_cmpint(sqlite3_step(count), ==, SQLITE_ROW);
	const int n = sqlite3_column_int(count, 0);
	sqlite3_finalize(count);
	sqlite3_close(db);
	return n;
}

/* With some of these bounds sqlite cannot undo at once what was half done, and leaves a journal. */
static void test_full(void)
{
	padding = 1 << 19;
	g_autofree char *expected = undisturbed(RECORDS);
	for (int kilobytes = 5200; kilobytes < 8000; kilobytes += 600) {
		forget();
		g_assert_true(is_killed(run_with_little_room, kilobytes));
		g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
		g_assert_cmpint(last_commit(), >, 0);
		assert_goes_on(expected);
	}
	padding = 0;
}

/* --- what cannot be gone on from -------------------------------------------------------------- */

/* Nothing that begin() does may spoil the file. */
static void assert_refused(const char *why)
{
	void *self = writer_new();

	load(self);
	g_assert_cmpint(stage->begin(self, output), ==, SAFI_FATAL);
	stage->abort(self, output);
	stage->destroy(self);
	g_autofree char *message = g_strdup_printf("cannot go on with %s: %s", part, why);
	g_assert_cmpstr(said, ==, message);
}

static void test_no_file(void)
{
	forget();
	g_assert_true(run(2 * ONE_SAVE, NEVER));
	g_unlink(part);
	assert_refused("the file is not there");
	g_assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_set_contents(part, "", 0, NULL));
	assert_refused("the table 'T3' has not the columns that it had at the checkpoint");
	g_assert_true(g_file_set_contents(part, "this is no database", -1, NULL));
	assert_refused("file is not a database");
}

/* The file of an earlier checkpoint, which is of fewer records or of fewer columns. */
static void test_older_file(void)
{
	g_autofree char *older = NULL, *newer = NULL;
	gsize older_len, newer_len;

	forget();
	g_assert_true(run(ONE_SAVE, NEVER));
	g_assert_true(g_file_get_contents(part, &older, &older_len, NULL));
	forget();
	g_assert_true(run(2 * ONE_SAVE, NEVER));
	g_assert_true(g_file_get_contents(checkpoint, &newer, &newer_len, NULL));
	g_assert_true(g_file_set_contents(part, older, (gssize)older_len, NULL));
	assert_refused("the table 'T3' has not the columns that it had at the checkpoint");
	g_autofree char *left = NULL;
	g_assert_true(g_file_get_contents(part, &left, &older_len, NULL));
	g_assert_cmpmem(left, older_len, older, older_len);
}

/* Whether a state is taken and, by begin(), believed. */
static bool is_believed(const uint8_t *bytes, gsize len)
{
	void *self = writer_new();
	const bool taken = state->load(self, (safi_bytes){bytes, len});
	const bool believed = taken && stage->begin(self, output) == SAFI_KEEP;

	if (taken) {
		stage->abort(self, output);
	}
	stage->destroy(self);
	return believed;
}

static void test_spoiled(void)
{
	g_autofree char *expected = undisturbed(RECORDS);
	g_autofree char *file = NULL;
	gsize len;

	g_assert_true(run(2 * ONE_SAVE + 5, NEVER));
	g_assert_true(g_file_get_contents(checkpoint, &file, &len, NULL));
	len -= sizeof(int);
	for (gsize i = 0; i < len; i++) {
		g_autofree uint8_t *bytes = g_memdup2(file + sizeof(int), len);
		g_assert_false(is_believed(bytes, i));
		for (uint8_t bit = 1; bit; bit = (uint8_t)(bit << 1)) {
			bytes[i] ^= bit;
			g_assert_false(is_believed(bytes, len));
			bytes[i] ^= bit;
		}
	}
	assert_goes_on(expected);
}

static void test_no_state(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	void *self = writer_new();

	forget();
	g_assert_false(state->save(self, gather, bytes));
	g_assert_false(state->load(self, (safi_bytes){0}));
	g_assert_cmpint(stage->begin(self, output), ==, SAFI_KEEP);
	g_assert_false(state->save(self, gather, bytes));
	g_assert_cmpint(stage->sync(self, output), ==, SAFI_KEEP);
	g_assert_true(state->save(self, gather, bytes));
	g_assert_true(put(self, 0));
	g_assert_false(state->save(self, gather, bytes));
	stage->destroy(self);
}

int main(int argc, char **argv)
{
	g_autofree char *dir = g_dir_make_tmp("safi-XXXXXX", NULL);

	part = g_build_filename(dir, "out.db.part", NULL);
	journal = g_strconcat(part, "-journal", NULL);
	checkpoint = g_build_filename(dir, "checkpoint", NULL);
	set_up();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/state/a run that is killed at any step goes on", test_killed);
	g_test_add_func("/state/and so does one that is killed again", test_killed_twice);
	g_test_add_func("/state/what was not committed is undone by its journal", test_hot_journal);
	g_test_add_func("/state/a run that a full disk has stopped goes on", test_full);
	g_test_add_func("/state/what is not the file of the checkpoint is refused", test_no_file);
	g_test_add_func("/state/and so is an older one, which stays as it is", test_older_file);
	g_test_add_func("/state/no state that was spoiled is believed", test_spoiled);
	g_test_add_func("/state/there is a state only of what is committed", test_no_state);
	const int status = g_test_run();
	forget();
	g_rmdir(dir);
	tear_down();
	return status;
}
