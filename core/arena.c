#include "arena.h"

#include "chunk.h"

enum { ALIGN = 16 };

static size_t aligned(size_t size)
{
	return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* The first chunk holds a small record, of which a sort may hold very many; the next double. */
static bool add_chunk(SafiArena *arena, size_t need)
{
	size_t size = arena->chunk ? arena->chunk->size * 2 : SAFI_CHUNK_MIN;

	if (size > SAFI_CHUNK_MAX) {
		size = SAFI_CHUNK_MAX;
	}
	SafiChunk *chunk = safi_chunk_take(size > need ? size : need);
	if (!chunk) {
		return false;
	}
	chunk->older = arena->chunk;
	arena->chunk = chunk;
	arena->used = 0;
	return true;
}

void *safi_arena_fail(SafiArena *arena)
{
	if (arena->out_of_memory) {
		arena->out_of_memory(arena);
	}
	return NULL;
}

void *safi_arena_alloc(SafiArena *arena, size_t size)
{
	if (size > SIZE_MAX / 2) {
		return safi_arena_fail(arena);
	}
	size = aligned(size);
	if (!arena->chunk || arena->chunk->size - arena->used < size) {
		if (!add_chunk(arena, size)) {
			return safi_arena_fail(arena);
		}
	}
	char *piece = arena->chunk->bytes + arena->used;
	arena->used += size;
	return piece;
}

void *safi_arena_copy(SafiArena *arena, const void *bytes, size_t size)
{
	return safi_arena_grow(arena, bytes, size, size);
}

void *safi_arena_grow(SafiArena *arena, const void *old, size_t old_size, size_t size)
{
	void *piece = safi_arena_alloc(arena, size);

	if (piece && old_size) {
		memcpy(piece, old, old_size);
	}
	return piece;
}

void safi_arena_shrink(SafiArena *arena, void *piece, size_t old_size, size_t size)
{
	char *end = (char *)piece + aligned(old_size);

	if (arena->chunk && end == arena->chunk->bytes + arena->used) {
		arena->used -= aligned(old_size) - aligned(size);
	}
}

/* Gives back all but the last one, which was the first, if it is small. */
static void give_chunks(SafiArena *arena, bool keep)
{
	SafiChunk *kept = NULL;

	for (SafiChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
		older = chunk->older;
		if (keep && !older && chunk->size == SAFI_CHUNK_MIN) {
			kept = chunk;
		} else {
			safi_chunk_give(chunk);
		}
	}
	*arena = (SafiArena){.chunk = kept, .out_of_memory = arena->out_of_memory};
}

void safi_arena_reset(SafiArena *arena, size_t kept)
{
	give_chunks(arena, true);
	arena->used = aligned(kept);
}

void safi_arena_clear(SafiArena *arena)
{
	give_chunks(arena, false);
}

size_t safi_arena_size(const SafiArena *arena)
{
	size_t size = 0;

	for (const SafiChunk *chunk = arena->chunk; chunk; chunk = chunk->older) {
		size += chunk->size;
	}
	return size;
}
