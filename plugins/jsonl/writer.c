/* Writes JSON Lines: the options; line.c has the work. */
#include "jsonl.h"

#include "line.h"

#include <stdlib.h>

typedef struct Writer {
	const safi_host *host;
	LineStyle style;
} Writer;

static void writer_destroy(void *self)
{
	Writer *writer = self;
	if (writer == NULL) {
		return;
	}
	safi_choice_clear(&writer->style.fields);
	safi_choice_clear(&writer->style.notes);
	safi_choice_clear(&writer->style.bare);
	free(writer);
}

static bool read_lists(LineStyle *style, const safi_host *host, const safi_config *config)
{
	return safi_choice_read(&style->fields, host, config, "fields") &&
	       safi_choice_read(&style->notes, host, config, "notes") &&
	       safi_choice_read(&style->bare, host, config, "bare");
}

static bool is_choice(const safi_host *host, const safi_config *config, const char *option,
                      const char *choice)
{
	return strcmp(host->opt_text(config, option).ptr, choice) == 0;
}

static void read_options(Writer *writer, const safi_config *config)
{
	const safi_host *host = writer->host;
	LineStyle *style = &writer->style;
	if (host->opt_given(config, "view")) {
		style->view = host->key(host->opt_text(config, "view").ptr);
	}
	if (host->opt_given(config, "under")) {
		style->under = host->key(host->opt_text(config, "under").ptr);
	}
	style->origin_always = is_choice(host, config, "origin", "always");
	style->origin_never = is_choice(host, config, "origin", "never");
	style->replace = is_choice(host, config, "collision", "replace");
	style->points = is_choice(host, config, "units", "codepoints");
	style->places = host->opt_bool(config, "spans");
	style->views = host->opt_bool(config, "views");
}

static void intern_names(LineStyle *style, const safi_host *host)
{
	style->id = host->key("id");
	style->origin = host->key("origin");
	style->text = host->key("text");
	style->views_name = host->key("views");
	style->item = (ItemKeys){ .text = style->text, .span = host->key("span"),
		                  .source = host->key("source"), .within = host->key("within") };
}

static void *writer_create(const safi_host *host, const safi_config *config, const void *model)
{
	Writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL) {
		return NULL;
	}
	writer->host = host;
	intern_names(&writer->style, host);
	read_options(writer, config);
	if (!read_lists(&writer->style, host, config)) {
		writer_destroy(writer);
		return NULL;
	}
	return writer;
}

static safi_status writer_process(void *self, safi_record *record)
{
	const Writer *writer = self;
	return line_write(&writer->style, writer->host, record);
}

/* --- description ------------------------------------------------------------------------------ */

static const safi_option fields_option = {
	.size = sizeof fields_option,
	.type = SAFI_LIST,
	.name = "fields",
	.doc = "Only these members, of those that came in and of the new ones, `origin` and `text` "
	       "among them; notes have an option of their own.",
	.example = "id, title, text",
};

static const safi_option notes_option = {
	.size = sizeof notes_option,
	.type = SAFI_LIST,
	.name = "notes",
	.doc = "Only notes of these types; an empty list leaves out all.",
	.example = "date, quantity",
};

static const safi_option view_option = {
	.size = sizeof view_option,
	.type = SAFI_TEXT,
	.name = "view",
	.doc = "The view that is written as the text, and in which `span` counts; the newest if it "
	       "is not given.",
	.example = "page",
};

static const safi_option spans_option = {
	.size = sizeof spans_option,
	.type = SAFI_BOOL,
	.name = "spans",
	.fallback = "true",
	.doc = "Whether notes say where they stand (`span`) and where they came from (`source`).",
};

static const char *const units[] = { "bytes", "codepoints", NULL };
static const safi_option units_option = {
	.size = sizeof units_option,
	.type = SAFI_TEXT,
	.name = "units",
	.fallback = "bytes",
	.doc = "What `span` counts.  `source` and `origin` always count bytes.",
	.choices = units,
};

static const safi_option bare_option = {
	.size = sizeof bare_option,
	.type = SAFI_LIST,
	.name = "bare",
	.fallback = "line, sentence, word",
	.doc = "Types of notes whose items do not repeat their text.",
};

static const char *const origins[] = { "auto", "always", "never", NULL };
static const safi_option origin_option = {
	.size = sizeof origin_option,
	.type = SAFI_TEXT,
	.name = "origin",
	.fallback = "auto",
	.doc = "Whether to write where the record was read.  auto: unless it came in as an object "
	       "and neither notes nor views need it.",
	.choices = origins,
};

static const char *const collisions[] = { "fail", "replace", NULL };
static const safi_option collision_option = {
	.size = sizeof collision_option,
	.type = SAFI_TEXT,
	.name = "collision",
	.fallback = "fail",
	.doc = "When the record already has a member of a name that safi writes: the record fails, "
	       "or safi's takes its place.",
	.choices = collisions,
};

static const safi_option under_option = {
	.size = sizeof under_option,
	.type = SAFI_TEXT,
	.name = "under",
	.doc = "Puts all that did not come in into one object of this name.",
	.example = "safi",
};

static const safi_option views_option = {
	.size = sizeof views_option,
	.type = SAFI_BOOL,
	.name = "views",
	.fallback = "false",
	.doc = "Whether to write every view with its changes, to check where a text came from.",
};

static const safi_option *const options[] = {
	&fields_option, &notes_option, &view_option, &spans_option, &units_option, &bare_option,
	&origin_option, &collision_option, &under_option, &views_option, NULL,
};

static const char *const reads[] = { "field:*?", "view:*?", "note:*?", NULL };

const safi_stage jsonl_writer = {
	.size = sizeof jsonl_writer,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL,
	.name = "jsonl",
	.summary = "Writes JSON Lines: members that came in as they came, then what safi found.",
	.options = options,
	.reads = reads,
	.create = writer_create,
	.process = writer_process,
	.destroy = writer_destroy,
};
