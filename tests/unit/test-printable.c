#include "printable.h"

static void check(const char *text, gsize limit, const char *expected)
{
	g_autofree char *shown = safi_printable(text, limit);

	g_assert_cmpstr(shown, ==, expected);
}

static void test_plain(void)
{
	check("", 10, "");
	check("plain text, نص عربي", 100, "plain text, نص عربي");
}

static void test_controls(void)
{
	check("\x1b[31mred\n", 100, "\\x1b[31mred\\x0a");
	check("\xc2\x9b", 100, "\\x9b");
}

static void test_direction(void)
{
	check("a\xe2\x80\xae" "b\xe2\x81\xa6" "c", 100, "a\\u{202e}b\\u{2066}c");
}

static void test_invisible(void)
{
	check("pe\u200br\u00ad\u200e\ufeff", 100, "pe\\u{200b}r\\xad\\u{200e}\\u{feff}");
	check("\u0600 \u06dd", 100, "\u0600 \u06dd");
}

static void test_bytes(void)
{
	check("a\xff\xd8", 100, "a\\xff\\xd8");
}

static void test_limit(void)
{
	check("12345", 5, "12345");
	check("123456", 5, "12345...");
}

static void test_limit_within_a_character(void)
{
	check("abن", 3, "ab...");
	check("abن", 4, "abن");
	check("ab\xf0\x9f\x99\x82", 5, "ab...");
	check("ab\x80\x80\x80\x80", 4, "ab\\x80\\x80...");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text for people comes out as it is", test_plain);
	g_test_add_func("/control characters come out as their codes", test_controls);
	g_test_add_func("/marks that turn the direction of a line come out as codes", test_direction);
	g_test_add_func("/marks that nobody sees come out as codes", test_invisible);
	g_test_add_func("/what is not UTF-8 comes out byte by byte", test_bytes);
	g_test_add_func("/a text that is too long is cut, and says so", test_limit);
	g_test_add_func("/a cut does not halve a character", test_limit_within_a_character);
	return g_test_run();
}
