/* Runs a pipeline over its inputs, in order, and accounts for every record.
 *
 * This engine is the plain one: one thread takes each record through the whole chain, then the
 * next.  Nothing behind this interface may count on that: stages get as many instances as there
 * are workers, and a record carries all that belongs to it.  [main] */
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
	bool strict;               /* stop at the first dead letter */
} SafiRun;

/* Where the run would put its dead letters.  Free the result. */
char *safi_engine_dead_path(const SafiPipeline *pipeline, const SafiRun *run);

/* Returns the exit status.  What refused to start is in the report. */
int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report);
