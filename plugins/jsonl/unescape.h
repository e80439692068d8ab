/* The text of a JSON string, and every change from the bytes that it was written in.
 *
 * The changes belong to whoever holds the list; it is used again from record to record.  One thread
 * at a time. */
#pragma once

#include "safi.h"

typedef struct Changes {
	safi_change *items;
	uint32_t n, capacity;
	bool failed; /* out of memory: the list is not whole */
} Changes;

void changes_clear(Changes *changes);
void changes_add(Changes *changes, uint32_t from, uint32_t taken, uint32_t put);

/* Takes the escapes out of a valid string's contents, which are raw[span], into `to`, which has
 * room for as many bytes, and adds one change for each (a surrogate pair is one), if there is a
 * list.  Returns the length.  Of a string that ends in half an escape, padding behind it is read,
 * and up to four bytes more are written. */
size_t unescape(const char *raw, safi_span span, char *to, Changes *changes);
