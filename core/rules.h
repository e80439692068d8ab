/* Watches over what safi.h says of threads, in builds that have assertions.
 *
 * A stage that calls a function of the host where it may not would work on one machine and lose
 * records on another.  So each such function first looks at the call that its thread is in
 * (crash.h); where that is not one of those that may, a line names the stage and the rule, and the
 * run ends.  A release has none of it.  [any] */
#pragma once

#include "safi.h"

#ifdef NDEBUG
enum { SAFI_RULES_ARE_WATCHED = false };
#else
enum { SAFI_RULES_ARE_WATCHED = true };
#endif

/* The table is whole; those of its functions that have a rule are watched from now on.  Once. */
void safi_rules_watch(safi_host *table);
