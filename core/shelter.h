/* An isolated stage as the run sees it: records go to a process of its own, and what the stage did
 * with them is done here, as if it had been called here.
 *
 * A stage that crashes, hangs, takes too much memory or gives back nonsense costs the record it had
 * in hand: that fails with the code stage-crashed or stage-timeout, and the run goes on.  Each
 * worker of a parallel stage has a process (ward.h), an ordered stage has one; they are forked when
 * they are first needed, and again when one has died, from a nursery (nursery.h).
 *
 * What a stage emits, submits, releases and tallies reaches the flow of the record it does that
 * with, in the order in which it did so; fatal() reaches the site that owns the step's config, and
 * log() the log.  The site must live as long. */
#pragma once

#include "pipeline.h"
#include "record.h"

typedef struct SafiShelter SafiShelter;

/* Of the steps of a run in their order, and before it has threads: see nursery.h.  NULL: reported.
 * [main] */
SafiShelter *safi_shelter_open(const SafiStep *step, guint workers, SafiReport *report);
void safi_shelter_close(SafiShelter *shelter);

/* What the stage returned, or SAFI_FAIL and then the record has a reason; of a record that is to be
 * held SAFI_HOLD.  Here the caller sends it on, as it does after process(). */
typedef void (*SafiShelterSettle)(void *data, safi_record *record, safi_status status);

/* Runs process() for n records in order; settles each, but none after one that was SAFI_FATAL.
 * False: the shelter is no more, the rest is not settled, and the site has the reason.  Never two
 * at once for one worker, an ordered stage (whose worker is 0) or a record.  [worker] */
bool safi_shelter_process(SafiShelter *shelter, guint worker, safi_record *const *records, guint n,
                          SafiShelterSettle settle, void *data);

/* Runs finish(); tail as in the ABI.  A crash is SAFI_FATAL, with its reason.  [worker] */
safi_status safi_shelter_finish(SafiShelter *shelter, guint worker, safi_record *tail);
