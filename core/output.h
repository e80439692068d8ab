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

/* FILE.part of a run that was killed, to go on behind its first `length` bytes; with `own` only its
 * writer knows how far it is good. */
safi_output *safi_output_reopen(const char *path, bool own, guint64 length, GError **error);
/* Whether there is such a file. */
bool safi_output_is_left(const char *path);

/* Bytes written so far go nowhere, until `mute` is false again: they are in the file already. */
void safi_output_mute(safi_output *output, bool mute);
/* Makes what was written durable; returns how long the file is.  False: it failed. */
bool safi_output_sync(safi_output *output, guint64 *length);
/* The file stays when it is closed, without its name. */
void safi_output_keep(safi_output *output);

/* Whether it is a file that can be cut and gone on with: neither stdout nor a device or a pipe. */
bool safi_output_is_file(const safi_output *output);

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
