#include "textkit/compose.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a character that is not simply a starter: where in parts_pool its parts begin,
 * ended by 0; where in pairs_pool the pairs begin whose first it is, ended by {0, 0}; its class. */
typedef struct SafiCanonical {
	uint16_t parts, pairs;
	uint8_t order;
} SafiCanonical;

typedef struct SafiPair {
	uint32_t second, whole;
} SafiPair;

#include "canonical.inc"

/* Hangul syllables are computed: The Unicode Standard, section 3.12. */
enum {
	SYLLABLE = 0xAC00,
	LEAD = 0x1100,
	VOWEL = 0x1161,
	TAIL = 0x11A7, /* one before the first */
	LEADS = 19,
	VOWELS = 21,
	TAILS = 28,
	SYLLABLES = LEADS * VOWELS * TAILS
};

static const SafiCanonical *look_up(uint32_t point)
{
	uint32_t block = point >> 6;

	if (block >= sizeof block_of) {
		return &canonical[0];
	}
	return &canonical[record_of[block_of[block] << 6 | (point & 0x3F)]];
}

uint8_t safi_compose_class(uint32_t point)
{
	return look_up(point)->order;
}

void safi_compose_clear(SafiCompose *text)
{
	free(text->at);
	*text = (SafiCompose){ 0 };
}

static bool reserve(SafiCompose *text, size_t more)
{
	if (text->capacity - text->n >= more) {
		return true;
	}
	size_t capacity = text->capacity * 2 + more + 32;
	uint32_t *at = realloc(text->at, capacity * sizeof *at);
	if (!at) {
		return false;
	}
	text->at = at;
	text->capacity = capacity;
	return true;
}

static bool push(SafiCompose *text, uint32_t packed)
{
	if (!reserve(text, 1)) {
		return false;
	}
	text->at[text->n++] = packed;
	return true;
}

bool safi_compose_add(SafiCompose *text, uint32_t point)
{
	return push(text, (uint32_t)safi_compose_class(point) << 24 | point);
}

static bool split_syllable(SafiCompose *text, uint32_t index)
{
	uint32_t tail = index % TAILS;

	return push(text, LEAD + index / (VOWELS * TAILS)) &&
	       push(text, VOWEL + index / TAILS % VOWELS) && (!tail || push(text, TAIL + tail));
}

bool safi_compose_split(SafiCompose *text, uint32_t point)
{
	if (point - SYLLABLE < SYLLABLES) {
		return split_syllable(text, point - SYLLABLE);
	}
	const uint32_t *part = &parts_pool[look_up(point)->parts];
	if (!*part) {
		return safi_compose_add(text, point);
	}
	for (; *part; part++) {
		if (!push(text, *part)) {
			return false;
		}
	}
	return true;
}

/* --- order ------------------------------------------------------------------------------------ */

static void sort_few(uint32_t *marks, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t mark = marks[i];
		size_t to = i;
		for (; to && SAFI_COMPOSE_CLASS(marks[to - 1]) > SAFI_COMPOSE_CLASS(mark); to--) {
			marks[to] = marks[to - 1];
		}
		marks[to] = mark;
	}
}

/* By counting, so that a page of nothing but marks takes linear time too. */
static void sort_many(uint32_t *marks, size_t n, uint32_t *spare)
{
	size_t at[257] = { 0 };

	for (size_t i = 0; i < n; i++) {
		at[SAFI_COMPOSE_CLASS(marks[i]) + 1]++;
	}
	for (size_t order = 1; order < 257; order++) {
		at[order] += at[order - 1];
	}
	memcpy(spare, marks, n * sizeof *marks);
	for (size_t i = 0; i < n; i++) {
		marks[at[SAFI_COMPOSE_CLASS(spare[i])]++] = spare[i];
	}
}

bool safi_compose_sort(SafiCompose *text)
{
	enum { FEW = 24 };

	for (size_t begin = 0, end; begin < text->n; begin = end + 1) {
		for (end = begin; end < text->n && SAFI_COMPOSE_CLASS(text->at[end]); end++) {
		}
		if (end - begin <= FEW) {
			sort_few(text->at + begin, end - begin);
		} else if (reserve(text, end - begin)) {
			sort_many(text->at + begin, end - begin, text->at + text->n);
		} else {
			return false;
		}
	}
	return true;
}

/* --- composition ------------------------------------------------------------------------------ */

static uint32_t join_syllable(uint32_t first, uint32_t second)
{
	if (first - LEAD < LEADS && second - VOWEL < VOWELS) {
		return SYLLABLE + ((first - LEAD) * VOWELS + (second - VOWEL)) * TAILS;
	}
	if (first - SYLLABLE < SYLLABLES && (first - SYLLABLE) % TAILS == 0 &&
	    second - TAIL - 1 < TAILS - 1) {
		return first + (second - TAIL);
	}
	return 0;
}

uint32_t safi_compose_pair(uint32_t first, uint32_t second)
{
	const SafiPair *pair = &pairs_pool[look_up(first)->pairs];

	for (; pair->second; pair++) {
		if (pair->second == second) {
			return pair->whole;
		}
	}
	return join_syllable(first, second);
}

void safi_compose_join(SafiCompose *text)
{
	uint32_t *at = text->at;
	size_t starter = SIZE_MAX, kept = 0;

	for (size_t i = 0; i < text->n; i++) {
		uint32_t order = SAFI_COMPOSE_CLASS(at[i]);
		/* Blocked: a mark of the same or a higher class stands between (UAX #15, D115). */
		bool open = starter != SIZE_MAX &&
		            (starter + 1 == kept || SAFI_COMPOSE_CLASS(at[kept - 1]) < order);
		uint32_t point = SAFI_COMPOSE_POINT(at[i]);
		uint32_t whole = open ? safi_compose_pair(at[starter], point) : 0;
		if (whole) {
			at[starter] = whole;
			continue;
		}
		if (order == 0) {
			starter = kept;
		}
		at[kept++] = at[i];
	}
	text->n = kept;
}
