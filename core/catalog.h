/* Finds plugins: the stages there are, by role and name, and where each is.
 *
 * Search path: SAFI_PLUGIN_PATH (colon list), $XDG_DATA_HOME/safi/plugins (or ~/.local/share), the
 * installed plugin directory.  Never recurses, never the current directory.  Of two files of one
 * name the first on the path is taken, so that a person can put another in front.  Of two files
 * with a stage of the same role and name the later is refused, since neither was meant to hide the
 * other.
 *
 * A file that is not known is first looked into by a child process (probe.h); what that found is
 * kept (verdicts.h), so that it is done once.  Only what is asked for is loaded into this process.
 * libltdl takes no locks, so that happens on [main] before the first record, every symbol is looked
 * up once, and modules stay resident until the process ends.  The catalog owns its plugins; once
 * all is found any thread may read it. */
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

/* Whether there is a stage of that role and name. */
bool safi_catalog_has(const SafiCatalog *catalog, uint32_t role, const char *name);
/* It, loaded, or NULL: there is none, or its plugin could not be loaded after all.  plugin may be
 * NULL. */
const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin);
/* A refused plugin that has, or by its file's name should have, a stage of that name, or NULL. */
const SafiPlugin *safi_catalog_refused(const SafiCatalog *catalog, const char *name);

/* The plugin that was refused because another one has its stage of that role and name. */
const SafiPlugin *safi_catalog_rival(const SafiCatalog *catalog, uint32_t role, const char *name);

/* SafiPlugin, loaded or refused, in order of directory and file name; a directory that cannot be
 * read stands among them as refused.  Owned by the catalog.  Loads all. */
const GPtrArray *safi_catalog_plugins(const SafiCatalog *catalog);
/* How many files there are, and how many of them and of the directories are refused. */
guint safi_catalog_count(const SafiCatalog *catalog, guint *refused);
/* The names of all stages of a role (0: of all), for suggestions: const char *, sorted, each once.
 * Free the array only. */
GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role);

/* Whether a stage has been opened by a child without harm with options of that fingerprint, in this
 * process or before; and that it has, which is kept, for one fingerprint a stage. */
bool safi_catalog_is_tried(const SafiCatalog *catalog, const safi_stage *stage,
                           const char *fingerprint);
void safi_catalog_set_tried(SafiCatalog *catalog, const safi_stage *stage,
                            const char *fingerprint);
