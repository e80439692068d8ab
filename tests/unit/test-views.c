/* Views, as a plugin sees them through the host's table.  Where places lead through chains of
 * changes is test-align's. */
#include "fresh.h"

#define CHANGES(...) \
	(const safi_change[]){__VA_ARGS__}, \
	sizeof((const safi_change[]){__VA_ARGS__}) / sizeof(safi_change)

static safi_view add(const char *name, safi_view parent, const char *text,
                     const safi_change *changes, uint32_t n)
{
	return host->view_add(record, host->key(name), parent, safi_str(text), changes, n);
}

static safi_span map(safi_view from, uint32_t begin, uint32_t end, safi_view to)
{
	safi_span span = {UINT32_MAX, UINT32_MAX};

	g_assert_true(host->view_map(record, from, (safi_span){begin, end}, to, &span));
	return span;
}

/* --- what is there ---------------------------------------------------------------------------- */

static void the_newest_view_is_the_text(void)
{
	const safi_view *views;

	fresh();
	g_assert_cmpuint(host->text(record), ==, 0);
	g_assert_cmpuint(host->view(record, host->key("page")), ==, 0);
	const safi_view page = fresh_page("one two");
	const safi_view text = add("text", page, "one", CHANGES({3, 4, 0}));
	const safi_view again = add("page", page, "two", CHANGES({0, 4, 0}));
	g_assert_cmpuint(host->text(record), ==, again);
	g_assert_cmpuint(host->view(record, host->key("page")), ==, again);
	g_assert_cmpuint(host->view(record, host->key("text")), ==, text);
	g_assert_cmpuint(host->views(record, &views), ==, 3);
	g_assert_true(views[0] == page && views[1] == text && views[2] == again);
	g_assert_cmpuint(host->view_name(record, text), ==, host->key("text"));
	assert_text(host->view_text(record, page), "one two");
	assert_text(host->view_text(record, text), "one");
	assert_text(host->view_text(record, SAFI_RAW), "one two");
	g_assert_null(host->view_text(record, 77).ptr);
	whole();
}

static void changes_are_told_as_they_were_added(void)
{
	const safi_change *changes;
	safi_view parent = 0;
	const safi_view page = fresh_page("abcdef");
	const safi_view text = add("text", page, "aXXdfY", CHANGES({1, 2, 2}, {4, 1, 0}, {6, 0, 1}));

	g_assert_cmpuint(host->view_changes(record, text, &parent, &changes), ==, 3);
	g_assert_cmpuint(parent, ==, page);
	g_assert_true(changes[0].from == 1 && changes[0].taken == 2 && changes[0].put == 2);
	g_assert_true(changes[1].from == 4 && changes[1].taken == 1 && changes[1].put == 0);
	g_assert_true(changes[2].from == 6 && changes[2].taken == 0 && changes[2].put == 1);
	g_assert_cmpuint(host->view_changes(record, page, &parent, &changes), ==, 0);
	g_assert_true(parent == SAFI_RAW);
	whole();
}

static void many_views_may_be_added(void)
{
	safi_view view = fresh_page("");

	for (int i = 0; i < 1000; i++) {
		g_autofree char *text = g_strnfill((gsize)i + 1, 'x');
		view = add("page", view, text, CHANGES({(uint32_t)i, 0, 1}));
	}
	assert_span(map(view, 0, 1000, view - 500), 0, 500);
	g_assert_cmpuint(host->view_text(record, view).len, ==, 1000);
	whole();
}

/* --- memory ----------------------------------------------------------------------------------- */

static void what_changed_nothing_is_not_copied(void)
{
	const safi_view page = fresh_page("some text");
	const char *raw = (const char *)host->raw(record).ptr;

	g_assert_true(host->view_text(record, page).ptr == raw);
	g_assert_cmpuint(add("page", page, "some text", NULL, 0), ==, page);
	const safi_view text = add("text", page, "some text", NULL, 0);
	g_assert_cmpuint(text, !=, page);
	g_assert_true(host->view_text(record, text).ptr == raw);
	whole();
}

static void a_text_in_the_newest_room_is_adopted(void)
{
	const safi_view page = fresh_page("ab");
	char *room = host->room(record, 1000);

	memcpy(room, "abc", 3);
	const safi_view text = host->view_add(record, host->key("text"), page, (safi_text){room, 3},
	                                      CHANGES({2, 0, 1}));
	g_assert_true(host->view_text(record, text).ptr == room);
	/* What was not used of it is free again, and the text stays as it is. */
	memset(host->alloc(record, 2000), 'x', 2000);
	assert_text(host->view_text(record, text), "abc");
	whole();
}

static void a_text_elsewhere_is_copied(void)
{
	const safi_view page = fresh_page("ab");
	char *old = host->room(record, 10), *room = host->room(record, 10), own[] = "abc";

	memcpy(old, "abd", 3), memcpy(room, "abe", 3);
	const safi_view a = add("text", page, own, CHANGES({2, 0, 1}));
	const safi_view b = host->view_add(record, host->key("text"), page, (safi_text){old, 3},
	                                   CHANGES({2, 0, 1}));
	own[0] = old[0] = 'x';
	assert_text(host->view_text(record, a), "abc");
	assert_text(host->view_text(record, b), "abd");
	whole();
}

/* --- refusals --------------------------------------------------------------------------------- */

static void refused(const char *text, const safi_change *changes, uint32_t n)
{
	const safi_view page = fresh_page("abcdef");

	g_assert_cmpuint(add("text", page, text, changes, n), ==, 0);
	g_assert_cmpuint(host->text(record), ==, page);
	broken("bad-view");
}

static void changes_out_of_order_are_refused(void)
{
	refused("XbYdef", CHANGES({2, 1, 1}, {0, 1, 1}));
	refused("abcXYdef", CHANGES({4, 0, 1}, {3, 0, 1}));
}

static void overlapping_changes_are_refused(void)
{
	refused("XYdef", CHANGES({0, 2, 1}, {1, 2, 1}));
	refused("XYf", CHANGES({0, 4, 1}, {1, 4, 1}));
	refused("XYcdef", CHANGES({0, 2, 1}, {1, 0, 1}));
}

static void changes_out_of_range_are_refused(void)
{
	refused("abcdefX", CHANGES({7, 0, 1}));
	refused("abcdX", CHANGES({4, 3, 1}));
	refused("abcdeX", CHANGES({5, UINT32_MAX, 1}));
	refused("abcdefX", CHANGES({UINT32_MAX, UINT32_MAX, 1}));
	refused("X", CHANGES({0, 6, UINT32_MAX}));
	refused("XY", CHANGES({0, 1, UINT32_MAX}, {3, 1, UINT32_MAX}));
}

static void an_untold_difference_is_refused(void)
{
	refused("Xbcdef", NULL, 0);
	refused("abcdefg", NULL, 0);
	refused("abcde", NULL, 0);
	refused("abXdeY", CHANGES({5, 1, 1}));
	refused("YbcdeX", CHANGES({0, 1, 1}));
	refused("XbcdefY", CHANGES({0, 1, 1}));
	refused("bcde", CHANGES({0, 1, 0}));
	refused("aXXcdef", CHANGES({1, 1, 1}));
}

/* A long run between two changes is compared another way than a short one. */
static void an_untold_difference_is_found_wherever_it_stands(void)
{
	for (gsize len = 1; len < 100; len++) {
		for (gsize at = 0; at < len; at++) {
			g_autofree char *before = g_strnfill(len, 'x');
			g_autofree char *after = g_strdup_printf("new %s", before);
			const safi_view page = fresh_page(before);
			after[4 + at] = 'y';
			g_assert_cmpuint(add("text", page, after, CHANGES({0, 0, 4})), ==, 0);
		}
	}
}

static void a_text_that_is_not_utf8_is_refused(void)
{
	refused("abc\xFF", CHANGES({3, 3, 1}));
	fresh();
	host->set_raw(record, (safi_bytes){(const uint8_t *)"a\xFF", 2});
	g_assert_cmpuint(add("page", SAFI_RAW, "a\xFF", NULL, 0), ==, 0);
	broken("bad-view");
}

static void a_view_needs_a_name_and_a_parent(void)
{
	fresh();
	g_assert_cmpuint(host->view_add(record, 0, SAFI_RAW, safi_str(""), NULL, 0), ==, 0);
	broken("bad-view");
	fresh();
	g_assert_cmpuint(host->view_add(record, host->key("page"), 0, safi_str(""), NULL, 0), ==, 0);
	broken("bad-view");
	fresh();
	g_assert_cmpuint(host->view_add(record, host->key("page"), 1, safi_str(""), NULL, 0), ==, 0);
	broken("bad-view");
}

/* --- places ----------------------------------------------------------------------------------- */

/* The words of safi_source, one by one: edges, skip, rest. */
static void a_source_is_told_to_the_byte(void)
{
	const safi_view page = fresh_page("one three");
	const safi_view text = add("text", page, "ONE two three!",
	                           CHANGES({0, 3, 3}, {4, 0, 4}, {9, 0, 1}));
	const struct {
		safi_span span;
		safi_source source;
	} cases[] = {
		{{0, 3}, {0, 3, 0, 0}},    /* a whole change */
		{{1, 2}, {0, 3, 1, 1}},    /* the middle of one */
		{{3, 4}, {3, 4, 0, 4}},    /* equal bytes, beside an insertion that is not asked for */
		{{4, 8}, {4, 4, 0, 0}},    /* the insertion: from nowhere, between two bytes */
		{{5, 7}, {4, 4, 1, 1}},    /* a part of it */
		{{8, 13}, {4, 9, 4, 1}},   /* between two insertions */
		{{4, 14}, {4, 9, 0, 0}},   /* with both */
		{{0, 14}, {0, 9, 0, 0}},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		safi_source source;
		g_assert_true(host->source(record, text, cases[i].span, &source));
		g_assert_cmpuint(source.begin, ==, cases[i].source.begin);
		g_assert_cmpuint(source.end, ==, cases[i].source.end);
		g_assert_cmpuint(source.skip, ==, cases[i].source.skip);
		g_assert_cmpuint(source.rest, ==, cases[i].source.rest);
	}
	whole();
}

static void what_is_not_there_has_no_source(void)
{
	const safi_view page = fresh_page("abc");
	safi_source source = {7, 7, 7, 7};
	safi_span span = {7, 7};

	g_assert_false(host->source(record, page, (safi_span){0, 4}, &source));
	g_assert_false(host->source(record, page, (safi_span){2, 1}, &source));
	g_assert_false(host->source(record, 0, (safi_span){0, 0}, &source));
	g_assert_false(host->source(record, page + 1, (safi_span){0, 0}, &source));
	g_assert_false(host->view_map(record, page, (safi_span){0, 4}, SAFI_RAW, &span));
	g_assert_false(host->view_map(record, page, (safi_span){0, 1}, 0, &span));
	g_assert_false(host->view_map(record, 0, (safi_span){0, 0}, page, &span));
	g_assert_true(source.begin == 7 && span.begin == 7);
	g_assert_true(host->source(record, SAFI_RAW, (safi_span){1, 3}, &source));
	g_assert_true(source.begin == 1 && source.end == 3 && !source.skip && !source.rest);
	whole();
}

static void siblings_meet_in_their_parent(void)
{
	const safi_view page = fresh_page("keep cut keep");
	const safi_view text = add("text", page, "keep keep", CHANGES({5, 4, 0}));
	const safi_view other = add("other", page, "> keep cut keep", CHANGES({0, 0, 2}));
	safi_span span = {7, 7};

	assert_span(map(text, 5, 9, other), 11, 15);
	assert_span(map(other, 2, 6, text), 0, 4);
	assert_span(map(other, 2, 15, text), 0, 9);
	g_assert_false(host->view_map(record, other, (safi_span){7, 10}, text, &span));
	g_assert_false(host->view_map(record, other, (safi_span){0, 2}, text, &span));
	assert_span(span, 7, 7);
	assert_span(map(text, 0, 9, text), 0, 9);
	whole();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/views/the newest view is the text", the_newest_view_is_the_text);
	g_test_add_func("/views/changes are told as they were added",
	                changes_are_told_as_they_were_added);
	g_test_add_func("/views/many views may be added", many_views_may_be_added);
	g_test_add_func("/views/what changed nothing is not copied",
	                what_changed_nothing_is_not_copied);
	g_test_add_func("/views/a text in the newest room is adopted",
	                a_text_in_the_newest_room_is_adopted);
	g_test_add_func("/views/a text elsewhere is copied", a_text_elsewhere_is_copied);
	g_test_add_func("/views/changes out of order are refused", changes_out_of_order_are_refused);
	g_test_add_func("/views/overlapping changes are refused", overlapping_changes_are_refused);
	g_test_add_func("/views/changes out of range are refused", changes_out_of_range_are_refused);
	g_test_add_func("/views/an untold difference is refused", an_untold_difference_is_refused);
	g_test_add_func("/views/an untold difference is found wherever it stands",
	                an_untold_difference_is_found_wherever_it_stands);
	g_test_add_func("/views/a text that is not UTF-8 is refused",
	                a_text_that_is_not_utf8_is_refused);
	g_test_add_func("/views/a view needs a name and a parent", a_view_needs_a_name_and_a_parent);
	g_test_add_func("/views/a source is told to the byte", a_source_is_told_to_the_byte);
	g_test_add_func("/views/what is not there has no source", what_is_not_there_has_no_source);
	g_test_add_func("/views/siblings meet in their parent", siblings_meet_in_their_parent);
	return g_test_run();
}
