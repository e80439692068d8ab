/* How fast something goes: not since its start, but over the last seconds.
 *
 * A value; init to {0}.  One thread at a time. */
#pragma once

#include <glib.h>

typedef struct SafiPace {
	struct {
		gint64 time;
		guint64 amount;
	} samples[32]; /* 8 s of four a second */
	guint n; /* taken so far; the newest is at (n - 1) % 32 */
} SafiPace;

/* Notes how much it is at this time (in microseconds, as g_get_monotonic_time() has them) and gives
 * how much more it was each second; negative: there is nothing to tell it from yet. */
gint64 safi_pace_add(SafiPace *pace, gint64 time, guint64 amount);

/* The same from a start at 0. */
gint64 safi_pace_since(gint64 begun, gint64 time, guint64 amount);
