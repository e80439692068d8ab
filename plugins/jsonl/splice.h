/* Walks over the bytes of an object that came in, member by member, so that each can go out as the
 * bytes it is: blanks, spelling of the name and all.
 *
 * It looks at no more than it must: where a value's end is known, not at the value.  Nothing is
 * kept and nothing is trusted: bytes that do not look like an object in one line end the walk.
 * [worker] */
#pragma once

#include "safi.h"

typedef struct Splice {
	const char *raw;
	uint32_t len, at;
	uint32_t open, close; /* behind the { and at the }, once they were met */
	bool good;            /* so far it is an object in one line; when through: it was */
} Splice;

/* One member.  All is offsets in the raw bytes. */
typedef struct Stretch {
	safi_span all;   /* from behind the bracket or comma before it to the one behind it */
	safi_span name;  /* between its quotation marks */
	safi_span value;
} Stretch;

void splice_begin(Splice *splice, safi_bytes raw);
/* The next member, up to the beginning of its value; false when there is none, or no good. */
bool splice_next(Splice *splice, Stretch *member);
/* Goes to its end.  value.end is set, if it is known; else it is 0 and will be found. */
void splice_pass(Splice *splice, Stretch *member);
