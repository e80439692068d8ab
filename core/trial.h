/* The first opening of a stage, in a child process.
 *
 * Looking at what a plugin declares says nothing of its code.  So a stage whose plugin, or whose
 * options, are new is opened and closed once by a child (child.h) before it is opened here; that it
 * came through is kept in the catalog.  A stage that refuses its options has
 * come through as well, and says so when it is opened here.  [main], while there is no other
 * thread. */
#pragma once

#include "pipeline.h"

/* After a trial: opens and closes each stage here, for what it refuses.  False: reported. */
bool safi_trial_open(const SafiPipeline *pipeline, SafiReport *report);

/* False when a stage crashed, hung or ended the process: reported, at its place. */
bool safi_trial(const SafiPipeline *pipeline, SafiCatalog *catalog, SafiReport *report);
