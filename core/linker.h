/* What the dynamic linker says of a plugin it cannot load, in words for who has the plugin.
 *
 * glibc's sentences name what is missing and not what to do about it, and say nothing of the kind
 * "not installed".  Those that people meet are told anew; the rest stay as they are.  The result is
 * to be freed, and safe for a terminal.  [any] */
#pragma once

#include <glib.h>

/* A message of dlerror() about the file of that path, as a sentence that begins behind the path. */
char *safi_linker_words(const char *path, const char *message);
