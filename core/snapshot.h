/* A copy of a process as it was: it sleeps until the original dies, then goes on from there.
 *
 * The original has one such copy at a time and ends it when it takes another.  Copy and original
 * have the same descriptors.  The original must have no other thread that matters: a copy has just
 * the one that took it.  [main] of a process of its own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct SafiSnapshot {
	gint64 copy;  /* its process; 0: there is none */
} SafiSnapshot;

/* False in the copy, once the original has died: there is no copy then.  True in the original, with
 * or without one. */
bool safi_snapshot_take(SafiSnapshot *snapshot);
