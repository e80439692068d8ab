/* The typed pipeline: a reader, stages and a writer that exist, whose options are good, and whose
 * reads are written by something before them.
 *
 * Made from a YAML file or from the words of `safi pipe`; both end in the same checks.  Nothing is
 * opened and no record runs before the whole file is known to be good.  The pipeline owns its steps
 * and their configs; stages belong to the catalog, places to the report, which must live as long as
 * the pipeline.  [main]; read-only once made. */
#pragma once

#include "catalog.h"
#include "isolation.h"
#include "option.h"

typedef enum { SAFI_ON_ERROR_DEAD, SAFI_ON_ERROR_KEEP, SAFI_ON_ERROR_DROP, SAFI_ON_ERROR_STOP }
	SafiOnError;

typedef struct SafiStep {
	char *label;               /* unique; by default the stage's name, "jsonl-2" if that is taken */
	const safi_stage *stage;
	const SafiPlugin *plugin;
	safi_config *config;
	SafiOnError on_error;
	SafiIsolation isolation;
	SafiMark mark;
} SafiStep;

typedef struct SafiLimits {
	gsize in_flight;  /* records; default 1,024 */
	gsize bytes;      /* of records in flight; default 16 MiB */
	gsize record;     /* the longest record; default 8 MiB */
	gsize held;       /* bytes of held records in memory; default 64 MiB */
} SafiLimits;

typedef struct SafiBudget {
	guint64 count;    /* stop when there are more dead letters; G_MAXUINT64: never */
	double share;     /* ... or a greater share of records, 0 to 1, after the first 1,000;
	                     G_MAXDOUBLE: never */
	bool given;
} SafiBudget;

struct SafiPipeline {
	char *name;           /* file stem, or "pipe" */
	char *path;           /* NULL for `safi pipe` */
	SafiStep *reader, *writer;
	GPtrArray *stages;    /* SafiStep, those between */
	SafiLimits limits;
	SafiBudget max_failures;
	char *to;             /* output file named beside the writer, or NULL: stdout */
	SafiMark to_mark;
};

/* NULL if there was any error; all are in the report.  `sets` are the --set words
 * ("stage.option=value", LABEL or stage name; NULL-terminated, may be NULL). */
SafiPipeline *safi_pipeline_load(const char *path, SafiCatalog *catalog, const char *const *sets,
                                 SafiReport *report);
/* From 'text per=line | normalize profile=search | jsonl'. */
SafiPipeline *safi_pipeline_parse(const char *words, SafiCatalog *catalog, const char *const *sets,
                                  SafiReport *report);
/* Without steps, with the default limits; for who fills it.  path may be NULL. */
SafiPipeline *safi_pipeline_new(const char *name, const char *path);
void safi_pipeline_free(SafiPipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiPipeline, safi_pipeline_free)

/* "100" or "1%"; false: neither. */
bool safi_budget_parse(const char *text, SafiBudget *budget);

/* The file that a word on the command line names: a path as it is, a bare name looked up with .yaml
 * in SAFI_PIPELINE_PATH (colon list) and the installed pipelines.  NULL: reported, with what was
 * searched and the nearest name.  Free the result. */
char *safi_pipeline_find(const char *word, SafiReport *report);
