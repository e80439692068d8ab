#include "ring.h"

#include "lock.h"

enum { LENT = 16 /* records at a time */ };

struct SafiRing {
	SafiRingPhases phases;
	gsize most_records, most_bytes;
	pthread_mutex_t lock;
	/* What the feeder, the workers and the writer's thread wait for. */
	pthread_cond_t room, work, first;
	GQueue queue;            /* batches in order, by their links */
	GPtrArray *idle;         /* batches to fill */
	GPtrArray *spare;        /* records for them: a batch of many need not keep them all */
	GArray *buffers;         /* SafiBuffer to render into: not every batch needs one */
	gsize records, bytes;    /* of the batches in the queue, as they set out */
	gsize rendered;          /* bytes in memory that wait for the writer */
	guint64 n_set_out;
	bool closed, nudged;
};

SafiRing *safi_ring_new(SafiRingPhases phases, gsize most_records, gsize most_bytes)
{
	SafiRing *ring = g_new0(SafiRing, 1);

	*ring = (SafiRing){.phases = phases, .most_records = most_records, .most_bytes = most_bytes};
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->room, NULL);
	pthread_cond_init(&ring->work, NULL);
	pthread_cond_init(&ring->first, NULL);
	ring->idle = g_ptr_array_new_with_free_func((GDestroyNotify)safi_batch_free);
	ring->spare = g_ptr_array_new_with_free_func((GDestroyNotify)safi_record_free);
	ring->buffers = g_array_new(FALSE, TRUE, sizeof(SafiBuffer));
	g_array_set_clear_func(ring->buffers, (GDestroyNotify)safi_buffer_clear);
	return ring;
}

void safi_ring_free(SafiRing *ring)
{
	if (!ring) {
		return;
	}
	for (GList *link; (link = g_queue_pop_head_link(&ring->queue));) {
		safi_batch_free(link->data);
	}
	g_ptr_array_unref(ring->idle);
	g_ptr_array_unref(ring->spare);
	g_array_unref(ring->buffers);
	pthread_mutex_destroy(&ring->lock);
	pthread_cond_destroy(&ring->room);
	pthread_cond_destroy(&ring->work);
	pthread_cond_destroy(&ring->first);
	g_free(ring);
}

/* --- the feeder ------------------------------------------------------------------------------- */

/* With the lock. */
static SafiBatch *idle_batch(SafiRing *ring)
{
	const guint n = ring->idle->len;

	return n ? g_ptr_array_steal_index(ring->idle, n - 1) : safi_batch_new();
}

SafiBatch *safi_ring_batch(SafiRing *ring)
{
	SAFI_LOCK(&ring->lock);

	return idle_batch(ring);
}

void safi_ring_lend(SafiRing *ring, SafiBatch *batch)
{
	SAFI_LOCK(&ring->lock);

	for (guint i = 0; i < LENT && ring->spare->len; i++) {
		g_ptr_array_add(batch->spent, g_ptr_array_steal_index(ring->spare, ring->spare->len - 1));
	}
}

void safi_ring_return(SafiRing *ring, SafiBatch *batch)
{
	safi_batch_reset(batch);
	SAFI_LOCK(&ring->lock);
	for (guint i = 0; i < batch->spent->len; i++) {
		if (ring->spare->len < ring->most_records) {
			g_ptr_array_add(ring->spare, batch->spent->pdata[i]);
		} else {
			safi_record_free(batch->spent->pdata[i]);
		}
	}
	g_ptr_array_set_size(batch->spent, 0);
	g_ptr_array_add(ring->idle, batch);
}

static bool has_room(const SafiRing *ring)
{
	return ring->queue.length == 0 ||
	       (ring->records < ring->most_records && ring->bytes < ring->most_bytes / 2);
}

void safi_ring_wait(SafiRing *ring)
{
	SAFI_LOCK(&ring->lock);

	while (!has_room(ring)) {
		pthread_cond_wait(&ring->room, &ring->lock);
	}
}

void safi_ring_push(SafiRing *ring, SafiBatch *batch)
{
	SAFI_LOCK(&ring->lock);

	batch->number = ++ring->n_set_out;
	batch->n_records = batch->items->len;
	ring->records += batch->n_records;
	ring->bytes += batch->bytes;
	g_queue_push_tail_link(&ring->queue, &batch->link);
	if (batch->phase < ring->phases.n) {
		pthread_cond_signal(&ring->work);
	} else {
		ring->rendered += batch->rendered.capacity;
		pthread_cond_signal(&ring->first);
	}
}

void safi_ring_drain(SafiRing *ring)
{
	SAFI_LOCK(&ring->lock);

	while (ring->queue.length) {
		pthread_cond_wait(&ring->room, &ring->lock);
	}
}

void safi_ring_nudge(SafiRing *ring)
{
	SAFI_LOCK(&ring->lock);

	ring->nudged = true;
	pthread_cond_signal(&ring->first);
}

void safi_ring_close(SafiRing *ring)
{
	SAFI_LOCK(&ring->lock);

	ring->closed = true;
	pthread_cond_broadcast(&ring->work);
	pthread_cond_signal(&ring->first);
}

/* --- workers ---------------------------------------------------------------------------------- */

static bool is_gated(const SafiRing *ring)
{
	return ring->rendered >= ring->most_bytes / 8;
}

static bool is_last_phase(const SafiRing *ring, const SafiBatch *batch)
{
	return batch->phase + 1 == ring->phases.n;
}

/* An ordered phase is open to a batch when the one before it is through: then all before are. */
static bool may_go_on(const SafiRing *ring, const SafiBatch *batch)
{
	const SafiBatch *before = batch->link.prev ? batch->link.prev->data : NULL;

	if (batch->busy || batch->phase >= ring->phases.n) {
		return false;
	}
	if (before && ring->phases.ordered[batch->phase] && before->phase <= batch->phase) {
		return false;
	}
	return !before || !is_last_phase(ring, batch) || !is_gated(ring);
}

static SafiBatch *lowest(const SafiRing *ring)
{
	for (GList *link = ring->queue.head; link; link = link->next) {
		if (may_go_on(ring, link->data)) {
			return link->data;
		}
	}
	return NULL;
}

/* Begins a phase; with the lock. */
static void begin(SafiRing *ring, SafiBatch *batch)
{
	const guint n = ring->buffers->len;

	batch->busy = true;
	if (is_last_phase(ring, batch) && n && !batch->rendered.data) {
		batch->rendered = g_array_index(ring->buffers, SafiBuffer, n - 1);
		g_array_index(ring->buffers, SafiBuffer, n - 1) = (SafiBuffer){0};
		g_array_set_size(ring->buffers, n - 1);
	}
}

SafiBatch *safi_ring_take(SafiRing *ring, bool wait)
{
	SAFI_LOCK(&ring->lock);
	SafiBatch *batch;

	while (!(batch = lowest(ring)) && wait && !(ring->closed && ring->queue.length == 0)) {
		pthread_cond_wait(&ring->work, &ring->lock);
	}
	if (batch) {
		begin(ring, batch);
	}
	return batch;
}

/* Where a stage let go of very many records at once, they go on in several batches, so that they
 * are rendered by all workers, and no more of them at a time than there should be. */
static void part(SafiRing *ring, SafiBatch *batch)
{
	SafiBatch *last = batch;

	for (guint from = SAFI_BATCH_RECORDS; from < batch->items->len; from += SAFI_BATCH_RECORDS) {
		SafiBatch *part = idle_batch(ring);
		safi_batch_move(part, batch, from, SAFI_BATCH_RECORDS);
		part->n_records = part->items->len;
		ring->records += part->n_records;
		g_queue_insert_after_link(&ring->queue, &last->link, &part->link);
		last = part;
	}
	if (last != batch) {
		g_ptr_array_set_size(batch->items, SAFI_BATCH_RECORDS);
		pthread_cond_broadcast(&ring->work);
	}
}

bool safi_ring_advance(SafiRing *ring, SafiBatch *batch)
{
	SAFI_LOCK(&ring->lock);

	part(ring, batch);
	const SafiBatch *behind = batch->link.next ? batch->link.next->data : NULL;
	batch->busy = false;
	batch->phase++;
	if (batch->phase == ring->phases.n) {
		ring->rendered += batch->rendered.capacity;
		if (!batch->link.prev) {
			pthread_cond_signal(&ring->first);
		}
	}
	if (behind && may_go_on(ring, behind)) {
		pthread_cond_signal(&ring->work);
	}
	if (!may_go_on(ring, batch)) {
		return false;
	}
	begin(ring, batch);
	return true;
}

/* --- the writer's thread ---------------------------------------------------------------------- */

SafiBatch *safi_ring_first(SafiRing *ring, bool wait, bool *over)
{
	SAFI_LOCK(&ring->lock);

	for (;;) {
		SafiBatch *batch = g_queue_peek_head(&ring->queue);
		*over = ring->closed && !batch;
		if (batch && batch->phase == ring->phases.n && !batch->busy) {
			return batch;
		}
		if (!wait || *over || (ring->nudged && !batch)) {
			ring->nudged = false;
			return NULL;
		}
		pthread_cond_wait(&ring->first, &ring->lock);
	}
}

static void keep_buffer(SafiRing *ring, SafiBatch *batch)
{
	ring->rendered -= batch->rendered.capacity;
	safi_buffer_reset(&batch->rendered);
	if (batch->rendered.data) {
		g_array_append_val(ring->buffers, batch->rendered);
	}
	batch->rendered = (SafiBuffer){0};
}

void safi_ring_pop(SafiRing *ring, SafiBatch *batch)
{
	pthread_mutex_lock(&ring->lock);
	const bool was_gated = is_gated(ring);
	g_queue_unlink(&ring->queue, &batch->link);
	ring->records -= batch->n_records;
	ring->bytes -= batch->bytes;
	keep_buffer(ring, batch);
	if (has_room(ring)) {
		pthread_cond_signal(&ring->room);
	}
	if (was_gated || (ring->closed && ring->queue.length == 0)) {
		pthread_cond_broadcast(&ring->work);
	}
	pthread_mutex_unlock(&ring->lock);
	safi_ring_return(ring, batch);
}
