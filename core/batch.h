/* A batch of records on its way through the chain, in order, and what comes of them.
 *
 * A batch belongs to one thread at a time: the feeder fills it, workers take it through one phase
 * of the chain after the other, the writer's thread delivers it and gives it back.  Records that
 * fail or are dropped keep their place among the others, so that everything is accounted for in the
 * order of the records, whoever was faster.  It owns the records in it. */
#pragma once

#include "counts.h"
#include "record.h"

enum { SAFI_BATCH_RECORDS = 256 /* at the most, in one that sets out */ };

/* The end of a record; or of some in a row that came to the same end and are already empty
 * again. */
typedef struct SafiEnd {
	safi_record *record;  /* NULL: nothing more has to be known of it */
	safi_status outcome;  /* KEEP: written, or for the writer to put out if there is a record */
	guint born, at;       /* as in the record */
	guint64 n, bytes;     /* how many, and their raw bytes */
	guint64 kept;         /* failures on their way that they survived */
	gsize rendered;       /* where their part of the batch's rendered bytes ends */
	SafiCounts *counts;   /* of reasons and counters; NULL: none */
} SafiEnd;

typedef struct SafiBatch {
	GList link;           /* in a ring */
	guint phase;          /* the one that is next or being run */
	bool busy;            /* a worker has it */
	guint64 number;       /* from 1, as they set out; parts of one have the same */
	GPtrArray *items;     /* records on their way, in order */
	GPtrArray *taken;     /* those of the phase before, while a phase is run */
	GPtrArray *spent;     /* records to use again */
	GArray *ends;         /* SafiEnd, in order */
	SafiBuffer rendered;  /* what the writer made of those written */
	gsize n_records, bytes; /* it set out with: how many, and their raw bytes */
} SafiBatch;

SafiBatch *safi_batch_new(void);
void safi_batch_free(SafiBatch *batch);
/* Empties it for another use; records in it become spent, rendered bytes stay allocated. */
void safi_batch_reset(SafiBatch *batch);

/* Up to n of another's records, from one on, to a batch that is empty: a later part of it.  They
 * are not taken out of that. */
void safi_batch_move(SafiBatch *part, const SafiBatch *from, guint first, guint n);

/* A fresh record that is not among its items yet.  [the batch's thread] */
safi_record *safi_batch_take(SafiBatch *batch);
/* A record that is done with. */
void safi_batch_give(SafiBatch *batch, safi_record *record);

/* The record has come to its end, as its outcome says; with `whole` it is kept for the writer's
 * thread, else it is spent now.  Returns where to add its counts. */
SafiEnd *safi_batch_end(SafiBatch *batch, safi_record *record, bool whole);
