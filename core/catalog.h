/* Finds plugins and loads them: the stages there are, by role and name.
 *
 * Search path: SAFI_PLUGIN_PATH (colon list), $XDG_DATA_HOME/safi/plugins (or ~/.local/share), the
 * installed plugin directory.  Never recurses, never the current directory.  Of two files of one
 * name the first on the path is taken, so that a person can put another in front.  Of two files
 * with a stage of the same role and name the later is refused, since neither was meant to hide the
 * other.  libltdl takes no locks, so everything is loaded on [main] before the first record, every
 * symbol is looked up once, and modules stay resident until the process ends.  The catalog owns its
 * plugins; once all is loaded any thread may read it. */
#pragma once

#include "plugin.h"

typedef struct SafiCatalog SafiCatalog;

/* All plugins of the search path. */
SafiCatalog *safi_catalog_new(void);
/* All plugins of these directories (NULL-terminated), and of no others. */
SafiCatalog *safi_catalog_new_from(const char *const *directories);
void safi_catalog_free(SafiCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiCatalog, safi_catalog_free)

/* The search path: what SAFI_PLUGIN_PATH names, then those of the usual directories that exist.
 * Free with g_strfreev(). */
char **safi_catalog_path(void);

/* The stage of that role and name, or NULL.  plugin may be NULL. */
const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin);
/* SafiPlugin, loaded or refused, in order of directory and file name; a directory that cannot be
 * read stands among them as refused.  Owned by the catalog. */
const GPtrArray *safi_catalog_plugins(const SafiCatalog *catalog);
/* The names of all stages of a role (0: of all), for suggestions: const char *, sorted, each once.
 * Free the array only. */
GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role);
