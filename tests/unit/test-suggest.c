#include "suggest.h"

static const char *hint(SafiSuggest *suggest, const char *word, const char *const *names)
{
	safi_suggest_begin(suggest, word);
	safi_suggest_try_all(suggest, names);
	return safi_suggest_hint(suggest);
}

static const char *const names[] = {
	"normalize", "min_length", "tsv", "jsonl", "العنوان", NULL,
};

static void test_slips(void)
{
	SafiSuggest suggest;
	g_assert_cmpstr(hint(&suggest, "normalise", names), ==, "; did you mean 'normalize'?");
	g_assert_cmpstr(hint(&suggest, "nromalize", names), ==, "; did you mean 'normalize'?");
	g_assert_cmpstr(hint(&suggest, "min_lenght", names), ==, "; did you mean 'min_length'?");
	g_assert_cmpstr(hint(&suggest, "min-length", names), ==, "; did you mean 'min_length'?");
	g_assert_cmpstr(hint(&suggest, "json", names), ==, "; did you mean 'jsonl'?");
	g_assert_cmpstr(hint(&suggest, "العنوآن", names), ==, "; did you mean 'العنوان'?");
}

static void test_case(void)
{
	SafiSuggest suggest;
	g_assert_cmpstr(hint(&suggest, "JSONL", names), ==, "; did you mean 'jsonl'?");
	g_assert_cmpstr(hint(&suggest, "NROMALIZE", names), ==, "; did you mean 'normalize'?");
}

static void test_far(void)
{
	SafiSuggest suggest;
	g_assert_cmpstr(hint(&suggest, "csv", names), ==, "; did you mean 'tsv'?");
	g_assert_cmpstr(hint(&suggest, "jq", names), ==, "");
	g_assert_cmpstr(hint(&suggest, "dedup", names), ==, "");
	g_assert_cmpstr(hint(&suggest, "", names), ==, "");
	g_assert_cmpstr(hint(&suggest, "x", NULL), ==, "");
}

static void test_nearest(void)
{
	static const char *const near[] = { "titles", "title", "tittle", NULL };
	SafiSuggest suggest;
	g_assert_cmpstr(hint(&suggest, "titel", near), ==, "; did you mean 'title'?");
	g_assert_cmpstr(hint(&suggest, "titlex", near), ==, "; did you mean 'titles'?");
}

static void test_long(void)
{
	SafiSuggest suggest;
	g_autofree char *sixty_four = g_strnfill(64, 'a'), *sixty_five = g_strnfill(65, 'a');
	g_autofree char *huge = g_strnfill(1 << 20, 'a');
	const char *const long_names[] = { sixty_four, NULL };
	sixty_four[3] = 'b';
	g_autofree char *expected = g_strdup_printf("; did you mean '%s'?", sixty_four);
	g_autofree char *word = g_strnfill(64, 'a');
	g_assert_cmpstr(hint(&suggest, word, long_names), ==, expected);
	g_assert_cmpstr(hint(&suggest, sixty_five, long_names), ==, "");
	g_assert_cmpstr(hint(&suggest, huge, long_names), ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/suggest/a slip or two is forgiven", test_slips);
	g_test_add_func("/suggest/a name that is nothing like the word is not offered", test_far);
	g_test_add_func("/suggest/the nearest name is offered, of equals the first", test_nearest);
	g_test_add_func("/suggest/words over 64 characters have no near name", test_long);
	g_test_add_func("/suggest/a change of case is no slip", test_case);
	return g_test_run();
}
