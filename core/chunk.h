/* The pieces of memory that arenas are made of, used again by the thread that gave them back.
 *
 * Each thread has a store of its own, without a lock: a worker runs record after record in the same
 * few chunks, which stay warm in its cache.  Sizes are powers of two from SAFI_CHUNK_MIN to
 * SAFI_CHUNK_MAX; a larger one is made to measure and not kept.  [any] */
#pragma once

#include "safi.h"

enum { SAFI_CHUNK_MIN = 2 * 1024, SAFI_CHUNK_MAX = 1024 * 1024 };

typedef struct SafiChunk SafiChunk;
struct SafiChunk {
	SafiChunk *older; /* the owner's, to make a list of them */
	size_t size;
	bool spilled;     /* lies in a file (spill.h) */
	_Alignas(16) char bytes[]; /* and SAFI_PADDING more, which are defined */
};

/* Of that size or a little more, not cleared; NULL: out of memory. */
SafiChunk *safi_chunk_take(size_t size);
/* May be one that another thread took. */
void safi_chunk_give(SafiChunk *chunk);

/* Frees what this thread has in store.  A thread that ran records calls it last. */
void safi_chunk_drain(void);
