/* The batches of a run between the thread that feeds them in, the workers and the writer's thread.
 *
 * An ordered queue of bounded size.  Batches go through the phases of the chain: in parallel phases
 * any number of them at once, in an ordered phase one at a time and in their order.  A worker is
 * given the lowest batch that can go on, the writer's thread only the very first, once it is
 * through.
 *
 * Bounded by records and by bytes: the feeder waits while there are too many, but never for a
 * ring that is empty, so that a batch of any size gets in.  Workers do not begin the last phase,
 * which renders, while too much that is rendered waits for the writer; the first batch always
 * may. [any] */
#pragma once

#include "batch.h"

typedef struct SafiRing SafiRing;

/* What a phase is; the last one renders. */
typedef struct SafiRingPhases {
	guint n;
	const bool *ordered; /* n of them; must live as long as the ring */
} SafiRingPhases;

SafiRing *safi_ring_new(SafiRingPhases phases, gsize most_records, gsize most_bytes);
/* No thread may be in it.  Frees the batches too. */
void safi_ring_free(SafiRing *ring);

/* An empty batch to fill; not in the queue yet.  [feeder] */
SafiBatch *safi_ring_batch(SafiRing *ring);
/* Some records for it, if there are any to use again.  [feeder] */
void safi_ring_lend(SafiRing *ring, SafiBatch *batch);
/* A batch to use again, that did not set out.  [feeder] */
void safi_ring_return(SafiRing *ring, SafiBatch *batch);
/* Waits until there is room for a batch.  [feeder] */
void safi_ring_wait(SafiRing *ring);
/* At the end of the queue, before the phase that it says.  [feeder] */
void safi_ring_push(SafiRing *ring, SafiBatch *batch);
/* Waits until the queue is empty.  [feeder] */
void safi_ring_drain(SafiRing *ring);
/* There will be no further batch: who waits gets NULL once the queue is empty.  [feeder] */
void safi_ring_close(SafiRing *ring);

/* The lowest batch that can go on, for its phase to be run; NULL: none, with `wait` at the end.
 * [worker] */
SafiBatch *safi_ring_take(SafiRing *ring, bool wait);
/* The phase was run.  One that has grown goes on in parts.  True: the batch can go on at once, and
 * is still the worker's.  [worker] */
bool safi_ring_advance(SafiRing *ring, SafiBatch *batch);

/* The feeder waits for input: what was written should go out once the queue is empty.  [feeder] */
void safi_ring_nudge(SafiRing *ring);

/* The first batch, once it is through all phases; with `wait`, NULL and *over at the end, or NULL
 * when the feeder has nudged and the queue is empty.  [writer] */
SafiBatch *safi_ring_first(SafiRing *ring, bool wait, bool *over);
/* Out of the queue, to be filled again.  [writer] */
void safi_ring_pop(SafiRing *ring, SafiBatch *batch);
