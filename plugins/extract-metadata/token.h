/* A line as numbers, words and signs: what dates and clock times are put together from.
 *
 * ASCII, Arabic-Indic and Extended Arabic-Indic digits (0, ٠, ۰) make numbers, and a number ends
 * where letters begin, so `2025م` is two tokens.  Pure functions, any thread. */
#pragma once

#include "safi.h"

enum { TOKENS = 64, TOKEN_WORD_BYTES = 32 };

typedef enum TokenKind { TOKEN_NUMBER, TOKEN_WORD, TOKEN_SIGN } TokenKind;

typedef struct Token {
	TokenKind kind;
	uint32_t begin, end;          /* bytes of the line */
	unsigned digits;              /* number: how many */
	int value;                    /* number: -1 if it has more than four digits */
	char sign;                    /* sign: ASCII; , for ، and - for any dash; else 0 */
	uint32_t len;                 /* word: of folded; 0 if it is too long */
	char folded[TOKEN_WORD_BYTES];
} Token;

/* The first tokens of a line; returns how many. */
unsigned tokens_take(safi_text line, Token tokens[TOKENS]);

/* Whether the token is this word, given folded. */
bool token_is(const Token *token, const char *folded);

/* How many of the tokens a phrase takes that they begin with; 0: they do not.  It is given as
 * folded words and ASCII signs with one blank between. */
unsigned tokens_match(const Token *tokens, unsigned n, const char *phrase);
