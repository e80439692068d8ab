#include "measure.h"
#include "label.h"

/* A line that states when something was published says little else. */
enum { DATE_WORDS = 16, DATE_APART = 4, CLOCK_WORDS = 6 };

static uint32_t count_chars(safi_text text)
{
	uint32_t chars = 0;
	for (size_t i = 0; i < text.len; i++) {
		chars += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	}
	return chars;
}

/* The words beyond those that are folded count too. */
static uint32_t count_words(safi_text text, const SafiWords *words)
{
	if (words->all) {
		return words->n;
	}
	uint32_t n = 0;
	size_t at = 0;
	safi_text word;
	while (safi_word_next(text, &at, &word)) {
		n++;
	}
	return n;
}

static uint64_t hash_all(const SafiWords *words)
{
	if (words->n == 0) {
		return 0;
	}
	return safi_word_hash((safi_text){ words->folded, words->end[words->n - 1] });
}

static bool ends(safi_text text, const char *ending)
{
	size_t len = strlen(ending);
	return text.len >= len && memcmp(text.ptr + text.len - len, ending, len) == 0;
}

/* The ending among the NULL-terminated ones, or NULL. */
static const char *ends_any(safi_text text, const char *const *endings)
{
	while (*endings != NULL && !ends(text, *endings)) {
		endings++;
	}
	return *endings;
}

static uint16_t ending_flags(safi_text text)
{
	static const char *const closers[] = { "\"", "'", "»", "”", "’", ")", "]", " ", NULL };
	static const char *const stops[] = { ".", "۔", NULL };
	static const char *const others[] = { "؟", "?", "!", "…", NULL };
	const char *closer;
	while ((closer = ends_any(text, closers)) != NULL) {
		text.len -= strlen(closer);
	}
	if (ends(text, ":")) {
		return SEGMENT_COLON;
	}
	if (ends(text, "..")) { /* breaks off, as teasers do */
		return 0;
	}
	if (ends_any(text, stops) != NULL) {
		return SEGMENT_SENTENCE | SEGMENT_STOP;
	}
	return ends_any(text, others) != NULL ? SEGMENT_SENTENCE : 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins(safi_text text, const char *word)
{
	size_t len = strlen(word);
	return text.len > len && memcmp(text.ptr, word, len) == 0;
}

static bool has_bullet(safi_text text)
{
	static const char *const bullets[] = { "* ", "• ", "- ", "– ", "▪ ", "● ", "· ", NULL };
	for (size_t i = 0; bullets[i] != NULL; i++) {
		if (begins(text, bullets[i])) {
			return true;
		}
	}
	size_t digits = 0;
	while (digits < text.len && is_digit(text.ptr[digits])) {
		digits++;
	}
	if (digits == 0 || digits > 2 || digits + 1 >= text.len) {
		return false;
	}
	char c = text.ptr[digits];
	return (c == '-' || c == '.' || c == ')') && text.ptr[digits + 1] == ' ';
}

/* The number that word i is; -1: it is none, or has over four digits. */
static int number(const SafiWords *words, unsigned i)
{
	const char *at = words->folded + words->begin[i], *end = words->folded + words->end[i];
	int value = 0;
	if (end - at > 4) {
		return -1;
	}
	for (; at < end; at++) {
		if (!is_digit(*at)) {
			return -1;
		}
		value = value * 10 + (*at - '0');
	}
	return value;
}

static bool has_day_near(const SafiWords *words, unsigned year)
{
	unsigned from = year > DATE_APART ? year - DATE_APART : 0;
	for (unsigned i = from; i < words->n && i <= year + DATE_APART; i++) {
		int day = number(words, i);
		if (day >= 1 && day <= 31) {
			return true;
		}
	}
	return false;
}

static bool has_date(const SafiWords *words)
{
	for (unsigned i = 0; i < words->n; i++) {
		int year = number(words, i);
		if (year >= 1900 && year < 2100 && has_day_near(words, i)) {
			return true;
		}
	}
	return false;
}

/* Whether the two bytes are a digit of U+0660 to U+0669 or U+06F0 to U+06F9. */
static bool is_wide_digit(const char *at)
{
	const unsigned char *c = (const unsigned char *)at;
	return (c[0] == 0xd9 && c[1] >= 0xa0 && c[1] <= 0xa9)
		|| (c[0] == 0xdb && c[1] >= 0xb0 && c[1] <= 0xb9);
}

/* A colon between two digits. */
static bool has_clock(safi_text text)
{
	for (size_t i = 1; i + 1 < text.len; i++) {
		const char *at = text.ptr + i;
		if (*at == ':'
		    && (is_digit(at[-1]) || (i > 1 && is_wide_digit(at - 2)))
		    && (is_digit(at[1]) || (i + 2 < text.len && is_wide_digit(at + 1)))) {
			return true;
		}
	}
	return false;
}

static bool has_dash(safi_text text)
{
	for (size_t i = 1; i + 1 < text.len; i++) {
		if (text.ptr[i] == '-' && (text.ptr[i - 1] == ' ' || text.ptr[i + 1] == ' ')) {
			return true;
		}
	}
	return false;
}

/* "... - REUTERS", "(أ ف ب)": an agency is one word to three. */
static bool ends_with_agency(const SafiWords *words, const Phrases *phrases)
{
	for (unsigned n = 1; n <= 3 && n < words->n; n++) {
		if (phrases_whole(phrases, words, words->n - n, n) == LABEL_CREDIT) {
			return true;
		}
	}
	return false;
}

/* What only a line that is wholly in `words` can have. */
static uint16_t short_flags(safi_text text, const SafiWords *words, const Phrases *phrases)
{
	uint16_t flags = 0;
	if (words->n <= DATE_WORDS && has_date(words)) {
		flags |= SEGMENT_DATE;
	}
	if (words->n <= CLOCK_WORDS && has_clock(text)) {
		flags |= SEGMENT_CLOCK;
	}
	if (has_dash(text)) {
		flags |= SEGMENT_DASH;
	}
	if (ends_with_agency(words, phrases)) {
		flags |= SEGMENT_AGENCY;
	}
	return flags;
}

void measure(Segment *segment, safi_text text, const Phrases *phrases)
{
	SafiWords words;
	safi_words_take(text, &words);
	segment->chars = count_chars(text);
	segment->words = count_words(text, &words);
	segment->hash = hash_all(&words);
	segment->flags |= ending_flags(text);
	if (has_bullet(text)) {
		segment->flags |= SEGMENT_BULLET;
	}
	if (words.all) {
		segment->flags |= short_flags(text, &words, phrases);
	}
	bool ended = (segment->flags & (SEGMENT_SENTENCE | SEGMENT_COLON)) != 0;
	segment->cue = phrases_label(phrases, &words, ended);
	if (segment->cue == LABEL_BYLINE && ended) {
		segment->cue = LABEL_NONE; /* "كتب الرئيس على منصته أن ..." is a sentence */
	}
}
