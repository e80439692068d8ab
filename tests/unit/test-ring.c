/* Batches go through the ring in order, bounded, and past each other where they may. */
#include "ring.h"

#include "lock.h"

#include <stdatomic.h>

static SafiBatch *filled(SafiRing *ring, guint records, gsize bytes)
{
	SafiBatch *batch = safi_ring_batch(ring);

	for (guint i = 0; i < records; i++) {
		g_ptr_array_add(batch->items, safi_batch_take(batch));
	}
	batch->bytes = bytes;
	return batch;
}

static SafiBatch *push(SafiRing *ring, guint records, gsize bytes)
{
	SafiBatch *batch = filled(ring, records, bytes);

	safi_ring_push(ring, batch);
	return batch;
}

static SafiBatch *take(SafiRing *ring)
{
	return safi_ring_take(ring, false);
}

static SafiBatch *first(SafiRing *ring)
{
	bool over;

	return safi_ring_first(ring, false, &over);
}

static void render(SafiBatch *batch, size_t len)
{
	safi_buffer_room(&batch->rendered, len);
	batch->rendered.len += len;
}

/* --- order ------------------------------------------------------------------------------------ */

static void test_order(void)
{
	static const bool ordered[] = {false, false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){2, ordered}, 100, 1000);
	SafiBatch *a = push(ring, 1, 1), *b = push(ring, 1, 1);

	g_assert_true(take(ring) == a && take(ring) == b && !take(ring));
	g_assert_true(safi_ring_advance(ring, b));
	g_assert_false(safi_ring_advance(ring, b));
	g_assert_null(first(ring));
	g_assert_true(safi_ring_advance(ring, a));
	g_assert_null(first(ring));
	g_assert_false(safi_ring_advance(ring, a));
	g_assert_true(first(ring) == a);
	safi_ring_pop(ring, a);
	g_assert_true(first(ring) == b);
	safi_ring_pop(ring, b);
	g_assert_null(first(ring));
	safi_ring_free(ring);
}

static void test_ordered(void)
{
	static const bool ordered[] = {false, true, false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){3, ordered}, 100, 1000);
	SafiBatch *a = push(ring, 1, 1), *b = push(ring, 1, 1), *c = push(ring, 1, 1);

	g_assert_true(take(ring) == a && take(ring) == b && take(ring) == c);
	g_assert_false(safi_ring_advance(ring, c));
	g_assert_false(safi_ring_advance(ring, b));
	g_assert_null(take(ring));
	g_assert_true(safi_ring_advance(ring, a));
	g_assert_null(take(ring));
	g_assert_true(safi_ring_advance(ring, a));
	g_assert_true(take(ring) == b && !take(ring));
	g_assert_true(safi_ring_advance(ring, b));
	g_assert_true(take(ring) == c);
	safi_ring_free(ring);
}

/* What has grown goes on in parts, in its place, under its number. */
static void test_parts(void)
{
	static const bool ordered[] = {false, true};
	SafiRing *ring = safi_ring_new((SafiRingPhases){2, ordered}, 10000, 1000);
	SafiBatch *a = push(ring, 1, 1), *b = push(ring, 1, 1);

	g_assert_true(take(ring) == a && take(ring) == b);
	for (guint i = 0; i < 2 * SAFI_BATCH_RECORDS + 6; i++) {
		g_ptr_array_add(a->items, safi_batch_take(a));
	}
	gpointer last = a->items->pdata[a->items->len - 1];
	g_assert_true(safi_ring_advance(ring, a));
	g_assert_false(safi_ring_advance(ring, b));
	g_assert_cmpuint(a->items->len, ==, SAFI_BATCH_RECORDS);
	g_assert_false(safi_ring_advance(ring, a));
	SafiBatch *second = take(ring);
	g_assert_true(second != b && second->number == a->number);
	g_assert_cmpuint(second->items->len, ==, SAFI_BATCH_RECORDS);
	g_assert_false(safi_ring_advance(ring, second));
	SafiBatch *third = take(ring);
	g_assert_true(third != b && third->number == a->number);
	g_assert_cmpuint(third->items->len, ==, 7);
	g_assert_true(third->items->pdata[6] == last);
	g_assert_false(safi_ring_advance(ring, third));
	g_assert_true(take(ring) == b);
	safi_ring_free(ring);
}

/* --- bounds ----------------------------------------------------------------------------------- */

typedef struct Waiting {
	SafiRing *ring;
	atomic_bool done;
} Waiting;

static gpointer wait_for_room(gpointer data)
{
	Waiting *waiting = data;

	safi_ring_wait(waiting->ring);
	waiting->done = true;
	return NULL;
}

/* Waits for room, which there is as soon as the first batch is popped, and not before. */
static void assert_full(SafiRing *ring)
{
	Waiting waiting = {ring, false};
	GThread *thread = g_thread_new("waiting", wait_for_room, &waiting);
	SafiBatch *batch = take(ring);

	safi_ring_advance(ring, batch);
	g_usleep(20000);
	g_assert_false(waiting.done);
	g_assert_true(first(ring) == batch);
	safi_ring_pop(ring, batch);
	g_thread_join(thread);
}

static void test_room(void)
{
	static const bool ordered[] = {false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){1, ordered}, 10, 1000);

	safi_ring_wait(ring);
	push(ring, 9, 1);
	safi_ring_wait(ring);
	push(ring, 1, 1);
	assert_full(ring);
	push(ring, 1, 499);
	assert_full(ring);
	safi_ring_free(ring);
}

/* One that is larger than all bounds goes into an empty ring, and nothing beside it. */
static void test_large(void)
{
	static const bool ordered[] = {false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){1, ordered}, 10, 1000);

	safi_ring_wait(ring);
	push(ring, 100, 100000);
	assert_full(ring);
	push(ring, 100, 1);
	assert_full(ring);
	safi_ring_free(ring);
}

static void test_gate(void)
{
	static const bool ordered[] = {false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){1, ordered}, 100, 1000);
	SafiBatch *a = push(ring, 1, 1), *b = push(ring, 1, 1), *c = push(ring, 1, 1);

	g_assert_true(take(ring) == a && take(ring) == b);
	render(b, 600);
	safi_ring_advance(ring, b);
	g_assert_null(take(ring));
	render(a, 600);
	safi_ring_advance(ring, a);
	safi_ring_pop(ring, first(ring));
	g_assert_null(take(ring));
	safi_ring_pop(ring, first(ring));
	g_assert_true(take(ring) == c);
	safi_ring_free(ring);
}

/* What a stage renders when it finishes comes behind all phases, and opens no gate for others. */
static void test_behind(void)
{
	static const bool ordered[] = {false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){1, ordered}, 100, 1000);
	SafiBatch *batch = filled(ring, 1, 1);

	batch->phase = 1;
	render(batch, 100);
	safi_ring_push(ring, batch);
	g_assert_null(take(ring));
	g_assert_true(first(ring) == batch);
	safi_ring_pop(ring, batch);
	push(ring, 1, 1);
	push(ring, 1, 1);
	g_assert_true(take(ring) && take(ring));
	safi_ring_free(ring);
}

/* --- threads ---------------------------------------------------------------------------------- */

enum { BATCHES = 3000, WORKERS = 4, MOST = 40, LARGEST = 5 };

typedef struct Traffic {
	SafiRing *ring;
	atomic_uint in_flight;          /* records */
	atomic_ullong in_turn;          /* number of the last batch in the ordered phase */
	atomic_uint runs;               /* of phases */
	guint64 delivered, nudges;
} Traffic;

static gpointer work(gpointer data)
{
	Traffic *traffic = data;

	for (SafiBatch *batch; (batch = safi_ring_take(traffic->ring, true));) {
		do {
			g_assert_true(batch->busy);
			if (batch->phase == 1) {
				g_assert_cmpuint(traffic->in_turn, ==, batch->number - 1);
				traffic->in_turn = batch->number;
			}
			if (batch->phase == 2) {
				render(batch, 50);
			}
			traffic->runs++;
		} while (safi_ring_advance(traffic->ring, batch));
	}
	return NULL;
}

static gpointer deliver(gpointer data)
{
	Traffic *traffic = data;

	for (bool over = false; !over;) {
		SafiBatch *batch = safi_ring_first(traffic->ring, true, &over);
		if (batch) {
			g_assert_cmpuint(batch->number, ==, ++traffic->delivered);
			g_assert_cmpuint(batch->rendered.len, ==, 50);
			traffic->in_flight -= batch->items->len;
			safi_ring_pop(traffic->ring, batch);
		} else if (!over) {
			traffic->nudges++;
		}
	}
	safi_chunk_drain(); /* records that there are too many of were freed here */
	return NULL;
}

static void feed(Traffic *traffic)
{
	for (guint i = 0; i < BATCHES; i++) {
		SafiBatch *batch = filled(traffic->ring, 1 + i % LARGEST, i % 7);
		safi_ring_wait(traffic->ring);
		traffic->in_flight += batch->items->len;
		g_assert_cmpuint(traffic->in_flight, <, MOST + LARGEST);
		safi_ring_push(traffic->ring, batch);
		if (i % 500 == 499) {
			safi_ring_drain(traffic->ring);
			g_assert_cmpuint(traffic->in_flight, ==, 0);
			safi_ring_nudge(traffic->ring);
		}
	}
	safi_ring_close(traffic->ring);
}

static void test_threads(void)
{
	static const bool ordered[] = {false, true, false};
	Traffic traffic = {.ring = safi_ring_new((SafiRingPhases){3, ordered}, MOST, 1000)};
	GThread *threads[WORKERS + 1];

	for (guint i = 0; i < WORKERS; i++) {
		threads[i] = g_thread_new("worker", work, &traffic);
	}
	threads[WORKERS] = g_thread_new("writer", deliver, &traffic);
	feed(&traffic);
	for (guint i = 0; i <= WORKERS; i++) {
		g_thread_join(threads[i]);
	}
	g_assert_cmpuint(traffic.delivered, ==, BATCHES);
	g_assert_cmpuint(traffic.runs, ==, 3 * BATCHES);
	g_assert_cmpuint(traffic.nudges, >, 0);
	safi_ring_free(traffic.ring);
}

static void test_over(void)
{
	static const bool ordered[] = {false};
	SafiRing *ring = safi_ring_new((SafiRingPhases){1, ordered}, 10, 1000);
	bool over = true;

	safi_ring_nudge(ring);
	g_assert_null(safi_ring_first(ring, true, &over));
	g_assert_false(over);
	SafiBatch *batch = push(ring, 1, 1);
	safi_ring_close(ring);
	g_assert_true(safi_ring_take(ring, true) == batch);
	safi_ring_advance(ring, batch);
	g_assert_true(safi_ring_first(ring, true, &over) == batch && !over);
	safi_ring_pop(ring, batch);
	g_assert_null(safi_ring_first(ring, true, &over));
	g_assert_true(over);
	g_assert_null(safi_ring_take(ring, true));
	safi_ring_free(ring);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ring/batches pass each other and leave in order", test_order);
	g_test_add_func("/ring/an ordered phase has one batch at a time, in order", test_ordered);
	g_test_add_func("/ring/a batch that has grown goes on in parts", test_parts);
	g_test_add_func("/ring/the feeder waits for room in records and in bytes", test_room);
	g_test_add_func("/ring/a batch of any size goes into an empty ring", test_large);
	g_test_add_func("/ring/too much that is rendered holds back all but the first", test_gate);
	g_test_add_func("/ring/what comes behind all phases goes to the writer", test_behind);
	g_test_add_func("/ring/threads keep the order, the bounds and every batch", test_threads);
	g_test_add_func("/ring/who waits hears that it is nudged or over", test_over);
	return g_test_run();
}
