/* One plugin file: loaded for good or refused, and the rules that decide.
 *
 * A plugin owns its path and its refusal.  What it declares is constant data of the module, and the
 * module stays resident until the process ends, even when refused: unloading code that has run buys
 * nothing.  libltdl takes no locks, so all of this is for [main]. */
#pragma once

#include "safi.h"
#include <glib.h>

typedef struct SafiPlugin {
	char *path;                       /* of the .so, absolute */
	const safi_plugin *declared;      /* NULL: refused, see `refusal` */
	char *refusal;                    /* one sentence without a full stop, the true reason */
} SafiPlugin;

/* Loads the file and checks what it declares.  Never NULL.  Runs the module's constructors: who
 * does not trust the file uses probe.h. */
SafiPlugin *safi_plugin_load(const char *path);
/* A path that holds no plugin, and why.  Takes the reason. */
SafiPlugin *safi_plugin_refused(const char *path, char *reason);
void safi_plugin_free(SafiPlugin *plugin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiPlugin, safi_plugin_free)

/* Whether the host may use what a plugin declares; else the reason, to be freed.  Every pointer and
 * every size is looked at, nothing is called, and nothing is read past a struct's own size.  A flag
 * of a later minor version is let pass: one that may not be ignored comes with SAFI_NEED_MINOR. */
bool safi_plugin_check(const safi_plugin *declared, char **reason);

/* "reader", "stage" or "writer"; NULL if there is no such role. */
const char *safi_role_name(uint32_t role);
