#include "wire.h"

#include "utf8.h"

enum { ALIGN = 8 };

static size_t to_aligned(size_t at)
{
	return -at & (ALIGN - 1);
}

/* --- writing ---------------------------------------------------------------------------------- */

void safi_wire_add_u32(SafiBuffer *to, uint32_t number)
{
	safi_buffer_add(to, &number, sizeof number);
}

void safi_wire_add_u64(SafiBuffer *to, uint64_t number)
{
	safi_buffer_add(to, &number, sizeof number);
}

static uint32_t length(SafiBuffer *to, size_t len)
{
	to->failed |= len > UINT32_MAX;
	return (uint32_t)len;
}

void safi_wire_add_text(SafiBuffer *to, safi_text text)
{
	safi_wire_add_u32(to, length(to, text.len));
	safi_buffer_add(to, text.ptr, text.len);
}

void safi_wire_end(SafiBuffer *to)
{
	static const char zeroes[ALIGN];

	safi_buffer_add(to, zeroes, to_aligned(to->len));
}

void *safi_wire_room(SafiBuffer *to, size_t size, size_t n)
{
	safi_wire_end(to);
	char *room = safi_buffer_room(to, size * n);
	if (room) {
		to->len += size * n;
	}
	return room;
}

void safi_wire_add_array(SafiBuffer *to, const void *items, size_t size, size_t n)
{
	void *room = safi_wire_room(to, size, n);

	if (room && n) {
		memcpy(room, items, size * n);
	}
}

static const safi_text *text_at(const safi_text *first, size_t stride, uint32_t i)
{
	return (const safi_text *)(const void *)((const char *)first + i * stride);
}

void safi_wire_add_texts(SafiBuffer *to, const safi_text *first, size_t stride, uint32_t n)
{
	uint32_t *lengths = safi_wire_room(to, sizeof *lengths, n);
	size_t sum = 0;

	for (uint32_t i = 0; lengths && i < n; i++) {
		lengths[i] = length(to, text_at(first, stride, i)->len);
		sum += text_at(first, stride, i)->len;
	}
	char *room = safi_buffer_room(to, sum);
	for (uint32_t i = 0; room && i < n; i++) {
		const safi_text text = *text_at(first, stride, i);
		if (text.len) {
			memcpy(room, text.ptr, text.len);
		}
		room += text.len;
		to->len += text.len;
	}
}

/* --- reading ---------------------------------------------------------------------------------- */

SafiWire safi_wire_open(safi_bytes message)
{
	static const _Alignas(ALIGN) uint8_t nothing[ALIGN];
	const uint8_t *begin = message.len ? message.ptr : nothing;
	SafiWire wire = {begin, begin, begin + message.len, NULL, false};

	if ((uintptr_t)begin % ALIGN) {
		safi_wire_fail(&wire, "the message lies askew");
	}
	return wire;
}

bool safi_wire_fail(SafiWire *wire, const char *reason)
{
	if (!wire->reason) {
		wire->reason = reason;
	}
	wire->at = wire->end;
	return false;
}

/* The next len bytes; NULL: they are not there. */
static const void *next(SafiWire *wire, size_t len)
{
	const uint8_t *at = wire->at;

	if (wire->reason || len > (size_t)(wire->end - at)) {
		safi_wire_fail(wire, "the message is cut short");
		return NULL;
	}
	wire->at += len;
	return at;
}

bool safi_wire_take(SafiWire *wire, void *to, size_t len)
{
	const void *from = next(wire, len);

	if (from) {
		memcpy(to, from, len);
	}
	return from != NULL;
}

uint32_t safi_wire_u32(SafiWire *wire)
{
	uint32_t number = 0;

	safi_wire_take(wire, &number, sizeof number);
	return number;
}

uint64_t safi_wire_u64(SafiWire *wire)
{
	uint64_t number = 0;

	safi_wire_take(wire, &number, sizeof number);
	return number;
}

safi_text safi_wire_text(SafiWire *wire)
{
	const uint32_t len = safi_wire_u32(wire);
	const char *at = next(wire, len);

	return at ? (safi_text){at, len} : (safi_text){"", 0};
}

const void *safi_wire_array(SafiWire *wire, size_t size, uint32_t n)
{
	next(wire, to_aligned((size_t)(wire->at - wire->begin)));
	return next(wire, size * n); /* 2^32 of what has a size of some dozens */
}

static bool is_utf8(const SafiWire *wire, const char *text, size_t len)
{
	return wire->trusted ||
	       safi_utf8_prefix((safi_bytes){(const uint8_t *)text, len}) == len;
}

safi_text safi_wire_utf8(SafiWire *wire, SafiArena *arena)
{
	safi_text text = safi_wire_text(wire);

	if (!is_utf8(wire, text.ptr, text.len)) {
		safi_wire_fail(wire, "a text is not UTF-8");
		text.len = 0;
	}
	text.ptr = safi_arena_copy(arena, text.ptr, text.len);
	if (!text.ptr) {
		safi_wire_fail(wire, "out of memory");
		return (safi_text){"", 0};
	}
	return text;
}

static size_t sum_of(const uint32_t *lengths, uint32_t n)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		sum += lengths[i];
	}
	return sum;
}

/* The texts of a piece that is UTF-8 as a whole; false where one begins within a character. */
static bool part(char *at, const uint32_t *lengths, uint32_t n, char *items, size_t size)
{
	bool whole = true;

	for (uint32_t i = 0; i < n; i++, items += size) {
		memset(items, 0, size);
		*(safi_text *)(void *)items = (safi_text){at, lengths[i]};
		whole = whole && (!lengths[i] || ((uint8_t)*at & 0xC0) != 0x80);
		at += lengths[i];
	}
	return whole;
}

void *safi_wire_texts(SafiWire *wire, SafiArena *arena, size_t size, uint32_t n)
{
	const uint32_t *lengths = safi_wire_array(wire, sizeof *lengths, n);
	const size_t sum = lengths ? sum_of(lengths, n) : 0;
	const char *from = lengths ? next(wire, sum) : NULL;

	if (!from) {
		return NULL;
	}
	char *items = safi_arena_alloc(arena, size * n);
	char *texts = safi_arena_copy(arena, from, sum);
	if (!items || !texts) {
		safi_wire_fail(wire, "out of memory");
	} else if (!is_utf8(wire, from, sum) || !part(texts, lengths, n, items, size)) {
		safi_wire_fail(wire, "a text is not UTF-8");
	}
	return wire->reason ? NULL : items;
}

bool safi_wire_close(SafiWire *wire)
{
	const size_t rest = (size_t)(wire->end - wire->at);

	if (!wire->reason && rest != to_aligned((size_t)(wire->at - wire->begin))) {
		safi_wire_fail(wire, "there is more in the message than it says");
	}
	return wire->reason == NULL;
}
