#include "arena.h"

#include <stdlib.h>
#include <string.h>

/* The first chunk holds a small record, of which a sort may hold very many; the next ones double,
 * and a record that is used again starts with the last. */
enum { CHUNK_MIN = 2 * 1024, CHUNK_KEPT = 1024 * 1024, ALIGN = 16 };

struct SafiChunk {
	SafiChunk *older;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

static size_t aligned(size_t size)
{
	return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static bool add_chunk(SafiArena *arena, size_t need)
{
	size_t size = arena->chunk ? arena->chunk->size * 2 : CHUNK_MIN;

	if (size > CHUNK_KEPT) {
		size = CHUNK_KEPT;
	}
	if (size < need) {
		size = need;
	}
	SafiChunk *chunk = malloc(sizeof *chunk + size + SAFI_PADDING);
	if (!chunk) {
		return false;
	}
	/* What lies behind a piece may be read; let it be defined. */
	memset(chunk->bytes + size, 0, SAFI_PADDING);
	chunk->older = arena->chunk;
	chunk->size = size;
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

void safi_arena_reset(SafiArena *arena)
{
	SafiChunk *kept = NULL;

	for (SafiChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
		older = chunk->older;
		if (!kept && chunk->size <= CHUNK_KEPT) {
			kept = chunk;
		} else {
			free(chunk);
		}
	}
	if (kept) {
		kept->older = NULL;
	}
	arena->chunk = kept;
	arena->used = 0;
}

void safi_arena_clear(SafiArena *arena)
{
	for (SafiChunk *chunk = arena->chunk, *older; chunk; chunk = older) {
		older = chunk->older;
		free(chunk);
	}
	*arena = (SafiArena){0};
}

size_t safi_arena_size(const SafiArena *arena)
{
	size_t size = 0;

	for (const SafiChunk *chunk = arena->chunk; chunk; chunk = chunk->older) {
		size += chunk->size;
	}
	return size;
}
