/* A look into a plugin file that nobody has vouched for.
 *
 * Loading a module runs its code.  So a child process loads it, checks it and writes down what
 * there is to say; whatever the file does there - crash, exit, hang, print - the caller gets a
 * sentence.  It keeps accidents away, not attacks: the child has the rights of the caller.  [main],
 * while there is no other thread. */
#pragma once

#include "plugin.h"

/* Writes what is wanted of a good plugin.  Runs in the child. */
typedef void (*SafiProbeTell)(GString *out, const SafiPlugin *plugin);

#define SAFI_PROBE_SECONDS 10

/* What tell() wrote, or NULL and the reason.  Free either. */
char *safi_probe(const char *path, double seconds, SafiProbeTell tell, char **refusal);
