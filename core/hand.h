/* A stage with the records of a batch in hand: what it says of each, and where that sends it.
 *
 * There is one hand for each instance of a stage, for as long as the instance lives, since a record
 * that is held leads back to it; an instance is never entered twice at once.  The host's table
 * reaches it as the flow of the record.  [worker] */
#pragma once

#include "batch.h"
#include "held.h"
#include "instances.h"

#include <stdatomic.h>

typedef struct SafiHand SafiHand;
struct SafiHand {
	SafiFlow flow;
	const SafiInstances *where;
	void *self;
	guint at;            /* in the chain */
	guint worker;        /* whose instance it is; 0 of an ordered stage */
	SafiBatch *batch;      /* whose records it has */
	bool timed;          /* measures what the stage takes */
	gint64 nanoseconds;
	guint64 n_emitted;
	GQueue emitted;      /* submitted, to go on behind the record in hand */
	SafiHeld held;
	GQueue unsent;       /* emitted and not submitted */
	atomic_size_t *held_bytes; /* of all hands */
	gsize most_held;     /* of these in memory; what is more goes into a file */

	bool finishing;      /* what it lets go and makes sets out at once */
	/* Where a record goes that it let go. */
	void (*arrive)(gpointer data, SafiBatch *batch, safi_record *record);
	gpointer arrive_data;
};

void safi_hand_init(SafiHand *hand, const SafiInstances *where, void *self, guint at);
void safi_hand_clear(SafiHand *hand);

/* Nanoseconds of the clock by which stages are measured; 0 where this one is not. */
gint64 safi_hand_clock(void);
gint64 safi_hand_now(const SafiHand *hand);

/* Runs the stage on a record that is at it.  Then the record is at the next one, or held, or has
 * ended; what the stage made of it is in `emitted`. */
void safi_hand_process(SafiHand *hand, safi_record *record);

/* The same for n records in order, of a stage that is isolated.  `settled` is called after each,
 * for its way on; none is called behind one after which the run stops. */
void safi_hand_process_all(SafiHand *hand, safi_record *const *records, guint n,
                           void (*settled)(void *data, safi_record *record), void *data);

/* Whether a stage has made this record and not submitted it, or holds it. */
bool safi_hand_has(const SafiInstances *where, const safi_record *record);

/* Sends a record that is at this stage where a status says. */
void safi_hand_settle(SafiHand *hand, safi_record *record, safi_status status);

/* finish(): KEEP, or what it returned instead. */
safi_status safi_hand_finish(SafiHand *hand, safi_record *tail);
/* What the stage still holds when it has finished would be lost: it fails, record by record. */
void safi_hand_fail_forgotten(SafiHand *hand);
