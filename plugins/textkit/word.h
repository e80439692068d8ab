/* The words of a text, folded: spellings that news sites mix within one page become equal.
 *
 * A word is a run of characters that are neither white space nor punctuation.  Folding leaves out
 * Arabic marks, tatweel and format characters, makes one letter of the forms of alef, of yeh and
 * alef maqsura, of teh marbuta and heh, of kaf and keheh, gives digits as ASCII and ASCII letters
 * as small ones.  Texts must be valid UTF-8.  Pure functions, any thread. */
#pragma once

#include "safi.h"

/* The character at `at` (which must be < end) and the bytes it has. */
uint32_t textkit_char(const char *at, const char *end, size_t *len);

/* The next word of the text at or behind *at; *at moves behind it.  False: no further one. */
bool textkit_word_next(safi_text text, size_t *at, safi_text *word);

/* Folds the characters of a text one by one into `to`, which has room for text.len bytes.  Returns
 * the length. */
size_t textkit_fold(safi_text text, char *to);

/* FNV-1a, 64 bits. */
uint64_t textkit_hash(safi_text text);

/* The first words of a text, folded, joined by one space each. */
enum { TEXTKIT_WORDS = 64, TEXTKIT_WORDS_BYTES = 1024 };
typedef struct TextkitWords {
	unsigned n;
	bool all;                              /* the text has no further word */
	uint16_t begin[TEXTKIT_WORDS], end[TEXTKIT_WORDS]; /* in folded */
	uint64_t hash[TEXTKIT_WORDS];          /* of each word */
	char folded[TEXTKIT_WORDS_BYTES];
} TextkitWords;

void textkit_words(safi_text text, TextkitWords *words);
