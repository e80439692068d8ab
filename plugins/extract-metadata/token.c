#include "token.h"
#include "textkit/space.h"
#include "textkit/utf8.h"
#include "textkit/word.h"

/* 0 to 9; -1: no digit. */
static int digit(uint32_t c)
{
	if (c >= '0' && c <= '9') {
		return (int)(c - '0');
	}
	if (c >= 0x660 && c <= 0x669) {
		return (int)(c - 0x660);
	}
	return c >= 0x6f0 && c <= 0x6f9 ? (int)(c - 0x6f0) : -1;
}

static uint32_t char_at(safi_text line, size_t at)
{
	return safi_utf8_decode((const uint8_t *)line.ptr + at);
}

static size_t char_len(safi_text line, size_t at)
{
	return safi_utf8_length((uint8_t)line.ptr[at]);
}

static size_t take_number(safi_text line, size_t at, Token *token)
{
	int next;
	token->kind = TOKEN_NUMBER;
	token->digits = 0;
	token->value = 0;
	for (; at < line.len && (next = digit(char_at(line, at))) >= 0; at += char_len(line, at)) {
		token->digits++;
		token->value = token->digits <= 4 ? token->value * 10 + next : -1;
	}
	return at;
}

/* `end` is where the word would end if digits were letters. */
static size_t take_word(safi_text line, size_t at, size_t end, Token *token)
{
	size_t begin = at;
	while (at < end && digit(char_at(line, at)) < 0) {
		at += char_len(line, at);
	}
	token->kind = TOKEN_WORD;
	token->len = 0;
	if (at - begin <= TOKEN_WORD_BYTES) {
		token->len = (uint32_t)safi_word_fold((safi_text){ line.ptr + begin, at - begin },
		                                      token->folded);
	}
	return at;
}

static size_t take_sign(safi_text line, size_t at, Token *token)
{
	uint32_t c = char_at(line, at);
	token->kind = TOKEN_SIGN;
	token->sign = 0;
	if (c < 0x80) {
		token->sign = (char)c;
	} else if (c == 0x60c) { /* ، */
		token->sign = ',';
	} else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) {
		token->sign = '-';
	}
	return at + char_len(line, at);
}

unsigned tokens_take(safi_text line, Token tokens[TOKENS])
{
	unsigned n = 0;
	size_t at = 0;
	safi_text word = { NULL, 0 };
	size_t word_end = 0; /* of the last word that was looked for; signs lie before its begin */
	while (n < TOKENS) {
		size_t blank;
		while ((blank = safi_space_at(line.ptr + at, line.ptr + line.len)) > 0) {
			at += blank;
		}
		if (at >= line.len) {
			break;
		}
		if (at >= word_end) {
			word_end = at;
			if (!safi_word_next(line, &word_end, &word)) {
				word = (safi_text){ line.ptr + line.len, 0 };
			}
		}
		Token *token = &tokens[n++];
		token->begin = (uint32_t)at;
		if (line.ptr + at < word.ptr) {
			at = take_sign(line, at, token);
		} else if (digit(char_at(line, at)) >= 0) {
			at = take_number(line, at, token);
		} else {
			at = take_word(line, at, word_end, token);
		}
		token->end = (uint32_t)at;
	}
	return n;
}

static bool token_has(const Token *token, safi_text part)
{
	if (token->kind == TOKEN_SIGN) {
		return part.len == 1 && token->sign == *part.ptr;
	}
	return token->kind == TOKEN_WORD && token->len == part.len
		&& memcmp(token->folded, part.ptr, part.len) == 0;
}

bool token_is(const Token *token, const char *folded)
{
	return token->kind == TOKEN_WORD && token_has(token, safi_str(folded));
}

unsigned tokens_match(const Token *tokens, unsigned n, const char *phrase)
{
	unsigned taken = 0;
	for (size_t len; *phrase != '\0'; phrase += len + (phrase[len] == ' ')) {
		len = strcspn(phrase, " ");
		if (taken == n || !token_has(&tokens[taken], (safi_text){ phrase, len })) {
			return 0;
		}
		taken++;
	}
	return taken;
}
