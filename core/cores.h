/* How many cores this process may use: those it is bound to, and no more than the quotas of the
 * control groups around it, version 1 or 2, let it have of them.
 *
 * Containers set quotas and leave the machine's cores in sight: who counts those starts many times
 * too many threads.  Keeps nothing.  [main] */
#pragma once

#include <glib.h>

/* At least 1; part of a core counts as one. */
guint safi_cores(void);

/* What the quotas make of that many cores, with /proc and the control groups' files below `root`,
 * which is "" but in tests. */
guint safi_cores_within(const char *root, guint cores);
