/* The phrases by which a line tells that a page was changed ("last updated"), from a data file.
 *
 * Read-only once made, so any thread may look for them; owns its phrases. */
#pragma once

#include "safi.h"

typedef struct Updates Updates;

/* From one phrase a line; blank lines and those that begin with # mean nothing.  NULL: *wrong is
 * the first line that is not like that, or 0 when out of memory. */
Updates *updates_new(safi_bytes file, unsigned *wrong);
void updates_free(Updates *updates);

/* The first phrase in a line; only its first TOKENS tokens are looked at.  False: there is none. */
bool updates_find(const Updates *updates, safi_text line, safi_span *phrase);
