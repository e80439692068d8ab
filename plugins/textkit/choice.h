/* Which names a person wants, out of those that the data have: a list option as keys.
 *
 * A value; init to {0}; it owns its keys.  Read in create(), constant afterwards.  [main], then
 * [any] */
#pragma once

#include "safi.h"

typedef struct SafiChoice {
	bool all; /* nothing was said: every name */
	safi_key *keys; /* in the order given */
	uint32_t n;
} SafiChoice;

/* False: out of memory, or refused because an item cannot be a name. */
bool safi_choice_read(SafiChoice *choice, const safi_host *host, const safi_config *config,
                      const char *option);
void safi_choice_clear(SafiChoice *choice);

bool safi_choice_has(const SafiChoice *choice, safi_key key);
