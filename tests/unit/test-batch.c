/* Batches, the ends in them, and the records that a stage holds. */
#include "batch.h"

#include "held.h"
#include "spill.h"

/* --- batches ---------------------------------------------------------------------------------- */

static safi_record *ended(SafiBatch *batch, safi_status outcome, guint born, guint at)
{
	safi_record *record = safi_batch_take(batch);

	record->phase = SAFI_PHASE_ENDED;
	record->outcome = outcome;
	record->born = born;
	record->at = at;
	safi_record_set_raw(record, (safi_bytes){(const uint8_t *)"bytes", 5}, NULL);
	return record;
}

/* As the course does it: what nobody has to see is spent at once. */
static void end(SafiBatch *batch, safi_status outcome, guint born, guint at, bool whole)
{
	safi_record *record = ended(batch, outcome, born, at);

	safi_batch_end(batch, record, whole);
	if (!whole) {
		safi_batch_give(batch, record);
	}
}

static const SafiEnd *end_at(const SafiBatch *batch, guint i)
{
	g_assert_cmpuint(i, <, batch->ends->len);
	return &g_array_index(batch->ends, SafiEnd, i);
}

static void test_join(void)
{
	SafiBatch *batch = safi_batch_new();

	end(batch, SAFI_KEEP, 0, 2, false);
	safi_buffer_add(&batch->rendered, "abc", 3);
	end(batch, SAFI_KEEP, 0, 2, false);
	g_assert_cmpuint(batch->ends->len, ==, 1);
	g_assert_cmpuint(end_at(batch, 0)->n, ==, 2);
	g_assert_cmpuint(end_at(batch, 0)->bytes, ==, 10);
	g_assert_cmpuint(end_at(batch, 0)->rendered, ==, 3);
	safi_batch_free(batch);
}

static void test_not_join(void)
{
	SafiBatch *batch = safi_batch_new();

	end(batch, SAFI_KEEP, 0, 2, false);
	end(batch, SAFI_DROP, 0, 2, false);
	end(batch, SAFI_DROP, 0, 1, false);
	end(batch, SAFI_DROP, 1, 1, false);
	end(batch, SAFI_DROP, 1, 1, true);
	end(batch, SAFI_DROP, 1, 1, false);
	g_assert_cmpuint(batch->ends->len, ==, 6);
	g_assert_nonnull(end_at(batch, 4)->record);
	safi_batch_free(batch);
}

/* A record that is given back serves again, empty. */
static void test_use_again(void)
{
	SafiBatch *batch = safi_batch_new();
	safi_record *record = ended(batch, SAFI_FAIL, 0, 0);

	safi_batch_end(batch, record, true);
	safi_buffer_add(&batch->rendered, "abc", 3);
	batch->phase = 3;
	batch->bytes = 5;
	safi_batch_reset(batch);
	g_assert_cmpuint(batch->ends->len + batch->phase + batch->bytes + batch->rendered.len, ==, 0);
	g_assert_true(safi_batch_take(batch) == record);
	g_assert_cmpuint(record->views.raw.len, ==, 0);
	safi_batch_give(batch, record);
	safi_batch_free(batch);
}

static void test_spilled(void)
{
	SafiBatch *batch = safi_batch_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(safi_spill_begin(&error));
	safi_record *record = safi_batch_take(batch);
	safi_spill_end();
	g_assert_true(record->arena.chunk->spilled);
	safi_batch_give(batch, record);
	g_assert_cmpuint(batch->spent->len, ==, 0);
	safi_batch_free(batch);
	safi_spill_clear();
}

static void test_move(void)
{
	SafiBatch *from = safi_batch_new(), *part = safi_batch_new();

	from->number = 7;
	for (guint i = 0; i < 5; i++) {
		g_ptr_array_add(from->items, safi_batch_take(from));
	}
	safi_batch_move(part, from, 3, 10);
	g_assert_cmpuint(part->items->len, ==, 2);
	g_assert_true(part->items->pdata[0] == from->items->pdata[3]);
	g_assert_cmpuint(part->number, ==, 7);
	g_assert_cmpuint(part->phase, ==, 1);
	g_ptr_array_set_size(from->items, 3);
	safi_batch_free(from);
	safi_batch_free(part);
}

/* --- held records ----------------------------------------------------------------------------- */

static void test_held_order(void)
{
	SafiHeld held;
	safi_record *records[4];

	safi_held_init(&held);
	g_assert_null(safi_held_first(&held));
	for (guint i = 0; i < G_N_ELEMENTS(records); i++) {
		safi_held_add(&held, records[i] = safi_record_new());
	}
	safi_held_remove(&held, records[1]);
	g_assert_true(safi_held_first(&held) == records[0]);
	safi_held_remove(&held, records[0]);
	g_assert_true(safi_held_first(&held) == records[2]);
	g_assert_cmpuint(held.n, ==, 2);
	safi_record_free(records[0]);
	safi_record_free(records[1]);
	safi_held_clear(&held);
}

/* Holding and letting go for ever takes no more room than what is held at a time. */
static void test_held_gaps(void)
{
	enum { TURNS = 100000, AT_ONCE = 10 };
	SafiHeld held;
	safi_record *records[AT_ONCE] = {NULL}, *always = safi_record_new();

	safi_held_init(&held);
	safi_held_add(&held, always);
	for (guint i = 0; i < AT_ONCE; i++) {
		safi_held_add(&held, records[i] = safi_record_new());
	}
	for (guint i = 0; i < TURNS; i++) {
		safi_held_remove(&held, records[i % AT_ONCE]);
		safi_held_add(&held, records[i % AT_ONCE]);
		g_assert_cmpuint(held.n, ==, AT_ONCE + 1);
		g_assert_cmpuint(held.records->len, <=, 1025);
		g_assert_true(safi_held_first(&held) == always);
	}
	safi_held_remove(&held, always);
	safi_record_free(always);
	for (guint i = 0; i < AT_ONCE; i++) {
		g_assert_true(safi_held_first(&held) == records[(TURNS + i) % AT_ONCE]);
		safi_held_remove(&held, records[(TURNS + i) % AT_ONCE]);
	}
	for (guint i = 0; i < AT_ONCE; i++) {
		safi_record_free(records[i]);
	}
	g_assert_null(safi_held_first(&held));
	safi_held_clear(&held);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/batch/ends in a row that are alike are told as one", test_join);
	g_test_add_func("/batch/ends that differ, or have to be seen, are told apart", test_not_join);
	g_test_add_func("/batch/a record that is given back serves again", test_use_again);
	g_test_add_func("/batch/a record that lies in a file does not", test_spilled);
	g_test_add_func("/batch/a later part has the rest of the records", test_move);
	g_test_add_func("/held/the one that is held longest is the first", test_held_order);
	g_test_add_func("/held/gaps are closed, and the order stays", test_held_gaps);
	return g_test_run();
}
