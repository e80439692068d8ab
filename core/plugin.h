/* One plugin file: loaded for good or refused.
 *
 * A plugin owns its path and its refusal.  What it declares is constant data of the module, and the
 * module stays resident until the process ends, even when refused: unloading code that has run buys
 * nothing.  libltdl takes no locks, so all of this is for [main]. */
#pragma once

#include "declaration.h"
#include <glib.h>

typedef struct SafiPlugin {
	char *path;                       /* of the .so, absolute */
	const safi_plugin *declared;      /* NULL: refused, or not loaded yet */
	char *refusal;                    /* one sentence without a full stop, the true reason; NULL:
	                                     not refused */
} SafiPlugin;

/* Loads the file and checks what it declares.  Never NULL.  Runs the module's constructors: who
 * does not trust the file uses probe.h. */
SafiPlugin *safi_plugin_load(const char *path);
/* The same, and says before each step that runs the module's code where it is: "while it was
 * loaded". */
typedef void (*SafiPluginAt)(const char *where, gpointer data);
SafiPlugin *safi_plugin_load_saying(const char *path, SafiPluginAt at, gpointer data);
/* A path that holds no plugin, and why.  Takes the reason. */
SafiPlugin *safi_plugin_refused(const char *path, char *reason);
void safi_plugin_free(SafiPlugin *plugin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiPlugin, safi_plugin_free)
