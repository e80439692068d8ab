/* The segments of a page: its lines, and the items of lines into which a crawler joined many.
 *
 * Every byte of the page that is not white space lies in exactly one segment; segments are in order
 * and have no white space at their edges.  A list of segments owns its memory and is used by one
 * thread at a time. */
#pragma once

#include "phrases.h"

enum {
	SEGMENT_SENTENCE = 1u << 0,  /* ends like a sentence */
	SEGMENT_STOP = 1u << 1,      /* ... with a full stop */
	SEGMENT_COLON = 1u << 2,     /* ends with a colon */
	SEGMENT_BULLET = 1u << 3,    /* begins with a bullet or a number like 1- or 1. */
	SEGMENT_DATE = 1u << 4,      /* short, with a day and a year */
	SEGMENT_CLOCK = 1u << 5,     /* very short, with a time of day */
	SEGMENT_AGENCY = 1u << 6,    /* ends with an agency, or had one glued to its front */
	SEGMENT_ITEM = 1u << 7,      /* one of many in its line */
	SEGMENT_DASH = 1u << 8,      /* has a dash or hyphen between words */
	SEGMENT_AGAIN = 1u << 9      /* has the words of the segment before it */
};

typedef struct Segment {
	safi_span span;
	uint64_t hash;   /* of its first folded words: equal for short lines that say the same */
	uint32_t words, chars;
	uint16_t flags;
	uint8_t cue;     /* what a phrase says it is, or LABEL_NONE */
	uint8_t label;
} Segment;

typedef struct Segments {
	Segment *at;
	size_t n, capacity;
} Segments;

/* Cuts the page and measures what comes of it, in place of what was in the list.  False: out of
 * memory. */
bool segments_cut(Segments *segments, safi_text page, const Phrases *phrases);
/* Frees what a big page left behind. */
void segments_reset(Segments *segments);
void segments_clear(Segments *segments);

static inline safi_text segment_text(const Segment *segment, safi_text page)
{
	return (safi_text){ page.ptr + segment->span.begin,
	                    segment->span.end - segment->span.begin };
}
