/* The records that a stage holds, in the order of holding.
 *
 * An array with gaps rather than a list through the records, so that letting one go touches no
 * other: they may lie in a file.  It owns the records.  One thread at a time. */
#pragma once

#include "record.h"

typedef struct SafiHeld {
	GPtrArray *records; /* NULL where one was let go */
	guint n, first;     /* how many there are; all before `first` are gone */
} SafiHeld;

void safi_held_init(SafiHeld *held);
void safi_held_clear(SafiHeld *held);

void safi_held_add(SafiHeld *held, safi_record *record);
/* Must be one of them. */
void safi_held_remove(SafiHeld *held, safi_record *record);
/* The one that is held longest; NULL: none. */
safi_record *safi_held_first(SafiHeld *held);
