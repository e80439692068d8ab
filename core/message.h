/* The one form of all that is said to people on stderr:
 *
 *     PLACE: error: SENTENCE
 *
 * PLACE is file:line:column, a file, a record of an input or, where there is none, "safi".
 * Whatever a file or a plugin put into either comes out printable, and in one line.  [any] */
#pragma once

#include <glib.h>
#include <stdio.h>

/* What stands before and after a place, and before and after a word such as "error"; all "" where
 * there is no colour. */
typedef struct SafiColours {
	const char *place, *words[5], *off; /* words: by SAFI_LOG_ERROR ... SAFI_LOG_DEBUG */
} SafiColours;

/* Colour on a terminal only, and not where NO_COLOR or TERM=dumb asks for none. */
SafiColours safi_message_colours(FILE *to);

/* "error", "warning", "note" or "debug". */
const char *safi_message_word(gint32 level);

/* Adds a line.  place NULL: "safi". */
void safi_message_add(GString *to, SafiColours colours, gint32 level, const char *place,
                      const char *sentence);
