/* Dead letters: records that failed, each with all that is needed to see why and to try again.
 *
 * JSON Lines, appended to a file that is opened at the first letter and never erased.  A letter:
 *   {"raw":"..." or "raw_base64":"...","origin":{"name","begin","end","record"},
 *    "stage","code","message","trail":[{"stage", ...}, ...],"plugin","safi"}
 * and behind the raw bytes "whole":false where they are only the beginning of what failed: when a
 * reader's next() fails, it has not found a record's end, or refuses the input.  The trail is the
 * steps that the record came to, in order; at one of them it may have failed and been kept ("kept",
 * "message"), been "held", or been made by the stage ("emitted").  [writer] */
#pragma once

#include "instances.h"
#include "record.h"

#include <glib.h>
#include <sys/stat.h>

typedef struct SafiLetters SafiLetters;

SafiLetters *safi_letters_new(const char *path);
/* Closes the file; false when something of what was written may be lost. */
bool safi_letters_close(SafiLetters *letters, GError **error);
void safi_letters_free(SafiLetters *letters);

/* Makes what was written durable; *length is that of the file, 0 if there is none. */
bool safi_letters_sync(SafiLetters *letters, guint64 *length, GError **error);
/* Cuts the file back to what it was when a run that was killed last knew; before the first
 * letter. */
bool safi_letters_cut(SafiLetters *letters, guint64 length, GError **error);

/* The file, whether opened yet or left by an earlier run; false if there is none. */
bool safi_letters_stat(const SafiLetters *letters, struct stat *file);
const char *safi_letters_path(const SafiLetters *letters);

/* The record, which failed at that step of the chain (SafiInstances). */
bool safi_letters_write(SafiLetters *letters, const safi_record *record, const GPtrArray *chain,
                        guint at, GError **error);
