/* tsv -- writes records as lines of tab-separated values, one column a field.
 *
 * A tab, line feed, carriage return or reverse solidus in a value is written \t, \n, \r or \\, so
 * that every line is one record and every value can be had back. */
#include <stdlib.h>

#include "textkit/choice.h"

typedef struct Tsv {
	const safi_host *host;
	SafiChoice columns;
	safi_key text;
	bool header, with_text;
} Tsv;

/* Where bytes go: a record's line, or the output itself. */
typedef struct Sink {
	const safi_host *host;
	safi_record *record; /* NULL: output */
	safi_output *output;
	bool failed;
} Sink;

/* --- values ----------------------------------------------------------------------------------- */

static void put(Sink *sink, const char *bytes, size_t len)
{
	safi_bytes piece = { (const uint8_t *)bytes, len };
	if (sink->record) {
		sink->host->write(sink->record, piece);
	} else if (!sink->host->output(sink->output, piece)) {
		sink->failed = true;
	}
}

/* The letter that stands for a byte behind a reverse solidus; 0: it stands for itself. */
static char escape_letter(char c)
{
	switch (c) {
	case '\t': return 't';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\\': return '\\';
	default:   return '\0';
	}
}

static void put_escaped(Sink *sink, safi_text text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.len; i++) {
		char letter = escape_letter(text.ptr[i]);
		if (letter == '\0') {
			continue;
		}
		put(sink, text.ptr + from, i - from);
		put(sink, (char[]){ '\\', letter }, 2);
		from = i + 1;
	}
	put(sink, text.ptr + from, text.len - from);
}

static bool is_null(safi_text json)
{
	return json.len == 4 && memcmp(json.ptr, "null", 4) == 0;
}

/* A text as it is, any other single value as JSON writes it, several as a JSON array, null and
 * nothing as nothing. */
static void put_field(Sink *sink, safi_key key)
{
	const safi_host *host = sink->host;
	safi_text text;
	uint32_t n = host->count(sink->record, 0, key);
	if (n == 1 && host->get_text(sink->record, 0, key, 0, &text)) {
		put_escaped(sink, text);
	} else if (n > 0 && host->get_json(sink->record, 0, key, n > 1 ? SAFI_WHOLE : 0, &text) &&
	           !is_null(text)) {
		put_escaped(sink, text);
	}
}

/* The record's text is its newest view; where it has none, a field may be called so. */
static void put_text(Sink *sink, safi_key key)
{
	safi_view view = sink->host->text(sink->record);
	if (view) {
		put_escaped(sink, sink->host->view_text(sink->record, view));
	} else {
		put_field(sink, key);
	}
}

/* --- the stage -------------------------------------------------------------------------------- */

static void destroy(void *self)
{
	Tsv *tsv = self;
	if (tsv == NULL) {
		return;
	}
	safi_choice_clear(&tsv->columns);
	free(tsv);
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Tsv *tsv = calloc(1, sizeof *tsv);
	if (tsv == NULL) {
		return NULL;
	}
	tsv->host = host;
	tsv->text = host->key("text");
	tsv->header = host->opt_bool(config, "header");
	tsv->with_text = host->opt_bool(config, "text");
	if (!safi_choice_read(&tsv->columns, host, config, "fields")) {
		destroy(tsv);
		return NULL;
	}
	return tsv;
}

static safi_status begin(void *self, safi_output *output)
{
	const Tsv *tsv = self;
	Sink sink = { .host = tsv->host, .output = output };
	for (uint32_t i = 0; tsv->header && i < tsv->columns.n; i++) {
		put(&sink, "\t", i > 0);
		put_escaped(&sink, tsv->host->key_name(NULL, tsv->columns.keys[i]));
	}
	if (tsv->header && tsv->with_text) {
		put(&sink, "\ttext", 5);
	}
	put(&sink, "\n", tsv->header);
	return sink.failed ? SAFI_FATAL : SAFI_KEEP;
}

static safi_status process(void *self, safi_record *record)
{
	const Tsv *tsv = self;
	Sink sink = { .host = tsv->host, .record = record };
	for (uint32_t i = 0; i < tsv->columns.n; i++) {
		put(&sink, "\t", i > 0);
		if (tsv->columns.keys[i] == tsv->text) {
			put_text(&sink, tsv->text);
		} else {
			put_field(&sink, tsv->columns.keys[i]);
		}
	}
	if (tsv->with_text) {
		put(&sink, "\t", 1);
		put_text(&sink, tsv->text);
	}
	put(&sink, "\n", 1);
	return SAFI_KEEP;
}

/* --- description ------------------------------------------------------------------------------ */

static const safi_option fields_option = {
	.size = sizeof fields_option,
	.type = SAFI_LIST,
	.flags = SAFI_REQUIRED | SAFI_NAMES_READ,
	.name = "fields",
	.doc = "The fields, one a column, in this order.",
	.example = "id, title, published",
	.min = 1,
	.max = 1000,
};

static const safi_option text_option = {
	.size = sizeof text_option,
	.type = SAFI_BOOL,
	.name = "text",
	.fallback = "false",
	.doc = "Whether the record's text is a last column, `text`.",
};

static const safi_option header_option = {
	.size = sizeof header_option,
	.type = SAFI_BOOL,
	.name = "header",
	.fallback = "true",
	.doc = "Whether the first line names the columns.",
};

static const safi_option *const options[] = { &fields_option, &text_option, &header_option, NULL };
static const char *const reads[] = { "view:*?", NULL };

static const safi_stage writer = {
	.size = sizeof writer,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL,
	.name = "tsv",
	.summary = "Writes tab-separated values, a line a record; tabs and line feeds are escaped.",
	.options = options,
	.reads = reads,
	.create = create,
	.process = process,
	.destroy = destroy,
	.begin = begin,
};

static const safi_stage *const stages[] = { &writer, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "safi.tsv",
	.version = "0.1.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
