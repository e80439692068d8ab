#include "option.h"

#include "env.h"
#include "said.h"
#include "value.h"
#include <string.h>

static const char *const profiles[] = { "repair", "search", "index", NULL };
static const char *const labels[] = { "title", "body", "list", NULL };

#define OPTION(...) (&(const safi_option){ .size = sizeof(safi_option), __VA_ARGS__ })
static const safi_option *const options[] = {
	OPTION(.type = SAFI_TEXT, .name = "profile", .fallback = "repair", .choices = profiles),
	OPTION(.type = SAFI_TEXT, .name = "title"),
	OPTION(.type = SAFI_INT, .name = "min_length", .fallback = "3", .min = 1, .max = 500),
	OPTION(.type = SAFI_INT, .name = "any"),
	OPTION(.type = SAFI_REAL, .name = "threshold", .fallback = "0.8", .min = 0, .max = 1),
	OPTION(.type = SAFI_BOOL, .name = "strict", .fallback = "no"),
	OPTION(.type = SAFI_LIST, .name = "keep", .fallback = "title, body", .min = 1, .max = 3,
	       .choices = labels),
	OPTION(.type = SAFI_LIST, .name = "words"),
	OPTION(.type = SAFI_PATH, .name = "names"),
	OPTION(.type = SAFI_SIZE, .name = "room", .fallback = "64KiB", .min = 1024, .max = 1 << 30),
	OPTION(.type = SAFI_INT, .name = "token", .flags = SAFI_SECRET),
	OPTION(.type = SAFI_INT, .name = "old", .flags = SAFI_DEPRECATED, .doc = "say min_length"),
	NULL,
};
static const safi_stage stage = { .size = sizeof stage, .name = "dedup", .options = options };

static const safi_option *const needy_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "field", .flags = SAFI_REQUIRED, .example = "body"),
	OPTION(.type = SAFI_TEXT, .name = "table", .flags = SAFI_REQUIRED),
	NULL,
};
static const safi_stage needy = { .size = sizeof needy, .name = "needy", .options = needy_options };
static const safi_stage bare = { .size = sizeof bare, .name = "bare" };

static safi_config *configure(const safi_stage *of, const char *yaml, SafiReport *report)
{
	g_autoptr(SafiNode) given = safi_yaml_parse("a.yaml", yaml, strlen(yaml), report);
	SafiMark place = given->mark;
	place.column = 0;
	place.line = 0;
	safi_env_resolve(given, report);
	return safi_config_new(of, of->name, given, place, "/data", report);
}

static void assert_mistakes(const char *yaml, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, yaml, report);
	assert_said(report, expected);
}

static void assert_good(const char *yaml)
{
	assert_mistakes(yaml, "");
}

static void assert_items(const safi_config *config, const char *name, const char *expected)
{
	g_autoptr(GString) all = g_string_new(NULL);
	safi_text item;
	for (uint32_t i = 0; safi_config_item(config, name, i, &item); i++) {
		g_assert_cmpuint(strlen(item.ptr), ==, item.len);
		g_string_append_printf(all, "[%s]", item.ptr);
	}
	g_assert_cmpstr(all->str, ==, expected);
}

static void test_defaults(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "{}", report);
	assert_said(report, "");
	g_assert_cmpstr(safi_config_text(config, "profile").ptr, ==, "repair");
	g_assert_cmpint(safi_config_int(config, "min_length"), ==, 3);
	g_assert_cmpfloat(safi_config_real(config, "threshold"), ==, 0.8);
	g_assert_false(safi_config_bool(config, "strict"));
	g_assert_cmpint(safi_config_int(config, "room"), ==, 65536);
	assert_items(config, "keep", "[title][body]");
	g_assert_false(safi_config_given(config, "profile"));
}

static void test_nothing(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config =
		safi_config_new(&stage, "dedup", NULL, (SafiMark){ 0 }, NULL, report);
	g_assert_null(safi_config_text(config, "title").ptr);
	g_assert_cmpuint(safi_config_text(config, "title").len, ==, 0);
	g_assert_null(safi_config_text(config, "names").ptr);
	g_assert_cmpint(safi_config_int(config, "any"), ==, 0);
	assert_items(config, "words", "");
	assert_said(report, "");
	g_assert_false(safi_config_refused(config));
}

static void test_given(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage,
		"{profile: search, title: خبر, min_length: 200, any: -7, threshold: 1, strict: yes,"
		" keep: [list], words: ['a, b', c], names: lists/n.txt, room: 8 MiB}", report);
	assert_said(report, "");
	g_assert_cmpstr(safi_config_text(config, "profile").ptr, ==, "search");
	g_assert_cmpuint(safi_config_text(config, "title").len, ==, strlen("خبر"));
	g_assert_cmpint(safi_config_int(config, "min_length"), ==, 200);
	g_assert_cmpint(safi_config_int(config, "any"), ==, -7);
	g_assert_cmpfloat(safi_config_real(config, "threshold"), ==, 1);
	g_assert_true(safi_config_bool(config, "strict"));
	assert_items(config, "keep", "[list]");
	assert_items(config, "words", "[a, b][c]");
	g_assert_cmpstr(safi_config_text(config, "names").ptr, ==, "/data/lists/n.txt");
	g_assert_cmpint(safi_config_int(config, "room"), ==, 8 << 20);
	g_assert_true(safi_config_given(config, "profile"));
}

static void assert_title(const char *yaml, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, yaml, report);
	g_assert_cmpstr(safi_config_text(config, "title").ptr, ==, expected);
	assert_said(report, "");
}

static void test_texts_stay(void)
{
	assert_title("title: no", "no");
	assert_title("title: 012", "012");
	assert_title("title: 1.10", "1.10");
	assert_title("title: ''", "");
	assert_title("title: 'null'", "null");
	assert_title("title: 2024-01-01", "2024-01-01");
}

static void test_words(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "words: one , two words,three", report);
	g_autoptr(safi_config) empty = configure(&stage, "words: ''", report);
	assert_items(config, "words", "[one][two words][three]");
	assert_items(empty, "words", "");
	assert_said(report, "");
}

static void test_word_places(void)
{
	assert_mistakes("keep: title, boddy, list",
	                "a.yaml:1:14: error: option 'keep' of stage 'dedup' must be one of title, "
	                "body, list, not 'boddy'; did you mean 'body'?\n"
	                "    1 | keep: title, boddy, list\n"
	                "      |              ^~~~~\n");
	assert_mistakes("keep: title,",
	                "a.yaml:1:13: error: option 'keep' of stage 'dedup' has an empty item\n"
	                "    1 | keep: title,\n"
	                "      |             ^\n");
	assert_mistakes("keep: ['x']",
	                "a.yaml:1:8: error: option 'keep' of stage 'dedup' must be one of "
	                "title, body, list, not 'x'\n"
	                "    1 | keep: ['x']\n"
	                "      |        ^~~\n");
}

static void test_unknown(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "min_lenght: 200\ncolour: red\n", report);
	g_autoptr(safi_config) none = configure(&bare, "x: 1", report);
	assert_said(report,
	            "a.yaml:1:1: error: stage 'dedup' has no option 'min_lenght'; did you mean "
	            "'min_length'?\n"
	            "    1 | min_lenght: 200\n"
	            "      | ^~~~~~~~~~\n"
	            "a.yaml:2:1: error: stage 'dedup' has no option 'colour'; safi inspect dedup "
	            "shows those it has\n"
	            "    2 | colour: red\n"
	            "      | ^~~~~~\n"
	            "a.yaml:1:1: error: stage 'bare' has no option 'x'; it has none\n"
	            "    1 | x: 1\n"
	            "      | ^\n");
}

static void test_types(void)
{
	assert_mistakes("any: 1e3", "a.yaml:1:6: error: option 'any' of stage 'dedup' wants a whole "
	                            "number, not '1e3'\n"
	                            "    1 | any: 1e3\n"
	                            "      |      ^~~\n");
	assert_mistakes("threshold: high", "a.yaml:1:12: error: option 'threshold' of stage 'dedup' "
	                                   "wants a number, not 'high'\n"
	                                   "    1 | threshold: high\n"
	                                   "      |            ^~~~\n");
	assert_mistakes("strict: maybe",
	                "a.yaml:1:9: error: option 'strict' of stage 'dedup' wants true "
	                "or false, not 'maybe'\n"
	                "    1 | strict: maybe\n"
	                "      |         ^~~~~\n");
	assert_mistakes("room: 8megs", "a.yaml:1:7: error: option 'room' of stage 'dedup' wants a size "
	                               "such as 8MiB, not '8megs'\n"
	                               "    1 | room: 8megs\n"
	                               "      |       ^~~~~\n");
	assert_mistakes("names: ''", "a.yaml:1:8: error: option 'names' of stage 'dedup' wants a path, "
	                             "not an empty text\n"
	                             "    1 | names: ''\n"
	                             "      |        ^~\n");
	assert_mistakes("profile: [repair]", "a.yaml:1:10: error: option 'profile' of stage 'dedup' "
	                                     "wants a text, not a list\n"
	                                     "    1 | profile: [repair]\n"
	                                     "      |          ^~~~~~~~\n");
	assert_mistakes("words: {a: b}",
	                "a.yaml:1:8: error: option 'words' of stage 'dedup' wants a list "
	                "of texts, not a map\n"
	                "    1 | words: {a: b}\n"
	                "      |        ^~~~~~\n");
	assert_mistakes("words: [a, [b]]", "a.yaml:1:12: error: option 'words' of stage 'dedup' wants "
	                                   "texts as items\n"
	                                   "    1 | words: [a, [b]]\n"
	                                   "      |            ^~~\n");
}

static void test_alias(void)
{
	assert_mistakes("title: &t\n  many\nmin_length: *t\n",
	                "a.yaml:1:8: error: option 'min_length' of stage 'dedup' wants a whole number, "
	                "not 'many'\n"
	                "    1 | title: &t\n"
	                "      |        ^~\n"
	                "a.yaml:3:13: note: used here by this alias\n"
	                "    3 | min_length: *t\n"
	                "      |             ^~\n");
}

static void test_no_value(void)
{
	assert_mistakes("profile:\ntitle: ~\n",
	                "a.yaml:1:9: error: option 'profile' of stage 'dedup' has no value; give it "
	                "one or leave it out\n"
	                "    1 | profile:\n"
	                "      |         ^\n"
	                "a.yaml:2:8: error: option 'title' of stage 'dedup' has no value; give it "
	                "one or leave it out\n"
	                "    2 | title: ~\n"
	                "      |        ^\n");
}

static void test_bounds(void)
{
	assert_good("{min_length: 1, threshold: 0, room: 1KiB, keep: [list, body, title]}");
	assert_good("{min_length: 500, threshold: 1.0, room: 1GiB, keep: list}");
	assert_mistakes("min_length: 0",
	                "a.yaml:1:13: error: option 'min_length' of stage 'dedup' must "
	                "be from 1 to 500, not '0'\n"
	                "    1 | min_length: 0\n"
	                "      |             ^\n");
	assert_mistakes("threshold: 1.001", "a.yaml:1:12: error: option 'threshold' of stage 'dedup' "
	                                    "must be from 0 to 1, not '1.001'\n"
	                                    "    1 | threshold: 1.001\n"
	                                    "      |            ^~~~~\n");
	assert_mistakes("room: 2GiB", "a.yaml:1:7: error: option 'room' of stage 'dedup' must be from "
	                              "1KiB to 1GiB, not '2GiB'\n"
	                              "    1 | room: 2GiB\n"
	                              "      |       ^~~~\n");
	assert_mistakes("keep: []",
	                "a.yaml:1:7: error: option 'keep' of stage 'dedup' must have from 1 "
	                "to 3 items, not 0\n"
	                "    1 | keep: []\n"
	                "      |       ^~\n");
}

static void test_choices(void)
{
	assert_mistakes("profile: serch",
	                "a.yaml:1:10: error: option 'profile' of stage 'dedup' must be "
	                "one of repair, search, index, not 'serch'; did you mean "
	                "'search'?\n"
	                "    1 | profile: serch\n"
	                "      |          ^~~~~\n");
}

static void test_required(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&needy, "{}", report);
	g_autoptr(safi_config) good = configure(&needy, "{field: a, table: b}", report);
	assert_said(report, "a.yaml: error: stage 'needy' needs the option 'field', such as body\n"
	                    "a.yaml: error: stage 'needy' needs the option 'table'\n");
}

static void test_deprecated(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "old: 5", report);
	assert_said(report, "a.yaml:1:1: warning: option 'old' of stage 'dedup' is deprecated: say "
	                    "min_length\n"
	                    "    1 | old: 5\n"
	                    "      | ^~~\n");
	g_assert_cmpuint(safi_report_errors(report), ==, 0);
	g_assert_cmpint(safi_config_int(config, "old"), ==, 5);
}

static void test_secret(void)
{
	g_setenv("SAFI_TEST_TOKEN", "hunter2", TRUE);
	assert_mistakes("token: !env SAFI_TEST_TOKEN",
	                "a.yaml:1:8: error: option 'token' of stage 'dedup' wants a whole number\n");
}

static void test_env(void)
{
	g_setenv("SAFI_TEST_LENGTH", "77", TRUE);
	g_setenv("SAFI_TEST_WORDS", "a,b", TRUE);
	g_setenv("SAFI_TEST_EMPTY", "", TRUE);
	g_setenv("SAFI_TEST_BYTES", "\xFF", TRUE);
	g_unsetenv("SAFI_TEST_UNSET");
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage,
		"{min_length: !env SAFI_TEST_LENGTH, words: !env SAFI_TEST_WORDS,"
		" title: !env SAFI_TEST_EMPTY}", report);
	assert_said(report, "");
	g_assert_cmpint(safi_config_int(config, "min_length"), ==, 77);
	assert_items(config, "words", "[a][b]");
	g_assert_cmpstr(safi_config_text(config, "title").ptr, ==, "");
	assert_mistakes("any: !env SAFI_TEST_UNSET\ntitle: !env SAFI_TEST_BYTES\nold: !int 5\n",
	                "a.yaml:1:6: error: the environment variable 'SAFI_TEST_UNSET' is not set\n"
	                "    1 | any: !env SAFI_TEST_UNSET\n"
	                "      |      ^~~~~~~~~~~~~~~~~~~~\n"
	                "a.yaml:2:8: error: the environment variable 'SAFI_TEST_BYTES' is not UTF-8\n"
	                "    2 | title: !env SAFI_TEST_BYTES\n"
	                "      |        ^~~~~~~~~~~~~~~~~~~~\n"
	                "a.yaml:3:1: warning: option 'old' of stage 'dedup' is deprecated: say "
	                "min_length\n"
	                "    3 | old: !int 5\n"
	                "      | ^~~\n"
	                "a.yaml:3:6: error: the tag '!int' is not known here; the only one is "
	                "!env NAME\n"
	                "    3 | old: !int 5\n"
	                "      |      ^~~~~~\n");
}

static void test_not_a_map(void)
{
	assert_good("~");
	assert_mistakes("[a]", "a.yaml:1:1: error: the options of stage 'dedup' must be a map, such as "
	                       "{name: value}\n"
	                       "    1 | [a]\n"
	                       "      | ^~~\n");
}

static void test_default_after_mistake(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "{keep: [nope], any: x, room: 5}", report);
	assert_items(config, "keep", "[title][body]");
	g_assert_cmpint(safi_config_int(config, "any"), ==, 0);
	g_assert_cmpint(safi_config_int(config, "room"), ==, 65536);
	g_assert_cmpuint(safi_report_errors(report), ==, 3);
}

static void test_undeclared(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "min_length: 9", report);
	safi_text item;
	g_assert_null(safi_config_text(config, "nope").ptr);
	g_assert_cmpfloat(safi_config_real(config, "min_length"), ==, 0);
	g_assert_false(safi_config_item(config, "title", 0, &item));
	g_assert_false(safi_config_given(config, "never"));
	g_assert_true(safi_config_refused(config));
	assert_said(report,
	            "a.yaml: error: stage 'dedup': asks for an option 'nope' that it does not declare\n"
	            "a.yaml: error: stage 'dedup': asks for its option 'min_length' as what it was not "
	            "declared\n"
	            "a.yaml: error: stage 'dedup': asks for its option 'title' as what it was not "
	            "declared\n"
	            "a.yaml: error: stage 'dedup': asks for an option 'never' that it does not "
	            "declare\n");
}

static void test_refusal(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&stage, "names: a.txt", report);
	g_assert_false(safi_config_refused(config));
	safi_config_refuse(config, "names", "the list is empty");
	safi_config_refuse(config, NULL, "no memory");
	g_assert_true(safi_config_refused(config));
	assert_said(report, "a.yaml: error: stage 'dedup': no memory\n"
	                    "a.yaml:1:8: error: option 'names' of stage 'dedup': the list is empty\n"
	                    "    1 | names: a.txt\n"
	                    "      |        ^~~~~\n");
}

static void test_owner(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(safi_config) config = configure(&bare, "{}", report);
	int run = 0;
	safi_config_set_owner(config, &run);
	g_assert_true(safi_config_owner(config) == &run);
}

static void assert_size(const char *text, gint64 expected)
{
	gint64 size = -1;
	g_assert_true(safi_value_size(text, &size));
	g_assert_cmpint(size, ==, expected);
}

static void test_sizes(void)
{
	static const char *const wrong[] = { "", "MiB", "-1", "8 ", "8Mi", "8mib", "1.5GiB", "8 MiB x",
	                                     "9223372036854775807KiB", "99999999999999999999" };
	gint64 size = 0;
	assert_size("0", 0);
	assert_size("64KiB", 64 << 10);
	assert_size("8 MiB", 8 << 20);
	assert_size("1GiB", 1 << 30);
	assert_size("3kB", 3000);
	assert_size("3KB", 3000);
	assert_size("3MB", 3000000);
	assert_size("3GB", G_GINT64_CONSTANT(3000000000));
	assert_size("12B", 12);
	assert_size("9223372036854775807", G_MAXINT64);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(safi_value_size(wrong[i], &size));
	}
}

static void assert_size_text(gint64 bytes, const char *expected)
{
	g_autofree char *text = safi_value_size_text(bytes);
	g_assert_cmpstr(text, ==, expected);
}

static void test_size_texts(void)
{
	assert_size_text(0, "0B");
	assert_size_text(1, "1B");
	assert_size_text(8 << 20, "8MiB");
	assert_size_text(10000, "10kB");
	assert_size_text(1025, "1025B");
}

static void test_numbers(void)
{
	static const char *const not_int[] = { "", "-", "+", " 1", "1 ", "1.0", "0x1F", "1e3", "١",
	                                       "9223372036854775808" };
	static const char *const not_real[] = { "", "inf", "nan", "0x1p3", "1e999", " 1", "1,5", "-" };
	gint64 whole = 0;
	double real = 0;
	for (guint i = 0; i < G_N_ELEMENTS(not_int); i++) {
		g_assert_false(safi_value_int(not_int[i], &whole));
	}
	for (guint i = 0; i < G_N_ELEMENTS(not_real); i++) {
		g_assert_false(safi_value_real(not_real[i], &real));
	}
	g_assert_true(safi_value_int("-9223372036854775808", &whole) && whole == G_MININT64);
	g_assert_true(safi_value_int("012", &whole) && whole == 12);
	g_assert_true(safi_value_int("+5", &whole) && whole == 5);
	g_assert_true(safi_value_real("-1.5e-3", &real) && real == -1.5e-3);
}

static void test_truth(void)
{
	bool truth = false;
	g_assert_true(safi_value_bool("yes", &truth) && truth);
	g_assert_true(safi_value_bool("Off", &truth) && !truth);
	g_assert_true(safi_value_bool("TRUE", &truth) && truth);
	g_assert_false(safi_value_bool("1", &truth));
	g_assert_false(safi_value_bool("", &truth));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/option/what is not given has its default", test_defaults);
	g_test_add_func("/option/without a default it is empty", test_nothing);
	g_test_add_func("/option/what is given has the type that was declared", test_given);
	g_test_add_func("/option/a text option takes no and 012 as they are written", test_texts_stay);
	g_test_add_func("/option/a list may be words with commas", test_words);
	g_test_add_func("/option/the caret stands under the one wrong word", test_word_places);
	g_test_add_func("/option/an unknown option is told with the nearest name", test_unknown);
	g_test_add_func("/option/a value of another type is told", test_types);
	g_test_add_func("/option/a value behind an alias is told at both places", test_alias);
	g_test_add_func("/option/an option without a value is told", test_no_value);
	g_test_add_func("/option/bounds hold at both ends", test_bounds);
	g_test_add_func("/option/a value that is no choice is told with all choices", test_choices);
	g_test_add_func("/option/a required option that is missing is told with an example",
	                test_required);
	g_test_add_func("/option/a deprecated option works and warns", test_deprecated);
	g_test_add_func("/option/a secret is not repeated", test_secret);
	g_test_add_func("/option/a value may come from the environment", test_env);
	g_test_add_func("/option/options must be a map", test_not_a_map);
	g_test_add_func("/option/what is wrong has its default", test_default_after_mistake);
	g_test_add_func("/option/asking for what was not declared refuses the stage", test_undeclared);
	g_test_add_func("/option/a refusal stands at its option", test_refusal);
	g_test_add_func("/option/a config knows its stage and its owner", test_owner);
	g_test_add_func("/value/sizes have units of 1,000 and of 1,024", test_sizes);
	g_test_add_func("/value/a size is shown in the largest whole unit", test_size_texts);
	g_test_add_func("/value/numbers are decimal and whole texts", test_numbers);
	g_test_add_func("/value/truth has three pairs of words", test_truth);
	return g_test_run();
}
