/* What the test stages decide by: a number that depends on the bytes alone, so that it is the same
 * for every order and number of threads.  Owns nothing.  [any] */
#pragma once

#include "safi.h"

#define HASH_EMPTY UINT64_C(0xCBF29CE484222325)

/* FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), of more bytes behind those of `hash`. */
static inline uint64_t hash_add(uint64_t hash, safi_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		hash = (hash ^ (uint8_t)text.ptr[i]) * UINT64_C(0x100000001B3);
	}
	return hash;
}

/* The finalizer of SplitMix64: FNV's low bits follow the last byte too closely to divide by. */
static inline uint64_t hash_mix(uint64_t hash)
{
	hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	hash = (hash ^ (hash >> 27)) * UINT64_C(0x94D049BB133111EB);
	return hash ^ (hash >> 31);
}
