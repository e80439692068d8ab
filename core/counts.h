/* How often each reason and counter of a stage has come up.
 *
 * A table by the stage's label, what it was ("dropped", "dead", "kept", "counter") and its code.
 * [any], one thread at a time */
#pragma once

#include "buffer.h"

#include <glib.h>

typedef GHashTable SafiCounts;

SafiCounts *safi_counts_new(void);
void safi_counts_add(SafiCounts *counts, const char *label, const char *what, safi_text code,
                     gint64 by);
/* All of `from` on top; NULL: nothing. */
void safi_counts_merge(SafiCounts *counts, SafiCounts *from);
/* As members of a JSON array, in order of name: {"stage","what","code","count"},... */
void safi_counts_json(const SafiCounts *counts, SafiBuffer *json);
/* As lines for people, in order of name. */
void safi_counts_table(const SafiCounts *counts, GString *table);
