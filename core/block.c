#include "block.h"

#include <glib.h>
#include <stdlib.h>

static SafiBlock *init(SafiBlock *block, size_t capacity, SafiChunk *chunk)
{
	if (block) {
		*block = (SafiBlock){.refs = 1, .chunk = chunk, .capacity = capacity};
		memset(block->data + capacity, 0, SAFI_PADDING);
	}
	return block;
}

SafiBlock *safi_block_new(size_t capacity)
{
	const bool fits = capacity < SIZE_MAX - sizeof(SafiBlock) - SAFI_PADDING;

	return init(fits ? malloc(sizeof(SafiBlock) + capacity + SAFI_PADDING) : NULL, capacity, NULL);
}

/* Where records are: what is held may lie in a file. */
SafiBlock *safi_block_copy(safi_bytes bytes)
{
	const bool fits = bytes.len < SIZE_MAX - sizeof(SafiBlock) - SAFI_PADDING;
	SafiChunk *chunk = fits ? safi_chunk_take(sizeof(SafiBlock) + bytes.len + SAFI_PADDING) : NULL;
	SafiBlock *block = init(chunk ? (SafiBlock *)(void *)chunk->bytes : NULL, bytes.len, chunk);

	if (block && bytes.len) {
		memcpy(block->data, bytes.ptr, bytes.len);
		block->len = bytes.len;
	}
	return block;
}

SafiBlock *safi_block_ref(SafiBlock *block)
{
	g_atomic_int_inc(&block->refs);
	return block;
}

void safi_block_unref(SafiBlock *block)
{
	if (!block || !g_atomic_int_dec_and_test(&block->refs)) {
		return;
	}
	if (block->chunk) {
		safi_chunk_give(block->chunk);
	} else {
		free(block);
	}
}

bool safi_block_is_single(const SafiBlock *block)
{
	return g_atomic_int_get(&block->refs) == 1;
}

bool safi_block_holds(const SafiBlock *block, safi_bytes bytes)
{
	uintptr_t begin = (uintptr_t)bytes.ptr, data = (uintptr_t)block->data;

	return begin >= data && bytes.len <= block->len && begin - data <= block->len - bytes.len;
}
