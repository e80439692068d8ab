#include "segment.h"
#include "label.h"
#include "measure.h"
#include "textkit/space.h"
#include <stdlib.h>

/* Fewer items than this are a line with a separator in it ("Headline | Site"), not a list. */
enum { ITEMS = 3 };
/* As many blanks in a row part two items. */
enum { BLANKS = 3 };
enum { AGENCY_BYTES = 40 };

/* The hash is of the first words only: longer segments must be equal byte for byte. */
static bool says_same(const Segment *a, const Segment *b, safi_text page)
{
	if (b->words == 0 || a->words != b->words || a->hash != b->hash) {
		return false;
	}
	safi_text one = segment_text(a, page), other = segment_text(b, page);
	bool hashed = a->words <= SAFI_WORDS_MOST && one.len <= SAFI_WORDS_BYTES
		&& other.len <= SAFI_WORDS_BYTES;
	return hashed
		|| (one.len == other.len && memcmp(one.ptr, other.ptr, one.len) == 0);
}

static bool add(Segments *segments, safi_text page, safi_text text, uint16_t flags,
                const Phrases *phrases)
{
	if (segments->n == segments->capacity) {
		size_t capacity = segments->capacity > 0 ? segments->capacity * 2 : 256;
		Segment *at = realloc(segments->at, capacity * sizeof *at);
		if (at == NULL) {
			return false;
		}
		segments->at = at;
		segments->capacity = capacity;
	}
	Segment *segment = &segments->at[segments->n++];
	uint32_t begin = (uint32_t)(text.ptr - page.ptr);
	*segment = (Segment){ .span = { begin, begin + (uint32_t)text.len }, .flags = flags };
	measure(segment, text, phrases);
	if (segments->n > 1 && says_same(segment - 1, segment, page)) {
		segment->flags |= SEGMENT_AGAIN;
	}
	return true;
}

/* The bytes of a sign that parts items: one that stands by itself. */
static size_t sign(const char *at, const char *end)
{
	static const char *const signs[] = { "|", "•", "·", "●", "▪", "■" };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t len = strlen(signs[i]);
		if ((size_t)(end - at) >= len && memcmp(at, signs[i], len) == 0) {
			return at + len == end || safi_space_at(at + len, end) > 0 ? len : 0;
		}
	}
	return 0;
}

static const char *skip_blanks(const char *at, const char *end, unsigned *blanks)
{
	size_t len;
	for (*blanks = 0; (len = safi_space_at(at, end)) > 0; (*blanks)++) {
		at += len;
	}
	return at;
}

static const char *skip_signs(const char *at, const char *end)
{
	unsigned blanks;
	size_t len;
	for (at = skip_blanks(at, end, &blanks); at < end && (len = sign(at, end)) > 0;) {
		at = skip_blanks(at + len, end, &blanks);
	}
	return at;
}

/* Takes an item off the front of a trimmed line.  A sign opens the item behind it, as a bullet
 * does; signs behind the last item stay with that one. */
static safi_text take_item(safi_text *line)
{
	const char *end = line->ptr + line->len;
	const char *at = skip_signs(line->ptr, end), *next = at;
	while (at < end) {
		unsigned blanks;
		next = skip_blanks(at, end, &blanks);
		if (blanks >= BLANKS || (blanks > 0 && sign(next, end) > 0)) {
			if (skip_signs(next, end) == end) {
				at = next = end;
			}
			break;
		}
		at = next = blanks > 0 ? next : at + 1;
	}
	safi_text item = { line->ptr, (size_t)(at - line->ptr) };
	*line = (safi_text){ next, (size_t)(end - next) };
	return item;
}

static bool has_many_items(safi_text line)
{
	unsigned items = 0;
	while (line.len > 0 && items < ITEMS) {
		take_item(&line);
		items++;
	}
	return items == ITEMS;
}

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of an agency's name in Latin letters to which an Arabic caption is glued, as in
 * `Reutersالرئيس`: pages lose the element's border between credit and caption.  0: none. */
static size_t glued_agency(safi_text text, const Phrases *phrases)
{
	size_t len = 0;
	while (len < text.len && len < AGENCY_BYTES
	       && (is_ascii_letter(text.ptr[len]) || (len > 0 && text.ptr[len] == ' '))) {
		len++;
	}
	if (len == 0 || len == text.len || !is_ascii_letter(text.ptr[len - 1])) {
		return 0;
	}
	unsigned char lead = (unsigned char)text.ptr[len];
	if (lead < 0xd8 || lead > 0xdb) { /* U+0600 to U+06FF */
		return 0;
	}
	SafiWords words;
	safi_words_take((safi_text){ text.ptr, len }, &words);
	return phrases_whole(phrases, &words, 0, words.n) == LABEL_CREDIT ? len : 0;
}

static bool add_item(Segments *segments, safi_text page, safi_text item, uint16_t flags,
                     const Phrases *phrases)
{
	size_t agency = glued_agency(item, phrases);
	if (agency == 0) {
		return add(segments, page, item, flags, phrases);
	}
	safi_text credit = { item.ptr, agency };
	safi_text caption = { item.ptr + agency, item.len - agency };
	return add(segments, page, credit, flags, phrases)
		&& add(segments, page, caption, flags | SEGMENT_AGENCY, phrases);
}

static bool add_line(Segments *segments, safi_text page, safi_text line, const Phrases *phrases)
{
	if (!has_many_items(line)) {
		return line.len == 0 || add_item(segments, page, line, 0, phrases);
	}
	while (line.len > 0) {
		if (!add_item(segments, page, take_item(&line), SEGMENT_ITEM, phrases)) {
			return false;
		}
	}
	return true;
}

bool segments_cut(Segments *segments, safi_text page, const Phrases *phrases)
{
	const char *at = page.ptr, *end = at + page.len;
	segments->n = 0;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL) {
			stop = end;
		}
		safi_text line = safi_space_trim((safi_text){ at, (size_t)(stop - at) });
		if (!add_line(segments, page, line, phrases)) {
			return false;
		}
		at = stop < end ? stop + 1 : end;
	}
	return true;
}

void segments_reset(Segments *segments)
{
	segments->n = 0;
	if (segments->capacity * sizeof *segments->at > 1 << 20) {
		segments_clear(segments);
	}
}

void segments_clear(Segments *segments)
{
	free(segments->at);
	*segments = (Segments){ 0 };
}
