/* Dead letters come back as the records that they were. */
#include "replay.h"

#include "input.h"
#include "letter.h"

#include <glib/gstdio.h>
#include <string.h>

enum { LIMIT = 1000 };

#define ORIGIN "\"origin\":{\"name\":\"a.txt\",\"begin\":5,\"end\":8,\"record\":2}"

static char *path;

static SafiReplay *replay_of(const char *content)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
	SafiReplay *replay = safi_replay_open(path, LIMIT, &error);
	g_assert_no_error(error);
	return replay;
}

static void assert_record(const safi_record *record, const void *raw, gsize len, const char *name,
                          guint64 begin, guint64 end, guint64 number)
{
	g_assert_false(record->broken.status);
	g_assert_cmpmem(record->views.raw.ptr, record->views.raw.len, raw, len);
	g_assert_cmpmem(record->origin_name.ptr, record->origin_name.len, name, strlen(name));
	g_assert_cmpuint(record->origin_begin, ==, begin);
	g_assert_cmpuint(record->origin_end, ==, end);
	g_assert_cmpuint(record->number, ==, number);
}

static void assert_reason(const safi_record *record, const char *code, const char *message)
{
	g_assert_cmpint(record->reason.status, ==, SAFI_FAIL);
	g_assert_cmpmem(record->reason.code.ptr, record->reason.code.len, code, strlen(code));
	g_assert_cmpmem(record->reason.message.ptr, record->reason.message.len, message,
	                strlen(message));
}

/* --- letters ---------------------------------------------------------------------------------- */

static void write_letter(safi_record *record)
{
	static const SafiReason reason = {SAFI_FAIL, {"odd", 3}, {"it is \"odd\"\n", 12}};
	SafiStep step = {.label = (char *)"stage"};
	SafiInstances where = {.step = &step, .plugin = (char *)"plugin 1.0"};
	g_autoptr(GPtrArray) chain = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	SafiLetters *letters = safi_letters_new(path);

	g_ptr_array_add(chain, &where);
	record->reason = reason;
	safi_letters_write(letters, record, chain, 0, &error);
	g_assert_no_error(error);
	g_assert_true(safi_letters_close(letters, NULL));
	safi_letters_free(letters);
}

/* Any bytes, or any of ASCII: as base64 and as text with escapes. */
static void fill(safi_record *record, int turn)
{
	uint8_t raw[LIMIT];
	const gint32 len = g_test_rand_int_range(0, LIMIT + 1);

	for (gint32 i = 0; i < len; i++) {
		raw[i] = (uint8_t)g_test_rand_int_range(0, turn % 2 ? 256 : 128);
	}
	safi_record_set_raw(record, (safi_bytes){raw, (size_t)len}, NULL);
	safi_record_set_origin(record, safi_str("odd \"name\"\n\xD8\xB4"), (uint64_t)turn << 50,
	                       ((uint64_t)turn << 50) + (uint64_t)len);
	record->number = (uint64_t)turn;
}

static void test_round_trip(void)
{
	safi_record *before[40], *after = safi_record_new();

	g_unlink(path);
	for (int i = 0; i < (int)G_N_ELEMENTS(before); i++) {
		before[i] = safi_record_new();
		fill(before[i], i);
		write_letter(before[i]);
	}
	g_autoptr(SafiReplay) replay = safi_replay_open(path, LIMIT, NULL);
	for (int i = 0; i < (int)G_N_ELEMENTS(before); i++) {
		g_assert_cmpint(safi_replay_next(replay, after), ==, SAFI_KEEP);
		assert_record(after, before[i]->views.raw.ptr, before[i]->views.raw.len,
		              "odd \"name\"\n\xD8\xB4", before[i]->origin_begin, before[i]->origin_end,
		              (guint64)i);
		safi_record_reset(after);
		safi_record_free(before[i]);
	}
	g_assert_cmpint(safi_replay_next(replay, after), ==, SAFI_END);
	safi_record_free(after);
}

static void test_forms(void)
{
	static const char *const letters[] = {
		"{\"raw\":\"abc\"," ORIGIN "}",
		" { \"code\" : \"odd\" , \"more\" : [ { \"raw\" : 1 } ] , " ORIGIN
		" , \"raw\" : \"abc\" } ",
		"{\"raw\":\"x\",\"raw\":\"\\u0061bc\",\"whole\":true," ORIGIN "}",
		"{\"r\\u0061w_base64\":\"YWJj\"," ORIGIN "}",
		"{\"raw_base64\":\"YWJj\",\"origin\":{\"more\":{},\"name\":\"a.txt\",\"begin\":5,"
		"\"end\":8,\"record\":2}}",
	};

	for (guint i = 0; i < G_N_ELEMENTS(letters); i++) {
		g_autofree char *content = g_strdup_printf("\n \r\n%s\n\n\n%s", letters[i], letters[i]);
		g_autoptr(SafiReplay) replay = replay_of(content);
		safi_record *record = safi_record_new();
		for (int twice = 0; twice < 2; twice++) {
			g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_KEEP);
			assert_record(record, "abc", 3, "a.txt", 5, 8, 2);
			safi_record_reset(record);
		}
		g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_END);
		safi_record_free(record);
	}
}

/* --- what is none ----------------------------------------------------------------------------- */

static void check_no_letter(const char *line, const char *why)
{
	g_autofree char *content = g_strdup_printf("\n%s\n", line);
	g_autofree char *message = g_strdup_printf("this is no dead letter: %s", why);
	g_autoptr(SafiReplay) replay = replay_of(content);
	safi_record *record = safi_record_new();

	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_FAIL);
	assert_record(record, line, strlen(line), path, 1, 1 + strlen(line), 1);
	assert_reason(record, "not-a-letter", message);
	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_END);
	safi_record_free(record);
}

static void test_no_letters(void)
{
	static const char no_json[] = "the line is no JSON object";
	static const char bad_member[] = "a member is not what it is in a letter";
	static const char no_raw[] = "it has not one of raw and raw_base64";
	static const char no_base64[] = "its raw_base64 is no base64";
	static const char no_origin[] = "its origin has not all of name, begin, end and record";

	check_no_letter("{\"raw\":\"abc\"," ORIGIN, no_json);
	check_no_letter("[]", no_json);
	check_no_letter("{\"raw\":\"\xFF\"," ORIGIN "}", no_json);
	check_no_letter("{\"raw\":1," ORIGIN "}", bad_member);
	check_no_letter("{\"raw\":\"\\ud800\"," ORIGIN "}", bad_member);
	check_no_letter("{\"raw\":\"\",\"whole\":0," ORIGIN "}", bad_member);
	check_no_letter("{\"raw\":\"\",\"origin\":[]}", bad_member);
	check_no_letter("{\"raw\":\"\",\"origin\":{\"begin\":-1}}", bad_member);
	check_no_letter("{\"raw\":\"\",\"origin\":{\"end\":18446744073709551616}}", bad_member);
	check_no_letter("{\"raw\":\"\",\"origin\":{\"record\":1.5}}", bad_member);
	check_no_letter("{" ORIGIN "}", no_raw);
	check_no_letter("{\"raw\":\"\",\"raw_base64\":\"\"," ORIGIN "}", no_raw);
	check_no_letter("{\"raw_base64\":\"YWJ\"," ORIGIN "}", no_base64);
	check_no_letter("{\"raw_base64\":\"YW J\"," ORIGIN "}", no_base64);
	check_no_letter("{\"raw_base64\":\"Y===\"," ORIGIN "}", no_base64);
	check_no_letter("{\"raw\":\"\"}", no_origin);
	check_no_letter("{\"raw\":\"\",\"origin\":{\"name\":\"\",\"begin\":1,\"end\":1}}", no_origin);
	check_no_letter("{\"raw\":\"\",\"origin\":{\"name\":\"\",\"begin\":2,\"end\":1,\"record\":1}}",
	                no_origin);
}

/* The next one is found all the same. */
static void test_long_line(void)
{
	g_autofree char *much = g_strnfill(6 * LIMIT + (1 << 20) + 1, 'x');
	g_autofree char *content = g_strdup_printf("%s\n{\"raw\":\"abc\"," ORIGIN "}\n", much);
	g_autoptr(SafiReplay) replay = replay_of(content);
	safi_record *record = safi_record_new();

	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_FAIL);
	assert_record(record, much, 1024, path, 0, strlen(much), 1);
	assert_reason(record, "not-a-letter", "this is no dead letter: the line is too long for a "
	                                      "record within limits.record");
	g_assert_true(record->cut);
	safi_record_reset(record);
	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_KEEP);
	assert_record(record, "abc", 3, "a.txt", 5, 8, 2);
	safi_record_free(record);
}

/* --- what cannot be tried again --------------------------------------------------------------- */

/* What next() says of a record that it could not find. */
static safi_record *failed_in_next(void)
{
	g_autoptr(safi_input) input = safi_input_open("/dev/null", LIMIT, NULL);
	safi_record *record = safi_record_new();

	record->input = input;
	safi_record_set_raw(record, (safi_bytes){(const uint8_t *)"abc", 3}, NULL);
	safi_record_set_origin(record, safi_str("a.txt"), 5, 3000);
	record->number = 2;
	safi_record_set_reason(record, SAFI_FAIL, "record-too-long", "");
	record->input = NULL;
	return record;
}

static void check_cut(SafiReplay *replay, safi_record *record)
{
	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_FAIL);
	assert_record(record, "abc", 3, "a.txt", 5, 3000, 2);
	assert_reason(record, "not-whole", "the letter has only the first 3 bytes of what failed, too "
	                                   "little to try it again; run the pipeline on the file "
	                                   "itself");
}

static void test_cut(void)
{
	safi_record *record = failed_in_next();

	g_unlink(path);
	for (int twice = 0; twice < 2; twice++) {
		write_letter(record);
		safi_record_reset(record);
		g_autoptr(SafiReplay) replay = safi_replay_open(path, LIMIT, NULL);
		check_cut(replay, record);
	}
	safi_record_free(record);
}

static void test_cut_untold(void)
{
	g_autoptr(SafiReplay) replay = replay_of(
		"{\"raw\":\"abc\",\"origin\":{\"name\":\"a.txt\",\"begin\":5,\"end\":3000,\"record\":2},"
		"\"code\":\"record-too-long\"}\n"
		"{\"raw\":\"abc\",\"code\":\"record-too-long\"," ORIGIN "}\n");
	safi_record *record = safi_record_new();

	check_cut(replay, record);
	safi_record_reset(record);
	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_KEEP);
	safi_record_free(record);
}

static void test_too_long_now(void)
{
	g_autofree char *much = g_strnfill(LIMIT + 1, 'x');
	g_autofree char *content = g_strdup_printf("{\"raw\":\"%s\"," ORIGIN "}", much);
	g_autoptr(SafiReplay) replay = replay_of(content);
	safi_record *record = safi_record_new();

	g_assert_cmpint(safi_replay_next(replay, record), ==, SAFI_FAIL);
	assert_record(record, much, LIMIT + 1, "a.txt", 5, 8, 2);
	assert_reason(record, "record-over-limit", "the record is longer than limits.record, 1000 "
	                                           "bytes; raise it in the pipeline");
	g_assert_false(record->cut);
	safi_record_free(record);
}

int main(int argc, char **argv)
{
	g_autofree char *dir = g_dir_make_tmp("safi-XXXXXX", NULL);

	path = g_build_filename(dir, "dead.jsonl", NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/replay/a letter becomes the record that it was", test_round_trip);
	g_test_add_func("/replay/members may be more, and in any order", test_forms);
	g_test_add_func("/replay/what is no letter fails as the line it is", test_no_letters);
	g_test_add_func("/replay/a line that is too long is passed over", test_long_line);
	g_test_add_func("/replay/a beginning is not tried again, and stays one", test_cut);
	g_test_add_func("/replay/old letters tell a beginning by its length", test_cut_untold);
	g_test_add_func("/replay/a record over the limit fails", test_too_long_now);
	const int status = g_test_run();
	g_unlink(path);
	g_rmdir(dir);
	g_free(path);
	return status;
}
