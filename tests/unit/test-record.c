/* Fields, as a plugin sees them through the host's table. */
#include "fresh.h"

#include <math.h>

static safi_key title(void)
{
	return host->key("title");
}

static void assert_json(safi_key key, uint32_t i, const char *expected)
{
	safi_text json = {NULL, 0};

	g_assert_true(host->get_json(record, 0, key, i, &json));
	assert_text(json, expected);
}

static void put_json(safi_key key, const char *json)
{
	g_assert_true(host->put_json(record, 0, key, safi_str(json), SAFI_REPLACE));
}

/* --- types ------------------------------------------------------------------------------------ */

static void assert_only_text(safi_key key, uint32_t i, const char *expected)
{
	safi_text text = {NULL, 0};
	int64_t integer = 7;
	double real = 7;
	bool truth = true;

	g_assert_true(host->get_text(record, 0, key, i, &text));
	assert_text(text, expected);
	g_assert_false(host->get_int(record, 0, key, i, &integer));
	g_assert_false(host->get_real(record, 0, key, i, &real));
	g_assert_false(host->get_bool(record, 0, key, i, &truth));
	g_assert_true(integer == 7 && real == 7 && truth);
}

static void assert_int(safi_key key, uint32_t i, int64_t expected)
{
	safi_text text = safi_str("kept");
	int64_t integer = 0;
	double real = 0;
	bool truth = true;

	g_assert_true(host->get_int(record, 0, key, i, &integer));
	g_assert_cmpint(integer, ==, expected);
	g_assert_true(host->get_real(record, 0, key, i, &real));
	g_assert_true(real == (double)expected);
	g_assert_false(host->get_text(record, 0, key, i, &text));
	g_assert_false(host->get_bool(record, 0, key, i, &truth));
	assert_text(text, "kept");
}

static void assert_real(safi_key key, uint32_t i, double expected)
{
	int64_t integer = 7;
	double real = 0;

	g_assert_true(host->get_real(record, 0, key, i, &real));
	g_assert_true(real == expected);
	g_assert_false(host->get_int(record, 0, key, i, &integer));
	g_assert_cmpint(integer, ==, 7);
}

static void assert_bool(safi_key key, uint32_t i, bool expected)
{
	bool truth = !expected;
	int64_t integer = 7;

	g_assert_true(host->get_bool(record, 0, key, i, &truth));
	g_assert_true(truth == expected);
	g_assert_false(host->get_int(record, 0, key, i, &integer));
}

static void values_are_of_their_type_only(void)
{
	fresh();
	g_assert_true(host->put_text(record, 0, host->key("t"), safi_str("نص"), SAFI_REPLACE));
	g_assert_true(host->put_int(record, 0, host->key("i"), INT64_MIN, SAFI_REPLACE));
	g_assert_true(host->put_real(record, 0, host->key("r"), 1.5, SAFI_REPLACE));
	g_assert_true(host->put_bool(record, 0, host->key("b"), true, SAFI_REPLACE));
	assert_only_text(host->key("t"), 0, "نص");
	assert_int(host->key("i"), 0, INT64_MIN);
	assert_real(host->key("r"), 0, 1.5);
	assert_bool(host->key("b"), 0, true);
	g_assert_cmpint(host->type(record, 0, host->key("t")), ==, SAFI_TEXT);
	g_assert_cmpint(host->type(record, 0, host->key("i")), ==, SAFI_INT);
	g_assert_cmpint(host->type(record, 0, host->key("r")), ==, SAFI_REAL);
	g_assert_cmpint(host->type(record, 0, host->key("b")), ==, SAFI_BOOL);
	whole();
}

static void an_absent_field_is_nothing(void)
{
	safi_text text = safi_str("kept");

	fresh();
	g_assert_cmpuint(host->count(record, 0, title()), ==, 0);
	g_assert_cmpint(host->type(record, 0, title()), ==, 0);
	g_assert_false(host->get_text(record, 0, title(), 0, &text));
	g_assert_false(host->get_json(record, 0, title(), 0, &text));
	g_assert_false(host->get_json(record, 0, title(), SAFI_WHOLE, &text));
	assert_text(text, "kept");
	host->erase(record, 0, title());
	whole();
}

static void values_append(void)
{
	fresh();
	for (int64_t i = 0; i < 100; i++) {
		g_assert_true(host->put_int(record, 0, title(), i * i, SAFI_APPEND));
	}
	g_assert_cmpuint(host->count(record, 0, title()), ==, 100);
	assert_int(title(), 99, 99 * 99);
	g_assert_false(host->get_int(record, 0, title(), 100, &(int64_t){0}));
	host->put_int(record, 0, title(), 5, SAFI_REPLACE);
	g_assert_cmpuint(host->count(record, 0, title()), ==, 1);
	whole();
}

static void another_type_does_not_append(void)
{
	fresh();
	host->put_text(record, 0, title(), safi_str("a"), SAFI_APPEND);
	g_assert_false(host->put_int(record, 0, title(), 1, SAFI_APPEND));
	assert_only_text(title(), 0, "a");
	g_assert_cmpuint(host->count(record, 0, title()), ==, 1);
	broken("bad-put");
}

static void any_type_replaces(void)
{
	fresh();
	host->put_text(record, 0, title(), safi_str("a"), SAFI_REPLACE);
	host->put_int(record, 0, title(), 1, SAFI_REPLACE);
	assert_int(title(), 0, 1);
	put_json(title(), "[true,false]");
	assert_bool(title(), 1, false);
	host->put_real(record, 0, title(), 0.5, SAFI_REPLACE);
	g_assert_cmpuint(host->count(record, 0, title()), ==, 1);
	assert_real(title(), 0, 0.5);
	whole();
}

static void what_is_given_is_copied(void)
{
	char name[] = "title", text[] = "text", json[] = "\"json\"";

	fresh();
	safi_key key = host->name(record, safi_str(name));
	host->put_text(record, 0, key, safi_str(text), SAFI_REPLACE);
	host->put_json(record, 0, host->key("j"), safi_str(json), SAFI_REPLACE);
	memset(name, 'x', 5), memset(text, 'x', 4), memset(json, 'x', 6);
	assert_text(host->key_name(record, key), "title");
	assert_only_text(key, 0, "text");
	assert_json(host->key("j"), 0, "\"json\"");
}

/* --- json ------------------------------------------------------------------------------------- */

static void json_reads_like_what_it_holds(void)
{
	fresh();
	put_json(host->key("s"), "\"\\u0642\\n\\ud83d\\ude00\"");
	put_json(host->key("i"), "-12");
	put_json(host->key("r"), "1.10");
	put_json(host->key("e"), "1e3");
	put_json(host->key("b"), "false");
	put_json(host->key("n"), "null");
	assert_only_text(host->key("s"), 0, "ق\n😀");
	assert_int(host->key("i"), 0, -12);
	assert_real(host->key("r"), 0, 1.10);
	assert_real(host->key("e"), 0, 1000);
	assert_bool(host->key("b"), 0, false);
	g_assert_cmpuint(host->count(record, 0, host->key("n")), ==, 0);
	g_assert_cmpint(host->type(record, 0, host->key("n")), ==, SAFI_JSON);
	assert_json(host->key("n"), SAFI_WHOLE, "null");
	assert_json(host->key("r"), SAFI_WHOLE, "1.10");
	whole();
}

static void json_integers_end_where_64_bits_do(void)
{
	fresh();
	put_json(title(), "[9223372036854775807,-9223372036854775808,9223372036854775808,-0]");
	assert_int(title(), 0, INT64_MAX);
	assert_int(title(), 1, INT64_MIN);
	assert_real(title(), 2, 0x1p63);
	assert_json(title(), 2, "9223372036854775808");
	assert_int(title(), 3, 0);
	assert_json(title(), 3, "-0");
}

static void a_json_array_is_a_list(void)
{
	fresh();
	put_json(title(), "[ \"a\" , [1,2], {\"x\":[3]},null, 4 ]");
	g_assert_cmpuint(host->count(record, 0, title()), ==, 5);
	assert_only_text(title(), 0, "a");
	assert_json(title(), 1, "[1,2]");
	assert_json(title(), 2, "{\"x\":[3]}");
	assert_json(title(), 3, "null");
	assert_int(title(), 4, 4);
	assert_json(title(), SAFI_WHOLE, "[ \"a\" , [1,2], {\"x\":[3]},null, 4 ]");
	put_json(title(), "[]");
	g_assert_cmpuint(host->count(record, 0, title()), ==, 0);
	assert_json(title(), SAFI_WHOLE, "[]");
	whole();
}

static void a_json_object_is_json_only(void)
{
	fresh();
	put_json(title(), "{\"a\":1}");
	g_assert_cmpuint(host->count(record, 0, title()), ==, 1);
	assert_json(title(), 0, "{\"a\":1}");
	g_assert_false(host->get_text(record, 0, title(), 0, &(safi_text){0}));
	g_assert_false(host->get_int(record, 0, title(), 0, &(int64_t){0}));
}

static void a_text_is_decoded_once(void)
{
	safi_text first, second;

	fresh();
	put_json(title(), "\"a\\nb\"");
	g_assert_true(host->get_text(record, 0, title(), 0, &first));
	g_assert_true(host->get_text(record, 0, title(), 0, &second));
	g_assert_true(first.ptr == second.ptr);
}

static void json_within_the_raw_bytes_is_not_copied(void)
{
	const safi_bytes given = {(const uint8_t *)"{\"a\": \"b\"}", 10};
	safi_text json;

	fresh();
	host->set_raw(record, given);
	const safi_bytes raw = host->raw(record);
	const safi_text value = {(const char *)raw.ptr + 6, 3};
	g_assert_true(host->put_json(record, 0, title(), value, SAFI_REPLACE));
	g_assert_true(host->get_json(record, 0, title(), SAFI_WHOLE, &json));
	g_assert_true(json.ptr == value.ptr);
	g_assert_true(host->get_text(record, 0, title(), 0, &json));
	g_assert_true(json.ptr == value.ptr + 1);
	whole();
}

static void any_value_is_rendered_as_json(void)
{
	fresh();
	host->put_text(record, 0, host->key("t"), (safi_text){"a\"\\\n\0", 5}, SAFI_REPLACE);
	host->put_int(record, 0, host->key("i"), INT64_MIN, SAFI_REPLACE);
	host->put_bool(record, 0, host->key("b"), true, SAFI_REPLACE);
	host->put_text(record, 0, host->key("l"), safi_str("a"), SAFI_APPEND);
	host->put_text(record, 0, host->key("l"), safi_str("b"), SAFI_APPEND);
	assert_json(host->key("t"), SAFI_WHOLE, "\"a\\\"\\\\\\n\\u0000\"");
	assert_json(host->key("i"), 0, "-9223372036854775808");
	assert_json(host->key("b"), SAFI_WHOLE, "true");
	assert_json(host->key("l"), SAFI_WHOLE, "[\"a\",\"b\"]");
	assert_json(host->key("l"), 1, "\"b\"");
}

static void a_real_reads_back_as_it_was(void)
{
	const double reals[] = {0.1, 1e300, -2.5e-308, 1.0 / 3, 3.0, 123456789012345680.0, -0.0};

	for (gsize i = 0; i < G_N_ELEMENTS(reals); i++) {
		safi_text json;
		fresh();
		host->put_real(record, 0, title(), reals[i], SAFI_REPLACE);
		g_assert_true(host->get_json(record, 0, title(), 0, &json));
		g_autofree char *copy = g_strndup(json.ptr, json.len);
		g_assert_true(g_ascii_strtod(copy, NULL) == reals[i]);
	}
}

/* --- order and names -------------------------------------------------------------------------- */

static void assert_order(const char *expected)
{
	g_autoptr(GString) order = g_string_new(NULL);
	const safi_key *keys;
	const uint32_t n = host->keys(record, 0, &keys);

	for (uint32_t i = 0; i < n; i++) {
		const safi_text name = host->key_name(record, keys[i]);
		g_string_append_len(order, name.ptr, name.len);
		g_string_append_c(order, ' ');
	}
	g_assert_cmpstr(order->str, ==, expected);
}

static void fields_keep_the_order_of_first_put(void)
{
	fresh();
	assert_order("");
	put_json(host->key("b"), "1");
	put_json(host->name(record, safi_str("from the data")), "2");
	put_json(host->key("a"), "3");
	put_json(host->key("b"), "4");
	assert_order("b from the data a ");
	host->erase(record, 0, host->key("b"));
	assert_order("from the data a ");
	g_assert_cmpuint(host->count(record, 0, host->key("b")), ==, 0);
	put_json(host->key("b"), "5");
	assert_order("from the data a b ");
	whole();
}

static void a_repeated_name_is_found_last(void)
{
	const safi_key *keys;
	int64_t first = 0;

	fresh();
	put_json(host->key("a"), "1");
	put_json(host->key("b"), "2");
	for (int64_t i = 3; i < 6; i++) {
		g_assert_true(host->put_int(record, 0, host->key("a"), i, SAFI_REPEAT));
	}
	assert_order("a b a a a ");
	assert_int(host->key("a"), 0, 5);
	g_assert_cmpuint(host->count(record, 0, host->key("a")), ==, 1);
	g_assert_cmpuint(host->keys(record, 0, &keys), ==, 5);
	g_assert_true(host->get_int(record, 0, keys[0], 0, &first));
	g_assert_cmpint(first, ==, 1);
	g_assert_true(keys[4] == host->key("a") && keys[0] != keys[2] && keys[2] != keys[3]);
	host->put_int(record, 0, host->key("a"), 6, SAFI_REPLACE);
	assert_order("a b a a a ");
	whole();
}

static void a_name_in_the_data_meets_the_interned_one(void)
{
	fresh();
	safi_key known = host->key("safi-test-known");
	safi_key met = host->name(record, safi_str("safi-test-met"));
	g_assert_cmpuint(host->name(record, safi_str("safi-test-known")), ==, known);
	g_assert_cmpuint(host->key("safi-test-known"), ==, known);
	g_assert_cmpuint(host->name(record, safi_str("safi-test-met")), ==, met);
	g_assert_true(met && met != known);
	safi_record_reset(record);
	g_assert_null(host->key_name(record, met).ptr);
}

static void names_in_the_data_may_be_anything(void)
{
	g_autofree char *large = g_strnfill(100000, 'n');
	const safi_text hostile[] = {{"", 0}, {"a\0b", 3}, {"a", 1}, {large, 100000}};

	fresh();
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		safi_key key = host->name(record, hostile[i]);
		g_assert_cmpuint(key, !=, 0);
		g_assert_true(host->put_int(record, 0, key, (int64_t)i, SAFI_REPLACE));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		safi_key key = host->name(record, hostile[i]);
		const safi_text name = host->key_name(record, key);
		g_assert_cmpmem(name.ptr, name.len, hostile[i].ptr, hostile[i].len);
		assert_int(key, 0, (int64_t)i);
	}
	whole();
}

static void a_plugins_name_has_its_bounds(void)
{
	g_autofree char *longest = g_strnfill(255, 'n'), *longer = g_strnfill(256, 'n');

	fresh();
	g_assert_cmpuint(host->key(longest), !=, 0);
	g_assert_cmpuint(host->key(longer), ==, 0);
	g_assert_cmpuint(host->key("\xFF"), ==, 0);
}

/* Were any step of it quadratic, this would take minutes. */
static void a_hundred_thousand_names_stay_linear(void)
{
	enum { NAMES = 100000 };
	const safi_key *keys;

	fresh();
	for (int64_t i = 0; i < NAMES; i++) {
		g_autofree char *name = g_strdup_printf("name %" G_GINT64_FORMAT, i);
		host->put_int(record, 0, host->name(record, safi_str(name)), i, SAFI_REPEAT);
	}
	g_assert_cmpuint(host->keys(record, 0, &keys), ==, NAMES);
	for (int64_t i = 0; i < NAMES; i++) {
		g_autofree char *name = g_strdup_printf("name %" G_GINT64_FORMAT, i);
		g_assert_cmpuint(host->name(record, safi_str(name)), ==, keys[i]);
		assert_int(keys[i], 0, i);
	}
	for (int64_t i = 0; i < NAMES; i++) {
		host->erase(record, 0, keys[i]);
	}
	g_assert_cmpuint(host->keys(record, 0, &keys), ==, 0);
	whole();
}

static void one_name_may_repeat_as_often(void)
{
	const safi_key *keys;

	fresh();
	for (int64_t i = 0; i < 100000; i++) {
		host->put_int(record, 0, title(), i, SAFI_REPEAT);
	}
	g_assert_cmpuint(host->keys(record, 0, &keys), ==, 100000);
	assert_int(title(), 0, 99999);
	assert_int(keys[500], 0, 500);
	whole();
}

static void a_field_may_come_and_go_as_often(void)
{
	fresh();
	for (int64_t i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("name %" G_GINT64_FORMAT, i);
		host->put_int(record, 0, host->name(record, safi_str(name)), i, SAFI_REPLACE);
	}
	for (int64_t i = 0; i < 100000; i++) {
		host->put_int(record, 0, title(), i, SAFI_REPLACE);
		assert_int(title(), 0, i);
		host->erase(record, 0, title());
		g_assert_cmpuint(host->count(record, 0, title()), ==, 0);
	}
	whole();
}

/* --- refusals --------------------------------------------------------------------------------- */

static void bad_texts_are_refused(void)
{
	const safi_text bad[] = {{"\xFF", 1}, {"ab\xC3", 3}, {"\xED\xA0\x80", 3}, {"\xC0\x80", 2}};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		fresh();
		g_assert_false(host->put_text(record, 0, title(), bad[i], SAFI_REPLACE));
		g_assert_cmpuint(host->count(record, 0, title()), ==, 0);
		broken("bad-put");
	}
}

static void bad_names_are_refused(void)
{
	const safi_text bad[] = {{"\xFF", 1}, {"ab\xC3", 3}, {"\xED\xA0\x80", 3}};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		fresh();
		g_assert_cmpuint(host->name(record, bad[i]), ==, 0);
		broken("bad-put");
	}
}

static void bad_reals_are_refused(void)
{
	const double bad[] = {INFINITY, -INFINITY, NAN};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		fresh();
		g_assert_false(host->put_real(record, 0, title(), bad[i], SAFI_REPLACE));
		broken("bad-put");
	}
}

static void bad_json_is_refused(void)
{
	const char *const bad[] = {"", "nul", "1 2", "{\"a\":}", "[1,]", "'a'", "\"\xFF\"", "01"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		fresh();
		g_assert_false(host->put_json(record, 0, title(), safi_str(bad[i]), SAFI_REPLACE));
		broken("bad-put");
	}
}

static void no_name_and_no_note_are_refused(void)
{
	fresh();
	g_assert_false(host->put_int(record, 0, 0, 1, SAFI_REPLACE));
	broken("bad-put");
	fresh();
	g_assert_false(host->put_int(record, 99, title(), 1, SAFI_REPLACE));
	broken("bad-put");
}

static void the_first_fault_stays(void)
{
	fresh();
	host->put_real(record, 0, title(), NAN, SAFI_REPLACE);
	const safi_text first = record->broken.message;
	host->put_text(record, 0, title(), (safi_text){"\xFF", 1}, SAFI_REPLACE);
	host->view_add(record, title(), 99, safi_str(""), NULL, 0);
	g_assert_true(host->put_int(record, 0, title(), 1, SAFI_REPLACE));
	g_assert_true(record->broken.message.ptr == first.ptr);
	broken("bad-put");
}

static void too_much_memory_breaks_the_record(void)
{
	fresh();
	g_assert_null(host->alloc(record, SIZE_MAX));
	broken("out-of-memory");
	fresh();
	g_assert_null(host->room(record, SIZE_MAX));
	broken("out-of-memory");
}

static void memory_is_aligned(void)
{
	fresh();
	for (size_t size = 0; size < 1000; size++) {
		char *piece = host->alloc(record, size);
		g_assert_cmpuint((uintptr_t)piece % 16, ==, 0);
		memset(piece, 'x', size);
	}
	whole();
}

/* --- places ----------------------------------------------------------------------------------- */

static void a_place_goes_when_the_field_is_put_anew(void)
{
	const safi_view page = fresh_page("some text");
	safi_view view = 0;
	safi_span span;

	host->put_text(record, 0, title(), safi_str("some"), SAFI_REPLACE);
	g_assert_false(host->get_place(record, 0, title(), &view, &span));
	g_assert_true(host->put_place(record, 0, title(), page, (safi_span){0, 4}));
	g_assert_true(host->get_place(record, 0, title(), &view, &span));
	g_assert_cmpuint(view, ==, page);
	assert_span(span, 0, 4);
	host->put_text(record, 0, title(), safi_str("other"), SAFI_REPLACE);
	g_assert_false(host->get_place(record, 0, title(), &view, &span));
	g_assert_true(host->put_place(record, 0, title(), SAFI_RAW, (safi_span){5, 9}));
	g_assert_true(host->get_place(record, 0, title(), &view, &span));
	g_assert_true(view == SAFI_RAW);
	whole();
}

static void a_place_outside_is_refused(void)
{
	const safi_span bad[] = {{0, 10}, {5, 4}, {10, 10}};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		const safi_view page = fresh_page("some text");
		host->put_int(record, 0, title(), 1, SAFI_REPLACE);
		g_assert_false(host->put_place(record, 0, title(), page, bad[i]));
		broken("bad-put");
	}
	fresh_page("some text");
	g_assert_false(host->put_place(record, 0, title(), SAFI_RAW, (safi_span){0, 1}));
	broken("bad-put");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/record/values are of their type only", values_are_of_their_type_only);
	g_test_add_func("/record/an absent field is nothing", an_absent_field_is_nothing);
	g_test_add_func("/record/values append", values_append);
	g_test_add_func("/record/another type does not append", another_type_does_not_append);
	g_test_add_func("/record/any type replaces", any_type_replaces);
	g_test_add_func("/record/what is given is copied", what_is_given_is_copied);
	g_test_add_func("/record/json reads like what it holds", json_reads_like_what_it_holds);
	g_test_add_func("/record/json integers end where 64 bits do",
	                json_integers_end_where_64_bits_do);
	g_test_add_func("/record/a json array is a list", a_json_array_is_a_list);
	g_test_add_func("/record/a json object is json only", a_json_object_is_json_only);
	g_test_add_func("/record/a text is decoded once", a_text_is_decoded_once);
	g_test_add_func("/record/json within the raw bytes is not copied",
	                json_within_the_raw_bytes_is_not_copied);
	g_test_add_func("/record/any value is rendered as json", any_value_is_rendered_as_json);
	g_test_add_func("/record/a real reads back as it was", a_real_reads_back_as_it_was);
	g_test_add_func("/record/fields keep the order of first put",
	                fields_keep_the_order_of_first_put);
	g_test_add_func("/record/a repeated name is found last", a_repeated_name_is_found_last);
	g_test_add_func("/record/a name in the data meets the interned one",
	                a_name_in_the_data_meets_the_interned_one);
	g_test_add_func("/record/names in the data may be anything",
	                names_in_the_data_may_be_anything);
	g_test_add_func("/record/a plugin's name has its bounds", a_plugins_name_has_its_bounds);
	g_test_add_func("/record/a hundred thousand names stay linear",
	                a_hundred_thousand_names_stay_linear);
	g_test_add_func("/record/one name may repeat as often", one_name_may_repeat_as_often);
	g_test_add_func("/record/a field may come and go as often", a_field_may_come_and_go_as_often);
	g_test_add_func("/record/texts that are not UTF-8 are refused", bad_texts_are_refused);
	g_test_add_func("/record/names that are not UTF-8 are refused", bad_names_are_refused);
	g_test_add_func("/record/infinity and NaN are refused", bad_reals_are_refused);
	g_test_add_func("/record/what is not one JSON value is refused", bad_json_is_refused);
	g_test_add_func("/record/a put without a name or a note is refused",
	                no_name_and_no_note_are_refused);
	g_test_add_func("/record/the first fault stays", the_first_fault_stays);
	g_test_add_func("/record/too much memory breaks the record",
	                too_much_memory_breaks_the_record);
	g_test_add_func("/record/memory is aligned to 16 bytes", memory_is_aligned);
	g_test_add_func("/record/a place goes when the field is put anew",
	                a_place_goes_when_the_field_is_put_anew);
	g_test_add_func("/record/a place outside its view is refused", a_place_outside_is_refused);
	return g_test_run();
}
