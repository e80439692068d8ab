/* The accounts of a run: what was read, and what became of it, down to the last record.
 *
 * read + emitted = written + dropped + dead.  A record counts when it comes to its end, in the
 * order of the records, so the accounts are the same however many threads there were.  [writer] */
#pragma once

#include "counts.h"

/* What went through one step of the chain. */
typedef struct SafiStageTally {
	const char *label;  /* not owned */
	guint64 in, out;    /* records that came to it, and that it passed on or made */
	guint64 bytes;      /* raw bytes of those that came */
	gint64 nanoseconds; /* spent in it, all threads; only where somebody asked for it */
} SafiStageTally;

typedef struct SafiTally {
	guint64 read, emitted;          /* records that came in, and that stages made */
	guint64 written, dropped, dead; /* what became of them */
	guint64 kept;                   /* failed in a stage with on_error: keep, and went on */
	guint64 bytes;                  /* raw bytes of those read */
	SafiCounts *reasons;            /* drops, failures, counters */
	GArray *stages;                 /* SafiStageTally, in the order of the chain */
	gint64 nanoseconds;             /* of the whole run, by the clock */
} SafiTally;

SafiTally *safi_tally_new(void);
void safi_tally_free(SafiTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiTally, safi_tally_free)

/* The next step of the chain. */
void safi_tally_add_stage(SafiTally *tally, const char *label);
SafiStageTally *safi_tally_stage(const SafiTally *tally, guint at);

/* n records of so many raw bytes in all have come to an end at a step: SAFI_KEEP: they are written;
 * SAFI_DROP; SAFI_FAIL: dead.  `born` is the first step they came to: 0 if they were read, else the
 * one behind the stage that made them. */
void safi_tally_end(SafiTally *tally, guint born, guint at, safi_status outcome, guint64 n,
                    guint64 bytes);

gboolean safi_tally_is_whole(const SafiTally *tally);

/* The accounts as one JSON object and LF, reasons in order of name. */
char *safi_tally_json(const SafiTally *tally);
/* The same as a table for people. */
char *safi_tally_table(const SafiTally *tally);
