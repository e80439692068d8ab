/* Memory that is taken piece by piece and given back all at once: one arena a record.
 *
 * A value; init to {0}.  Nothing in it is freed before reset or clear.  SAFI_PADDING bytes behind
 * every piece may be read.  Out of memory is NULL, never an abort: a record that asks for too much
 * fails, the run goes on.  Whoever owns the arena is told as well, for a getter that returns "there
 * is none" because it had no memory would lose data without a word.  One thread at a time; chunks
 * go back to the thread that resets. */
#pragma once

#include "chunk.h"

typedef struct SafiArena SafiArena;
struct SafiArena {
	SafiChunk *chunk; /* the newest; older ones behind it */
	size_t used;      /* of the newest */
	void (*out_of_memory)(SafiArena *arena); /* NULL: the one who asks takes care of it */
};

void safi_arena_clear(SafiArena *arena);

/* Gives all back but the first chunk, if that is a small one; the first `kept` bytes of it stay
 * taken, which must have been taken first. */
void safi_arena_reset(SafiArena *arena, size_t kept);

/* Aligned to 16 bytes, not cleared. */
void *safi_arena_alloc(SafiArena *arena, size_t size);
void *safi_arena_copy(SafiArena *arena, const void *bytes, size_t size);

/* A larger piece with the old one's content; old may be NULL.  The old piece is wasted, so grow by
 * doubling. */
void *safi_arena_grow(SafiArena *arena, const void *old, size_t old_size, size_t size);

/* As when a piece could not be had: for memory beside the arena.  Returns NULL. */
void *safi_arena_fail(SafiArena *arena);

/* Gives back the tail of the piece that was taken last, and of no other. */
void safi_arena_shrink(SafiArena *arena, void *piece, size_t old_size, size_t size);

/* Bytes held from the system. */
size_t safi_arena_size(const SafiArena *arena);
