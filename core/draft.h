/* Stages as a person wrote them, before it is known whether there are such stages.
 *
 * A YAML file and the words of `safi pipe` both end in a list of drafts; the checks from here on
 * are the same.  A draft owns its texts and its options; the found stage belongs to the catalog.
 * [main] */
#pragma once

#include "pipeline.h"

typedef struct SafiDraft {
	uint32_t role;
	char *name;
	SafiMark mark;            /* of the name */
	char *label;              /* as given, or made by safi_draft_finish() */
	SafiMark label_mark;      /* of the name, if no label was given */
	SafiOnError on_error;
	SafiIsolation isolation;
	SafiNode *options;        /* a map, or what stands in its place; NULL: none */
	const safi_stage *stage;  /* once found */
	const SafiPlugin *plugin;
} SafiDraft;

SafiDraft *safi_draft_new(uint32_t role, const char *name, SafiMark mark);
void safi_draft_free(SafiDraft *draft);
/* A list that owns its drafts. */
GPtrArray *safi_drafts_new(void);

/* "reader", "stage" or "writer". */
const char *safi_role_noun(uint32_t role);

/* Finds the stages, gives each a label of its own, puts the --set words in, checks the options and
 * the chain, and fills the pipeline's steps.  Whatever is wrong is in the report. */
void safi_draft_finish(GPtrArray *drafts, SafiPipeline *pipeline, SafiCatalog *catalog,
                       const char *const *sets, SafiReport *report);
