/* Bytes that grow at the end: what a writer rendered, a line that is being put together.
 *
 * A value; init to {0}.  The buffer owns its data; SAFI_PADDING further bytes behind `len` may
 * always be read.  One thread at a time. */
#pragma once

#include "safi.h"

typedef struct SafiBuffer {
	char *data;
	size_t len, capacity;
	bool failed; /* out of memory: nothing is added any more */
} SafiBuffer;

void safi_buffer_clear(SafiBuffer *buffer); /* frees */
void safi_buffer_reset(SafiBuffer *buffer); /* empties; keeps up to 1 MiB */

/* Room for `more` bytes at the end: write there, then add to len.  NULL when out of memory.  Only
 * the newest room is good: the data move when they grow. */
char *safi_buffer_room(SafiBuffer *buffer, size_t more);
void safi_buffer_add(SafiBuffer *buffer, const void *bytes, size_t len);
