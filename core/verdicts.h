/* What was found out about plugin files earlier, kept in $XDG_CACHE_HOME/safi/catalog, else in
 * ~/.cache/safi/catalog.
 *
 * A verdict is one line of text for one file as it was: it counts only while path, size, times of
 * change and inode are the same, and for this version of safi and its ABI.  The file is safe to
 * delete, and one that is damaged, or cannot be read or written, costs only the time to look
 * again.  [main] */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct SafiVerdicts SafiVerdicts;

SafiVerdicts *safi_verdicts_load(void);
void safi_verdicts_free(SafiVerdicts *verdicts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiVerdicts, safi_verdicts_free)

/* What is known of the file as it is now, or NULL. */
const char *safi_verdicts_get(const SafiVerdicts *verdicts, const char *path);
/* A verdict on the file as it is now; NULL: none from here on. */
void safi_verdicts_put(SafiVerdicts *verdicts, const char *path, const char *verdict);

/* Writes them, if anything has changed.  Files that are there no longer are forgotten. */
void safi_verdicts_save(SafiVerdicts *verdicts);
