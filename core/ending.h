/* How a run ends: the accounts, the dead letters, and when there were too many of them.
 *
 * In the order of the records.  [writer] */
#pragma once

#include "instances.h"
#include "letter.h"
#include "tally.h"

typedef struct SafiEnding {
	SafiTally *tally;
	SafiLetters *letters;
	SafiBudget budget;
	bool strict;
	int status;       /* SAFI_EXIT_OK while the run may go on */
	char *place;      /* the record that stopped the run; NULL: none did */
	char *problem;    /* why it may not */
	bool passing;     /* what stopped it may pass: a disk was full */
	guint told;       /* failures told on stderr so far */
	guint unread;     /* records that the reader left out, told so far */
} SafiEnding;

void safi_ending_init(SafiEnding *ending, const char *dead_path, SafiBudget budget, bool strict);
/* After the last record: when dead letters may be lost, the run has failed. */
void safi_ending_close(SafiEnding *ending);
void safi_ending_clear(SafiEnding *ending);

/* Stops the run with an exit status; the first reason stays.  The sentence is taken. */
void safi_ending_stop(SafiEnding *ending, int status, char *problem);

/* Stops it because something could not be written. */
void safi_ending_stop_writing(SafiEnding *ending, const GError *error);

/* A stage returned a status that means it cannot go on; at a record, or NULL. */
void safi_ending_fatal(SafiEnding *ending, const SafiInstances *where, safi_status status,
                       const safi_record *record);

/* What the reader leaves out is told, for nobody has asked it to; what stages do is only
 * counted. */
void safi_ending_dropped(SafiEnding *ending, const safi_record *record, const SafiInstances *where);
/* A record that failed at a step of the chain, with on_error: dead, or stop, which also ends the
 * run. */
void safi_ending_dead(SafiEnding *ending, const safi_record *record, const GPtrArray *chain,
                      guint at);
