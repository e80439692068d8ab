/* The last words of a run that crashes in a stage: which stage, in which function, at which record.
 *
 * What crashes a process cannot be mended in it, so it still dies of the signal, as it would have;
 * but the person who meets it knows which plugin to look at, and which record to take out.  A stage
 * that calls exit() is told as well, and the run has failed.  Who calls into a stage says so before
 * and after; it costs two stores. */
#pragma once

#include "record.h"

typedef struct SafiInstances SafiInstances;

/* Once, before the first stage is opened.  [main] */
void safi_crash_watch(void);
/* On each further thread that calls into stages, before it does; good until the thread ends. */
void safi_crash_watch_thread(void);

/* Ends the process with the status of a run that failed, and says why: "out of memory".  Says also
 * which stage is being called, if one is.  Asks for no memory.  [any] */
G_GNUC_NORETURN
void safi_crash_end(const char *why);

/* A function of a stage, "process()", that is being called; where NULL: none is. */
typedef struct SafiCall {
	const SafiInstances *where;
	const char *function;
	const safi_record *record; /* or NULL */
} SafiCall;

/* Into such a function, and out of it again: a stage that lets go of a record calls those behind
 * it.  What is pointed to must live until then.  [any] */
SafiCall safi_crash_into(const SafiInstances *where, const char *function,
                         const safi_record *record);
void safi_crash_out(SafiCall outer);
/* The one that this thread is in.  [any] */
SafiCall safi_crash_call(void);
