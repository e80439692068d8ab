/* In which encoding bytes are that nobody has named: by a byte order mark, by being valid UTF-8, by
 * where the zeros of UTF-16 stand, by the letters of Arabic, and what is left by uchardet.
 *
 * A guesser holds what uchardet has in hand: one thread at a time.  The names that it tells are
 * constant or lie in it until the next question. */
#pragma once

#include "encoding.h"

typedef enum GuessKind {
	GUESS_NAME,    /* the encoding has this name */
	GUESS_DAMAGED, /* UTF-8, but for the byte at `at` */
	GUESS_BINARY,  /* no text: the byte at `at` is in none */
	GUESS_UNKNOWN  /* text perhaps; `at` is the first byte that is not ASCII */
} GuessKind;

typedef struct Guess {
	GuessKind kind;
	const char *name;
	size_t at;
} Guess;

typedef struct Guesser Guesser;
Guesser *guesser_new(const safi_host *host); /* NULL: out of memory */
void guesser_free(Guesser *guesser);

/* Of a text, or of the part of it that is at hand. */
Guess guesser_ask(Guesser *guesser, safi_bytes text);
