/* The writer `text`: the text of each record, and nothing else. */
#include "text.h"

#include <stdlib.h>

typedef struct Writer {
	const safi_host *host;
	safi_key view;       /* 0: the newest */
	safi_text separator; /* the option's, valid as long as the stage */
	bool per_line;
} Writer;

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Writer *writer = calloc(1, sizeof *writer);
	if (writer == NULL) {
		return NULL;
	}
	writer->host = host;
	writer->separator = host->opt_text(config, "separator");
	writer->per_line = strcmp(host->opt_text(config, "per").ptr, "line") == 0;
	if (host->opt_given(config, "view")) {
		writer->view = host->key(host->opt_text(config, "view").ptr);
	}
	return writer;
}

static void write(const Writer *writer, safi_record *record, const char *bytes, size_t len)
{
	writer->host->write(record, (safi_bytes){ (const uint8_t *)bytes, len });
}

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* The text in one line: what ends a line in it becomes a space, at its very end nothing. */
static void write_line(const Writer *writer, safi_record *record, safi_text text)
{
	size_t from = 0;
	while (text.len > 0 && ends_line(text.ptr[text.len - 1])) {
		text.len--;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (!ends_line(text.ptr[i])) {
			continue;
		}
		write(writer, record, text.ptr + from, i - from);
		write(writer, record, " ", 1);
		from = i + 1;
	}
	write(writer, record, text.ptr + from, text.len - from);
	write(writer, record, "\n", 1);
}

static void write_page(const Writer *writer, safi_record *record, safi_text text)
{
	write(writer, record, text.ptr, text.len);
	write(writer, record, "\n", text.len == 0 || text.ptr[text.len - 1] != '\n');
	write(writer, record, writer->separator.ptr, writer->separator.len);
	write(writer, record, "\n", 1);
}

static safi_status process(void *self, safi_record *record)
{
	const Writer *writer = self;
	const safi_host *host = writer->host;
	safi_view view = writer->view ? host->view(record, writer->view) : host->text(record);
	if (view == 0) {
		return SAFI_KEEP;
	}
	safi_text text = host->view_text(record, view);
	if (writer->per_line) {
		write_line(writer, record, text);
	} else {
		write_page(writer, record, text);
	}
	return SAFI_KEEP;
}

static const char *const pers[] = { "page", "line", NULL };
static const safi_option per_option = {
	.size = sizeof per_option,
	.type = SAFI_TEXT,
	.name = "per",
	.fallback = "page",
	.doc = "page: a text is written as it is, with a line feed at its end and the separator's "
	       "line behind it.  line: each text is one line; line ends within it become spaces.",
	.choices = pers,
};

static const safi_option separator_option = {
	.size = sizeof separator_option,
	.type = SAFI_TEXT,
	.name = "separator",
	.fallback = "",
	.doc = "What the line behind each page says; an empty line by default.",
	.example = "----",
};

static const safi_option view_option = {
	.size = sizeof view_option,
	.type = SAFI_TEXT,
	.name = "view",
	.doc = "The view to write; the newest if it is not given.",
	.example = "page",
};

static const safi_option *const options[] = { &per_option, &separator_option, &view_option, NULL };
static const char *const reads[] = { "view:*?", NULL };

const safi_stage safi_text_writer = {
	.size = sizeof safi_text_writer,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL,
	.name = "text",
	.summary = "Writes the newest text of each record; records without one leave nothing.",
	.options = options,
	.reads = reads,
	.create = create,
	.process = process,
	.destroy = free,
};
