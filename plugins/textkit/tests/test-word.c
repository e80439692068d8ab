#include "textkit/space.h"
#include "textkit/word.h"
#include <glib.h>

static void assert_words(const char *text, const char *folded)
{
	SafiWords words;
	safi_words_take(safi_str(text), &words);
	size_t len = words.n > 0 ? words.end[words.n - 1] : 0;
	g_autofree char *got = g_strndup(words.folded, len);
	g_assert_cmpstr(got, ==, folded);
}

static void spellings_of_one_word_become_equal(void)
{
	assert_words("إقرأ أيضًا:", "اقرا ايضا");
	assert_words("اقرأ ايضاً", "اقرا ايضا");
	assert_words("بـ500 مـــليون", "ب500 مليون");
	assert_words("٢٠٢٥ ۱۳۹۸", "2025 1398");
	assert_words("Read MORE", "read more");
	assert_words("علی مكتبة", "علي مكتبه");
}

static void signs_part_words(void)
{
	assert_words("«الصحة»، (رويترز)؟ 03/12", "الصحه رويترز 03 12");
	assert_words("... | • ؛", "");
	assert_words("", "");
}

static void other_scripts_stay(void)
{
	assert_words("Владимир 東京 MÉXICO", "Владимир 東京 mÉxico");
}

static void a_list_of_words_has_an_end(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < SAFI_WORDS_MOST; i++) {
		g_string_append(text, "a ");
	}
	SafiWords words;
	safi_words_take(safi_str(text->str), &words);
	g_assert_cmpuint(words.n, ==, SAFI_WORDS_MOST);
	g_assert_true(words.all);
	g_string_append(text, "b");
	safi_words_take(safi_str(text->str), &words);
	g_assert_cmpuint(words.n, ==, SAFI_WORDS_MOST);
	g_assert_false(words.all);
}

static void one_endless_word_does_not_fit(void)
{
	g_autofree char *text = g_strnfill(SAFI_WORDS_BYTES + 1, 'a');
	SafiWords words;
	safi_words_take(safi_str(text), &words);
	g_assert_cmpuint(words.n, ==, 0);
	g_assert_false(words.all);
}

static void trimming_takes_all_kinds_of_white_space(void)
{
	const char *spaced = "\xc2\xa0 \xe2\x80\x83" "\xd8\xa7 \xd8\xa8\xc2\xa0\n";
	safi_text got = safi_space_trim(safi_str(spaced));
	g_assert_cmpmem(got.ptr, got.len, "\xd8\xa7 \xd8\xa8", 5);
	g_assert_cmpuint(safi_space_trim(safi_str("\xe3\x80\x80")).len, ==, 0);
	g_assert_cmpuint(safi_space_trim(safi_str("")).len, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/word/spellings of one word become equal", spellings_of_one_word_become_equal);
	g_test_add_func("/word/signs part words", signs_part_words);
	g_test_add_func("/word/other scripts stay", other_scripts_stay);
	g_test_add_func("/word/a list of words has an end", a_list_of_words_has_an_end);
	g_test_add_func("/word/one endless word does not fit", one_endless_word_does_not_fit);
	g_test_add_func("/word/trimming takes all kinds of white space",
	                trimming_takes_all_kinds_of_white_space);
	return g_test_run();
}
