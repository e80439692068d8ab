/* Which stages run in processes of their own, and what they may take there (shelter.h).
 *
 * The pipeline says it stage by stage; a word on the command line says it for all of them.  A
 * value; nothing is owned.  [main] */
#pragma once

#include "plugin.h"

#include <stdbool.h>

typedef struct SafiIsolation {
	bool on;
	double seconds;   /* for one record */
	gsize memory;     /* beyond what the stage had when it was opened */
} SafiIsolation;

/* Off; and 10 s and 1 GiB for when it is not. */
SafiIsolation safi_isolation_default(void);

/* Whether the plugin is one of safi's own: by its id, "safi.NAME" in NAME.so, and by where it lies,
 * where safi's are installed or, before that, where they are built beside this program.  Whoever
 * may write there may also replace safi. */
bool safi_isolation_is_own(const SafiPlugin *plugin);

typedef struct SafiPipeline SafiPipeline;

/* Of the stages between reader and writer all, none, or those of plugins that are not safi's own
 * ("third-party"), whatever the pipeline says.  NULL: as it says.  False: the word is another. */
bool safi_isolation_apply(SafiPipeline *pipeline, const char *word);
