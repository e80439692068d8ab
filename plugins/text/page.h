/* Makes of a record's bytes its view `page`: finds the encoding, decodes, and says of what is no
 * page of text why.
 *
 * A maker holds encodings that were met and the list of changes: one thread at a time. */
#pragma once

#include "decode.h"
#include "guess.h"

enum { PAGE_ENCODINGS = 8 };

typedef struct PageMaker {
	const safi_host *host;
	safi_key page;
	Encoding *fixed; /* NULL: to be found; not owned */
	Guesser *guesser;
	Encoding *met[PAGE_ENCODINGS]; /* the last ones, by name */
	uint32_t next;
	Decoding decoding;
} PageMaker;

void page_maker_clear(PageMaker *maker);

/* Adds the view, or fails or drops the record: the status is process()'s.  `name` is that of the
 * encoding, if it is known; "?" says that nobody knows; NULL: the fixed one, or to be found.  Only
 * `at_start` of a file there is a byte order mark, and magic. */
safi_status page_make(PageMaker *maker, safi_record *record, const char *name, bool at_start);
