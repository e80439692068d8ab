/* What can be seen on a segment by itself: lengths, how it begins and ends, dates, cue phrases. */
#pragma once

#include "segment.h"

/* Fills in all but span and label; keeps the flags that cutting has set. */
void measure(Segment *segment, safi_text text, const Phrases *phrases);
