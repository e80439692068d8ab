/* What a run that was killed needs to go on: a small file that is replaced, whole or not at all,
 * whenever everything up to some record is safely written.
 *
 * It says what is run (the pipeline, the plugins, their data, the inputs named), where the reading
 * stands, how long the output and the dead letters are, the accounts, and what stages with a memory
 * remember.  A run that goes on must be the same in all of it, or it is refused with what differs.
 * A key file, for people to look into.  [main] */
#pragma once

#include "course.h"
#include "engine.h"
#include "position.h"
#include "tally.h"

typedef struct SafiCheckpoint {
	char *path;
	GKeyFile *now;     /* the last one that was saved, or is being made */
	GKeyFile *before;  /* that of the run to go on with; NULL: there is none */
} SafiCheckpoint;

/* Describes the run; the course is open. */
SafiCheckpoint *safi_checkpoint_new(const char *path, const SafiPipeline *pipeline,
                                    const SafiRun *run, const SafiCourse *course);
void safi_checkpoint_free(SafiCheckpoint *checkpoint);

/* Whether each stage can be gone on with; else the reason, a sentence to be freed: one with a
 * memory must offer it ("safi.state/1"). */
bool safi_checkpoint_suits(const SafiCourse *course, char **reason);

/* Finds the file of an earlier run.  True with `before` NULL: there is none.  False: it is another
 * run's, or damaged. */
bool safi_checkpoint_find(SafiCheckpoint *checkpoint, char **reason);
/* Whether that run was at its end. */
bool safi_checkpoint_is_finished(const SafiCheckpoint *checkpoint);
guint64 safi_checkpoint_output_length(const SafiCheckpoint *checkpoint);
guint64 safi_checkpoint_dead_length(const SafiCheckpoint *checkpoint);
/* The rest of what it says, into its place. */
bool safi_checkpoint_restore(const SafiCheckpoint *checkpoint, const SafiCourse *course,
                             SafiPosition *position, SafiTally *tally, char **reason);

/* Replaces the file, durably.  All records up to the position are written, and the lengths are
 * those of what is safely on the disk. */
bool safi_checkpoint_save(SafiCheckpoint *checkpoint, const SafiCourse *course,
                          const SafiPosition *position, const SafiTally *tally,
                          guint64 output_length, guint64 dead_length, bool finished,
                          GError **error);
