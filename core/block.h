/* A stretch of input in memory, shared by the records that were found in it.
 *
 * Counted references: the input holds one while it fills the block, each record one while it keeps
 * its raw bytes there.  SAFI_PADDING bytes behind the data may be read.  Filled on [reader] only;
 * references may be dropped on any thread. */
#pragma once

#include "chunk.h"

typedef struct SafiBlock {
	int refs;
	SafiChunk *chunk; /* that it lies in; NULL: memory of its own */
	uint64_t offset;  /* of data[0] in the input */
	size_t capacity, len;
	uint8_t data[];
} SafiBlock;

SafiBlock *safi_block_new(size_t capacity); /* NULL: out of memory */
SafiBlock *safi_block_copy(safi_bytes bytes);  /* of just these; NULL: out of memory */
SafiBlock *safi_block_ref(SafiBlock *block);
void safi_block_unref(SafiBlock *block); /* NULL is fine */
/* Whether the caller's is the only reference. */
bool safi_block_is_single(const SafiBlock *block);
/* Whether the bytes lie within what was filled. */
bool safi_block_holds(const SafiBlock *block, safi_bytes bytes);
