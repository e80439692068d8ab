/* How the bytes of one encoding become UTF-8, by the names that iconv(3) knows.
 *
 * What has one byte a character is a table, made once by iconv; Unicode's own forms are decoded
 * here; every other one is left to iconv, step by step.  An encoding is owned by whoever opened it
 * and used by one thread at a time, since iconv keeps its state in it. */
#pragma once

#include "safi.h"
#include "textkit/form.h"

#include <iconv.h>

typedef enum EncodingKind {
	ENCODING_UTF8,
	ENCODING_WIDE,  /* UTF-16 or UTF-32 */
	ENCODING_TABLE,
	ENCODING_STEPS
} EncodingKind;

/* What a byte becomes. */
typedef struct EncodingByte {
	char utf8[4];
	uint8_t len; /* 0: it is nothing in this encoding */
	bool same;   /* the byte itself */
} EncodingByte;

enum { ENCODING_NAME_MAX = 40 };

typedef struct Encoding {
	char name[ENCODING_NAME_MAX + 1];
	char counter[sizeof "decoded " + ENCODING_NAME_MAX]; /* what its pages are counted under */
	EncodingKind kind;
	SafiForm form;     /* WIDE; of a name that leaves the order of bytes open, the little one */
	bool order_open;
	bool line_feeds;   /* a line ends with the byte 0A, or in wide ones with that unit */
	bool ascii;        /* TABLE: the lower half is ASCII */
	bool composes;     /* STEPS: what a character becomes may depend on the next one */
	EncodingByte bytes[256];
	iconv_t steps;
} Encoding;

/* NULL: iconv knows no such encoding, or there is no memory.  `auto` is none. */
Encoding *encoding_open(const char *name);
void encoding_close(Encoding *encoding);
