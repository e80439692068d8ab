/* The accounts of a run in a key file, for a later run to go on with.  [main] */
#pragma once

#include "tally.h"

void safi_ledger_save(const SafiTally *tally, GKeyFile *file);
/* Into accounts that are empty but for the same stages; false: the file has others. */
gboolean safi_ledger_load(SafiTally *tally, GKeyFile *file);
