/* "did you mean ...?": the nearest of some names to a word that is none of them.
 *
 * A value on the stack: begin with the word, try every name there is, ask for the hint.  Names are
 * not copied and must live until the hint is asked for.  [any] */
#pragma once

#include <glib.h>

/* No name anyone would mistype is longer; longer words have no near name. */
enum { SAFI_SUGGEST_LONGEST = 64 };

typedef struct SafiSuggest {
	gunichar word[SAFI_SUGGEST_LONGEST];
	guint len;        /* of the word, in characters; 0: too long, or empty */
	guint distance;   /* of the nearest so far */
	const char *name; /* the nearest so far, NULL: none is near */
	char hint[SAFI_SUGGEST_LONGEST * 4 + 32];
} SafiSuggest;

void safi_suggest_begin(SafiSuggest *suggest, const char *word);
/* Of names equally near the first one tried wins. */
void safi_suggest_try(SafiSuggest *suggest, const char *name);
/* Tries a NULL-terminated list; NULL: none. */
void safi_suggest_try_all(SafiSuggest *suggest, const char *const *names);

/* "; did you mean 'x'?", or "" when no name is near.  Lies in the value. */
const char *safi_suggest_hint(SafiSuggest *suggest);
