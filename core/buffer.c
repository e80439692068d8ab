/* Doubles when it is full, so that n bytes added one by one cost n. */
#include "buffer.h"

#include <stdlib.h>

/* What a buffer keeps over a reset: enough for nearly every record, too little to hoard. */
#define KEPT ((size_t)1 << 20)
#define FIRST ((size_t)256)

void safi_buffer_clear(SafiBuffer *buffer)
{
	free(buffer->data);
	*buffer = (SafiBuffer){ 0 };
}

void safi_buffer_reset(SafiBuffer *buffer)
{
	if (buffer->capacity > KEPT) {
		safi_buffer_clear(buffer);
	}
	buffer->len = 0;
	buffer->failed = false;
}

static bool grow(SafiBuffer *buffer, size_t more)
{
	if (more > SIZE_MAX / 2 - SAFI_PADDING - buffer->len) {
		return false;
	}
	size_t capacity = buffer->capacity ? buffer->capacity : FIRST;
	while (capacity < buffer->len + more) {
		capacity *= 2;
	}
	char *data = realloc(buffer->data, capacity + SAFI_PADDING);
	if (data == NULL) {
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

char *safi_buffer_room(SafiBuffer *buffer, size_t more)
{
	if (buffer->failed) {
		return NULL;
	}
	bool fits = buffer->data && more <= buffer->capacity - buffer->len;
	if (!fits && !grow(buffer, more)) {
		buffer->failed = true;
		return NULL;
	}
	return buffer->data + buffer->len;
}

void safi_buffer_add(SafiBuffer *buffer, const void *bytes, size_t len)
{
	char *room = safi_buffer_room(buffer, len);
	if (room == NULL || len == 0) {
		return;
	}
	memcpy(room, bytes, len);
	buffer->len += len;
}
