/* The ways in which bytes are packed that are unpacked on the fly: gzip and zstd.
 *
 * Each is told by how it begins, never by a file's name, and has a decoder that takes bytes as they
 * come and gives what they unpack to as it comes: memory does not grow with either.  What a decoder
 * has given before it met damage is good.  An instance is the caller's, and one thread's at a time.
 * [any] */
#pragma once

#include "safi.h"

/* How far one step came.  fault: says of the data, at what was taken, why there are no more of
 * them: "are damaged"; NULL: none. */
typedef struct SafiUnpacked {
	size_t taken, put;
	const char *fault;
} SafiUnpacked;

typedef struct SafiPacking {
	const char *name;
	void *(*create)(void); /* NULL: out of memory */
	void (*destroy)(void *self);
	/* Moves something whenever it has bytes and room, or has a fault.  Without bytes: gives what is
	 * left of earlier ones. */
	SafiUnpacked (*step)(void *self, safi_bytes in, uint8_t *out, size_t room);
	/* Whether the data may end behind what was taken. */
	bool (*is_whole)(const void *self);
} SafiPacking;

extern const SafiPacking safi_packing_gzip, safi_packing_zstd;

enum { SAFI_PACKING_REACH = 4 /* first bytes that are enough to tell each of them */ };

/* How bytes that begin like this are packed; NULL: not.  *open: more bytes may tell otherwise. */
const SafiPacking *safi_packing_find(safi_bytes start, bool *open);
