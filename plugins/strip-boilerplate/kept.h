/* The text that is left of a page when only some of its segments are kept, one a line.
 *
 * Nothing is allocated: the caller has room for what the bounds below say. */
#pragma once

#include "safi.h"

typedef struct Kept {
	char *text;           /* room for page.len + n bytes */
	size_t len;
	safi_change *changes; /* room for 2 * n + 1 */
	uint32_t changed;
} Kept;

/* n spans of the page, in order, none touching inside another. */
void kept_join(Kept *kept, safi_text page, const safi_span *spans, uint32_t n);
