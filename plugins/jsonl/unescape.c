#include "unescape.h"

#include <stdlib.h>

void changes_clear(Changes *changes)
{
	free(changes->items);
	*changes = (Changes){ 0 };
}

static bool grow(Changes *changes)
{
	uint32_t capacity = changes->capacity ? 2 * changes->capacity : 64;
	safi_change *items = realloc(changes->items, capacity * sizeof *items);
	changes->failed = items == NULL;
	if (changes->failed) {
		return false;
	}
	changes->items = items;
	changes->capacity = capacity;
	return true;
}

void changes_add(Changes *changes, uint32_t from, uint32_t taken, uint32_t put)
{
	if (changes->failed || (changes->n == changes->capacity && !grow(changes))) {
		return;
	}
	changes->items[changes->n++] = (safi_change){ from, taken, put };
}

/* --- escapes, in a string that is known to be valid ------------------------------------------- */

static uint32_t hex_unit(const char *digits)
{
	uint32_t unit = 0;
	for (int i = 0; i < 4; i++) {
		uint32_t c = (unsigned char)digits[i];
		unit = unit << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return unit;
}

/* The character of an escape; *taken is its length as written. */
static uint32_t escaped(const char *at, uint32_t *taken)
{
	*taken = 2;
	switch (at[1]) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'u': break;
	default:  return (unsigned char)at[1];
	}
	*taken = 6;
	uint32_t unit = hex_unit(at + 2);
	if (unit < 0xD800 || unit > 0xDBFF) {
		return unit;
	}
	*taken = 12;
	return 0x10000 + ((unit - 0xD800) << 10) + (hex_unit(at + 8) - 0xDC00);
}

static uint32_t put_character(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	uint32_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = { 0, 0xC0, 0xE0, 0xF0 };
	to[0] = (char)(lead[more] | c >> 6 * more);
	for (uint32_t i = 1; i <= more; i++) {
		to[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3F));
	}
	return more + 1;
}

size_t unescape(const char *raw, safi_span span, char *to, Changes *changes)
{
	const char *at = raw + span.begin, *end = raw + span.end;
	char *out = to;
	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((escape ? escape : end) - at);
		memcpy(out, at, plain);
		out += plain;
		at += plain;
		if (escape == NULL) {
			break;
		}
		uint32_t taken, put = put_character(out, escaped(at, &taken));
		if (changes) {
			changes_add(changes, (uint32_t)(at - raw), taken, put);
		}
		out += put;
		at += taken;
	}
	return (size_t)(out - to);
}
