/* Files mapped read-only, once for the whole process however often they are asked for.
 *
 * For models and lists: SAFI_PADDING bytes behind the content may be read.  Mappings stay until the
 * process ends.  [main] */
#pragma once

#include "safi.h"

#include <glib.h>

bool safi_mapping_get(const char *path, safi_bytes *bytes, GError **error);

/* Of all that was mapped so far, names and content, for the fingerprint of a run.  Free it. */
char *safi_mapping_digest(void);
