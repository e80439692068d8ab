/* Whether each step of a pipeline gets what it reads: a field, a view or a note that something
 * before it writes.
 *
 * Names are "field:title", "view:page", "note:line"; "field:*" is any field.  Options may add field
 * names to both sides (SAFI_NAMES_READ, SAFI_NAMES_WRITTEN).  [main] */
#pragma once

#include "pipeline.h"

/* Reports each name that a step reads and none before it writes, once, with what would help. */
void safi_chain_check(const SafiPipeline *pipeline, SafiCatalog *catalog, SafiReport *report);
