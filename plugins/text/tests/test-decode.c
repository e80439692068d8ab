#include "decode.h"
#include "guess.h"

#include <glib.h>

static safi_bytes bytes(const char *literal, size_t len)
{
	return (safi_bytes){ (const uint8_t *)literal, len };
}
#define BYTES(literal) bytes(literal, sizeof(literal) - 1)

/* What a decoding of these bytes comes to. */
typedef struct Decoded {
	Encoding *encoding;
	Decoding decoding;
	char *room;
	bool good;
} Decoded;

static void decoded_clear(Decoded *decoded)
{
	decoding_clear(&decoded->decoding);
	encoding_close(decoded->encoding);
	g_free(decoded->room);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decoded, decoded_clear)

static Decoded decode(const char *name, safi_bytes raw, uint32_t mark)
{
	Decoded decoded = { .encoding = encoding_open(name) };
	g_assert_nonnull(decoded.encoding);
	decoded.room = g_malloc(decoding_room(decoded.encoding, raw));
	decoded.good = decoding_run(&decoded.decoding, decoded.encoding, raw, mark, decoded.room);
	return decoded;
}

/* The law: what no change touches is equal, and each change makes what the text has there. */
static void assert_replays(const Decoding *decoding, safi_bytes raw)
{
	size_t at = 0, made = 0;
	for (uint32_t i = 0; i <= decoding->n; i++) {
		safi_change end = { (uint32_t)raw.len, 0, 0 };
		const safi_change *change = i < decoding->n ? &decoding->changes[i] : &end;
		g_assert_cmpuint(change->from, >=, at);
		g_assert_cmpmem(raw.ptr + at, change->from - at, decoding->text.ptr + made,
		                change->from - at);
		made += change->from - at + change->put;
		at = change->from + change->taken;
	}
	g_assert_cmpuint(at, ==, raw.len);
	g_assert_cmpuint(made, ==, decoding->text.len);
}

/* Decodes to the text, with so many changes. */
static void assert_decodes(const char *name, safi_bytes raw, uint32_t mark, const char *text,
                           uint32_t changes)
{
	g_auto(Decoded) decoded = decode(name, raw, mark);
	g_assert_cmpstr(decoded.decoding.fault, ==, NULL);
	g_assert_true(decoded.good);
	g_assert_cmpmem(decoded.decoding.text.ptr, decoded.decoding.text.len, text, strlen(text));
	g_assert_cmpuint(decoded.decoding.n, ==, changes);
	assert_replays(&decoded.decoding, raw);
}

static void assert_fails(const char *name, safi_bytes raw, size_t at, const char *why)
{
	g_auto(Decoded) decoded = decode(name, raw, 0);
	g_assert_false(decoded.good);
	g_assert_cmpuint(decoded.decoding.fault_at, ==, at);
	g_assert_nonnull(strstr(decoded.decoding.fault, why));
}

static void assert_kind(const char *name, EncodingKind kind, bool line_feeds)
{
	Encoding *encoding = encoding_open(name);
	g_assert_nonnull(encoding);
	g_assert_cmpint(encoding->kind, ==, kind);
	g_assert_cmpint(encoding->line_feeds, ==, line_feeds);
	encoding_close(encoding);
}

/* --- encodings -------------------------------------------------------------------------------- */

static void each_name_has_its_kind(void)
{
	assert_kind("utf8", ENCODING_UTF8, true);
	assert_kind("UTF-8", ENCODING_UTF8, true);
	assert_kind("windows-1256", ENCODING_TABLE, true);
	assert_kind("ISO-8859-6", ENCODING_TABLE, true);
	assert_kind("IBM420", ENCODING_TABLE, false);
	assert_kind("UTF-16", ENCODING_WIDE, true);
	assert_kind("utf-16le", ENCODING_WIDE, true);
	assert_kind("UCS-2BE", ENCODING_WIDE, true);
	assert_kind("UTF-32", ENCODING_WIDE, true);
	assert_kind("Shift_JIS", ENCODING_STEPS, true);
	assert_kind("ISO-2022-JP", ENCODING_STEPS, true);
	assert_kind("UTF-7", ENCODING_STEPS, true);
	assert_kind("windows-1258", ENCODING_STEPS, true);
}

static void no_other_name_is_known(void)
{
	static const char *const names[] = { "", "auto", "windows-1256x", "UTF-8//IGNORE", "/",
		"a name that is longer than the longest name that there is for any encoding" };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_assert_null(encoding_open(names[i]));
	}
}

static void single_bytes_change_one_by_one(void)
{
	assert_decodes("windows-1256", BYTES("\xe4\xd5 ab\n\xda"), 0, "نص ab\nع", 3);
	assert_decodes("ISO-8859-6", BYTES("\xe6\xd5 ab\n\xd9"), 0, "نص ab\nع", 3);
	assert_decodes("windows-1256", BYTES("only ASCII, more than eight bytes"), 0,
	               "only ASCII, more than eight bytes", 0);
	assert_decodes("windows-1256", BYTES("\x80"), 0, "€", 1);
	assert_decodes("windows-1256", BYTES(""), 0, "", 0);
	assert_decodes("IBM037", BYTES("\x81\x4b"), 0, "a.", 2);
}

static void an_undefined_byte_is_told(void)
{
	assert_fails("ISO-8859-6", BYTES("\xe6\xd5 \xff"), 3, "no character");
	assert_fails("windows-1252", BYTES("a long enough text \x81"), 19, "no character");
	assert_fails("US-ASCII", BYTES("caf\xe9"), 3, "no character");
}

static void wide_characters_change_one_by_one(void)
{
	assert_decodes("UTF-16LE", BYTES("a\0\x33\x06\x3d\xd8\x42\xde"), 0, "aس🙂", 3);
	assert_decodes("UTF-16BE", BYTES("\0a\x06\x33\xd8\x3d\xde\x42"), 0, "aس🙂", 3);
	assert_decodes("UTF-16LE", BYTES("\xff\xfe" "a\0"), 2, "a", 2);
	assert_decodes("UTF-16LE", BYTES("a\0\xff\xfe"), 0, "a\ufeff", 2);
	assert_decodes("UTF-32LE", BYTES("a\0\0\0\x33\x06\0\0\x42\xf6\1\0"), 0, "aس🙂", 3);
	assert_decodes("UTF-32BE", BYTES("\0\0\xfe\xff\0\0\0a"), 4, "a", 2);
}

static void broken_wide_characters_are_told(void)
{
	assert_fails("UTF-16LE", BYTES("a\0b"), 2, "cut off");
	assert_fails("UTF-16LE", BYTES("a\0\x3d\xd8"), 2, "cut off");
	assert_fails("UTF-16LE", BYTES("a\0\x3d\xd8" "b\0"), 2, "surrogate");
	assert_fails("UTF-16BE", BYTES("\0a\xde\x42\0b"), 2, "surrogate");
	assert_fails("UTF-32LE", BYTES("a\0\0\0\0\0\x11\0"), 4, "number");
	assert_fails("UTF-32LE", BYTES("a\0\0\0b\0"), 4, "cut off");
}

static void many_bytes_change_as_one_character(void)
{
	assert_decodes("Shift_JIS", BYTES("a\x93\xfa\x96\x7b" "b"), 0, "a日本b", 2);
	assert_decodes("GB18030", BYTES("a\xc4\xe3\x81\x30\x81\x30"), 0, "a你\xc2\x80", 2);
	assert_decodes("EUC-KR", BYTES("\xc7\xd1\xb1\xdb"), 0, "한글", 2);
	assert_fails("Shift_JIS", BYTES("a\x93"), 1, "cut off");
	assert_fails("EUC-KR", BYTES("ab\xff\xff"), 2, "no character");
}

static void a_shift_belongs_to_the_character_behind_it(void)
{
	assert_decodes("ISO-2022-JP", BYTES("a\x1b$B\x46\x7c\x4b\x5c\x1b(Bb"), 0, "a日本b", 3);
	assert_decodes("ISO-2022-JP", BYTES("a\x1b$B\x46\x7c\x1b(B"), 0, "a日", 2);
	assert_decodes("UTF-7", BYTES("a+BjM-b"), 0, "aسb", 2);
}

static void a_word_is_one_change_where_letters_compose(void)
{
	assert_decodes("windows-1258", BYTES("nam Vi\xea\xf2t a\xcc"), 0, "nam Việt à", 2);
	assert_decodes("windows-1258", BYTES("nam"), 0, "nam", 0);
}

static void every_single_byte_is_as_iconv_has_it(void)
{
	static const char *const names[] = { "windows-1256", "ISO-8859-6", "windows-1252", "KOI8-R",
	                                     "IBM864", "MACINTOSH" };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		for (int byte = 1; byte < 256; byte++) {
			const char raw[] = { 'a', (char)byte, 'b' };
			g_autofree char *wanted = g_convert(raw, 3, "UTF-8", names[i], NULL, NULL, NULL);
			g_auto(Decoded) decoded = decode(names[i], bytes(raw, 3), 0);
			g_assert_cmpint(decoded.good, ==, wanted != NULL);
			if (wanted != NULL) {
				g_assert_cmpmem(decoded.decoding.text.ptr, decoded.decoding.text.len, wanted,
				                strlen(wanted));
				assert_replays(&decoded.decoding, bytes(raw, 3));
			}
		}
	}
}

static void a_place_in_the_text_is_one_in_the_bytes(void)
{
	g_auto(Decoded) decoded = decode("windows-1256", BYTES("ab\xe4\xd5 c"), 0); /* abنص c */
	static const size_t origins[] = { 0, 1, 2, 2, 3, 3, 4, 5 };
	for (size_t i = 0; i < G_N_ELEMENTS(origins); i++) {
		g_assert_cmpuint(decoding_origin(&decoded.decoding, i), ==, origins[i]);
	}
}

/* --- guesses ---------------------------------------------------------------------------------- */

static size_t utf8_prefix(safi_bytes text)
{
	const char *end;
	g_utf8_validate_len((const char *)text.ptr, text.len, &end);
	const char *nul = memchr(text.ptr, 0, text.len); /* GLib takes a NUL for an end */
	if (end == nul) {
		size_t behind = (size_t)(nul + 1 - (const char *)text.ptr);
		return behind + utf8_prefix((safi_bytes){ text.ptr + behind, text.len - behind });
	}
	return (size_t)(end - (const char *)text.ptr);
}

static const safi_host host = { .size = sizeof host, .utf8 = utf8_prefix };

static void assert_guess(safi_bytes text, GuessKind kind, const char *name, size_t at)
{
	Guesser *guesser = guesser_new(&host);
	Guess guess = guesser_ask(guesser, text);
	g_assert_cmpint(guess.kind, ==, kind);
	if (kind == GUESS_NAME) {
		g_assert_cmpstr(guess.name, ==, name);
	} else {
		g_assert_cmpuint(guess.at, ==, at);
	}
	guesser_free(guesser);
}

static void assert_text_guessed(const char *text, const char *name)
{
	gsize len;
	g_autofree char *raw = g_convert(text, -1, name, "UTF-8", NULL, &len, NULL);
	g_assert_nonnull(raw);
	assert_guess(bytes(raw, len), GUESS_NAME, name, 0);
}

static const char arabic[] =
	"قال الرئيس في مؤتمر صحفي إن بلاده لن تتراجع عن موقفها، وأضاف أن المحادثات مستمرة";

static void arabic_is_told_in_each_encoding(void)
{
	static const char *const names[] = { "UTF-8", "windows-1256", "ISO-8859-6", "UTF-16LE",
	                                     "UTF-16BE" };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		assert_text_guessed(arabic, names[i]);
	}
}

static void other_languages_are_told_too(void)
{
	assert_text_guessed("Президент заявил на пресс-конференции, что переговоры продолжаются, и "
	                    "добавил, что позиция страны не изменится", "windows-1251");
	assert_text_guessed("大統領は記者会見で、交渉は続いていると述べた。", "EUC-JP");
	assert_text_guessed("Plain words", "UTF-8");
}

static void the_evidence_may_stand_far_in(void)
{
	gsize len;
	g_autofree char *end = g_convert(arabic, -1, "windows-1256", "UTF-8", NULL, &len, NULL);
	g_autoptr(GString) page = g_string_new(NULL);
	for (int i = 0; i < 10000; i++) {
		g_string_append(page, "ASCII ");
	}
	g_string_append_len(page, end, len);
	assert_guess(bytes(page->str, page->len), GUESS_NAME, "windows-1256", 0);
}

static void damaged_utf8_is_no_other_encoding(void)
{
	g_autofree char *page = g_strconcat(arabic, "\xd9 ", arabic, NULL);
	assert_guess(bytes(page, strlen(page)), GUESS_DAMAGED, NULL, strlen(arabic));
	assert_guess(bytes(arabic, sizeof arabic - 2), GUESS_DAMAGED, NULL, sizeof arabic - 3);
	assert_guess(BYTES("\xef\xbb\xbf" "caf\xe9"), GUESS_DAMAGED, NULL, 6);
}

static void too_little_is_not_guessed_of(void)
{
	assert_guess(BYTES("one\ntw\xc3\n"), GUESS_UNKNOWN, NULL, 6);
	assert_guess(BYTES("\xff"), GUESS_UNKNOWN, NULL, 0);
}

static void binaries_are_told(void)
{
	assert_guess(BYTES("a text with\0NUL"), GUESS_BINARY, NULL, 11);
	assert_guess(BYTES("\xe4\xd5\xe4\xd5\x01\xe4\xd5"), GUESS_BINARY, NULL, 4);
	assert_guess(BYTES("\0\0\0\0\1\0\0\0"), GUESS_BINARY, NULL, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/encoding/each name has its kind", each_name_has_its_kind);
	g_test_add_func("/encoding/no other name is known", no_other_name_is_known);
	g_test_add_func("/decode/single bytes change one by one", single_bytes_change_one_by_one);
	g_test_add_func("/decode/an undefined byte is told", an_undefined_byte_is_told);
	g_test_add_func("/decode/wide characters change one by one", wide_characters_change_one_by_one);
	g_test_add_func("/decode/broken wide characters are told", broken_wide_characters_are_told);
	g_test_add_func("/decode/many bytes change as one character",
	                many_bytes_change_as_one_character);
	g_test_add_func("/decode/a shift belongs to the character behind it",
	                a_shift_belongs_to_the_character_behind_it);
	g_test_add_func("/decode/a word is one change where letters compose",
	                a_word_is_one_change_where_letters_compose);
	g_test_add_func("/decode/every single byte is as iconv has it",
	                every_single_byte_is_as_iconv_has_it);
	g_test_add_func("/decode/a place in the text is one in the bytes",
	                a_place_in_the_text_is_one_in_the_bytes);
	g_test_add_func("/guess/Arabic is told in each encoding", arabic_is_told_in_each_encoding);
	g_test_add_func("/guess/other languages are told too", other_languages_are_told_too);
	g_test_add_func("/guess/the evidence may stand far in", the_evidence_may_stand_far_in);
	g_test_add_func("/guess/damaged UTF-8 is no other encoding", damaged_utf8_is_no_other_encoding);
	g_test_add_func("/guess/too little is not guessed of", too_little_is_not_guessed_of);
	g_test_add_func("/guess/binaries are told", binaries_are_told);
	return g_test_run();
}
