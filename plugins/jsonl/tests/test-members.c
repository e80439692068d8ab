#include "json-members.h"

#include "json.h"

#include <glib.h>

/* What stands behind a text is another line or nothing, but it must never be taken for a part of
 * it: so all of this is there in turn. */
static const char pieces[] = "{}[],:\"\\ \t01.eE+-truefalsn\n\x01u";

static bool count(void *to, safi_text name, safi_span value)
{
	++*(size_t *)to;
	return true;
}

static bool walk(JsonParser *parser, const char *text, size_t len, char behind, JsonFault *fault)
{
	size_t n = 0;
	g_autofree char *padded = g_malloc(len + SAFI_PADDING);
	memcpy(padded, text, len);
	memset(padded + len, behind, SAFI_PADDING);
	safi_bytes bytes = { (const uint8_t *)padded, len };
	return json_parser_walk(parser, bytes, count, &n, fault);
}

static bool is_object(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", *text)) {
		text++;
		len--;
	}
	return len > 0 && *text == '{';
}

static void assert_agreed(JsonParser *parser, const char *text, size_t len)
{
	JsonFault fault;
	char behind = pieces[g_test_rand_int_range(0, sizeof pieces)];
	bool expected = is_object(text, len) && safi_json_valid((safi_text){ text, len });
	bool taken = walk(parser, text, len, behind, &fault);
	if (taken != expected) {
		g_test_message("%.*s, and behind it %c", (int)len, text, behind);
	}
	g_assert_cmpint(taken, ==, expected);
	g_assert_true(taken || (fault.code && fault.at <= len));
}

/* Spoils a text in up to three places. */
static void agrees_with_the_core(void)
{
	static const char *const seeds[] = {
		"{\"a\":1}", "{}", "{ }",
		"{\"text\":\"\\u0634x\\n\",\"b\":[1,{\"c\":null},[]],\"e\":{}}",
		" {\"a\" : [ ] , \"b\" : -1.5e+3 , \"a\":true}\r", "{\"a\":[[[{\"b\":{}}]]]}",
		"{\"a\":\"b\",\"c\":\"\\\"\\\\\"}", "{\"\\u0061\":\"\xd8\xb4\"}", "[{\"a\":1}]",
	};
	JsonParser *parser = json_parser_create();
	for (int turn = 0; turn < 100000; turn++) {
		const char *seed = seeds[g_test_rand_int_range(0, G_N_ELEMENTS(seeds))];
		g_autoptr(GString) text = g_string_new(seed);
		for (int i = g_test_rand_int_range(0, 4); i > 0; i--) {
			gssize at = g_test_rand_int_range(0, (int)text->len + 1);
			char piece = pieces[g_test_rand_int_range(0, sizeof pieces - 1)];
			if (g_test_rand_bit()) {
				g_string_erase(text, at, at < (gssize)text->len);
			}
			if (g_test_rand_bit()) {
				g_string_insert_c(text, at, piece);
			}
		}
		assert_agreed(parser, text->str, text->len);
	}
	json_parser_destroy(parser);
}

static void closing_brackets_behind_the_text(void)
{
	JsonParser *parser = json_parser_create();
	JsonFault fault;
	g_assert_false(walk(parser, "{\"a\":{\"b\":1}", 12, '}', &fault));
	g_assert_false(walk(parser, "{\"a\":[{}", 8, ']', &fault));
	g_assert_false(walk(parser, "{\"a\":[{}", 8, ',', &fault));
	g_assert_false(walk(parser, "{\"a\":\"", 6, '"', &fault));
	json_parser_destroy(parser);
}

static void lone_surrogates(void)
{
	static const char *const texts[] = { "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udfff\"}",
		                             "{\"a\":\"\\ud800\\ud800\"}", "{\"\\udc00\":1}" };
	JsonParser *parser = json_parser_create();
	JsonFault fault;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_false(walk(parser, texts[i], strlen(texts[i]), '\n', &fault));
		g_assert_cmpstr(fault.code, ==, "not-json");
	}
	json_parser_destroy(parser);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/members/simdjson and the core agree, whatever lies behind the text",
	                agrees_with_the_core);
	g_test_add_func("/members/brackets behind the text do not close it",
	                closing_brackets_behind_the_text);
	g_test_add_func("/members/a lone surrogate is no character", lone_surrogates);
	return g_test_run();
}
