/* The course of a record through the chain: from stage to stage, to the one end it comes to.
 *
 * The chain is the reader, the stages between and the writer, each with its instances.  A course
 * owns the records, the instances and the accounts; what is written goes to an output that it is
 * given.  This one takes a record all the way before the next: one thread.  [main] */
#pragma once

#include "ending.h"
#include "output.h"
#include "record.h"

typedef struct SafiHand SafiHand;

typedef struct SafiCourse {
	GPtrArray *chain;     /* SafiInstances: reader, stages, writer */
	guint workers;        /* instances of a parallel stage */
	SafiLimits limits;
	SafiEnding ending;
	safi_output *output;  /* not owned */
	SafiHand *hands;      /* chain->len times workers */
	bool copies_raw;      /* some stage holds records: they must not keep whole blocks */
	safi_record *idle;    /* records to use again */
	GPtrArray *records;   /* all that were ever made */
	GQueue held;          /* by their links, in order of holding */
	size_t held_bytes;
} SafiCourse;

void safi_course_init(SafiCourse *course, SafiLimits limits, guint workers);
/* Takes a step at the end of the chain; false when its stage refused. */
bool safi_course_add(SafiCourse *course, const SafiStep *step, SafiReport *report);
/* After the last step, before the first record. */
void safi_course_start(SafiCourse *course, safi_output *output);
/* Destroys instances and records; the ending stays, for the last word. */
void safi_course_clear(SafiCourse *course);

SafiInstances *safi_course_at(const SafiCourse *course, guint at);
SafiInstances *safi_course_last(const SafiCourse *course);

/* A record to fill: its flow is the reader's. */
safi_record *safi_course_take(SafiCourse *course);
/* One that was taken and not filled. */
void safi_course_give_back(SafiCourse *course, safi_record *record);

/* The record on through the chain, from that step on, to its end. */
void safi_course_run(SafiCourse *course, safi_record *record, guint at, guint worker);
/* The record where a status of that step sends it. */
void safi_course_settle(SafiCourse *course, safi_record *record, guint at, guint worker,
                        safi_status status);

/* The stage's finish(), after its last record; what it forgot to release fails. */
void safi_course_finish(SafiCourse *course, guint at);

/* Stops the run: the step cannot go on, or the output failed (if it did). */
void safi_course_stop(SafiCourse *course, guint at, safi_status status);
void safi_course_check_output(SafiCourse *course);
