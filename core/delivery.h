/* The last stop of every record: what was rendered is put out, what failed becomes a dead letter,
 * and all of it is accounted for, in the order of the records.  [writer] */
#pragma once

#include "course.h"
#include "ending.h"
#include "output.h"
#include "progress.h"

typedef struct SafiDelivery {
	SafiCourse *course;  /* not owned, nor are the others */
	SafiEnding *ending;
	safi_output *output;
	SafiProgress *progress;
} SafiDelivery;

/* Everything of a batch that is through all phases, up to what stops the run. */
void safi_delivery_batch(const SafiDelivery *delivery, SafiBatch *batch);
/* What was written so far goes out of this process. */
void safi_delivery_flush(const SafiDelivery *delivery);

/* begin() or sync() of the writer, which may be NULL. */
void safi_delivery_call(const SafiDelivery *delivery,
                        safi_status (*call)(void *self, safi_output *output));
