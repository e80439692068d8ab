/* UTF-8, character by character.
 *
 * Unless it says otherwise it takes the bytes to be valid UTF-8, as every text of a record is; the
 * host has checked.  Nothing is owned, nothing fails.  [any] */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SAFI_UTF8_MAX = 4 /* bytes of a character */ };

/* How many of the first bytes, which may be any, are ASCII. */
static inline size_t safi_utf8_ascii(const uint8_t *p, size_t len)
{
	uint64_t eight;
	size_t i = 0;

	for (; i + sizeof eight <= len; i += sizeof eight) {
		memcpy(&eight, p + i, sizeof eight);
		if (eight & 0x8080808080808080u) {
			break;
		}
	}
	while (i < len && p[i] < 0x80) {
		i++;
	}
	return i;
}

/* How many bytes the character has that begins with this one. */
static inline uint32_t safi_utf8_length(uint8_t lead)
{
	return 1u + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0);
}

/* The character at p. */
static inline uint32_t safi_utf8_decode(const uint8_t *p)
{
	if (p[0] < 0x80) {
		return p[0];
	}
	if (p[0] < 0xE0) {
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	}
	if (p[0] < 0xF0) {
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	}
	return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

/* Where the character begins that ends before p. */
static inline const uint8_t *safi_utf8_before(const uint8_t *p)
{
	do {
		p--;
	} while ((*p & 0xC0) == 0x80);
	return p;
}

/* Writes the character, SAFI_UTF8_MAX bytes at most; returns how many. */
static inline uint32_t safi_utf8_encode(char *to, uint32_t point)
{
	uint8_t *out = (uint8_t *)to;

	if (point < 0x80) {
		out[0] = (uint8_t)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (uint8_t)(0xC0 | point >> 6);
		out[1] = (uint8_t)(0x80 | (point & 0x3F));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (uint8_t)(0xE0 | point >> 12);
		out[1] = (uint8_t)(0x80 | (point >> 6 & 0x3F));
		out[2] = (uint8_t)(0x80 | (point & 0x3F));
		return 3;
	}
	out[0] = (uint8_t)(0xF0 | point >> 18);
	out[1] = (uint8_t)(0x80 | (point >> 12 & 0x3F));
	out[2] = (uint8_t)(0x80 | (point >> 6 & 0x3F));
	out[3] = (uint8_t)(0x80 | (point & 0x3F));
	return 4;
}
