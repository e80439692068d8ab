#include "json.h"
#include "utf8.h"

#include <glib.h>

static bool valid(const char *text)
{
	return safi_json_valid(safi_str(text));
}

/* What an escaped string reads as; NULL when it is refused. */
static char *decoded(const char *value)
{
	g_autofree char *room = g_malloc(strlen(value));
	safi_text text;
	if (!safi_json_string(safi_str(value), room, &text)) {
		return NULL;
	}
	return g_strndup(text.ptr, text.len);
}

static void assert_decoded(const char *value, const char *expected)
{
	g_autofree char *text = decoded(value);
	g_assert_cmpstr(text, ==, expected);
}

static void assert_escaped(const char *text, size_t len, const char *expected)
{
	SafiBuffer buffer = { 0 };
	safi_json_escape(&buffer, (safi_text){ text, len });
	g_assert_cmpmem(buffer.data, buffer.len, expected, strlen(expected));
	safi_buffer_clear(&buffer);
}

/* --- checking -------------------------------------------------------------------------------- */

static char *suite_folder(void)
{
	const char *shared = g_getenv("SAFI_SHARED");
	g_autofree char *beside =
		g_test_build_filename(G_TEST_DIST, "..", "..", "..", "shared", NULL);
	return g_build_filename(shared ? shared : beside, "oracles", "json", "test_parsing", NULL);
}

static void check_suite_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *content = NULL;
	gsize len = 0;
	g_assert_true(g_file_get_contents(path, &content, &len, NULL));
	bool answer = safi_json_valid((safi_text){ content, len });
	if (name[0] == 'y' && !answer) {
		g_test_message("refused: %s", name);
	}
	if (name[0] == 'n' && answer) {
		g_test_message("taken: %s", name);
	}
	g_assert_true(name[0] == 'i' || answer == (name[0] == 'y'));
}

static void json_test_suite(void)
{
	g_autofree char *folder = suite_folder();
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	if (dir == NULL) {
		g_test_skip("JSONTestSuite is not there");
		return;
	}
	for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
		check_suite_file(folder, name);
	}
}

static void depth_is_limited(void)
{
	g_autofree char *open = g_strnfill(1025, '['), *close = g_strnfill(1025, ']');
	g_autofree char *deep = g_strconcat(open, close, NULL);
	g_autofree char *good = g_strndup(deep + 1, 2048);
	g_assert_true(valid(good));
	g_assert_false(valid(deep));
	g_autofree char *endless = g_strnfill(1000000, '[');
	g_assert_false(valid(endless));
}

static void every_cut_is_invalid(void)
{
	const char *whole =
		"{\"a\":[1.5e-3,true,null,\"\\u0634\\n\xd8\xb4 and some more text\"],\"b\":{}}";
	g_assert_true(valid(whole));
	for (size_t len = 0; len < strlen(whole); len++) {
		g_autofree char *cut = g_memdup2(whole, len);
		g_assert_false(safi_json_valid((safi_text){ cut, len }));
	}
}

/* A special byte must be found wherever it lies within a block. */
static void a_raw_control_is_refused_anywhere(void)
{
	for (size_t at = 1; at < 70; at++) {
		g_autofree char *text = g_strnfill(71, 'x');
		text[0] = text[70] = '"';
		g_assert_true(valid(text));
		text[at] = at == 70 ? 'x' : 0x1F;
		g_assert_false(valid(text));
		text[at] = 0x7F;
		g_assert_true(at == 70 || valid(text));
	}
}

static void only_utf8_is_valid(void)
{
	g_assert_true(valid("\"\xf4\x8f\xbf\xbf\""));
	g_assert_false(valid("\"\xed\xa0\x80\""));
	g_assert_false(valid("\"\xc0\x80\""));
	g_assert_false(valid("\"\xf4\x90\x80\x80\""));
	g_assert_false(valid("\"\xd8\""));
	g_assert_false(valid("\xef\xbb\xbf{}"));
}

/* --- taking apart ---------------------------------------------------------------------------- */

static void kinds(void)
{
	const char *values[] = { "null", "true", "false", "-0", "1.0", "1e5", "1E5", "\"1.0\"",
		                 "[1.5]", "{}", "  12  " };
	const char expected[] = "nbb0...\"[{0";
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		g_assert_cmpint(safi_json_kind(safi_str(values[i])), ==, expected[i]);
	}
}

static void assert_elements(const char *array, const char *expected)
{
	g_autoptr(GString) all = g_string_new(NULL);
	safi_text element;
	for (size_t at = 0; safi_json_element(safi_str(array), &at, &element);) {
		g_string_append_len(all, element.ptr, (gssize)element.len);
		g_string_append_c(all, ';');
	}
	g_assert_cmpstr(all->str, ==, expected);
}

static void elements(void)
{
	assert_elements("[]", "");
	assert_elements(" [ ] ", "");
	assert_elements("[1]", "1;");
	assert_elements(" [ 1 , \"a,]\\\"\\\\\" ,[2,[3]], {\"x\":[4,5]} , null ] ",
	                "1;\"a,]\\\"\\\\\";[2,[3]];{\"x\":[4,5]};null;");
}

static void assert_members(const char *object, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	safi_text name, value;
	for (size_t at = 0; safi_json_member(safi_str(object), &at, &name, &value);) {
		g_string_append_printf(got, "%.*s=%.*s;", (int)name.len, name.ptr, (int)value.len,
		                       value.ptr);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void members(void)
{
	assert_members("{}", "");
	assert_members(" { } ", "");
	assert_members("{\"a\":1}", "\"a\"=1;");
	assert_members(" { \"\" : \"}\" , \"a\\\"b\":[{\"c\":1},2],\"a\":{\"x\":{}} , \"n\":null} ",
	               "\"\"=\"}\";\"a\\\"b\"=[{\"c\":1},2];\"a\"={\"x\":{}};\"n\"=null;");
}

static void decoding(void)
{
	assert_decoded("\"\"", "");
	assert_decoded("  \"plain\"  ", "plain");
	assert_decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
	assert_decoded("\"\\u0041\\u0634\\u20ac\\ud83d\\uDE00\"",
	               "A\xd8\xb4\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_decoded("\"a long stretch without an escape\\n, and then another, as long\"",
	               "a long stretch without an escape\n, and then another, as long");
}

static void lone_surrogates(void)
{
	assert_decoded("\"\\ud800\"", NULL);
	assert_decoded("\"\\udc00\"", NULL);
	assert_decoded("\"\\ud800x\"", NULL);
	assert_decoded("\"\\ud800\\n\"", NULL);
	assert_decoded("\"\\ud800\\ud800\"", NULL);
	assert_decoded("\"\\ud800\\u0041\"", NULL);
	g_assert_true(valid("\"\\ud800\""));
}

static void text_without_escapes_is_not_copied(void)
{
	const char *value = "\"\xd8\xb4\"";
	safi_text text;
	g_assert_true(safi_json_string(safi_str(value), NULL, &text));
	g_assert_true(text.ptr == value + 1);
	g_assert_cmpuint(text.len, ==, 2);
}

/* --- escaping -------------------------------------------------------------------------------- */

static void escaping(void)
{
	assert_escaped("", 0, "\"\"");
	assert_escaped("\"\\/\b\f\n\r\t", 8, "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
	assert_escaped("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\x7f\"");
	assert_escaped("\xd8\xb4\xe2\x80\xa8", 5, "\"\xd8\xb4\xe2\x80\xa8\"");
}

/* All lengths around a block, with special bytes at random: out, in again, and the same. */
static void escaping_round_trips(void)
{
	static const char bytes[] = "abcdefgh\"\\\n\x01";
	for (int turn = 0; turn < 20000; turn++) {
		char text[100], room[800];
		size_t len = (size_t)g_test_rand_int_range(0, sizeof text);
		int kinds_used = g_test_rand_int_range(8, sizeof bytes);
		for (size_t i = 0; i < len; i++) {
			text[i] = bytes[g_test_rand_int_range(0, kinds_used)];
		}
		SafiBuffer buffer = { 0 };
		safi_json_escape(&buffer, (safi_text){ text, len });
		safi_text json = { buffer.data, buffer.len }, again;
		g_assert_true(safi_json_valid(json));
		g_assert_true(safi_json_string(json, room, &again));
		g_assert_cmpmem(again.ptr, again.len, text, len);
		safi_buffer_clear(&buffer);
	}
}

/* --- UTF-8 ----------------------------------------------------------------------------------- */

static size_t prefix(const char *text)
{
	return safi_utf8_prefix((safi_bytes){ (const uint8_t *)text, strlen(text) });
}

static void utf8_prefix(void)
{
	g_assert_cmpuint(safi_utf8_prefix((safi_bytes){ NULL, 0 }), ==, 0);
	g_assert_cmpuint(prefix("ab\xd8\xb4"), ==, 4);
	g_assert_cmpuint(prefix("ab\xd8"), ==, 2);
	g_assert_cmpuint(prefix("ab\xe2\x82"), ==, 2);
	g_assert_cmpuint(prefix("\xf0\x9f\x98"), ==, 0);
	g_assert_cmpuint(prefix("a\x80"), ==, 1);
	g_assert_cmpuint(prefix("a\xed\xa0\x80"), ==, 1);
	g_assert_cmpuint(prefix("a\xe0\x9f\xbf"), ==, 1);
	g_assert_cmpuint(prefix("a\xc1\xbf"), ==, 1);
	g_assert_cmpuint(prefix("a\xf5\x80\x80\x80"), ==, 1);
	g_assert_cmpuint(prefix("a\xff"), ==, 1);
}

/* Good and bad leads with good and bad bytes behind them. */
static void utf8_agrees_with_glib(void)
{
	for (uint32_t bits = 0; bits < 0x400000; bits += 1 + bits % 3) {
		char text[4] = { (char)(0xE0 | bits >> 18), (char)(0x80 ^ (bits >> 12 & 0xFF)),
			         (char)(0x80 ^ (bits >> 6 & 0x7F)), (char)(0x80 | (bits & 0x3F)) };
		const char *end;
		if (memchr(text, 0, sizeof text)) {
			continue;
		}
		g_utf8_validate(text, sizeof text, &end);
		size_t n = safi_utf8_prefix((safi_bytes){ (const uint8_t *)text, sizeof text });
		g_assert_cmpuint(n, ==, (size_t)(end - text));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/JSONTestSuite: y_ is taken, n_ is refused", json_test_suite);
	g_test_add_func("/json/1,024 brackets may nest, and no more", depth_is_limited);
	g_test_add_func("/json/no part of a text is valid", every_cut_is_invalid);
	g_test_add_func("/json/a raw control character is refused wherever it stands",
	                a_raw_control_is_refused_anywhere);
	g_test_add_func("/json/a text that is not UTF-8 is refused", only_utf8_is_valid);
	g_test_add_func("/json/a value tells its kind", kinds);
	g_test_add_func("/json/an array gives its elements one by one", elements);
	g_test_add_func("/json/an object gives its members one by one", members);
	g_test_add_func("/json/escapes are taken out of a string", decoding);
	g_test_add_func("/json/a lone surrogate is valid but has no text", lone_surrogates);
	g_test_add_func("/json/a string without escapes is not copied",
	                text_without_escapes_is_not_copied);
	g_test_add_func("/json/what must be escaped is, and nothing else", escaping);
	g_test_add_func("/json/an escaped text reads as it was", escaping_round_trips);
	g_test_add_func("/utf8/the good characters at the front are counted", utf8_prefix);
	g_test_add_func("/utf8/GLib finds the same bad byte", utf8_agrees_with_glib);
	return g_test_run();
}
