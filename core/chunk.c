#include "spill.h"

#include <stdlib.h>

enum { CLASSES = 10, KEPT = 4 * 1024 * 1024 /* bytes in store, a thread */ };

typedef struct Store {
	SafiChunk *free[CLASSES];
	size_t bytes;
} Store;

static _Thread_local Store store;

/* The class whose chunks have at least that size; CLASSES: none has. */
static unsigned class_of(size_t size)
{
	unsigned class = 0;

	while (class < CLASSES && (size_t)SAFI_CHUNK_MIN << class < size) {
		class++;
	}
	return class;
}

static SafiChunk *make(size_t size)
{
	SafiChunk *chunk = size < SIZE_MAX / 2 ? malloc(sizeof *chunk + size + SAFI_PADDING) : NULL;

	if (chunk) {
		memset(chunk->bytes + size, 0, SAFI_PADDING);
		chunk->size = size;
		chunk->spilled = false;
	}
	return chunk;
}

/* A power of two; what is larger than the largest class is made to measure. */
static size_t whole(size_t size)
{
	const unsigned class = class_of(size);

	return class < CLASSES ? (size_t)SAFI_CHUNK_MIN << class : size;
}

SafiChunk *safi_chunk_take(size_t size)
{
	const unsigned class = class_of(size);
	SafiChunk *chunk = NULL;

	if (safi_spill_is_on() && (chunk = safi_spill_take(whole(size)))) {
		return chunk;
	}
	chunk = class < CLASSES ? store.free[class] : NULL;
	if (!chunk) {
		return make(whole(size));
	}
	store.free[class] = chunk->older;
	store.bytes -= chunk->size;
	return chunk;
}

void safi_chunk_give(SafiChunk *chunk)
{
	if (chunk->spilled) {
		safi_spill_give(chunk);
		return;
	}
	if (chunk->size > SAFI_CHUNK_MAX || store.bytes + chunk->size > KEPT) {
		free(chunk);
		return;
	}
	const unsigned class = class_of(chunk->size);
	chunk->older = store.free[class];
	store.free[class] = chunk;
	store.bytes += chunk->size;
}

void safi_chunk_drain(void)
{
	for (unsigned class = 0; class < CLASSES; class++) {
		for (SafiChunk *chunk; (chunk = store.free[class]);) {
			store.free[class] = chunk->older;
			free(chunk);
		}
	}
	store.bytes = 0;
}
