/* Who does the work of a run: workers, which take batches through the chain, and one thread that
 * delivers them.
 *
 * A crew of one has no threads: the feeder does all of it whenever it pushes a batch, by the same
 * functions.  The feeder's thread is the main one, and reads. */
#pragma once

#include "delivery.h"
#include "ring.h"

typedef struct SafiCrew SafiCrew;

/* As many workers as the course has instances for, or as can be started; NULL: none.  [main] */
SafiCrew *safi_crew_start(SafiCourse *course, SafiRing *ring, const SafiDelivery *delivery,
                          GError **error);
/* Waits until everything is delivered and all threads have ended.  [feeder] */
void safi_crew_end(SafiCrew *crew);

/* Sends a batch on its way, when there is room for it.  [feeder] */
void safi_crew_push(SafiCrew *crew, SafiBatch *batch);
/* Waits until everything that was pushed is delivered.  [feeder] */
void safi_crew_drain(SafiCrew *crew);
/* The feeder is about to wait for input: what was pushed should be written without waiting too. */
void safi_crew_flush(SafiCrew *crew);
/* Has the writer's thread do something once everything is delivered, and waits for it. */
void safi_crew_ask(SafiCrew *crew, void (*errand)(gpointer data), gpointer data);
