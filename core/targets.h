/* The files that a run will write: the output and its FILE.part, the dead letters, the accounts.
 *
 * Looked at before anything is read, for what would otherwise be told after hours, or never: two of
 * them that are one file, one that is an input as well, one that cannot be written.  [main] */
#pragma once

#include "engine.h"

/* SAFI_EXIT_OK; else the status to end with: reported, each at the words that name it. */
int safi_targets_check(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report);
