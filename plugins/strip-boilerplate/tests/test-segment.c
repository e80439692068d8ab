#include "label.h"
#include "segment.h"
#include "textkit/space.h"
#include <glib.h>

static Phrases *phrases_of(const char *file)
{
	Phrases *phrases = phrases_new();
	safi_text text = safi_str(file);
	g_assert_cmpint(phrases_add(phrases, (safi_bytes){ (const uint8_t *)text.ptr, text.len }),
	                ==, 0);
	return phrases;
}

static Phrases *agencies(void)
{
	return phrases_of("credit whole Reuters\ncredit whole Getty Images\n");
}

/* The segments, each in angle brackets. */
static char *cut(const char *page)
{
	Phrases *phrases = agencies();
	Segments segments = { 0 };
	GString *out = g_string_new(NULL);
	g_assert_true(segments_cut(&segments, safi_str(page), phrases));
	for (size_t i = 0; i < segments.n; i++) {
		safi_text text = segment_text(&segments.at[i], safi_str(page));
		g_string_append_printf(out, "<%.*s>", (int)text.len, text.ptr);
	}
	segments_clear(&segments);
	phrases_free(phrases);
	return g_string_free(out, FALSE);
}

static void assert_cut(const char *page, const char *segments)
{
	g_autofree char *got = cut(page);
	g_assert_cmpstr(got, ==, segments);
}

static void a_line_that_is_not_blank_is_a_segment(void)
{
	assert_cut("", "");
	assert_cut("\n \n\t\n\xc2\xa0\n", "");
	assert_cut("a\n\n b b \r\n\xc2\xa0" "c", "<a><b b><c>");
}

static void a_line_of_many_items_is_cut_at_its_separators(void)
{
	assert_cut("one    two\xc2\xa0\xc2\xa0\xc2\xa0three", "<one><two><three>");
	assert_cut("home | news | sport", "<home><| news><| sport>");
	assert_cut("• a • b • c", "<• a><• b><• c>");
}

static void a_line_with_one_separator_is_whole(void)
{
	assert_cut("Headline | Site", "<Headline | Site>");
	assert_cut("two sentences.    In one line.", "<two sentences.    In one line.>");
	assert_cut("a|b|c|d", "<a|b|c|d>");
}

static void empty_items_make_no_segments(void)
{
	assert_cut("a | | b |  | c", "<a><| | b><|  | c>");
	assert_cut("a | b | c | |", "<a><| b><| c | |>");
	assert_cut("| | |", "<| | |>");
}

static void an_agency_is_cut_from_the_caption_it_is_glued_to(void)
{
	assert_cut("Reutersالرئيس الروسي", "<Reuters><الرئيس الروسي>");
	assert_cut("Getty Imagesجنود", "<Getty Images><جنود>");
	assert_cut("Reuters الرئيس", "<Reuters الرئيس>");
	assert_cut("iPhoneالجديد", "<iPhoneالجديد>");
	assert_cut("Reuters", "<Reuters>");
}

/* A page of signs that have a meaning for cutting, letters and blanks of all widths. */
static char *random_page(GRand *rand)
{
	static const char *const parts[] = {
		" ", "   ", "\n", "\xc2\xa0", "\xe2\x80\x83", "\r", "\t", "|", "•", "·", "Reuters",
		"ا", "ب", "a", ".", ")", "12:30", "٢٠٢٥", "\xf0\x9f\x99\x82",
	};
	GString *page = g_string_new(NULL);
	for (int n = g_rand_int_range(rand, 0, 60); n > 0; n--) {
		g_string_append(page, parts[g_rand_int_range(rand, 0, G_N_ELEMENTS(parts))]);
	}
	return g_string_free(page, FALSE);
}

static bool blank(const char *begin, const char *end)
{
	return safi_space_trim((safi_text){ begin, (size_t)(end - begin) }).len == 0;
}

static void assert_covers(const char *page, const Segments *segments)
{
	const char *end = page + strlen(page), *at = page;
	for (size_t i = 0; i < segments->n; i++) {
		safi_text text = segment_text(&segments->at[i], safi_str(page));
		g_assert_true(text.ptr >= at && text.len > 0);
		g_assert_true(blank(at, text.ptr));
		g_assert_true(safi_space_trim(text).len == text.len);
		at = text.ptr + text.len;
	}
	g_assert_true(blank(at, end));
}

static void no_byte_is_lost_or_doubled_on_any_page(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	Phrases *phrases = agencies();
	Segments segments = { 0 };
	for (int round = 0; round < 20000; round++) {
		g_autofree char *page = random_page(rand);
		g_assert_true(segments_cut(&segments, safi_str(page), phrases));
		assert_covers(page, &segments);
	}
	segments_clear(&segments);
	phrases_free(phrases);
}

static uint16_t flags_of(const char *line)
{
	Phrases *phrases = agencies();
	Segments segments = { 0 };
	g_assert_true(segments_cut(&segments, safi_str(line), phrases));
	g_assert_cmpuint(segments.n, >, 0);
	uint16_t flags = segments.at[segments.n - 1].flags;
	segments_clear(&segments);
	phrases_free(phrases);
	return flags;
}

static void assert_flags(const char *line, uint16_t flags)
{
	g_assert_cmphex(flags_of(line), ==, flags);
}

static void the_end_of_a_line_tells_a_sentence(void)
{
	assert_flags("قال ذلك.", SEGMENT_SENTENCE | SEGMENT_STOP);
	assert_flags("قال \"نعم.\"", SEGMENT_SENTENCE | SEGMENT_STOP);
	assert_flags("من هو؟", SEGMENT_SENTENCE);
	assert_flags("يقطع هنا...", 0);
	assert_flags("ما يلي:", SEGMENT_COLON);
	assert_flags("عنوان", 0);
	assert_flags("»", 0);
}

static void dates_and_clocks_are_told_by_their_digits(void)
{
	assert_flags("نشر في الأيام 24 يوم 03 - 12 - 2025", SEGMENT_DATE | SEGMENT_DASH);
	assert_flags("الأحد ٤ آب ٢٠١٣", SEGMENT_DATE);
	assert_flags("12:48 م", SEGMENT_CLOCK);
	assert_flags("٠٢:٠٠", SEGMENT_CLOCK);
	assert_flags("الخبر:قال", 0);
	assert_flags("عام 2014", 0);
}

static void bullets_agencies_and_repeated_lines_are_told(void)
{
	assert_flags("* بند", SEGMENT_BULLET);
	assert_flags("1- بند", SEGMENT_BULLET | SEGMENT_DASH);
	assert_flags("2025 عام", 0);
	assert_flags("12. بند", SEGMENT_BULLET);
	assert_flags("صورة - REUTERS", SEGMENT_AGENCY | SEGMENT_DASH);
	assert_flags("سطر\n\nسطر", SEGMENT_AGAIN);
}

/* Two lines of as many words, with the same first ones, and a last one each. */
static char *long_lines(int words, const char *word, const char *last, const char *other)
{
	GString *page = g_string_new(NULL);
	for (int line = 0; line < 2; line++) {
		for (int i = 0; i < words; i++) {
			g_string_append_printf(page, "%s ", word);
		}
		g_string_append_printf(page, "%s\n", line == 0 ? last : other);
	}
	return g_string_free(page, FALSE);
}

static void lines_say_the_same_only_to_their_very_ends(void)
{
	static const char word[] = "كلمةطويلةجداجداجداجدا";
	struct { int words; const char *word, *other; uint16_t flags; } cases[] = {
		{ 70, "a", "x", SEGMENT_AGAIN }, { 70, "a", "y", 0 }, { 63, "a", "y", 0 },
		{ 64, "a", "y", 0 }, { 40, word, "x", SEGMENT_AGAIN }, { 40, word, "y", 0 },
		{ 20, "a", "X", SEGMENT_AGAIN },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *page = long_lines(cases[i].words, cases[i].word, "x",
		                                   cases[i].other);
		assert_flags(page, cases[i].flags);
	}
}

static void a_phrase_gives_its_label_whatever_its_spelling(void)
{
	Phrases *phrases = phrases_of("related whole اقرأ أيضا\npromo start انقر هنا\n"
	                              "credit inside جميع الحقوق محفوظة\n# nav whole no\n\n");
	struct { const char *line; uint8_t label; } cases[] = {
		{ "إقرأ أيضًا:", LABEL_RELATED },
		{ "إقرأ أيضًا: خبر", LABEL_NONE },
		{ "انقر هنا لقراءة الخبر", LABEL_PROMO },
		{ "لا تنقر هنا", LABEL_NONE },
		{ "© 2013 جميع الحقوق محفوظة.", LABEL_CREDIT },
		{ "جميع الحقوق", LABEL_NONE },
		{ "no", LABEL_NONE },
		{ "...", LABEL_NONE },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		SafiWords words;
		safi_words_take(safi_str(cases[i].line), &words);
		g_assert_cmpuint(phrases_label(phrases, &words, false), ==, cases[i].label);
	}
	phrases_free(phrases);
}

/* The cue of the only segment of the line. */
static uint8_t cue_of(const char *line, const char *file)
{
	Phrases *phrases = phrases_of(file);
	Segments segments = { 0 };
	g_assert_true(segments_cut(&segments, safi_str(line), phrases));
	g_assert_cmpuint(segments.n, ==, 1);
	uint8_t cue = segments.at[0].cue;
	segments_clear(&segments);
	phrases_free(phrases);
	return cue;
}

static void a_sentence_is_no_byline_whatever_sign_ends_it(void)
{
	static const char file[] = "byline start كتب\nbyline start by\n";
	g_assert_cmpuint(cue_of("كتب أحمد علي", file), ==, LABEL_BYLINE);
	g_assert_cmpuint(cue_of("By A. Writer", file), ==, LABEL_BYLINE);
	g_assert_cmpuint(cue_of("كتب الرئيس على منصته أن الحرب انتهت.", file), ==, LABEL_NONE);
	g_assert_cmpuint(cue_of("كتب الرئيس على منصته: انتهت الحرب!", file), ==, LABEL_NONE);
	g_assert_cmpuint(cue_of("كتب لها: متى تنتهي الحرب؟", file), ==, LABEL_NONE);
	g_assert_cmpuint(cue_of("كتب الرئيس على منصته ما يلي:", file), ==, LABEL_NONE);
	g_assert_cmpuint(cue_of("By what right do they rule?", file), ==, LABEL_NONE);
}

static void a_phrase_inside_a_whole_sentence_says_nothing_of_it(void)
{
	static const char file[] = "credit inside copyright\nwidget inside use cookies\n"
	                           "nav whole the court ruled that copyright is no right\n";
	g_assert_cmpuint(cue_of("The court of appeal held that copyright had expired.", file), ==,
	                 LABEL_NONE);
	g_assert_cmpuint(cue_of("Who of them will use cookies in the year to come?", file), ==,
	                 LABEL_NONE);
	g_assert_cmpuint(cue_of("All that he said of copyright was the following:", file), ==,
	                 LABEL_NONE);
	g_assert_cmpuint(cue_of("We use cookies.", file), ==, LABEL_WIDGET);
	g_assert_cmpuint(cue_of("© 2013 Copyright of the paper and of all its agencies", file), ==,
	                 LABEL_CREDIT);
	g_assert_cmpuint(cue_of("The court ruled that copyright is no right.", file), ==,
	                 LABEL_NAV);
}

static void a_wrong_line_of_phrases_is_told_by_its_number(void)
{
	const char *const files[] = { "related whole a\nrelatd whole b\n", "# one\nrelated round b",
		"\nrelated whole\n", "nav whole x\nnav whole a b c d e f g h i\n" };
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		Phrases *phrases = phrases_new();
		safi_text text = safi_str(files[i]);
		safi_bytes file = { (const uint8_t *)text.ptr, text.len };
		g_assert_cmpint(phrases_add(phrases, file), ==, 2);
		phrases_free(phrases);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/segment/a line that is not blank is a segment",
	                a_line_that_is_not_blank_is_a_segment);
	g_test_add_func("/segment/a line of many items is cut at its separators",
	                a_line_of_many_items_is_cut_at_its_separators);
	g_test_add_func("/segment/a line with one separator is whole",
	                a_line_with_one_separator_is_whole);
	g_test_add_func("/segment/empty items make no segments", empty_items_make_no_segments);
	g_test_add_func("/segment/an agency is cut from the caption it is glued to",
	                an_agency_is_cut_from_the_caption_it_is_glued_to);
	g_test_add_func("/segment/no byte is lost or doubled on any page",
	                no_byte_is_lost_or_doubled_on_any_page);
	g_test_add_func("/segment/the end of a line tells a sentence",
	                the_end_of_a_line_tells_a_sentence);
	g_test_add_func("/segment/dates and clocks are told by their digits",
	                dates_and_clocks_are_told_by_their_digits);
	g_test_add_func("/segment/bullets, agencies and repeated lines are told",
	                bullets_agencies_and_repeated_lines_are_told);
	g_test_add_func("/segment/lines say the same only to their very ends",
	                lines_say_the_same_only_to_their_very_ends);
	g_test_add_func("/phrases/a phrase gives its label whatever its spelling",
	                a_phrase_gives_its_label_whatever_its_spelling);
	g_test_add_func("/phrases/a sentence is no byline, whatever sign ends it",
	                a_sentence_is_no_byline_whatever_sign_ends_it);
	g_test_add_func("/phrases/a phrase inside a whole sentence says nothing of it",
	                a_phrase_inside_a_whole_sentence_says_nothing_of_it);
	g_test_add_func("/phrases/a wrong line of phrases is told by its number",
	                a_wrong_line_of_phrases_is_told_by_its_number);
	return g_test_run();
}
