/* The names of the months, from a data file: which of them is meant by one word or two.
 *
 * Read-only once made, so any thread may look names up; owns its names. */
#pragma once

#include "safi.h"

typedef struct Months Months;

/* From lines NUMBER NAME; blank ones and those that begin with # mean nothing.  NULL: *wrong is the
 * first line that is not like that, or 0 when out of memory. */
Months *months_new(safi_bytes file, unsigned *wrong);
void months_free(Months *months);

/* 1 to 12, or 0: none has this folded name (two words have one space between). */
int months_find(const Months *months, safi_text folded);
