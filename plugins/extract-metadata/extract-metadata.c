/* The stage `extract-metadata`: what a page states about itself, from the lines that state it.
 *
 * Nothing is invented: a field that came in stays, and one that no line states stays absent.  A
 * date within the article or a related teaser is not the page's, so only lines labelled `date`
 * are looked at; on a page whose lines have no labels, short lines at its top. */
#include "date.h"
#include "safi.h"
#include "textkit/space.h"
#include "textkit/word.h"
#include "updates.h"
#include <stdio.h>
#include <stdlib.h>

/* How many lines a date may stand from the title: sites print the day of the visit above the
 * menu. */
enum { NEAR = 12 };
/* Of a page whose lines have no labels: how many are looked at, and what is a short one, in
 * bytes. */
enum { TOP = 10, SHORT = 160 };

typedef struct Model {
	Months *months;
	Updates *updates;
} Model;

typedef struct Stage {
	const safi_host *host;
	const Months *months;
	const Updates *updates;
	safi_key page, line, label, title, published;
} Stage;

typedef struct Lines {
	safi_view view;
	safi_text page;
	uint32_t n;
	const safi_span *spans;
	const safi_text *labels;
} Lines;

/* --- lines ------------------------------------------------------------------------------------ */

static safi_text line_text(const Lines *lines, uint32_t i)
{
	return (safi_text){ lines->page.ptr + lines->spans[i].begin,
	                    lines->spans[i].end - lines->spans[i].begin };
}

static bool is_labelled(const Lines *lines, uint32_t i, const char *label)
{
	return lines->labels[i].len == strlen(label)
		&& memcmp(lines->labels[i].ptr, label, lines->labels[i].len) == 0;
}

static bool read_labels(const Stage *self, safi_record *record, Lines *lines)
{
	const safi_host *host = self->host;
	const safi_note *notes;
	lines->n = host->notes(record, self->line, lines->view, &notes, &lines->spans);
	safi_text *labels = host->alloc(record, (lines->n + 1) * sizeof *labels);
	if (labels == NULL) {
		return false;
	}
	for (uint32_t i = 0; i < lines->n; i++) {
		labels[i] = safi_str("");
	}
	host->get_texts(record, notes, lines->n, self->label, labels);
	lines->labels = labels;
	return true;
}

/* The first lines of a page without labels; the short ones may be date lines. */
static bool read_top(const Stage *self, safi_record *record, Lines *lines)
{
	safi_span *spans = self->host->alloc(record, TOP * sizeof *spans);
	safi_text *labels = self->host->alloc(record, TOP * sizeof *labels);
	const char *at = lines->page.ptr, *end = at + lines->page.len;
	if (spans == NULL || labels == NULL) {
		return false;
	}
	lines->n = 0;
	while (at < end && lines->n < TOP) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL) {
			stop = end;
		}
		safi_text line = safi_space_trim((safi_text){ at, (size_t)(stop - at) });
		if (line.len > 0) {
			uint32_t begin = (uint32_t)(line.ptr - lines->page.ptr);
			spans[lines->n] = (safi_span){ begin, begin + (uint32_t)line.len };
			labels[lines->n++] = safi_str(line.len <= SHORT ? "date" : "");
		}
		at = stop < end ? stop + 1 : end;
	}
	lines->spans = spans;
	lines->labels = labels;
	return true;
}

/* --- title ------------------------------------------------------------------------------------ */

static size_t count_chars(const char *at, const char *end)
{
	size_t chars = 0;
	for (; at < end; at++) {
		chars += ((unsigned char)*at & 0xc0) != 0x80;
	}
	return chars;
}

/* A browser's title has the site's name behind its last bar; what is longer than the rest is no
 * name but the title behind a kicker. */
static safi_text without_site(safi_text title)
{
	const char *begin = title.ptr, *end = title.ptr + title.len;
	for (size_t i = title.len; i-- > 1;) {
		if (begin[i] == '|' && begin[i - 1] == ' ' && begin + i + 1 < end
		    && begin[i + 1] == ' ') {
			safi_text left = safi_space_trim((safi_text){ begin, i });
			bool longer = count_chars(left.ptr, left.ptr + left.len)
				> count_chars(begin + i + 2, end);
			return longer ? left : title;
		}
	}
	return title;
}

/* The first title that readers see, else the browser's; lines->n: there is none. */
static uint32_t find_title(const Lines *lines)
{
	uint32_t first = lines->n;
	for (uint32_t i = 0; i < lines->n; i++) {
		if (!is_labelled(lines, i, "title")) {
			continue;
		}
		safi_text text = line_text(lines, i);
		if (without_site(text).len == text.len) {
			return i;
		}
		if (first == lines->n) {
			first = i;
		}
	}
	return first;
}

static void put(const Stage *self, safi_record *record, safi_key key, safi_text value,
                safi_view view, safi_span place)
{
	self->host->put_text(record, 0, key, value, SAFI_REPLACE);
	self->host->put_place(record, 0, key, view, place);
}

static void put_title(const Stage *self, safi_record *record, const Lines *lines, uint32_t title)
{
	if (title == lines->n || self->host->count(record, 0, self->title) > 0) {
		return;
	}
	safi_text text = without_site(line_text(lines, title));
	uint32_t begin = lines->spans[title].begin;
	put(self, record, self->title, text, lines->view,
	    (safi_span){ begin, begin + (uint32_t)text.len });
}

/* --- published -------------------------------------------------------------------------------- */

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a < b ? b - a : a - b;
}

static bool is_wordless(const char *begin, const char *end)
{
	safi_text word;
	size_t at = 0;
	return !safi_word_next((safi_text){ begin, (size_t)(end - begin) }, &at, &word);
}

/* Where the line speaks of a change; false: nowhere.  *alone: it does nothing else. */
static bool update_at(const Stage *self, safi_text line, safi_span *phrase, bool *alone)
{
	if (!updates_find(self->updates, line, phrase)) {
		return false;
	}
	*alone = is_wordless(line.ptr, line.ptr + phrase->begin)
		&& is_wordless(line.ptr + phrase->end, line.ptr + line.len);
	return true;
}

/* What a line can tell of the publication, and not of a change: what stands before the words for
 * one, unless they end the line and so are said of that. */
static safi_text stated(const Stage *self, const Lines *lines, uint32_t i)
{
	safi_text text = line_text(lines, i);
	safi_span phrase;
	bool alone;
	if (i > 0 && update_at(self, line_text(lines, i - 1), &phrase, &alone) && alone) {
		return safi_str("");
	}
	if (!update_at(self, text, &phrase, &alone)) {
		return text;
	}
	bool last = is_wordless(text.ptr + phrase.end, text.ptr + text.len);
	return (safi_text){ text.ptr, last ? 0 : phrase.begin };
}

/* The date line nearest to the title, or the first if there is no title; lines->n: none. */
static uint32_t find_date(const Stage *self, const Lines *lines, uint32_t title, Date *date)
{
	uint32_t best = lines->n;
	for (uint32_t i = 0; i < lines->n; i++) {
		Date found;
		if (!is_labelled(lines, i, "date")
		    || (title < lines->n && distance(i, title) > NEAR)
		    || !date_find(self->months, stated(self, lines, i), &found)) {
			continue;
		}
		if (best == lines->n
		    || (title < lines->n && distance(i, title) < distance(best, title))) {
			best = i;
			*date = found;
		}
	}
	return best;
}

/* A neighbouring date line that states a clock time and no date of its own. */
static bool clock_beside(const Stage *self, const Lines *lines, uint32_t i, Clock *clock)
{
	Date other;
	return i < lines->n && is_labelled(lines, i, "date")
		&& clock_find(stated(self, lines, i), clock)
		&& !date_find(self->months, stated(self, lines, i), &other);
}

static void put_published(const Stage *self, safi_record *record, const Lines *lines,
                          uint32_t title)
{
	Date date;
	Clock clock;
	char iso[DATE_ISO];
	if (self->host->count(record, 0, self->published) > 0) {
		return;
	}
	uint32_t i = find_date(self, lines, title, &date);
	if (i == lines->n) {
		return;
	}
	bool timed = clock_find(stated(self, lines, i), &clock)
		|| clock_beside(self, lines, i + 1, &clock)
		|| (i > 0 && clock_beside(self, lines, i - 1, &clock));
	safi_text value = { iso, date_iso(&date, timed ? &clock : NULL, iso) };
	uint32_t begin = lines->spans[i].begin;
	put(self, record, self->published, value, lines->view,
	    (safi_span){ begin + date.span.begin, begin + date.span.end });
}

/* --- the stage -------------------------------------------------------------------------------- */

/* What was wrong with a data file that could not be made a table of. */
static void refuse(const safi_host *host, const safi_config *config, unsigned wrong,
                   const char *file, const char *wanted)
{
	char message[64] = "out of memory";
	if (wrong > 0) {
		snprintf(message, sizeof message, "%s:%u: not %s", file, wrong, wanted);
	}
	host->refuse(config, NULL, message);
}

static void close_model(void *opened)
{
	Model *model = opened;
	months_free(model->months);
	updates_free(model->updates);
	free(model);
}

static bool read_model(const safi_host *host, const safi_config *config, Model *model)
{
	safi_bytes months, updates;
	unsigned wrong;
	if (!host->data(config, "months.txt", &months)
	    || !host->data(config, "updates.txt", &updates)) {
		return false;
	}
	model->months = months_new(months, &wrong);
	if (model->months == NULL) {
		refuse(host, config, wrong, "months.txt", "NUMBER NAME");
		return false;
	}
	model->updates = updates_new(updates, &wrong);
	if (model->updates == NULL) {
		refuse(host, config, wrong, "updates.txt", "a phrase");
		return false;
	}
	return true;
}

static void *open_model(const safi_host *host, const safi_config *config)
{
	Model *model = calloc(1, sizeof *model);
	if (model == NULL) {
		refuse(host, config, 0, "", "");
		return NULL;
	}
	if (!read_model(host, config, model)) {
		close_model(model);
		return NULL;
	}
	return model;
}

static void *create(const safi_host *host, const safi_config *config, const void *opened)
{
	const Model *model = opened;
	Stage *self = calloc(1, sizeof *self);
	if (self == NULL) {
		return NULL;
	}
	self->host = host;
	self->months = model->months;
	self->updates = model->updates;
	self->page = host->key("page");
	self->line = host->key("line");
	self->label = host->key("label");
	self->title = host->key("title");
	self->published = host->key("published");
	return self;
}

static safi_status process(void *instance, safi_record *record)
{
	const Stage *self = instance;
	Lines lines = { .view = self->host->view(record, self->page) };
	if (lines.view == 0) {
		return SAFI_KEEP;
	}
	lines.page = self->host->view_text(record, lines.view);
	if (!read_labels(self, record, &lines)
	    || (lines.n == 0 && !read_top(self, record, &lines))) {
		return SAFI_FAIL;
	}
	uint32_t title = find_title(&lines);
	put_title(self, record, &lines, title);
	put_published(self, record, &lines, title);
	return SAFI_KEEP;
}

static const char *const reads[] = { "view:page", "note:line?", NULL };
static const char *const writes[] = { "field:title", "field:published", NULL };

static const safi_stage extract_metadata = {
	.size = sizeof extract_metadata,
	.role = SAFI_CHANGES, .flags = SAFI_PARALLEL,
	.name = "extract-metadata",
	.summary = "Takes the title and the date of publication from the lines that state them.",
	.reads = reads, .writes = writes,
	.open = open_model, .create = create, .process = process, .destroy = free,
	.close = close_model,
};

SAFI_EXPORT const safi_plugin *safi_plugin_entry(void)
{
	static const safi_stage *const stages[] = { &extract_metadata, NULL };
	static const safi_plugin plugin = {
		.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
		.id = "safi.extract-metadata", .version = "0.1.0", .license = "MIT", .stages = stages,
	};
	return &plugin;
}
