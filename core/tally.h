/* The accounts of a run: what was read, and what became of it, down to the last record.
 *
 * read + emitted = written + dropped + dead.  One thread at a time.  */
#pragma once

#include "safi.h"

#include <glib.h>

typedef struct SafiTally {
	guint64 read, emitted;          /* records that came in, and that stages made */
	guint64 written, dropped, dead; /* what became of them */
	guint64 kept;                   /* failed in a stage with on_error: keep, and went on */
	GHashTable *reasons;            /* "label\ncode" -> guint64 *: drops, failures, counters */
} SafiTally;

SafiTally *safi_tally_new(void);
void safi_tally_free(SafiTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiTally, safi_tally_free)

/* Counts a reason of a stage ("dropped empty") or one of its own counters. */
void safi_tally_count(SafiTally *tally, const char *label, const char *what, safi_text code,
                      gint64 by);

gboolean safi_tally_is_whole(const SafiTally *tally);

/* The accounts as one JSON object and LF, reasons in order of name. */
char *safi_tally_json(const SafiTally *tally);
