/* The stage `strip-boilerplate`: labels the lines of a page and keeps those of the article. */
#include "kept.h"
#include "label.h"
#include "rules.h"
#include "safi.h"
#include <stdio.h>
#include <stdlib.h>

typedef struct Stage {
	const safi_host *host;
	const Phrases *phrases;
	bool keeps[LABEL_END];
	safi_key page, text, line, label, keep;
	Segments segments; /* of the page in hand */
} Stage;

/* --- phrases ---------------------------------------------------------------------------------- */

static bool add_file(const safi_host *host, const safi_config *config, Phrases *phrases,
                     const char *name)
{
	safi_bytes file;
	if (!host->data(config, name, &file)) {
		return false;
	}
	int64_t wrong = phrases_add(phrases, file);
	if (wrong == 0) {
		return true;
	}
	char message[128];
	if (wrong < 0) {
		snprintf(message, sizeof message, "out of memory");
	} else {
		snprintf(message, sizeof message,
		         "%s:%lld: not LABEL whole|start|inside PHRASE of up to eight words", name,
		         (long long)wrong);
	}
	host->refuse(config, NULL, message);
	return false;
}

static void *open_phrases(const safi_host *host, const safi_config *config)
{
	static const char *const files[] = { "phrases-ar.txt", "phrases-en.txt", "phrases-fa.txt" };
	Phrases *phrases = phrases_new();
	if (phrases == NULL) {
		host->refuse(config, NULL, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (!add_file(host, config, phrases, files[i])) {
			phrases_free(phrases);
			return NULL;
		}
	}
	return phrases;
}

static void close_phrases(void *model)
{
	phrases_free(model);
}

/* --- an instance ------------------------------------------------------------------------------ */

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Stage *self = calloc(1, sizeof *self);
	safi_text name;
	if (self == NULL) {
		return NULL;
	}
	self->host = host;
	self->phrases = model;
	for (uint32_t i = 0; host->opt_item(config, "keep", i, &name); i++) {
		self->keeps[label_find(name)] = true;
	}
	self->page = host->key("page");
	self->text = host->key("text");
	self->line = host->key("line");
	self->label = host->key("label");
	self->keep = host->key("keep");
	return self;
}

static void destroy(void *instance)
{
	Stage *self = instance;
	segments_clear(&self->segments);
	free(self);
}

/* --- a page ----------------------------------------------------------------------------------- */

/* A headline that stands twice is kept once. */
static bool is_kept(const Stage *self, const Segment *segment)
{
	bool repeats = segment->label == LABEL_TITLE && (segment->flags & SEGMENT_AGAIN) != 0;
	return self->keeps[segment->label] && !repeats;
}

static bool add_notes(const Stage *self, safi_record *record, safi_view page)
{
	const safi_host *host = self->host;
	uint32_t n = (uint32_t)self->segments.n;
	safi_span *spans = host->alloc(record, (n + 1) * sizeof *spans);
	safi_text *labels = host->alloc(record, (n + 1) * sizeof *labels);
	bool *keeps = host->alloc(record, (n + 1) * sizeof *keeps);
	if (spans == NULL || labels == NULL || keeps == NULL) {
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		spans[i] = self->segments.at[i].span;
		labels[i] = safi_str(label_names[self->segments.at[i].label - LABEL_TITLE]);
		keeps[i] = is_kept(self, &self->segments.at[i]);
	}
	safi_note first = host->notes_add(record, page, self->line, spans, n);
	return first != 0 && host->put_texts(record, first, n, self->label, labels) &&
	       host->put_bools(record, first, n, self->keep, keeps);
}

static bool add_text(const Stage *self, safi_record *record, safi_view page, safi_text text)
{
	const safi_host *host = self->host;
	size_t n = self->segments.n, spans_kept = 0;
	safi_span *spans = host->alloc(record, (n + 1) * sizeof *spans);
	safi_change *changes = host->alloc(record, (2 * n + 1) * sizeof *changes);
	Kept kept = { .text = host->room(record, text.len + n + 1), .changes = changes };
	if (spans == NULL || changes == NULL || kept.text == NULL) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_kept(self, &self->segments.at[i])) {
			spans[spans_kept++] = self->segments.at[i].span;
		}
	}
	kept_join(&kept, text, spans, (uint32_t)spans_kept);
	if (kept.changed == 0) { /* nothing to strip: the text of the page is shared, not copied */
		kept.text = (char *)text.ptr;
	}
	return host->view_add(record, self->text, page, (safi_text){ kept.text, kept.len },
	                      changes, kept.changed) != 0;
}

static safi_status process(void *instance, safi_record *record)
{
	Stage *self = instance;
	const safi_host *host = self->host;
	safi_view page = host->view(record, self->page);
	if (page == 0) {
		return SAFI_KEEP;
	}
	safi_text text = host->view_text(record, page);
	if (!segments_cut(&self->segments, text, self->phrases)) {
		return host->fail(record, "out-of-memory", "no memory for the lines of this page");
	}
	rules_label(&self->segments, text);
	bool good = self->segments.n == 0 || add_notes(self, record, page);
	good = good && add_text(self, record, page, text);
	segments_reset(&self->segments);
	return good ? SAFI_KEEP : SAFI_FAIL;
}

/* --- the description -------------------------------------------------------------------------- */

static const safi_option keep = {
	.size = sizeof keep, .type = SAFI_LIST, .name = "keep",
	.fallback = "title, subtitle, dateline, body, heading, list",
	.doc = "The labels whose lines make up the view `text`.",
	.example = "title, body, caption",
	.choices = label_names,
};

static const safi_option *const options[] = { &keep, NULL };
static const char *const reads[] = { "view:page", NULL };
static const char *const writes[] = { "view:text", "note:line", NULL };

static const safi_stage strip_boilerplate = {
	.size = sizeof strip_boilerplate,
	.role = SAFI_CHANGES, .flags = SAFI_PARALLEL,
	.name = "strip-boilerplate",
	.summary = "Labels each line of a page and keeps the article's own lines as the view text.",
	.options = options, .reads = reads, .writes = writes,
	.open = open_phrases, .create = create, .process = process,
	.destroy = destroy, .close = close_phrases,
};

SAFI_EXPORT const safi_plugin *safi_plugin_entry(void)
{
	static const safi_stage *const stages[] = { &strip_boilerplate, NULL };
	static const safi_plugin plugin = {
		.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
		.id = "safi.strip-boilerplate", .version = "0.1.0", .license = "MIT", .stages = stages,
	};
	return &plugin;
}
