/* Where a run writes: stdout, or a file that gets its name only when the run went well.
 *
 * A file is written to FILE.part and renamed by commit; every error of write, sync, close and
 * rename is told.  Bytes are gathered and written in large pieces.  [writer] */
#pragma once

#include "safi.h"

#include <glib.h>
#include <sys/stat.h>

/* NULL path: stdout; so is a path that leads to the same file, such as /dev/stdout.  A link is
 * followed, so that it is the file behind it that is replaced.  With `own`, a writer will open
 * FILE.part itself: nothing is opened here. */
safi_output *safi_output_open(const char *path, bool own, GError **error);

/* False once anything failed; the first error is kept for safi_output_error(). */
bool safi_output_write(safi_output *output, safi_bytes bytes);
bool safi_output_flush(safi_output *output);
const GError *safi_output_error(const safi_output *output);

/* The file that is being written, for who must not read it; false if there is none yet. */
bool safi_output_stat(const safi_output *output, struct stat *file);

/* The file to write to until commit; "" for stdout. */
const char *safi_output_path(const safi_output *output);
/* What a person would call it: the final name, or "stdout". */
const char *safi_output_name(const safi_output *output);

/* Makes it durable but gives it no name: FILE.part stays, for a person to look at.  True if
 * there is such a file. */
bool safi_output_leave(safi_output *output);
/* Makes it durable and gives it its name. */
bool safi_output_commit(safi_output *output, GError **error);
/* Frees; what was neither committed nor left goes. */
void safi_output_close(safi_output *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(safi_output, safi_output_close)
