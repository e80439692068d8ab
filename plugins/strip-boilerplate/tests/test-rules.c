#include "kept.h"
#include "label.h"
#include "rules.h"
#include <glib.h>

#define PROSE "هذه فقرة طويلة من نص المقال عن مدينة طنجة تنتهي كما تنتهي الجمل بنقطة واحدة."
#define MORE "وهذه فقرة أخرى من المقال نفسه لا تقول ما قالته الأولى وتنتهي بنقطة أيضا."

/* The labels of the page's segments, with blanks between. */
static char *labels(const char *page)
{
	static const char file[] = "related whole اقرأ أيضا\nwidget whole شارك\n";
	Phrases *phrases = phrases_new();
	Segments segments = { 0 };
	GString *out = g_string_new(NULL);
	phrases_add(phrases, (safi_bytes){ (const uint8_t *)file, sizeof file - 1 });
	g_assert_true(segments_cut(&segments, safi_str(page), phrases));
	rules_label(&segments, safi_str(page));
	for (size_t i = 0; i < segments.n; i++) {
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
		                       label_names[segments.at[i].label - LABEL_TITLE]);
	}
	segments_clear(&segments);
	phrases_free(phrases);
	return g_string_free(out, FALSE);
}

static void assert_labels(const char *page, const char *wanted)
{
	g_autofree char *got = labels(page);
	g_assert_cmpstr(got, ==, wanted);
}

static void an_article_has_a_head_a_body_and_a_tail(void)
{
	assert_labels("الرئيسية\nخبر طويل عن مدينة طنجة\nالأحد 4 ديسمبر 2025\n" PROSE "\n" MORE
	              "\nاقرأ أيضا\nخبر آخر\nشارك\n",
	              "nav title date body body related related widget");
}

static void a_page_with_nothing_to_strip_stays_whole(void)
{
	assert_labels(PROSE, "body");
	assert_labels(PROSE "\nعنوان فرعي\n" PROSE "\n* بند\n* بند ثان\n",
	              "body heading body list list");
	assert_labels("بيت أول\nبيت ثان\nبيت ثالث\n", "body body body");
	assert_labels("", "");
}

static void a_box_within_the_body_does_not_end_it(void)
{
	assert_labels(PROSE "\n" MORE "\n" PROSE "\nاقرأ أيضا\n" MORE "\n" PROSE "\n" MORE,
	              "body body body related body body body");
}

static void a_doubled_headline_before_the_body_is_a_title_twice(void)
{
	assert_labels("خبر عن مدينة طنجة\nخبر عن مدينة طنجة\n" PROSE "\n" MORE,
	              "title title body body");
}

static void items_of_a_joined_line_are_no_prose(void)
{
	assert_labels(PROSE "    " MORE "    " PROSE "\n" MORE, "widget widget widget body");
}

/* --- kept ------------------------------------------------------------------------------------- */

static char *replay(const char *page, const Kept *kept)
{
	GString *out = g_string_new(NULL);
	size_t at = 0;
	for (uint32_t i = 0; i < kept->changed; i++) {
		safi_change change = kept->changes[i];
		g_assert_cmpuint(change.from, >=, at);
		g_string_append_len(out, page + at, (gssize)(change.from - at));
		g_string_append_len(out, kept->text + out->len, change.put);
		at = change.from + change.taken;
	}
	g_string_append(out, page + at);
	return g_string_free(out, FALSE);
}

static void assert_kept(const char *page, const safi_span *spans, uint32_t n, const char *text,
                        uint32_t changed)
{
	g_autofree char *room = g_malloc(strlen(page) + n + 1);
	g_autofree safi_change *changes = g_new(safi_change, 2 * n + 1);
	Kept kept = { .text = room, .changes = changes };
	kept_join(&kept, safi_str(page), spans, n);
	g_assert_cmpmem(kept.text, kept.len, text, strlen(text));
	g_assert_cmpuint(kept.changed, ==, changed);
	g_autofree char *replayed = replay(page, &kept);
	g_assert_cmpmem(replayed, strlen(replayed), text, strlen(text));
}

static void what_is_between_kept_segments_becomes_one_line_feed(void)
{
	safi_span lines[] = { { 0, 1 }, { 2, 3 }, { 6, 7 } };
	assert_kept("a\nb\n \nc", lines, 3, "a\nb\nc", 1);
	assert_kept("a b  \nc\n", lines, 3, "a\nb\nc", 4);
	safi_span glued[] = { { 1, 2 }, { 2, 3 } };
	assert_kept(" ab ", glued, 2, "a\nb", 3);
}

/* A change that put the line feed in place of the gap would give what goes a place in the text. */
static void a_segment_between_kept_ones_has_no_place(void)
{
	char room[16];
	safi_change changes[5];
	Kept kept = { .text = room, .changes = changes };
	kept_join(&kept, safi_str("a | x | b"), (safi_span[]){ { 0, 1 }, { 8, 9 } }, 2);
	g_assert_cmpmem(kept.text, kept.len, "a\nb", 3);
	g_assert_cmpuint(kept.changed, ==, 2);
	g_assert_cmpuint(changes[0].taken, ==, 0);
	g_assert_cmpuint(changes[1].put, ==, 0);
}

static void a_page_of_which_all_is_kept_has_no_change(void)
{
	safi_span all[] = { { 0, 1 }, { 2, 3 } };
	assert_kept("a\nb", all, 2, "a\nb", 0);
	assert_kept("", NULL, 0, "", 0);
}

static void a_page_of_which_nothing_is_kept_is_one_deletion(void)
{
	assert_kept("a\nb\n", NULL, 0, "", 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/an article has a head, a body and a tail",
	                an_article_has_a_head_a_body_and_a_tail);
	g_test_add_func("/rules/a page with nothing to strip stays whole",
	                a_page_with_nothing_to_strip_stays_whole);
	g_test_add_func("/rules/a box within the body does not end it",
	                a_box_within_the_body_does_not_end_it);
	g_test_add_func("/rules/a doubled headline before the body is a title twice",
	                a_doubled_headline_before_the_body_is_a_title_twice);
	g_test_add_func("/rules/items of a joined line are no prose",
	                items_of_a_joined_line_are_no_prose);
	g_test_add_func("/kept/what is between kept segments becomes one line feed",
	                what_is_between_kept_segments_becomes_one_line_feed);
	g_test_add_func("/kept/a segment between kept ones has no place in the text",
	                a_segment_between_kept_ones_has_no_place);
	g_test_add_func("/kept/a page of which all is kept has no change",
	                a_page_of_which_all_is_kept_has_no_change);
	g_test_add_func("/kept/a page of which nothing is kept is one deletion",
	                a_page_of_which_nothing_is_kept_is_one_deletion);
	return g_test_run();
}
