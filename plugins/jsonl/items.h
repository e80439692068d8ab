/* A record's notes as arrays of items, and its views as they were made.
 *
 * An item is the note's text, its features in order, its place in the text that is written (`span`)
 * and in the raw bytes (`source`; `within` where the replay of the source gives more than the text:
 * the part of it that is the text).  [worker] */
#pragma once

#include "print.h"

/* Keys that items need; made once by the writer. */
typedef struct ItemKeys {
	safi_key text, span, source, within;
} ItemKeys;

typedef struct Items {
	const Print *to;
	const ItemKeys *keys;
	safi_view view;       /* whose places `span` tells; 0: none */
	bool places;          /* span, source and within are wanted */
	const uint32_t *points; /* code points before each block of the view; NULL: bytes */
} Items;

/* Counts code points of the view, so that `span` can be told in them.  False: out of memory. */
bool items_count_points(Items *items);

/* The name of the array of a note type, put into `room`, which has two bytes more than the name. */
safi_text items_plural(safi_text type, char *room);

/* One item for each note of the type, in order of its views, then of its places.  `bare` leaves out
 * the text.  False, with `clash` set: a feature has the name of one of an item's own members. */
bool items_print(const Items *items, safi_key type, bool bare, safi_key *clash);

void items_print_views(const Print *to);
