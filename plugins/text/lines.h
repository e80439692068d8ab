/* Finds the lines of an input that are pages, in whichever encoding they are.
 *
 * The encoding is found once a file: at its start if it is UTF-16 or UTF-32, whose lines do not end
 * at a byte 0A, else by the first line that is not ASCII.  What it is goes onto each record, in a
 * field that process() takes off again.  Of a pipe no more is waited for than a line, unless that
 * is neither UTF-8 nor of an encoding that was named.  [reader] */
#pragma once

#include "guess.h"

typedef struct Lines {
	const safi_host *host;
	safi_key mark;         /* the field; its text: an encoding's name, "?" one that nobody knows */
	const Encoding *fixed; /* NULL: to be found */
	Guesser *guesser;
	/* of the file that is being read */
	SafiForm form; /* of wide lines; else NONE */
	char name[ENCODING_NAME_MAX + 1]; /* "": UTF-8, or the fixed one */
	bool settled, begun, refused, skipping;
	uint32_t tries;
	uint8_t evidence[4096];
} Lines;

/* As a reader's next(): the record's bytes are set, its mark is put. */
safi_status lines_next(Lines *lines, safi_input *input, safi_record *record);
