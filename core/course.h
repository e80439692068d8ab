/* The chain of a run: the reader, the stages between and the writer, and how a batch of records
 * passes it, phase by phase.
 *
 * A phase is as many parallel stages in a row as there are, which any worker runs with instances of
 * its own, a record after the other through all of them while it is warm; or one ordered stage,
 * which has a single instance.  What phases there are follows from the stages alone. */
#pragma once

#include "hand.h"

typedef struct SafiCourse {
	GPtrArray *chain;     /* SafiInstances: reader, stages, writer */
	guint workers;        /* instances of a parallel stage */
	SafiHand *hands;      /* chain->len times workers */
	guint n_phases;
	guint *phase_begins;  /* the first step of each, and the length of the chain */
	bool *ordered;
	bool isolated;        /* some stage is */
	bool copies_raw;      /* some stage holds records: they must not keep whole blocks */
	atomic_size_t held_bytes;
	gsize most_held;      /* limits.held */
	atomic_llong cost;    /* nanoseconds a record takes, lately; about */
	atomic_ullong last;   /* number of the last batch that counts: a stage stopped the run in it */
} SafiCourse;

void safi_course_init(SafiCourse *course, guint workers, gsize most_held);
/* Takes a step at the end of the chain; false when its stage refused.  [main] */
bool safi_course_add(SafiCourse *course, const SafiStep *step, SafiReport *report);
/* After the last step, before the first record.  Timed: measures what each stage takes.  [main] */
void safi_course_start(SafiCourse *course, bool timed);
/* Destroys the instances, and the records that they hold.  [main] */
void safi_course_clear(SafiCourse *course);

SafiInstances *safi_course_at(const SafiCourse *course, guint at);
SafiInstances *safi_course_last(const SafiCourse *course);
/* The hand of an instance; of an ordered stage it is the same for all workers. */
SafiHand *safi_course_hand(const SafiCourse *course, guint at, guint worker);

/* The phase that a step belongs to. */
guint safi_course_phase(const SafiCourse *course, guint at);

/* Runs the phase that the batch is at, on all its records.  [worker] */
void safi_course_run(SafiCourse *course, SafiBatch *batch, guint worker);

/* How many nanoseconds of work a record is, as the last ones were.  [any] */
gint64 safi_course_cost(const SafiCourse *course);

/* A record that has come through the phase of its batch, on to the next one or to its end.  The
 * course is untyped to be a hand's `arrive`. */
void safi_course_arrive(gpointer course, SafiBatch *batch, safi_record *record);

/* Nothing more is run: the run has been stopped.  [any] */
void safi_course_stop(SafiCourse *course);
bool safi_course_is_stopped(const SafiCourse *course);

/* What the trail of a record counts, under the labels of the chain; returns how many failures it
 * survived. */
guint64 safi_course_count(const SafiCourse *course, const safi_record *record, SafiCounts **counts);
