/* A step of the pipeline brought to life: its model, and the instances that share it.
 *
 * A parallel stage has one instance a worker, any other just one.  A reader has one more, for
 * next(); a writer that has begin, put, sync or abort one more for those.  [main] */
#pragma once

#include "host.h"
#include "pipeline.h"
#include "shelter.h"

typedef struct SafiInstances SafiInstances;
struct SafiInstances {
	const SafiStep *step;
	const safi_stage *stage;
	SafiSite *site;
	void *model;
	void **selves;   /* of process() */
	guint n;
	void *own;       /* a reader's for next(), a writer's for its destination */
	bool opened;
	char *plugin;    /* "id version", for dead letters */
	SafiShelter *shelter; /* an isolated stage's, which then has nothing here; else NULL */
};

/* Opens the model and makes the instances.  NULL when the stage refused: its reason is in the
 * report of the pipeline. */
SafiInstances *safi_instances_open(const SafiStep *step, guint workers, SafiReport *report);
/* The same where the step may be isolated: then its model and instances are in a shelter. */
SafiInstances *safi_instances_open_isolated(const SafiStep *step, guint workers,
                                            SafiReport *report);
void safi_instances_close(SafiInstances *instances);

/* The instance for a worker. */
void *safi_instances_self(const SafiInstances *instances, guint worker);
