/* A look into a plugin file that nobody has vouched for: in a child process (child.h), since
 * loading a module runs its code.  [main], while there is no other thread. */
#pragma once

#include "plugin.h"

/* Writes what is wanted of a good plugin.  Runs in the child. */
typedef void (*SafiProbeTell)(GString *out, const SafiPlugin *plugin);

typedef enum {
	SAFI_PROBE_GOOD,    /* *said is what tell() wrote */
	SAFI_PROBE_REFUSED, /* *said is the reason */
	SAFI_PROBE_CRASHED, /* so is it, and finding it out again may take long */
} SafiProbeResult;

/* Free *said. */
SafiProbeResult safi_probe(const char *path, double seconds, SafiProbeTell tell, char **said);
