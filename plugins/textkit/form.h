/* Which of Unicode's encoding forms bytes are in: told by a byte order mark, or of UTF-16 that has
 * none by where its zeros and its script's byte stand.
 *
 * Pure functions on bytes that need not be valid; any thread. */
#pragma once

#include "safi.h"

typedef enum SafiForm {
	SAFI_FORM_NONE,
	SAFI_FORM_UTF8,
	SAFI_FORM_UTF16LE,
	SAFI_FORM_UTF16BE,
	SAFI_FORM_UTF32LE,
	SAFI_FORM_UTF32BE
} SafiForm;

const char *safi_form_name(SafiForm form);
uint32_t safi_form_width(SafiForm form); /* bytes of its unit */

/* The form whose byte order mark the bytes begin with; *length: the mark's bytes. */
SafiForm safi_form_mark(safi_bytes start, uint32_t *length);

enum { SAFI_FORM_REACH = 4096 /* bytes that safi_form_guess() looks at */ };

/* UTF-16LE or BE if the bytes, a file's first, are text without a mark in it, in a script of the
 * alphabets whose characters share their upper byte; else NONE. */
SafiForm safi_form_guess(safi_bytes start);

/* A character of a form whose unit has 2 or 4 bytes. */
typedef struct SafiFormCharacter {
	uint32_t point;
	uint32_t taken; /* bytes of it; 0: no character is there, and why: */
	const char *fault;
} SafiFormCharacter;

static inline uint32_t safi_form_unit16(SafiForm form, const uint8_t *p)
{
	return form == SAFI_FORM_UTF16LE ? p[0] | (uint32_t)p[1] << 8 : p[1] | (uint32_t)p[0] << 8;
}

static inline SafiFormCharacter safi_form_no_character(const char *fault)
{
	return (SafiFormCharacter){ 0, 0, fault };
}

static inline SafiFormCharacter safi_form_decode16(SafiForm form, const uint8_t *p, size_t left)
{
	static const char cut[] = "a character that is cut off";
	static const char lone[] = "half a surrogate pair";
	if (left < 2) {
		return safi_form_no_character(cut);
	}
	uint32_t unit = safi_form_unit16(form, p);
	if (unit < 0xD800 || unit > 0xDFFF) {
		return (SafiFormCharacter){ unit, 2, NULL };
	}
	if (unit > 0xDBFF) {
		return safi_form_no_character(lone);
	}
	if (left < 4) {
		return safi_form_no_character(cut);
	}
	uint32_t low = safi_form_unit16(form, p + 2);
	if (low < 0xDC00 || low > 0xDFFF) {
		return safi_form_no_character(lone);
	}
	return (SafiFormCharacter){ 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)), 4, NULL };
}

static inline SafiFormCharacter safi_form_decode32(SafiForm form, const uint8_t *p, size_t left)
{
	if (left < 4) {
		return safi_form_no_character("a character that is cut off");
	}
	uint32_t point = form == SAFI_FORM_UTF32LE
		? p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
		: p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
	if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
		return safi_form_no_character("a number that no character has");
	}
	return (SafiFormCharacter){ point, 4, NULL };
}

/* The character at p, of which `left` bytes (at least 1) are there.  Strict: a lone surrogate and
 * what is beyond U+10FFFF are none. */
static inline SafiFormCharacter safi_form_decode(SafiForm form, const uint8_t *p, size_t left)
{
	return form <= SAFI_FORM_UTF16BE ? safi_form_decode16(form, p, left)
	                                 : safi_form_decode32(form, p, left);
}
