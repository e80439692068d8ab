/* Finds plugins and loads them: the stages there are, by role and name.
 *
 * Search path: SAFI_PLUGIN_PATH (colon list), $XDG_DATA_HOME/safi/plugins (or ~/.local/share), the
 * installed plugin directory.  Never recurses, never the current directory; the first directory that
 * has a file of a name wins.  libltdl takes no locks, so everything is loaded on [main] before the
 * first record, every symbol is looked up once, and modules stay resident until the process ends.
 * The catalog owns its plugins. */
#pragma once

#include "safi.h"
#include <glib.h>

typedef struct SafiPlugin {
	char *path;                       /* of the .so, absolute */
	const safi_plugin *declared;      /* NULL: refused, see `refusal` */
	char *refusal;                    /* one sentence, the true reason */
} SafiPlugin;

typedef struct SafiCatalog SafiCatalog;

SafiCatalog *safi_catalog_new(void);
void safi_catalog_free(SafiCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiCatalog, safi_catalog_free)

/* The stage of that role and name, or NULL.  plugin may be NULL. */
const safi_stage *safi_catalog_find(SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin);
/* All plugins in order of path, loaded or refused: SafiPlugin.  Owned by the catalog. */
const GPtrArray *safi_catalog_plugins(SafiCatalog *catalog);
/* The names of all stages of a role (0: of all), for suggestions: const char *, sorted.  Free the
 * array only. */
GPtrArray *safi_catalog_names(SafiCatalog *catalog, uint32_t role);

/* Loads one file that a person named, whatever its directory.  Never NULL. */
const SafiPlugin *safi_catalog_load(SafiCatalog *catalog, const char *path);

/* Whether the host may use what a plugin declares; else the reason, to be freed. */
bool safi_plugin_check(const safi_plugin *declared, char **reason);
