/* What repair does with a character, by tables made from the Unicode Character Database
 * (make-tables.py).  Constant data; all input is valid UTF-8.  [any] */
#pragma once

#include <stdint.h>

typedef enum SafiClass { /* as in make-tables.py */
	SAFI_PLAIN,       /* stays, and never composes with what stands before it */
	SAFI_MARK,        /* stays, if the marks before it are in order */
	SAFI_UNSURE,      /* may or must compose: NFC_Quick_Check No and Maybe */
	SAFI_SPACE,       /* a space of another kind */
	SAFI_DELETED,     /* without width: zero-width and bidi controls */
	SAFI_LINE,        /* a line or paragraph separator */
	SAFI_RETURN,      /* CR: a line end, alone or before LF */
	SAFI_FORM,        /* an Arabic presentation form of letters */
	SAFI_MARKED_FORM  /* ... and of marks */
} SafiClass;

enum { SAFI_CLASS_BLOCKS = 3049 /* of 64 characters; all behind them are plain */ };

extern const uint8_t safi_class_block[SAFI_CLASS_BLOCKS];
extern const uint8_t safi_class_cells[];

/* The class of the character at p.  The first 32 blocks are their own cells: one step less for all
 * of one and two bytes. */
static inline SafiClass safi_class_at(const uint8_t *p)
{
	uint32_t block;

	if (p[0] < 0x80) {
		return safi_class_cells[p[0]];
	}
	if (p[0] < 0xE0) {
		return safi_class_cells[(p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu)];
	}
	if (p[0] < 0xF0) {
		block = (p[0] & 0x0Fu) << 6 | (p[1] & 0x3Fu);
		return safi_class_cells[safi_class_block[block] << 6 | (p[2] & 0x3F)];
	}
	block = (p[0] & 0x07u) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	return block < SAFI_CLASS_BLOCKS ?
	       safi_class_cells[safi_class_block[block] << 6 | (p[3] & 0x3F)] : SAFI_PLAIN;
}

/* What a presentation form stands for: `*len` bytes. */
const char *safi_class_form(const uint8_t *p, uint32_t *len);
