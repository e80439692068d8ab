/* Records that chance makes, as stages would through the host's table; and whether two are alike.
 *
 * What chance is the caller says (chains.h).  Whatever differs is told and aborts, so that a fuzzer
 * takes it for a finding. */
#pragma once

#include "chains.h"
#include "record.h"

/* Raw bytes, origin and number, for a record that is new or reset. */
void sample_begin(ChainDice *dice, safi_record *record);
/* So many times something that a stage may do. */
void sample_work(ChainDice *dice, safi_record *record, uint32_t times);

/* That a plugin sees no difference, nor does a dead letter. */
void sample_same(const safi_record *a, const safi_record *b);
