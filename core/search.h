/* Where plugins and pipelines are looked up: directories in a fixed order, files in the order of
 * their names.  Whoever asks owns the result.  [main] */
#pragma once

#include <glib.h>

/* The directories that a colon list in the environment names, then those of the usual ones
 * (NULL-terminated) that exist; all absolute.  Free with g_strfreev(). */
char **safi_search_path(const char *variable, const char *const *usual);

/* The names of a directory's files that end so, hidden ones left out, sorted by bytes so that
 * nothing depends on the file system or the locale: char *.  NULL: it cannot be read, see errno. */
GPtrArray *safi_search_files(const char *directory, const char *suffix);
