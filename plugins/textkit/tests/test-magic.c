#include "textkit/magic.h"

#include <glib.h>

static const char *find(const char *literal, size_t len)
{
	return safi_magic_find((safi_bytes){ (const uint8_t *)literal, len });
}
#define FIND(literal) find(literal, sizeof(literal) - 1)

static void known_formats_are_named(void)
{
	g_assert_nonnull(strstr(FIND("%PDF-1.7\n"), "pdftotext"));
	g_assert_nonnull(strstr(FIND("\x1f\x8b\x08"), "zcat"));
	g_assert_nonnull(strstr(FIND("BZh91AY&SY"), "bzcat"));
	g_assert_nonnull(strstr(FIND("\x28\xb5\x2f\xfd\x04"), "zstdcat"));
	g_assert_nonnull(strstr(FIND("\xfd" "7zXZ\0\0"), "xzcat"));
	g_assert_nonnull(strstr(FIND("PK\x03\x04"), "unzip -p"));
	g_assert_nonnull(strstr(FIND("\xff\xd8\xff\xe0"), "JPEG"));
	g_assert_nonnull(strstr(FIND("\x89PNG\r\n\x1a\n"), "PNG"));
	g_assert_nonnull(strstr(FIND("RIFF\1\2\3\4WEBPVP8 "), "WebP"));
	g_assert_nonnull(strstr(FIND("SQLite format 3\0"), "sqlite3"));
}

static void a_format_may_be_told_far_in(void)
{
	char tar[SAFI_MAGIC_REACH] = "page.txt";
	g_assert_null(find(tar, sizeof tar));
	memcpy(tar + 257, "ustar, a word in a text", 7);
	g_assert_null(find(tar, sizeof tar));
	memcpy(tar + 257, "ustar\0", 7);
	g_assert_nonnull(strstr(find(tar, sizeof tar), "tar"));
}

static void text_is_none_of_them(void)
{
	g_assert_null(FIND(""));
	g_assert_null(FIND("%PD"));
	g_assert_null(FIND("BZh is how a file of bzip2 begins"));
	g_assert_null(FIND("PK and more"));
	g_assert_null(FIND("{\"text\":1}"));
	g_assert_null(FIND("\xff\xfe" "a\0"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/magic/known formats are named, with what to do", known_formats_are_named);
	g_test_add_func("/magic/a format may be told far in", a_format_may_be_told_far_in);
	g_test_add_func("/magic/text is none of them", text_is_none_of_them);
	return g_test_run();
}
