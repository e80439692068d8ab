/* The laws of a pipeline that was found good, and of the options of one stage. */
#pragma once

#include "pipeline.h"
#include "told.h"

/* Whatever was given: each declared option is set within its bounds, or not set. */
void step_law_options(const Told *told, const safi_stage *stage, const safi_config *config);

void step_law_pipeline(const Told *told, const SafiPipeline *pipeline);
