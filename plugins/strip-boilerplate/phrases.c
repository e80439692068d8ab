#include "phrases.h"
#include "label.h"
#include "textkit/space.h"
#include <stdlib.h>

/* A line that is longer than this says something of its own, whatever it begins with or holds. */
enum { START_WORDS = 12, INSIDE_WORDS = 40 };
enum { PHRASE_WORDS = 8, SENTENCE_WORDS = 8 };
enum place { PLACE_WHOLE, PLACE_START, PLACE_INSIDE, PLACES };

typedef struct Phrase {
	char *folded;
	size_t len;
	uint64_t hash;
	uint8_t label[PLACES]; /* by place; LABEL_NONE: not there */
} Phrase;

struct Phrases {
	Phrase *slots; /* open addressing; a slot without folded is free */
	size_t n, capacity; /* a power of two, at most half full */
};

Phrases *phrases_new(void)
{
	return calloc(1, sizeof(Phrases));
}

void phrases_free(Phrases *phrases)
{
	if (phrases == NULL) {
		return;
	}
	for (size_t i = 0; i < phrases->capacity; i++) {
		free(phrases->slots[i].folded);
	}
	free(phrases->slots);
	free(phrases);
}

/* One more word: order matters. */
static uint64_t hash_join(uint64_t hash, uint64_t word)
{
	return (hash << 7 | hash >> 57) * UINT64_C(0x9e3779b97f4a7c15) ^ word;
}

/* The slot where the phrase is or would be. */
static Phrase *slot(const Phrases *phrases, uint64_t hash, safi_text folded)
{
	for (size_t i = hash ^ hash >> 32;; i++) {
		Phrase *at = &phrases->slots[i & (phrases->capacity - 1)];
		if (at->folded == NULL) {
			return at;
		}
		if (at->hash == hash && at->len == folded.len
		    && memcmp(at->folded, folded.ptr, folded.len) == 0) {
			return at;
		}
	}
}

static bool grow(Phrases *phrases)
{
	Phrases bigger = { .capacity = phrases->capacity > 0 ? phrases->capacity * 2 : 256 };
	bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
	if (bigger.slots == NULL) {
		return false;
	}
	for (size_t i = 0; i < phrases->capacity; i++) {
		Phrase *old = &phrases->slots[i];
		if (old->folded != NULL) {
			*slot(&bigger, old->hash, (safi_text){ old->folded, old->len }) = *old;
		}
	}
	free(phrases->slots);
	phrases->slots = bigger.slots;
	phrases->capacity = bigger.capacity;
	return true;
}

static safi_text slice(const SafiWords *words, unsigned from, unsigned n)
{
	const char *begin = words->folded + words->begin[from];
	return (safi_text){ begin, (size_t)(words->folded + words->end[from + n - 1] - begin) };
}

static bool add(Phrases *phrases, const SafiWords *words, uint8_t label, enum place place)
{
	if (phrases->n * 2 >= phrases->capacity && !grow(phrases)) {
		return false;
	}
	uint64_t hash = 0;
	for (unsigned i = 0; i < words->n; i++) {
		hash = hash_join(hash, words->hash[i]);
	}
	safi_text folded = slice(words, 0, words->n);
	Phrase *phrase = slot(phrases, hash, folded);
	if (phrase->folded == NULL) {
		phrase->folded = malloc(folded.len);
		if (phrase->folded == NULL) {
			return false;
		}
		memcpy(phrase->folded, folded.ptr, folded.len);
		phrase->len = folded.len;
		phrase->hash = hash;
		phrases->n++;
	}
	phrase->label[place] = label;
	return true;
}

/* Takes a column off the front of a line. */
static safi_text column(safi_text *line)
{
	size_t len = 0;
	while (len < line->len && line->ptr[len] != ' ' && line->ptr[len] != '\t') {
		len++;
	}
	safi_text word = { line->ptr, len };
	*line = safi_space_trim((safi_text){ line->ptr + len, line->len - len });
	return word;
}

static enum place place_find(safi_text name)
{
	static const char *const names[PLACES] = { "whole", "start", "inside" };
	for (unsigned i = 0; i < PLACES; i++) {
		if (name.len == strlen(names[i]) && memcmp(name.ptr, names[i], name.len) == 0) {
			return i;
		}
	}
	return PLACES;
}

/* 1: fine; 0: the line is wrong; -1: out of memory. */
static int add_line(Phrases *phrases, safi_text line)
{
	if (line.len == 0 || line.ptr[0] == '#') {
		return 1;
	}
	uint8_t label = label_find(column(&line));
	enum place place = place_find(column(&line));
	SafiWords words;
	safi_words_take(line, &words);
	if (label == LABEL_NONE || place == PLACES || words.n == 0 || words.n > PHRASE_WORDS) {
		return 0;
	}
	return add(phrases, &words, label, place) ? 1 : -1;
}

int64_t phrases_add(Phrases *phrases, safi_bytes file)
{
	const char *at = (const char *)file.ptr, *end = at + file.len;
	for (int64_t number = 1; at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL) {
			stop = end;
		}
		safi_text line = { at, (size_t)(stop - at) };
		int added = add_line(phrases, safi_space_trim(line));
		if (added != 1) {
			return added < 0 ? -1 : number;
		}
		at = stop < end ? stop + 1 : end;
	}
	return 0;
}

static const Phrase *find(const Phrases *phrases, uint64_t hash, const SafiWords *words,
                          unsigned from, unsigned n)
{
	static const Phrase none;
	if (phrases->capacity == 0) {
		return &none;
	}
	const Phrase *phrase = slot(phrases, hash, slice(words, from, n));
	return phrase->folded != NULL ? phrase : &none;
}

uint8_t phrases_whole(const Phrases *phrases, const SafiWords *words, unsigned from, unsigned n)
{
	if (n == 0 || n > PHRASE_WORDS) {
		return LABEL_NONE;
	}
	uint64_t hash = 0;
	for (unsigned i = from; i < from + n; i++) {
		hash = hash_join(hash, words->hash[i]);
	}
	return find(phrases, hash, words, from, n)->label[PLACE_WHOLE];
}

/* The longest phrase for that place that begins with word `from`. */
static uint8_t longest(const Phrases *phrases, const SafiWords *words, unsigned from,
                       enum place place)
{
	uint8_t label = LABEL_NONE;
	uint64_t hash = 0;
	for (unsigned n = 1; n <= PHRASE_WORDS && from + n <= words->n; n++) {
		hash = hash_join(hash, words->hash[from + n - 1]);
		uint8_t here = find(phrases, hash, words, from, n)->label[place];
		if (here != LABEL_NONE) {
			label = here;
		}
	}
	return label;
}

uint8_t phrases_label(const Phrases *phrases, const SafiWords *words, bool ended)
{
	if (!words->all || words->n == 0 || words->n > INSIDE_WORDS) {
		return LABEL_NONE;
	}
	uint8_t label = phrases_whole(phrases, words, 0, words->n);
	if (label == LABEL_NONE && words->n <= START_WORDS) {
		label = longest(phrases, words, 0, PLACE_START);
	}
	unsigned searched = ended && words->n >= SENTENCE_WORDS ? 0 : words->n;
	for (unsigned from = 0; label == LABEL_NONE && from < searched; from++) {
		label = longest(phrases, words, from, PLACE_INSIDE);
	}
	return label;
}
