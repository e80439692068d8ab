/* Cue phrases: short lines whose words alone say what they are ("read more", "share this").
 *
 * Compiled from data files into a hash table keyed by folded words; read-only afterwards, so any
 * thread may look things up.  The table owns its phrases.
 *
 * A data file has one phrase a line: LABEL PLACE PHRASE, where PLACE is `whole` (the phrase is all
 * there is), `start` (a short line begins with it) or `inside` (it stands anywhere in a line that
 * is neither long nor a whole sentence).  Blank lines and lines that begin with # mean nothing. */
#pragma once

#include "safi.h"
#include "textkit/word.h"

typedef struct Phrases Phrases;

Phrases *phrases_new(void);
void phrases_free(Phrases *phrases);

/* Adds the phrases of a file.  Returns 0, the number of the first line that is wrong, or -1 when
 * out of memory. */
int64_t phrases_add(Phrases *phrases, safi_bytes file);

/* The label that a phrase gives the segment whose words these are; LABEL_NONE: there is none.
 * `ended`: it ends like a sentence, and so may only speak of what the phrase names. */
uint8_t phrases_label(const Phrases *phrases, const SafiWords *words, bool ended);

/* The label of the phrase that words [from, from + n) are as a whole. */
uint8_t phrases_whole(const Phrases *phrases, const SafiWords *words, unsigned from, unsigned n);
