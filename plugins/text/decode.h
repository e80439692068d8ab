/* Bytes of an encoding made UTF-8, with the list of what changed: one change a character, so that
 * each can be told where it stood.
 *
 * The list of changes is the decoding's and used again from record to record; the room for the text
 * is the caller's.  One thread at a time. */
#pragma once

#include "encoding.h"

typedef struct Decoding {
	safi_text text;
	safi_change *changes;
	uint32_t n;
	size_t capacity; /* of the changes */
	/* Where it had to stop, and why: NULL when all is decoded. */
	const char *fault;
	size_t fault_at, fault_len; /* the bytes that it is told of */
} Decoding;

void decoding_clear(Decoding *decoding);

/* At most so many bytes a text of these bytes has. */
size_t decoding_room(const Encoding *encoding, safi_bytes raw);

/* Decodes into `room`, but for `mark` bytes at the front, which are taken out.  Of an encoding of
 * the kind UTF8 there is nothing to decode.  False: there is a fault. */
bool decoding_run(Decoding *decoding, Encoding *encoding, safi_bytes raw, uint32_t mark,
                  char *room);

/* Which of the raw bytes the one at this place of the text came from. */
size_t decoding_origin(const Decoding *decoding, size_t at);
