/* Runs a pipeline over its inputs, in order, and accounts for every record.
 *
 * The main thread feeds batches of records (feed.h) into a bounded ring (ring.h), from which
 * workers take them through the chain (course.h); another thread delivers them in order
 * (delivery.h).  With one worker the main thread does all of it.  What comes out is the same.
 * [main] */
#pragma once

#include "exit.h"
#include "pipeline.h"

typedef struct SafiRun {
	const char *const *inputs; /* NULL-terminated; none, and no list: stdin */
	const char *files_from;    /* a list of more; NULL: none */
	const char *output;        /* NULL: the pipeline's, else stdout */
	const char *dead;          /* NULL: PIPELINE.dead.jsonl in the current directory */
	const char *stats;         /* file for the accounts; NULL: none */
	SafiBudget max_failures;   /* given: instead of the pipeline's */
	guint64 limit;             /* read so many records at the most; G_MAXUINT64: all */
	guint workers;             /* at least 1 */
	const char *from_dead;     /* dead letters to read instead of the inputs; NULL: none */
	bool quiet;                /* shows no progress */
	const char *checkpoint;    /* file from which a later run can go on; NULL: none */
	double checkpoint_every;   /* seconds */
	bool resume;               /* go on from it, if there is one */
	bool strict;               /* stop at the first dead letter */
} SafiRun;

/* Where the run would put its dead letters.  Free the result. */
char *safi_engine_dead_path(const SafiPipeline *pipeline, const SafiRun *run);

/* Returns the exit status; 128+n when the process should now die of signal n, which it was sent or
 * which a closed pipe means.  What refused to start is in the report. */
int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report);
