/* The laws of a pipeline that was found good, and of the options of one stage. */
#pragma once

#include "pipeline.h"
#include "told.h"

/* Whatever was given: each declared option is set within its bounds, or not set. */
void step_law_options(const Told *told, const safi_stage *stage, const safi_config *config);

/* What was loaded: a report that prints as it should, and either errors or a pipeline. */
void step_law_outcome(const Told *told, const SafiPipeline *pipeline, const SafiReport *report);
