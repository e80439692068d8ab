#include "said.h"

#include <string.h>

static SafiMark at(const char *path, guint line, guint column, guint length)
{
	return (SafiMark){ path, line, column, length };
}

static const char *add_text(SafiReport *report, const char *path, const char *text)
{
	return safi_report_add_file(report, path, text, strlen(text));
}

static void test_caret(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "news.yaml", "stages:\n      min_lenght: 200\n");
	safi_report_error(report, at(path, 2, 7, 10), "stage 'x' has no option '%s'", "min_lenght");
	assert_said(report, "news.yaml:2:7: error: stage 'x' has no option 'min_lenght'\n"
	                    "    2 |       min_lenght: 200\n"
	                    "      |       ^~~~~~~~~~\n");
	g_assert_cmpuint(safi_report_errors(report), ==, 1);
}

static void test_arabic(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	/* The shadda and the damma stand above their letters and take no cell. */
	const char *path = add_text(report, "a.yaml", "كُلّ: خطأ # نعم\n");
	safi_report_error(report, at(path, 1, 7, 3), "what is this");
	assert_said(report, "a.yaml:1:7: error: what is this\n"
	                    "    1 | كُلّ: خطأ # نعم\n"
	                    "      |     ^~~\n");
}

static void test_wide(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "新闻: 错误 # x\n");
	safi_report_error(report, at(path, 1, 5, 2), "what is this");
	assert_said(report, "a.yaml:1:5: error: what is this\n"
	                    "    1 | 新闻: 错误 # x\n"
	                    "      |       ^~~~\n");
}

static void test_tabs(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "a\tb:\tc\n");
	safi_report_error(report, at(path, 1, 6, 1), "what is this");
	assert_said(report, "a.yaml:1:6: error: what is this\n"
	                    "    1 | a\tb:\tc\n"
	                    "      |  \t  \t^\n");
}

static void test_token_over_lines(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "a: 'one\n  two'\n");
	safi_report_error(report, at(path, 1, 4, 11), "what is this");
	assert_said(report, "a.yaml:1:4: error: what is this\n"
	                    "    1 | a: 'one\n"
	                    "      |    ^~~~\n");
}

static void test_behind_the_line(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "read:\n");
	safi_report_error(report, at(path, 1, 6, 0), "nothing here");
	assert_said(report, "a.yaml:1:6: error: nothing here\n"
	                    "    1 | read:\n"
	                    "      |      ^\n");
}

static void test_no_such_line(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "read:\n");
	safi_report_error(report, at(path, 2, 1, 1), "the file ends");
	safi_report_error(report, at(path, 7, 1, 1), "the file has ended");
	assert_said(report, "a.yaml:2:1: error: the file ends\n"
	                    "a.yaml:7:1: error: the file has ended\n");
}

static void test_long_line(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *before = g_strnfill(500, 'a'), *behind = g_strnfill(500, 'b');
	g_autofree char *line = g_strconcat(before, "XYZ", behind, NULL);
	const char *path = add_text(report, "a.yaml", line);
	safi_report_error(report, at(path, 1, 501, 3), "what is this");
	g_autofree char *expected = g_strdup_printf(
		"a.yaml:1:501: error: what is this\n"
		"    1 | ... %.60sXYZ%.57s ...\n"
		"      |     %60s^~~\n", before, behind, "");
	assert_said(report, expected);
}

static void test_long_wide_line(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(GString) line = g_string_new(NULL), shown = g_string_new(NULL);
	for (int i = 0; i < 200; i++) {
		g_string_append(line, "新");
		g_string_append(shown, i < 60 ? "新" : "");
	}
	const char *path = add_text(report, "a.yaml", line->str);
	safi_report_error(report, at(path, 1, 101, 2), "what is this");
	g_autofree char *expected = g_strdup_printf("a.yaml:1:101: error: what is this\n"
	                                            "    1 | ... %s ...\n"
	                                            "      |     %60s^~~~\n", shown->str, "");
	assert_said(report, expected);
}

static void test_far_line(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *text = g_strnfill(1234567, '\n');
	memcpy(text + 1234560, "x: 1", 4);
	safi_report_error(report, at(add_text(report, "a.yaml", text), 1234561, 1, 1), "what is this");
	assert_said(report, "a.yaml:1234561:1: error: what is this\n"
	                    "1234561 | x: 1\n"
	                    "        | ^\n");
}

static void test_hidden(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	SafiMark mark = at(add_text(report, "a.yaml", "token: hunter2\n"), 1, 8, 7);
	mark.hidden = true;
	safi_report_error(report, mark, "wants a whole number");
	assert_said(report, "a.yaml:1:8: error: wants a whole number\n");
}

static void test_hostile_characters(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "\033[2J\xFF\xE2\x80\xAE name: 1\n");
	safi_report_error(report, at(path, 1, 8, 4), "no option '\033[31m\xC3\n'");
	assert_said(report, "a.yaml:1:8: error: no option '\\x1b[31m\\xc3\\x0a'\n"
	                    "    1 | \uFFFD[2J\uFFFD\uFFFD name: 1\n"
	                    "      |        ^~~~\n");
}

static void test_byte_order_mark(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "\xEF\xBB\xBFread: x\n");
	safi_report_error(report, at(path, 1, 7, 1), "what is this");
	assert_said(report, "a.yaml:1:7: error: what is this\n"
	                    "    1 | read: x\n"
	                    "      |       ^\n");
}

static void test_places_without_lines(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "read: x\n");
	safi_report_error(report, at(path, 0, 0, 0), "the file is no good");
	safi_report_error(report, at(NULL, 0, 0, 0), "nor is the rest");
	assert_said(report, "safi: error: nor is the rest\n"
	                    "a.yaml: error: the file is no good\n");
}

static void test_order_and_notes(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *first = add_text(report, "b.yaml", "one\ntwo\n");
	const char *second = add_text(report, "a.yaml", "three\n");
	safi_report_error(report, at(second, 1, 1, 5), "in the second file");
	safi_report_error(report, at(first, 2, 1, 3), "below");
	safi_report_note(report, at(first, 1, 1, 3), "first given here");
	safi_report_warning(report, at(first, 1, 1, 3), "above");
	assert_said(report, "b.yaml:1:1: warning: above\n"
	                    "    1 | one\n"
	                    "      | ^~~\n"
	                    "b.yaml:2:1: error: below\n"
	                    "    2 | two\n"
	                    "      | ^~~\n"
	                    "b.yaml:1:1: note: first given here\n"
	                    "    1 | one\n"
	                    "      | ^~~\n"
	                    "a.yaml:1:1: error: in the second file\n"
	                    "    1 | three\n"
	                    "      | ^~~~~\n");
	g_assert_cmpuint(safi_report_errors(report), ==, 2);
}

static void test_at_most_20(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(GString) expected = g_string_new(NULL);
	for (int i = 0; i < 27; i++) {
		safi_report_error(report, at(NULL, 0, 0, 0), "number %d", i);
		if (i < 20) {
			g_string_append_printf(expected, "safi: error: number %d\n", i);
		}
	}
	g_string_append(expected, "safi: and 7 more\n");
	assert_said(report, expected->str);
}

static void test_flood(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	for (int i = 0; i < 500000; i++) {
		safi_report_error(report, at(NULL, 0, 0, 0), "number %d", i);
		safi_report_note(report, at(NULL, 0, 0, 0), "a note");
	}
	g_assert_cmpuint(safi_report_errors(report), ==, 500000);
	char *text = said(report);
	g_assert_true(g_str_has_suffix(text, "number 19\nsafi: note: a note\nsafi: and 499980 more\n"));
	free(text);
}

static void test_first_by_place(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = add_text(report, "a.yaml", "");
	for (guint line = 5000; line > 0; line--) {
		safi_report_error(report, at(path, line, 1, 1), "line %u", line);
		safi_report_note(report, at(NULL, 0, 0, 0), "of line %u", line);
	}
	char *text = said(report);
	g_assert_true(g_str_has_prefix(text, "a.yaml:1:1: error: line 1\nsafi: note: of line 1\n"));
	g_assert_true(g_str_has_suffix(text, "note: of line 20\nsafi: and 4980 more\n"));
	free(text);
	g_autofree char *json = safi_report_json(report);
	g_auto(GStrv) lines = g_strsplit(json, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 1001);
	g_assert_nonnull(strstr(lines[999], "of line 1000"));
}

static void test_long_sentence(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *name = g_strnfill(1 << 20, 'x');
	safi_report_error(report, at(NULL, 0, 0, 0), "%s", name);
	g_autofree char *expected = g_strdup_printf("safi: error: %.2000s...\n", name);
	assert_said(report, expected);
}

static void suggest(SafiReport *report, const char *word, const char *name)
{
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, word);
	safi_suggest_try(&suggest, name);
	safi_report_suggest(report, &suggest);
}

static void test_suggestion(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	suggest(report, "kep", "keep"); /* belongs to nothing */
	safi_report_error(report, at(NULL, 0, 0, 0), "no option 'kep'");
	suggest(report, "kep", "keep");
	safi_report_error(report, at(NULL, 0, 0, 0), "no option 'far'");
	suggest(report, "far", "keep");
	assert_said(report, "safi: error: no option 'kep'; did you mean 'keep'?\n"
	                    "safi: error: no option 'far'\n");
}

static void assert_json(const SafiReport *report, const char *expected)
{
	g_autofree char *json = safi_report_json(report);
	g_assert_cmpstr(json, ==, expected);
}

static void test_json(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	/* Three bytes of mark, then نص: is five bytes: the span counts bytes, the column characters. */
	const char *path = add_text(report, "a.yaml", "\xEF\xBB\xBFنص: kep # \n\"two\r\n lines\"\n");
	safi_report_warning(report, at(path, 2, 1, 13), "over two\nlines");
	safi_report_note(report, at(path, 1, 1, 2), "first \"here\"");
	safi_report_note(report, at(NULL, 0, 0, 0), "and here");
	safi_report_error(report, at(path, 1, 5, 3), "no option 'kep'");
	suggest(report, "kep", "keep");
	safi_report_error(report, at(path, 0, 0, 0), "all of it");
	assert_json(report,
	            "{\"severity\":\"error\",\"file\":\"a.yaml\",\"message\":\"all of it\"}\n"
	            "{\"severity\":\"error\",\"file\":\"a.yaml\",\"line\":1,\"column\":5,"
	            "\"end_line\":1,\"end_column\":8,\"span\":[9,12],\"message\":\"no option 'kep'\","
	            "\"suggestion\":\"keep\"}\n"
	            "{\"severity\":\"warning\",\"file\":\"a.yaml\",\"line\":2,\"column\":1,"
	            "\"end_line\":3,\"end_column\":8,\"span\":[16,29],"
	            "\"message\":\"over two\\nlines\",\"notes\":["
	            "{\"severity\":\"note\",\"file\":\"a.yaml\",\"line\":1,\"column\":1,\"end_line\":1,"
	            "\"end_column\":3,\"span\":[3,7],\"message\":\"first \\\"here\\\"\"},"
	            "{\"severity\":\"note\",\"message\":\"and here\"}]}\n");
}

static void test_json_of_nothing(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	assert_json(report, "");
}

static void test_paths(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	safi_report_error(report, at(add_text(report, "a\033[2J\n\u202e.yaml", ""), 0, 0, 0), "one");
	safi_report_error(report, at(add_text(report, "b\xff.yaml", ""), 0, 0, 0), "two");
	safi_report_error(report, at(add_text(report, "خبر.yaml", ""), 0, 0, 0), "three");
	assert_said(report, "a\\x1b[2J\\x0a\\u{202e}.yaml: error: one\n"
	                    "b\\xff.yaml: error: two\n"
	                    "خبر.yaml: error: three\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/problem/the caret stands under the whole token", test_caret);
	g_test_add_func("/problem/marks above Arabic letters do not move the caret", test_arabic);
	g_test_add_func("/problem/wide characters take two cells", test_wide);
	g_test_add_func("/problem/a tab stands below a tab", test_tabs);
	g_test_add_func("/problem/a token over two lines is marked to the end of the first",
	                test_token_over_lines);
	g_test_add_func("/problem/a caret may stand behind its line", test_behind_the_line);
	g_test_add_func("/problem/a line that is not there is not shown", test_no_such_line);
	g_test_add_func("/problem/a long line is cut around the caret", test_long_line);
	g_test_add_func("/problem/a long line of wide characters is cut as a terminal shows it",
	                test_long_wide_line);
	g_test_add_func("/problem/the caret stands right however long the number of the line",
	                test_far_line);
	g_test_add_func("/problem/the line of a secret is not shown", test_hidden);
	g_test_add_func("/problem/control characters do not reach the terminal",
	                test_hostile_characters);
	g_test_add_func("/problem/a byte order mark is not part of the first line",
	                test_byte_order_mark);
	g_test_add_func("/problem/a place may be a file, or none", test_places_without_lines);
	g_test_add_func("/problem/a path is shown as it is safe", test_paths);
	g_test_add_func("/problem/problems come in order of place with their notes",
	                test_order_and_notes);
	g_test_add_func("/problem/after twenty the rest is counted", test_at_most_20);
	g_test_add_func("/problem/half a million problems are counted, not kept", test_flood);
	g_test_add_func("/problem/of very many the first by place are kept, whenever they were found",
	                test_first_by_place);
	g_test_add_func("/problem/a sentence of a megabyte is cut", test_long_sentence);
	g_test_add_func("/problem/the name that was meant stands behind the sentence", test_suggestion);
	g_test_add_func("/problem/programs get each problem as an object of JSON", test_json);
	g_test_add_func("/problem/where nothing is wrong there is no JSON", test_json_of_nothing);
	return g_test_run();
}
