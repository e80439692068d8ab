#include "textkit/word.h"
#include "textkit/space.h"
#include "textkit/utf8.h"

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
	return c - first <= last - first;
}

/* Punctuation and symbols of the blocks that news pages use.  What is not listed is part of a word:
 * a rare sign taken for a letter does less harm than a letter taken for a sign. */
static bool is_sign(uint32_t c)
{
	if (c < 0x80) {
		return !within(c, '0', '9') && !within(c | 0x20, 'a', 'z');
	}
	if (c < 0xc0) {
		return c != 0xaa && c != 0xb5 && c != 0xba;
	}
	if (within(c, 0x600, 0x6ff)) { /* ، ؍ ؛ ؞ ؟ ٪-٭ ۔ */
		return within(c, 0x60c, 0x60d) || c == 0x61b || within(c, 0x61e, 0x61f)
			|| within(c, 0x66a, 0x66d) || c == 0x6d4;
	}
	return c == 0xd7 || c == 0xf7
		|| within(c, 0x2010, 0x2027) || within(c, 0x2030, 0x205e)
		|| within(c, 0x2190, 0x2bff) || within(c, 0x3001, 0x3003)
		|| within(c, 0x3008, 0x301f) || within(c, 0xfd3e, 0xfd3f)
		|| within(c, 0xfe10, 0xfe6f) || within(c, 0xff01, 0xff0f);
}

static bool is_gap(const char *at, const char *end, size_t *len)
{
	const uint8_t *c = (const uint8_t *)at;
	*len = safi_space_at(at, end);
	if (*len > 0) {
		return true;
	}
	*len = safi_utf8_length(*c);
	return is_sign(safi_utf8_decode(c));
}

bool safi_word_next(safi_text text, size_t *at, safi_text *word)
{
	const char *end = text.ptr + text.len, *begin = text.ptr + *at;
	size_t len;
	while (begin < end && is_gap(begin, end, &len)) {
		begin += len;
	}
	const char *last = begin;
	while (last < end && !is_gap(last, end, &len)) {
		last += len;
	}
	*at = (size_t)(last - text.ptr);
	*word = (safi_text){ begin, (size_t)(last - begin) };
	return last > begin;
}

/* 0: left out. */
static uint32_t fold_char(uint32_t c)
{
	if (c < 0x80) {
		return within(c, 'A', 'Z') ? c | 0x20 : c;
	}
	if (within(c, 0x64b, 0x65f) || within(c, 0x610, 0x61a) || within(c, 0x6d6, 0x6dc)
	    || within(c, 0x6df, 0x6e4) || within(c, 0x200b, 0x200f) || within(c, 0x202a, 0x202e)
	    || within(c, 0x2060, 0x2069) || c == 0x61c || c == 0xfeff || c == 0xad) {
		return 0;
	}
	if (within(c, 0x660, 0x669)) {
		return '0' + (c - 0x660);
	}
	if (within(c, 0x6f0, 0x6f9)) {
		return '0' + (c - 0x6f0);
	}
	switch (c) {
	case 0x640: case 0x670:
		return 0;
	case 0x622: case 0x623: case 0x625: case 0x671:
		return 0x627; /* alef */
	case 0x649: case 0x6cc:
		return 0x64a; /* yeh */
	case 0x629: case 0x6c1: case 0x6be: case 0x6d5: case 0x6c3:
		return 0x647; /* heh */
	case 0x6a9:
		return 0x643; /* kaf */
	default:
		return c;
	}
}

size_t safi_word_fold(safi_text text, char *to)
{
	const uint8_t *at = (const uint8_t *)text.ptr, *end = at + text.len;
	size_t put = 0;
	for (; at < end; at += safi_utf8_length(*at)) {
		uint32_t folded = fold_char(safi_utf8_decode(at));
		if (folded != 0) {
			put += safi_utf8_encode(to + put, folded);
		}
	}
	return put;
}

/* Constants: http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t safi_word_hash(safi_text text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < text.len; i++) {
		hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

/* False: there is no room left. */
static bool add_word(SafiWords *words, safi_text word)
{
	unsigned n = words->n;
	size_t begin = n > 0 ? words->end[n - 1] + 1u : 0;
	if (n == SAFI_WORDS_MOST || begin + word.len > SAFI_WORDS_BYTES) {
		return false;
	}
	if (n > 0) {
		words->folded[begin - 1] = ' ';
	}
	safi_text folded = { words->folded + begin, safi_word_fold(word, words->folded + begin) };
	if (folded.len == 0) {
		return true; /* marks alone */
	}
	words->begin[n] = (uint16_t)begin;
	words->end[n] = (uint16_t)(begin + folded.len);
	words->hash[n] = safi_word_hash(folded);
	words->n++;
	return true;
}

void safi_words_take(safi_text text, SafiWords *words)
{
	size_t at = 0;
	safi_text word;
	words->n = 0;
	words->all = true;
	while (words->all && safi_word_next(text, &at, &word)) {
		words->all = add_word(words, word);
	}
}
