/* Puts JSON into a record's line, piece by piece.
 *
 * Every function writes one value or one piece of punctuation and nothing else.  [worker] */
#pragma once

#include "safi.h"

typedef struct Print {
	const safi_host *host;
	safi_record *record;
} Print;

void print_raw(const Print *to, const char *bytes, size_t len);
void print_string(const Print *to, safi_text text);
void print_number(const Print *to, uint64_t number);
/* "name": */
void print_name(const Print *to, safi_text name);
/* "name":[begin,end] */
void print_pair(const Print *to, const char *name, uint64_t begin, uint64_t end);
/* The value or values of a field of the record (note 0) or of a note, in one line. */
void print_field(const Print *to, safi_note note, safi_key key);
