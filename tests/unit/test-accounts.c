/* The accounts of a run: counts, the stages' shares of them, what a record carries, the ledger. */
#include "ledger.h"

#include "trail.h"

/* --- counts ----------------------------------------------------------------------------------- */

static void test_counts(void)
{
	SafiCounts *counts = safi_counts_new(), *more = safi_counts_new();
	SafiBuffer json = {0};

	safi_counts_add(counts, "b", "dead", safi_str("x"), 2);
	safi_counts_add(more, "a", "counter", safi_str("two\nlines \"said\""), -3);
	safi_counts_add(more, "b", "dead", safi_str("x"), 1);
	safi_counts_merge(counts, more);
	safi_counts_merge(counts, NULL);
	safi_counts_json(counts, &json);
	safi_buffer_add(&json, "", 1);
	g_assert_cmpstr(json.data, ==,
	                "{\"stage\":\"a\",\"what\":\"counter\",\"code\":\"two\\nlines \\\"said\\\"\","
	                "\"count\":-3},"
	                "{\"stage\":\"b\",\"what\":\"dead\",\"code\":\"x\",\"count\":3}");
	safi_buffer_clear(&json);
	g_hash_table_unref(counts);
	g_hash_table_unref(more);
}

/* --- the tally -------------------------------------------------------------------------------- */

static SafiTally *tally_of(guint stages)
{
	static const char *const labels[] = {"reader", "split", "pick", "writer"};
	SafiTally *tally = safi_tally_new();

	for (guint i = 0; i < stages; i++) {
		safi_tally_add_stage(tally, labels[i]);
	}
	return tally;
}

static void assert_stage(const SafiTally *tally, guint at, guint64 in, guint64 out, guint64 bytes)
{
	const SafiStageTally *stage = safi_tally_stage(tally, at);

	g_assert_cmpuint(stage->in, ==, in);
	g_assert_cmpuint(stage->out, ==, out);
	g_assert_cmpuint(stage->bytes, ==, bytes);
}

static void test_ends(void)
{
	g_autoptr(SafiTally) tally = tally_of(4);

	safi_tally_end(tally, 0, 3, SAFI_KEEP, 5, 50); /* five read and written */
	safi_tally_end(tally, 2, 3, SAFI_KEEP, 2, 20); /* two made by `split` and written */
	safi_tally_end(tally, 2, 2, SAFI_DROP, 1, 10); /* one more that `pick` dropped */
	safi_tally_end(tally, 0, 1, SAFI_FAIL, 1, 7);  /* one that failed in `split` */
	assert_stage(tally, 0, 6, 6, 57);
	assert_stage(tally, 1, 6, 5 + 3, 57);
	assert_stage(tally, 2, 8, 7, 80);
	assert_stage(tally, 3, 7, 7, 70);
	g_assert_cmpuint(tally->read, ==, 6);
	g_assert_cmpuint(tally->bytes, ==, 57);
	g_assert_cmpuint(tally->emitted, ==, 3);
	g_assert_cmpuint(tally->written, ==, 7);
	g_assert_true(safi_tally_is_whole(tally));
	tally->dead++;
	g_assert_false(safi_tally_is_whole(tally));
}

/* Whatever comes to an end, what a stage passed on or made is what comes to the next. */
static void test_law(void)
{
	static const safi_status outcomes[] = {SAFI_KEEP, SAFI_DROP, SAFI_FAIL};
	g_autoptr(SafiTally) tally = tally_of(4);

	for (guint i = 0; i < 10000; i++) {
		const guint born = (guint)g_test_rand_int_range(0, 4);
		const safi_status outcome = outcomes[g_test_rand_int_range(0, 3)];
		const guint at = outcome == SAFI_KEEP ? 3 : (guint)g_test_rand_int_range((gint)born, 4);
		safi_tally_end(tally, born, at, outcome, (guint64)g_test_rand_int_range(1, 9), 3);
		for (guint stage = 1; stage < 4; stage++) {
			g_assert_cmpuint(safi_tally_stage(tally, stage - 1)->out, ==,
			                 safi_tally_stage(tally, stage)->in);
		}
		g_assert_cmpuint(safi_tally_stage(tally, 3)->out, ==, tally->written);
		g_assert_true(safi_tally_is_whole(tally));
	}
}

/* --- what a record carries -------------------------------------------------------------------- */

static void test_trail_counts(void)
{
	SafiTrail trail = {0};
	SafiArena arena = {0};
	char name[] = "n";

	g_assert_true(safi_trail_count(&trail, &arena, 1, safi_str(name), 2));
	name[0] = 'x'; /* it was copied */
	g_assert_true(safi_trail_count(&trail, &arena, 1, safi_str("n"), 3));
	g_assert_true(safi_trail_count(&trail, &arena, 2, safi_str("n"), 1));
	g_assert_cmpint(trail.first->by, ==, 5);
	g_assert_true(trail.first->next == trail.last && trail.last->at == 2);
	safi_arena_clear(&arena);
}

static void test_trail_inherit(void)
{
	SafiTrail parent = {0}, part = {0};
	SafiArena arena = {0}, own = {0};

	safi_trail_add(&parent, &arena, SAFI_EVENT_KEPT, 1, safi_str("code"), safi_str("why"));
	safi_trail_count(&parent, &arena, 1, safi_str("n"), 2);
	safi_trail_add(&parent, &arena, SAFI_EVENT_HELD, 2, safi_str(""), safi_str(""));
	g_assert_true(safi_trail_inherit(&part, &own, &parent));
	safi_arena_clear(&arena);
	g_assert_cmpint(part.first->kind, ==, SAFI_EVENT_KEPT);
	g_assert_cmpmem(part.first->message.ptr, part.first->message.len, "why", 3);
	g_assert_true(part.first->next == part.last && part.last->kind == SAFI_EVENT_HELD);
	safi_arena_clear(&own);
}

/* --- the ledger ------------------------------------------------------------------------------- */

static void fill(SafiTally *tally)
{
	safi_tally_end(tally, 0, 3, SAFI_KEEP, G_MAXUINT32, 1234567890123);
	safi_tally_end(tally, 2, 3, SAFI_FAIL, 2, 20);
	safi_tally_end(tally, 0, 0, SAFI_DROP, 3, 7);
	tally->kept = 4;
	safi_counts_add(tally->reasons, "split", "dead", safi_str(" odd = #\t\n\\ \xD8\xB4 "), 2);
	safi_counts_add(tally->reasons, "reader", "dropped", safi_str(""), 3);
	safi_counts_add(tally->reasons, "pick", "counter", safi_str("n"), G_MININT64);
}

/* Through the text of the file, as a later run reads it. */
static GKeyFile *saved(const SafiTally *tally)
{
	GKeyFile *file = g_key_file_new(), *read = g_key_file_new();

	safi_ledger_save(tally, file);
	safi_ledger_save(tally, file); /* it stays what it is when it is saved again */
	g_autofree char *text = g_key_file_to_data(file, NULL, NULL);
	g_assert_true(g_key_file_load_from_data(read, text, (gsize)-1, G_KEY_FILE_NONE, NULL));
	g_key_file_unref(file);
	return read;
}

static void test_ledger(void)
{
	g_autoptr(SafiTally) tally = tally_of(4), other = tally_of(4);

	fill(tally);
	g_autoptr(GKeyFile) file = saved(tally);
	g_assert_true(safi_ledger_load(other, file));
	g_autofree char *json = safi_tally_json(tally), *again = safi_tally_json(other);
	g_assert_cmpstr(json, ==, again);
}

static void test_ledger_of_another(void)
{
	g_autoptr(SafiTally) tally = tally_of(3), other = tally_of(4), another = tally_of(3);

	g_autoptr(GKeyFile) file = saved(tally);
	g_assert_false(safi_ledger_load(other, file));
	g_key_file_set_string(file, "reasons", "0", "1 no\\nlines");
	g_assert_false(safi_ledger_load(another, file));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/counts/are added up and told in order of name", test_counts);
	g_test_add_func("/tally/an end counts at each stage from birth to there", test_ends);
	g_test_add_func("/tally/what leaves a stage comes to the next", test_law);
	g_test_add_func("/trail/counts under one name are added up", test_trail_counts);
	g_test_add_func("/trail/an emitted record has all but the counts", test_trail_inherit);
	g_test_add_func("/ledger/what was saved comes back", test_ledger);
	g_test_add_func("/ledger/what is of other stages, or damaged, is refused",
	                test_ledger_of_another);
	return g_test_run();
}
