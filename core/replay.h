/* Dead letters read again, so that the records in them can be tried again: safi run --from-dead.
 *
 * Each letter (letter.h) becomes a record as next() left it the first time: its raw bytes, its
 * origin and its number; then process() of the reader and all the rest run as if it had just been
 * read.  What a reader's next() put onto the record beside the raw bytes is not in the letter.
 * [reader] */
#pragma once

#include "record.h"

typedef struct SafiReplay SafiReplay;

/* "-" is stdin.  `record_limit`: of the raw bytes in a letter, as limits.record. */
SafiReplay *safi_replay_open(const char *path, size_t record_limit, GError **error);
void safi_replay_close(SafiReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiReplay, safi_replay_close)

/* Fills a fresh record.  SAFI_KEEP; SAFI_END; SAFI_FATAL, then the input's fault says why; or
 * SAFI_FAIL with a reason:
 *   not-a-letter       raw bytes, origin and number (not counting blank ones) are those of the line
 *   not-whole          the letter has not all of the record
 *   record-over-limit  longer than limits.record is now
 * Failed ones of the last two kinds make the same letter again. */
safi_status safi_replay_next(SafiReplay *replay, safi_record *record);

/* The file as it is read: for its faults, its name, whether it is the one that is written. */
safi_input *safi_replay_input(const SafiReplay *replay);
