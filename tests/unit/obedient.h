/* A stage that does what its records tell it to, in a field "do": fail, emit, hold, or whatever a
 * stage may do to the process that it is in. */
#pragma once

#include "safi.h"

safi_stage obedient_stage(uint32_t flags);

/* A finish() for it that does not end well. */
safi_status obedient_crash_at_end(void *self, safi_record *tail);
