/* What a run has done so far, in a few words for people:
 *
 *     1,234 records, 812.4 MB, 98.7 MB/s, 45 %, 1:02:03 left, 12 dead, 34 dropped, 1,180 written
 *
 * Only formatting, from numbers to a line.  [any], async-signal-safe */
#pragma once

#include "line.h"

typedef struct SafiFigures {
	uint64_t records, written, dropped, dead;
	uint64_t bytes, total; /* read, and to be read; total 0: not known */
	int64_t rate;          /* bytes a second; negative: not known */
} SafiFigures;

/* Adds up to `width` bytes; what does not fit is left out, from the end. */
void safi_figures_add(SafiLine *to, const SafiFigures *figures, size_t width);
