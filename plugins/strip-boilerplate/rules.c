#include "rules.h"
#include "label.h"
#include <stdlib.h>

/* Chosen by eye on the sample pages, not tuned.
 *
 * PROSE_*   a segment is prose if it is long, or not short and ends with a full stop
 * WEIGH_*   what a segment adds to or takes from a run; a run of the largest sum is the body, after
 *           the body text extraction of Finn, Kushmerick and Smyth (2001)
 * HEAD      how far before the body a title is looked for */
enum { PROSE_WORDS = 8, PROSE_LONG = 25 };
enum { WEIGH_MOST = 60, WEIGH_SHORT = -10, WEIGH_CUE = -30, WEIGH_AGAIN = -60 };
enum { HEAD = 15 };
enum { TITLE_LEAST = 3, TITLE_MOST = 30 };
enum { QUIET_TAIL = 5 };
enum { HEADING_CHARS = 50, RELATED_CHARS = 130 };
enum { NAV_WORDS = 3, DATE_LINE_WORDS = 16, DATELINE_WORDS = 4 };

typedef struct Page {
	Segment *segments;
	size_t n;
	size_t first, end;  /* of the body; equal: there is none */
	size_t title;       /* n: there is none */
	safi_text text;
} Page;

static bool has(const Segment *segment, unsigned flags)
{
	return (segment->flags & flags) != 0;
}

static bool is_prose(const Segment *segment)
{
	if (has(segment, SEGMENT_ITEM) || segment->cue != LABEL_NONE) {
		return false;
	}
	return segment->words >= PROSE_LONG
		|| (segment->words >= PROSE_WORDS && has(segment, SEGMENT_STOP));
}

static int64_t weigh(const Segment *segment)
{
	if (has(segment, SEGMENT_AGAIN)) {
		return WEIGH_AGAIN;
	}
	if (segment->cue != LABEL_NONE && segment->cue != LABEL_CREDIT) {
		return WEIGH_CUE;
	}
	if (!is_prose(segment)) {
		return WEIGH_SHORT;
	}
	return segment->words < WEIGH_MOST ? (int64_t)segment->words : WEIGH_MOST;
}

/* The run of segments with the largest sum (Kadane's algorithm). */
static void find_body(Page *page)
{
	int64_t best = 0, sum = 0;
	size_t start = 0;
	for (size_t i = 0; i < page->n; i++) {
		if (sum <= 0) {
			sum = 0;
			start = i;
		}
		sum += weigh(&page->segments[i]);
		if (sum > best) {
			best = sum;
			page->first = start;
			page->end = i + 1;
		}
	}
}

/* A few lines behind the body of which no phrase says that they are something else belong to it:
 * an article may end with a list or a table of results. */
static void keep_quiet_tail(Page *page)
{
	if (page->n - page->end > QUIET_TAIL) {
		return;
	}
	for (size_t i = page->end; i < page->n; i++) {
		if (page->segments[i].cue != LABEL_NONE || has(&page->segments[i], SEGMENT_ITEM)) {
			return;
		}
	}
	page->end = page->n;
}

/* --- the title -------------------------------------------------------------------------------- */

enum { SET_SLOTS = 4096, SET_MOST = 2048 };
typedef struct WordSet { uint64_t slots[SET_SLOTS]; unsigned n; } WordSet; /* 0 is free */

static uint64_t *set_slot(WordSet *set, uint64_t word)
{
	size_t i = word % SET_SLOTS;
	while (set->slots[i] != 0 && set->slots[i] != word) {
		i = (i + 1) % SET_SLOTS;
	}
	return &set->slots[i];
}

static void set_add(WordSet *set, const SafiWords *words)
{
	for (unsigned i = 0; i < words->n && set->n < SET_MOST; i++) {
		uint64_t *slot = set_slot(set, words->hash[i]);
		set->n += *slot == 0;
		*slot = words->hash[i];
	}
}

/* How many of the segment's words are in the set. */
static unsigned set_shared(WordSet *set, const Page *page, const Segment *segment)
{
	SafiWords words;
	unsigned shared = 0;
	safi_words_take(segment_text(segment, page->text), &words);
	for (unsigned i = 0; i < words.n; i++) {
		shared += *set_slot(set, words.hash[i]) != 0;
	}
	return shared;
}

static void set_add_segments(WordSet *set, const Page *page, size_t begin, size_t end)
{
	SafiWords words;
	for (size_t i = begin; i < end && set->n < SET_MOST; i++) {
		safi_words_take(segment_text(&page->segments[i], page->text), &words);
		set_add(set, &words);
	}
}

static bool may_be_title(const Segment *segment)
{
	return segment->cue == LABEL_NONE && segment->words >= TITLE_LEAST
		&& segment->words <= TITLE_MOST
		&& !has(segment, SEGMENT_ITEM | SEGMENT_DATE | SEGMENT_CLOCK | SEGMENT_BULLET
		                 | SEGMENT_AGENCY | SEGMENT_STOP);
}

/* The first line before the body that shares at least a third of its words, and two, with it; if
 * there is none, the nearest that has the shape of a title. */
static void find_title(Page *page)
{
	WordSet body = { .n = 0 };
	set_add_segments(&body, page, page->first, page->end);
	page->title = page->n;
	size_t i = page->first > HEAD ? page->first - HEAD : 0;
	for (; i < page->first; i++) {
		const Segment *segment = &page->segments[i];
		if (!may_be_title(segment)) {
			continue;
		}
		page->title = i;
		unsigned shared = set_shared(&body, page, segment);
		if (shared >= 2 && shared * 3 >= segment->words) {
			return;
		}
	}
}

/* The same headline in other words, as a page has it for browsers and for readers. */
static void label_title(Page *page)
{
	if (page->title == page->n) {
		return;
	}
	WordSet words = { .n = 0 };
	set_add_segments(&words, page, page->title, page->title + 1);
	page->segments[page->title].label = LABEL_TITLE;
	for (size_t i = page->title + 1; i < page->first; i++) {
		Segment *segment = &page->segments[i];
		if (may_be_title(segment) && set_shared(&words, page, segment) * 2 > segment->words) {
			segment->label = LABEL_TITLE;
		}
	}
}

/* --- the lines around it ---------------------------------------------------------------------- */

static bool is_date_line(const Segment *segment)
{
	return has(segment, SEGMENT_DATE | SEGMENT_CLOCK) && segment->words <= DATE_LINE_WORDS;
}

static uint8_t before_title(const Segment *segment)
{
	if (segment->cue != LABEL_NONE) {
		return segment->cue;
	}
	if (is_date_line(segment)) {
		return LABEL_DATE;
	}
	return segment->words <= NAV_WORDS ? LABEL_NAV : LABEL_WIDGET;
}

/* Whether the segment says the same as a neighbour: the words for a picture often stand twice. */
static bool is_doubled(const Page *page, size_t i)
{
	return has(&page->segments[i], SEGMENT_AGAIN)
		|| (i + 1 < page->n && has(&page->segments[i + 1], SEGMENT_AGAIN));
}

static uint8_t before_body(const Page *page, size_t i)
{
	const Segment *segment = &page->segments[i];
	if (segment->cue != LABEL_NONE) {
		return segment->cue;
	}
	if (has(segment, SEGMENT_AGENCY)) {
		return LABEL_CAPTION;
	}
	if (is_date_line(segment)) {
		return LABEL_DATE;
	}
	if (is_doubled(page, i)) {
		return LABEL_CAPTION;
	}
	if (i + 1 == page->first && segment->words <= DATELINE_WORDS && has(segment, SEGMENT_DASH)) {
		return LABEL_DATELINE;
	}
	if (segment->words <= NAV_WORDS) {
		return LABEL_NAV;
	}
	return page->segments[i - 1].label == LABEL_TITLE ? LABEL_SUBTITLE : LABEL_CAPTION;
}

static void label_head(Page *page)
{
	for (size_t i = 0; i < page->first; i++) {
		Segment *segment = &page->segments[i];
		if (segment->label == LABEL_NONE) {
			segment->label = page->title < i ? before_body(page, i)
			                                 : before_title(segment);
		}
	}
}

/* Whether this page ends its sentences with stops, so that a line without one is no sentence. */
static bool is_punctuated(const Page *page)
{
	size_t stopped = 0, prose = 0;
	for (size_t i = page->first; i < page->end; i++) {
		if (!is_prose(&page->segments[i])) {
			continue;
		}
		prose++;
		stopped += has(&page->segments[i], SEGMENT_SENTENCE | SEGMENT_COLON);
	}
	return stopped * 4 >= prose * 3;
}

static uint8_t within_body(const Page *page, size_t i, bool punctuated)
{
	const Segment *segment = &page->segments[i];
	if (segment->cue != LABEL_NONE) {
		return segment->cue;
	}
	if (has(segment, SEGMENT_BULLET)) {
		return LABEL_LIST;
	}
	if (has(segment, SEGMENT_AGENCY) && !has(segment, SEGMENT_STOP)) {
		return LABEL_CAPTION;
	}
	if (is_prose(segment) || has(segment, SEGMENT_COLON | SEGMENT_STOP)) {
		return LABEL_BODY;
	}
	if (is_doubled(page, i)) {
		return LABEL_RELATED;
	}
	if (segment->chars <= HEADING_CHARS) {
		return LABEL_HEADING;
	}
	if (punctuated && segment->chars <= RELATED_CHARS && !has(segment, SEGMENT_SENTENCE)) {
		return LABEL_RELATED;
	}
	return LABEL_BODY;
}

static void label_body(Page *page)
{
	bool punctuated = is_punctuated(page);
	for (size_t i = page->first; i < page->end; i++) {
		page->segments[i].label = within_body(page, i, punctuated);
	}
}

/* Behind the body a phrase ("more on this", "comments") opens a box of its kind. */
static void label_tail(Page *page)
{
	uint8_t box = LABEL_NONE;
	for (size_t i = page->end; i < page->n; i++) {
		Segment *segment = &page->segments[i];
		if (segment->cue == LABEL_RELATED || segment->cue == LABEL_COMMENT
		    || segment->cue == LABEL_NAV) {
			box = segment->cue;
		}
		if (segment->cue != LABEL_NONE) {
			segment->label = segment->cue;
		} else if (box != LABEL_NONE) {
			segment->label = box;
		} else {
			segment->label = segment->words <= NAV_WORDS ? LABEL_NAV : LABEL_RELATED;
		}
	}
}

/* A page without prose is a list or a poem, or so short that nothing tells what it is: only what a
 * phrase names is taken out of it. */
static void label_bare(Page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		Segment *segment = &page->segments[i];
		segment->label = segment->cue != LABEL_NONE ? segment->cue : LABEL_BODY;
	}
}

void rules_label(Segments *segments, safi_text text)
{
	Page page = { .segments = segments->at, .n = segments->n, .text = text };
	find_body(&page);
	if (page.first == page.end) {
		label_bare(&page);
		return;
	}
	keep_quiet_tail(&page);
	find_title(&page);
	label_title(&page);
	label_head(&page);
	label_body(&page);
	label_tail(&page);
}
