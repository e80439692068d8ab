#include "block.h"

#include <glib.h>
#include <stdlib.h>

SafiBlock *safi_block_new(size_t capacity)
{
	SafiBlock *block = NULL;

	if (capacity < SIZE_MAX - sizeof *block - SAFI_PADDING) {
		block = malloc(sizeof *block + capacity + SAFI_PADDING);
	}
	if (block) {
		*block = (SafiBlock){.refs = 1, .capacity = capacity};
		memset(block->data + capacity, 0, SAFI_PADDING);
	}
	return block;
}

SafiBlock *safi_block_copy(safi_bytes bytes)
{
	SafiBlock *block = safi_block_new(bytes.len);

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
	if (block && g_atomic_int_dec_and_test(&block->refs)) {
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
