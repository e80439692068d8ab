/* White space in UTF-8: the characters of Unicode's White_Space property, told by their bytes.
 *
 * Any bytes will do; what is not UTF-8 is no white space.  Pure functions, any thread. */
#pragma once

#include "safi.h"

/* How many bytes the white space character at `at` has; 0: there is none. */
static inline size_t safi_space_at(const char *at, const char *end)
{
	const unsigned char *c = (const unsigned char *)at;
	if (at >= end) {
		return 0;
	}
	if (c[0] < 0x80) {
		return c[0] == ' ' || (c[0] >= '\t' && c[0] <= '\r') ? 1 : 0;
	}
	size_t left = (size_t)(end - at);
	if (c[0] == 0xc2) {
		return left > 1 && (c[1] == 0x85 || c[1] == 0xa0) ? 2 : 0;
	}
	if (left < 3 || c[2] < 0x80) {
		return 0;
	}
	if (c[0] == 0xe1) {
		return c[1] == 0x9a && c[2] == 0x80 ? 3 : 0;
	}
	if (c[0] == 0xe2 && c[1] == 0x80) { /* U+2000-200A, 2028, 2029, 202F */
		return c[2] <= 0x8a || c[2] == 0xa8 || c[2] == 0xa9 || c[2] == 0xaf ? 3 : 0;
	}
	if (c[0] == 0xe2) {
		return c[1] == 0x81 && c[2] == 0x9f ? 3 : 0;
	}
	return c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80 ? 3 : 0;
}

/* The same for the character that ends at `at`, in a text that begins at `begin`. */
static inline size_t safi_space_before(const char *begin, const char *at)
{
	const char *lead = at;
	while (lead > begin && at - lead < 3) {
		lead--;
		if (((unsigned char)*lead & 0xc0) != 0x80) {
			break;
		}
	}
	size_t len = (size_t)(at - lead);
	return len > 0 && safi_space_at(lead, at) == len ? len : 0;
}

/* The text without white space at its edges. */
static inline safi_text safi_space_trim(safi_text text)
{
	const char *begin = text.ptr, *end = text.ptr + text.len;
	size_t step;
	while ((step = safi_space_at(begin, end)) > 0) {
		begin += step;
	}
	while ((step = safi_space_before(begin, end)) > 0) {
		end -= step;
	}
	return (safi_text){ begin, (size_t)(end - begin) };
}
