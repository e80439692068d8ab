/* The process in which an isolated stage is opened, and from which those are forked that it works
 * in (ward.h): as many as there are workers, and a fresh one when one has died.
 *
 * It is itself forked while the run has one thread, since what forks must have no other; so
 * nurseries are opened in the order of the steps, before the threads.  Names that the stage interns
 * there get their keys here, too, and it learns of all others before its first ward.  It opens and
 * creates once, and destroys and closes once: wards are copies.  When it dies, the run cannot go
 * on.  Owned by who opens it; functions without a word of it are for [any] thread. */
#pragma once

#include "pipeline.h"

typedef struct SafiNursery SafiNursery;

/* NULL when the stage refused, crashed or hung: reported.  [main], while there is no thread else */
SafiNursery *safi_nursery_open(const SafiStep *step, SafiReport *report);
/* Lets the stage destroy and close what it has; a warning says so if that goes wrong.  [main] */
void safi_nursery_close(SafiNursery *nursery);

typedef struct SafiWardId {
	int socket;           /* -1: none */
	gint64 group, process; /* the first process, and its successor that works now */
} SafiWardId;

/* False and the reason, to be freed, when the nursery is no more. */
bool safi_nursery_fork(SafiNursery *nursery, SafiWardId *ward, char **problem);

/* How a ward has ended. */
typedef enum {
	SAFI_WARD_CRASHED, /* or ended the process */
	SAFI_WARD_TIRED,   /* by its limit of CPU time */
} SafiWardEnd;

/* Ends the ward, and what it started, if it has not ended by itself, and closes its socket.  The
 * sentence, to be freed, says how: "crashed: signal 11, Segmentation fault". */
char *safi_nursery_end(SafiNursery *nursery, SafiWardId *ward, SafiWardEnd *how);
/* The same of the process that works now, but not of its snapshot, which takes over. */
char *safi_nursery_end_one(SafiNursery *nursery, const SafiWardId *ward, SafiWardEnd *how);
