/* Notes and columns, as a plugin sees them through the host's table. */
#include "fresh.h"

#include <math.h>

static safi_key line(void)
{
	return host->key("line");
}

static safi_note note(safi_view view, uint32_t begin, uint32_t end)
{
	const safi_span span = {begin, end};

	return host->notes_add(record, view, line(), &span, 1);
}

/* The notes of a type in a view, as "number:begin-end number:begin-end ". */
static void assert_notes(safi_view in, const char *expected)
{
	g_autoptr(GString) found = g_string_new(NULL);
	const safi_note *notes;
	const safi_span *spans;
	const uint32_t n = host->notes(record, line(), in, &notes, &spans);

	for (uint32_t i = 0; i < n; i++) {
		g_string_append_printf(found, "%u:%u-%u ", notes[i], spans[i].begin, spans[i].end);
	}
	g_assert_cmpstr(found->str, ==, expected);
}

/* --- order and numbers ------------------------------------------------------------------------ */

static void notes_lie_in_order_of_place(void)
{
	const safi_view page = fresh_page("0123456789");

	note(page, 4, 6);
	note(page, 0, 3);
	note(page, 4, 9);
	note(page, 4, 6);
	note(page, 0, 0);
	note(page, 10, 10);
	assert_notes(page, "2:0-3 5:0-0 3:4-9 1:4-6 4:4-6 6:10-10 ");
	whole();
}

static void notes_added_together_have_consecutive_numbers(void)
{
	const safi_view page = fresh_page("0123456789");
	const safi_span spans[] = {{0, 1}, {2, 3}, {4, 5}};

	note(page, 9, 10);
	g_assert_cmpuint(host->notes_add(record, page, line(), spans, 3), ==, 2);
	g_assert_cmpuint(note(page, 8, 9), ==, 5);
	assert_notes(page, "2:0-1 3:2-3 4:4-5 5:8-9 1:9-10 ");
	g_assert_cmpuint(host->note_view(record, 3), ==, page);
	g_assert_cmpuint(host->note_view(record, 6), ==, 0);
	whole();
}

static void types_come_in_order_of_their_first_note(void)
{
	const safi_key *types;
	const safi_span span = {0, 1};
	const safi_view page = fresh_page("0123456789");

	g_assert_cmpuint(host->note_types(record, &types), ==, 0);
	const safi_key odd = host->name(record, safi_str("met in the data"));
	const safi_note first = host->notes_add(record, page, odd, &span, 1);
	note(page, 0, 1);
	host->notes_add(record, page, odd, &span, 1);
	g_assert_cmpuint(host->note_types(record, &types), ==, 2);
	g_assert_true(types[0] == odd && types[1] == line());
	host->note_remove(record, first);
	g_assert_cmpuint(host->note_types(record, &types), ==, 2);
	host->note_remove(record, first + 2);
	g_assert_cmpuint(host->note_types(record, &types), ==, 1);
	g_assert_true(types[0] == line());
	whole();
}

static void a_snapshot_stays(void)
{
	const safi_note *notes, *others;
	const safi_span *spans, *other_spans;
	const safi_view page = fresh_page("0123456789");

	note(page, 4, 6);
	note(page, 7, 9);
	const uint32_t n = host->notes(record, line(), page, &notes, &spans);
	note(page, 0, 1);
	host->note_remove(record, 1);
	for (uint32_t i = 0; i < 1000; i++) {
		note(page, 5, 5);
	}
	g_assert_cmpuint(host->notes(record, line(), page, &others, &other_spans), ==, 1002);
	g_assert_cmpuint(n, ==, 2);
	g_assert_true(notes[0] == 1 && notes[1] == 2);
	assert_span(spans[0], 4, 6);
	assert_span(spans[1], 7, 9);
	whole();
}

static void a_removed_note_is_gone(void)
{
	safi_span span = {7, 7};
	const safi_view page = fresh_page("0123456789");
	const safi_note gone = note(page, 0, 5), stays = note(page, 5, 9);

	host->put_text(record, gone, host->key("label"), safi_str("title"), SAFI_REPLACE);
	host->note_remove(record, gone);
	host->note_remove(record, gone);
	host->note_remove(record, 0);
	host->note_remove(record, 99);
	assert_notes(page, "2:5-9 ");
	g_assert_false(host->note_span(record, gone, page, &span));
	assert_span(span, 7, 7);
	g_assert_cmpuint(host->note_view(record, gone), ==, 0);
	g_assert_cmpuint(host->count(record, gone, host->key("label")), ==, 0);
	g_assert_cmpuint(note(page, 0, 1), >, stays);
	whole();
	g_assert_false(host->put_int(record, gone, host->key("n"), 1, SAFI_REPLACE));
	broken("bad-put");
}

/* --- in other views --------------------------------------------------------------------------- */

static void notes_lie_where_their_text_went(void)
{
	const safi_change cut[] = {{0, 4, 0}, {8, 4, 4}};
	safi_span span = {7, 7};
	const safi_view page = fresh_page("cut one two end");
	const safi_note in_cut = note(page, 0, 3), one = note(page, 4, 7), both = note(page, 4, 11);

	const safi_view text = host->view_add(record, host->key("text"), page, safi_str("one TWO.end"),
	                                      cut, 2);
	g_assert_cmpuint(text, !=, 0);
	note(text, 4, 7);
	assert_notes(page, "1:0-3 3:4-11 2:4-7 4:8-12 ");
	assert_notes(text, "3:0-8 2:0-3 4:4-7 ");
	assert_notes(SAFI_RAW, "1:0-3 3:4-11 2:4-7 4:8-12 ");
	g_assert_false(host->note_span(record, in_cut, text, &span));
	g_assert_true(host->note_span(record, one, text, &span));
	assert_span(span, 0, 3);
	g_assert_true(host->note_span(record, both, page, &span));
	assert_span(span, 4, 11);
	assert_notes(0, "1:0-3 3:4-11 2:4-7 4:4-7 ");
	assert_notes(99, "");
	whole();
}

/* --- features --------------------------------------------------------------------------------- */

static void features_are_fields_of_the_note(void)
{
	const safi_key *keys;
	safi_text text;
	const safi_view page = fresh_page("0123456789");
	const safi_note a = note(page, 0, 1), b = note(page, 1, 2);

	host->put_text(record, a, host->key("label"), safi_str("title"), SAFI_REPLACE);
	host->put_json(record, a, host->key("why"), safi_str("[1,\"x\"]"), SAFI_REPLACE);
	host->put_text(record, b, host->key("label"), safi_str("body"), SAFI_REPLACE);
	g_assert_true(host->get_text(record, a, host->key("label"), 0, &text));
	assert_text(text, "title");
	g_assert_true(host->get_text(record, a, host->key("why"), 1, &text));
	assert_text(text, "x");
	g_assert_cmpuint(host->keys(record, a, &keys), ==, 2);
	g_assert_true(keys[0] == host->key("label") && keys[1] == host->key("why"));
	g_assert_cmpuint(host->keys(record, b, &keys), ==, 1);
	g_assert_cmpuint(host->count(record, 0, host->key("label")), ==, 0);
	host->erase(record, a, host->key("label"));
	g_assert_cmpuint(host->keys(record, a, &keys), ==, 1);
	whole();
}

/* --- columns ---------------------------------------------------------------------------------- */

enum { WORDS = 1000 };

/* Notes 1 ... WORDS with a text, an integer and a real each. */
static safi_view fresh_words(void)
{
	g_autofree char *raw = g_strnfill(WORDS, 'w');
	const safi_view page = fresh_page(raw);
	safi_span spans[WORDS];
	safi_text texts[WORDS];
	int64_t ints[WORDS];
	double reals[WORDS];

	for (uint32_t i = 0; i < WORDS; i++) {
		spans[i] = (safi_span){i, i + 1};
		texts[i] = safi_str(i % 2 ? "odd" : "even");
		ints[i] = i;
		reals[i] = i / 2.0;
	}
	const safi_note first = host->notes_add(record, page, line(), spans, WORDS);
	g_assert_true(host->put_texts(record, first, WORDS, host->key("t"), texts));
	g_assert_true(host->put_ints(record, first, WORDS, host->key("i"), ints));
	g_assert_true(host->put_reals(record, first, WORDS, host->key("r"), reals));
	return page;
}

static void columns_read_like_features(void)
{
	safi_text text;
	int64_t integer;
	double real;
	const safi_key *keys;

	fresh_words();
	g_assert_true(host->get_text(record, 501, host->key("t"), 0, &text));
	assert_text(text, "even");
	g_assert_true(host->get_int(record, 501, host->key("i"), 0, &integer));
	g_assert_cmpint(integer, ==, 500);
	g_assert_true(host->get_real(record, 501, host->key("r"), 0, &real));
	g_assert_true(real == 250);
	g_assert_true(host->get_json(record, 501, host->key("t"), SAFI_WHOLE, &text));
	assert_text(text, "\"even\"");
	g_assert_cmpint(host->type(record, 501, host->key("i")), ==, SAFI_INT);
	g_assert_cmpuint(host->count(record, 501, host->key("i")), ==, 1);
	g_assert_false(host->get_int(record, 501, host->key("i"), 1, &integer));
	g_assert_cmpuint(host->keys(record, 501, &keys), ==, 3);
	g_assert_true(keys[0] == host->key("t") && keys[2] == host->key("r"));
	whole();
}

static void columns_are_read_at_once(void)
{
	const safi_note notes[] = {1000, 1, 1001, 2};
	int64_t ints[] = {-1, -1, -1, -1};
	double reals[] = {-1, -1, -1, -1};
	safi_text texts[4] = {{0}};
	const safi_view page = fresh_words();

	note(page, 0, 1); /* 1001 has no features */
	host->get_ints(record, notes, 4, host->key("i"), ints);
	g_assert_true(ints[0] == 999 && ints[1] == 0 && ints[2] == -1 && ints[3] == 1);
	host->get_reals(record, notes, 4, host->key("r"), reals);
	g_assert_true(reals[0] == 499.5 && reals[2] == -1 && reals[3] == 0.5);
	host->get_texts(record, notes, 4, host->key("t"), texts);
	assert_text(texts[0], "odd");
	assert_text(texts[1], "even");
	g_assert_null(texts[2].ptr);
	host->get_ints(record, notes, 4, host->key("t"), ints);
	g_assert_true(ints[0] == 999);
	whole();
}

static void one_note_of_a_column_may_be_changed(void)
{
	int64_t integer;
	safi_text text;
	const safi_key *keys;

	fresh_words();
	host->put_text(record, 5, host->key("i"), safi_str("five"), SAFI_REPLACE);
	host->erase(record, 6, host->key("i"));
	g_assert_true(host->get_text(record, 5, host->key("i"), 0, &text));
	g_assert_false(host->get_int(record, 5, host->key("i"), 0, &integer));
	g_assert_cmpuint(host->count(record, 6, host->key("i")), ==, 0);
	g_assert_cmpint(host->type(record, 6, host->key("i")), ==, 0);
	g_assert_cmpuint(host->keys(record, 5, &keys), ==, 3);
	g_assert_cmpuint(host->keys(record, 6, &keys), ==, 2);
	g_assert_true(host->get_int(record, 7, host->key("i"), 0, &integer));
	host->put_int(record, 6, host->key("i"), 66, SAFI_REPLACE);
	g_assert_true(host->get_int(record, 6, host->key("i"), 0, &integer));
	g_assert_cmpint(integer, ==, 66);
	whole();
}

static void several_groups_share_a_column(void)
{
	const int64_t values[] = {10, 20};
	const safi_span spans[] = {{0, 1}, {1, 2}};
	int64_t integer = 0;
	const safi_view page = fresh_page("0123456789");
	const safi_note a = host->notes_add(record, page, line(), spans, 2);
	const safi_note between = note(page, 5, 6);
	const safi_note b = host->notes_add(record, page, line(), spans, 2);

	g_assert_true(host->put_ints(record, b, 2, host->key("i"), values));
	g_assert_true(host->put_ints(record, a, 2, host->key("i"), values));
	g_assert_true(host->get_int(record, a + 1, host->key("i"), 0, &integer));
	g_assert_cmpint(integer, ==, 20);
	g_assert_true(host->get_int(record, b, host->key("i"), 0, &integer));
	g_assert_cmpint(integer, ==, 10);
	g_assert_false(host->get_int(record, between, host->key("i"), 0, &integer));
	g_assert_true(host->put_ints(record, between, 0, host->key("i"), values));
	g_assert_true(host->put_ints(record, between, 1, host->key("i"), values));
	whole();
}

/* --- refusals --------------------------------------------------------------------------------- */

static void spans_outside_the_view_are_refused(void)
{
	const safi_span bad[] = {{0, 11}, {6, 5}, {11, 11}, {UINT32_MAX, UINT32_MAX}};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		const safi_view page = fresh_page("0123456789");
		const safi_span spans[] = {{0, 1}, bad[i]};
		g_assert_cmpuint(host->notes_add(record, page, line(), spans, 2), ==, 0);
		assert_notes(page, "");
		broken("bad-note");
	}
}

static void a_note_needs_a_type_and_a_view(void)
{
	const safi_span span = {0, 0};

	const safi_view page = fresh_page("0123456789");
	g_assert_cmpuint(host->notes_add(record, page, 0, &span, 1), ==, 0);
	broken("bad-note");
	fresh_page("0123456789");
	g_assert_cmpuint(host->notes_add(record, page + 1, line(), &span, 1), ==, 0);
	broken("bad-note");
	fresh_page("0123456789");
	g_assert_cmpuint(host->notes_add(record, SAFI_RAW, line(), &span, 1), ==, 1);
	assert_notes(page, "1:0-0 ");
	whole();
}

static void a_column_needs_its_notes(void)
{
	const int64_t values[] = {1, 2, 3};
	const struct {
		safi_note first;
		uint32_t n;
	} bad[] = {{0, 1}, {3, 1}, {1, 3}, {2, UINT32_MAX}, {UINT32_MAX, 2}};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		const safi_view page = fresh_page("0123456789");
		note(page, 0, 1);
		note(page, 1, 2);
		g_assert_false(host->put_ints(record, bad[i].first, bad[i].n, host->key("i"), values));
		broken("bad-put");
	}
}

static void a_column_takes_no_bad_values(void)
{
	const safi_text texts[] = {{"good", 4}, {"\xFF", 1}};
	const double reals[] = {1, NAN};
	const safi_view page = fresh_page("0123456789");

	note(page, 0, 1);
	note(page, 1, 2);
	g_assert_false(host->put_texts(record, 1, 2, host->key("t"), texts));
	broken("bad-put");
	fresh_page("0123456789");
	note(page, 0, 1);
	note(page, 1, 2);
	g_assert_false(host->put_reals(record, 1, 2, host->key("r"), reals));
	broken("bad-put");
}

/* What would it mean for some of the notes, and which value would hold? */
static void a_column_is_not_put_over_another(void)
{
	const int64_t values[] = {1, 2, 3};
	const double reals[] = {1, 2, 3};

	fresh_words();
	g_assert_false(host->put_ints(record, 998, 3, host->key("i"), values));
	broken("bad-put");
	fresh_words();
	g_assert_false(host->put_reals(record, 1, 1, host->key("i"), reals));
	broken("bad-put");
	fresh_words();
	host->put_int(record, 7, host->key("own"), 1, SAFI_REPLACE);
	g_assert_true(host->put_ints(record, 8, 3, host->key("own"), values));
	g_assert_false(host->put_ints(record, 5, 3, host->key("own"), values));
	broken("bad-put");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notes/notes lie in order of place", notes_lie_in_order_of_place);
	g_test_add_func("/notes/notes added together have consecutive numbers",
	                notes_added_together_have_consecutive_numbers);
	g_test_add_func("/notes/types come in order of their first note",
	                types_come_in_order_of_their_first_note);
	g_test_add_func("/notes/a snapshot stays", a_snapshot_stays);
	g_test_add_func("/notes/a removed note is gone", a_removed_note_is_gone);
	g_test_add_func("/notes/notes lie where their text went", notes_lie_where_their_text_went);
	g_test_add_func("/notes/features are fields of the note", features_are_fields_of_the_note);
	g_test_add_func("/notes/columns read like features", columns_read_like_features);
	g_test_add_func("/notes/columns are read at once", columns_are_read_at_once);
	g_test_add_func("/notes/one note of a column may be changed",
	                one_note_of_a_column_may_be_changed);
	g_test_add_func("/notes/several groups share a column", several_groups_share_a_column);
	g_test_add_func("/notes/spans outside the view are refused",
	                spans_outside_the_view_are_refused);
	g_test_add_func("/notes/a note needs a type and a view", a_note_needs_a_type_and_a_view);
	g_test_add_func("/notes/a column needs its notes", a_column_needs_its_notes);
	g_test_add_func("/notes/a column takes no bad values", a_column_takes_no_bad_values);
	g_test_add_func("/notes/a column is not put over another", a_column_is_not_put_over_another);
	return g_test_run();
}
