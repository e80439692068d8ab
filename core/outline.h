/* What a pipeline will do, in words: the chain in one line, then one paragraph for people who did
 * not write it.  Made from what stages declare and what the pipeline sets.  [main] */
#pragma once

#include "pipeline.h"

/* "news.yaml: ok: text -> normalize -> jsonl", and the paragraph below it. */
void safi_outline_add(GString *to, const SafiPipeline *pipeline);
