#include "textkit/form.h"

#include <glib.h>

static safi_bytes bytes(const char *literal, size_t len)
{
	return (safi_bytes){ (const uint8_t *)literal, len };
}
#define BYTES(literal) bytes(literal, sizeof(literal) - 1)

static void assert_mark(safi_bytes start, SafiForm form, uint32_t length)
{
	uint32_t len;
	g_assert_cmpint(safi_form_mark(start, &len), ==, form);
	g_assert_cmpuint(len, ==, length);
}

static void marks_are_told_apart(void)
{
	assert_mark(BYTES("\xef\xbb\xbf"), SAFI_FORM_UTF8, 3);
	assert_mark(BYTES("\xff\xfe" "a\0"), SAFI_FORM_UTF16LE, 2);
	assert_mark(BYTES("\xfe\xff\0a"), SAFI_FORM_UTF16BE, 2);
	assert_mark(BYTES("\xff\xfe\0\0"), SAFI_FORM_UTF32LE, 4);
	assert_mark(BYTES("\0\0\xfe\xff"), SAFI_FORM_UTF32BE, 4);
	assert_mark(BYTES("\xef\xbb"), SAFI_FORM_NONE, 0);
	assert_mark(BYTES("\xff\xfe\0"), SAFI_FORM_UTF16LE, 2);
	assert_mark(BYTES(""), SAFI_FORM_NONE, 0);
}

/* What is guessed of a text in both byte orders, without a mark. */
static void assert_guessed(const char *text, bool known)
{
	for (int big = 0; big < 2; big++) {
		gsize len;
		g_autofree char *wide = g_convert(text, -1, big ? "UTF-16BE" : "UTF-16LE", "UTF-8", NULL,
		                                  &len, NULL);
		SafiForm form = big ? SAFI_FORM_UTF16BE : SAFI_FORM_UTF16LE;
		g_assert_cmpint(safi_form_guess(bytes(wide, len)), ==, known ? form : SAFI_FORM_NONE);
		g_assert_cmpint(safi_form_guess(bytes(wide, len - 1)), ==,
		                known && len > 4 ? form : SAFI_FORM_NONE);
	}
}

static void utf16_without_a_mark_is_guessed(void)
{
	assert_guessed("ab", true);
	assert_guessed("سلام", true);
	assert_guessed("قال الرئيس في مؤتمر صحفي: «لن نتراجع»، وأضاف 12,5% – أو أكثر…\n", true);
	assert_guessed("\n\nThe president said, “No.”\r\n", true);
	assert_guessed("Президент сказал это в среду, 5 мая", true);
	assert_guessed("🙂 سلام عليكم يا جماعة 🙂", true);
	assert_guessed("日本国憲法前文", false);
}

static void texts_of_bytes_are_not_utf16(void)
{
	g_assert_cmpint(safi_form_guess(BYTES("a b c d e f g h")), ==, SAFI_FORM_NONE);
	g_assert_cmpint(safi_form_guess(BYTES("A plain text, of ASCII.\n")), ==, SAFI_FORM_NONE);
	g_assert_cmpint(safi_form_guess(BYTES("نص عربي بسيط")), ==, SAFI_FORM_NONE);
	g_assert_cmpint(safi_form_guess(BYTES("\xe4\xd5 \xda\xd1\xc8\xed")), ==, SAFI_FORM_NONE);
	g_assert_cmpint(safi_form_guess(BYTES("a\0")), ==, SAFI_FORM_NONE);
	g_assert_cmpint(safi_form_guess(BYTES("")), ==, SAFI_FORM_NONE);
}

static void binaries_are_not_utf16(void)
{
	g_autofree char *exe = NULL;
	gsize len;
	g_assert_true(g_file_get_contents("/proc/self/exe", &exe, &len, NULL));
	for (gsize at = 0; at + SAFI_FORM_REACH <= len; at += 512) {
		g_assert_cmpint(safi_form_guess(bytes(exe + at, 512)), ==, SAFI_FORM_NONE);
	}
	uint16_t numbers[512]; /* a quiet sound; a picture; numbers as large as Arabic letters */
	static const struct { uint16_t least, most; } ranges[] = { { 0, 80 }, { 0, 255 },
	                                                           { 0x600, 0x6FF } };
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		for (size_t at = 0; at < G_N_ELEMENTS(numbers); at++) {
			numbers[at] = (uint16_t)g_test_rand_int_range(ranges[i].least, ranges[i].most + 1);
		}
		g_assert_cmpint(safi_form_guess(bytes((char *)numbers, sizeof numbers)), ==,
		                SAFI_FORM_NONE);
	}
}

static void every_character_is_decoded(void)
{
	static const struct { SafiForm form; const char *name; } forms[] = {
		{ SAFI_FORM_UTF16LE, "UTF-16LE" }, { SAFI_FORM_UTF16BE, "UTF-16BE" },
		{ SAFI_FORM_UTF32LE, "UTF-32LE" }, { SAFI_FORM_UTF32BE, "UTF-32BE" },
	};
	for (gunichar point = 1; point < 0x110000; point += point < 0x3000 ? 1 : 61) {
		if (point >= 0xD800 && point < 0xE000) {
			point = 0xE000;
		}
		char utf8[8] = "";
		g_unichar_to_utf8(point, utf8);
		for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
			gsize len;
			g_autofree char *wide = g_convert(utf8, -1, forms[i].name, "UTF-8", NULL, &len, NULL);
			SafiFormCharacter got = safi_form_decode(forms[i].form, (uint8_t *)wide, len);
			g_assert_cmphex(got.point, ==, point);
			g_assert_cmpuint(got.taken, ==, len);
		}
	}
}

static void assert_no_character(SafiForm form, safi_bytes text, const char *why)
{
	SafiFormCharacter got = safi_form_decode(form, text.ptr, text.len);
	g_assert_cmpuint(got.taken, ==, 0);
	g_assert_nonnull(strstr(got.fault, why));
}

static void what_is_no_character_is_told(void)
{
	assert_no_character(SAFI_FORM_UTF16LE, BYTES("a"), "cut off");
	assert_no_character(SAFI_FORM_UTF16LE, BYTES("\x3d\xd8"), "cut off");
	assert_no_character(SAFI_FORM_UTF16LE, BYTES("\x3d\xd8\x42"), "cut off");
	assert_no_character(SAFI_FORM_UTF16LE, BYTES("\x3d\xd8" "a\0"), "surrogate");
	assert_no_character(SAFI_FORM_UTF16LE, BYTES("\x42\xde" "a\0"), "surrogate");
	assert_no_character(SAFI_FORM_UTF16BE, BYTES("\xd8\x3d\0a"), "surrogate");
	assert_no_character(SAFI_FORM_UTF32LE, BYTES("a\0\0"), "cut off");
	assert_no_character(SAFI_FORM_UTF32LE, BYTES("\0\xd8\0\0"), "number");
	assert_no_character(SAFI_FORM_UTF32BE, BYTES("\0\x11\0\0"), "number");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/form/byte order marks are told apart", marks_are_told_apart);
	g_test_add_func("/form/UTF-16 without a mark is guessed", utf16_without_a_mark_is_guessed);
	g_test_add_func("/form/texts of bytes are not UTF-16", texts_of_bytes_are_not_utf16);
	g_test_add_func("/form/binaries are not UTF-16", binaries_are_not_utf16);
	g_test_add_func("/form/every character is decoded", every_character_is_decoded);
	g_test_add_func("/form/what is no character is told", what_is_no_character_is_told);
	return g_test_run();
}
