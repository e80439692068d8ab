/* Numbers, texts and arrays one behind the other, as one process of this machine writes them for
 * another of the same program.
 *
 * Written into a buffer; read by a cursor that believes nothing: what is cut short or too long
 * ends in a reason, and from then on in zeroes.  A message begins where the buffer's length is a
 * multiple of 8, and so do arrays, to be read where they lie: what is read points into the message.
 * Texts of 4 GiB or longer fail the buffer.  A value each; one thread at a time. */
#pragma once

#include "arena.h"
#include "buffer.h"

/* --- writing ---------------------------------------------------------------------------------- */

void safi_wire_add_u32(SafiBuffer *to, uint32_t number);
void safi_wire_add_u64(SafiBuffer *to, uint64_t number);
void safi_wire_add_text(SafiBuffer *to, safi_text text);
/* Room for an array; NULL when the buffer has failed. */
void *safi_wire_room(SafiBuffer *to, size_t size, size_t n);
void safi_wire_add_array(SafiBuffer *to, const void *items, size_t size, size_t n);
/* n texts, `stride` bytes from one to the next. */
void safi_wire_add_texts(SafiBuffer *to, const safi_text *first, size_t stride, uint32_t n);
/* To where the next message may begin. */
void safi_wire_end(SafiBuffer *to);

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct SafiWire {
	const uint8_t *begin, *at, *end;
	const char *reason; /* what was wrong first; NULL: nothing */
	bool trusted;       /* who wrote it knows that its texts are UTF-8, and its JSON is JSON */
} SafiWire;

/* A message that lies at a multiple of 8. */
SafiWire safi_wire_open(safi_bytes message);
/* Returns false. */
bool safi_wire_fail(SafiWire *wire, const char *reason);
/* Leaves the target as it is when the message is at its end. */
bool safi_wire_take(SafiWire *wire, void *to, size_t len);
uint32_t safi_wire_u32(SafiWire *wire);
uint64_t safi_wire_u64(SafiWire *wire);
/* Any bytes, in the message. */
safi_text safi_wire_text(SafiWire *wire);
/* As long as it says, all UTF-8; a copy in the arena. */
safi_text safi_wire_utf8(SafiWire *wire, SafiArena *arena);
/* NULL: they are not there. */
const void *safi_wire_array(SafiWire *wire, size_t size, uint32_t n);
/* n texts, all UTF-8, in one piece of the arena; `size` bytes each for what they are part of, whose
 * first member they are and whose rest is 0.  NULL: not so. */
void *safi_wire_texts(SafiWire *wire, SafiArena *arena, size_t size, uint32_t n);
/* Whether all was read and good. */
bool safi_wire_close(SafiWire *wire);
