/* The words of a text, folded: spellings that news sites mix within one page become equal.
 *
 * A word is a run of characters that are neither white space nor punctuation.  Folding leaves out
 * Arabic marks, tatweel and format characters, makes one letter of the forms of alef, of yeh and
 * alef maqsura, of teh marbuta and heh, of kaf and keheh, gives digits as ASCII and ASCII letters
 * as small ones.  Texts must be valid UTF-8.  Pure functions, any thread. */
#pragma once

#include "safi.h"

/* The next word of the text at or behind *at; *at moves behind it.  False: no further one. */
bool safi_word_next(safi_text text, size_t *at, safi_text *word);

/* Folds the characters of a text one by one into `to`, which has room for text.len bytes.  Returns
 * the length. */
size_t safi_word_fold(safi_text text, char *to);

/* FNV-1a, 64 bits. */
uint64_t safi_word_hash(safi_text text);

/* The first words of a text, folded, joined by one space each. */
enum { SAFI_WORDS_MOST = 64, SAFI_WORDS_BYTES = 1024 };
typedef struct SafiWords {
	unsigned n;
	bool all;  /* the text has no further word */
	uint16_t begin[SAFI_WORDS_MOST], end[SAFI_WORDS_MOST]; /* of each word, in folded */
	uint64_t hash[SAFI_WORDS_MOST];                        /* of each word */
	char folded[SAFI_WORDS_BYTES];
} SafiWords;

void safi_words_take(safi_text text, SafiWords *words);
