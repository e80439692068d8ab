/* Reads JSON Lines: finds the lines in order, and in parallel takes each apart, keeping every
 * member as the bytes it came in. */
#include "jsonl.h"

#include "json-members.h"
#include "start.h"
#include "unescape.h"

#include <stdlib.h>

typedef struct Reader {
	const safi_host *host;
	safi_key text, page;
	bool text_named; /* a person said which member it is: then it must be one */
	JsonParser *parser;
	Changes changes;
	/* of the input that is being read */
	bool begun;   /* a line was found */
	bool array;   /* its first byte opens one */
	bool refused; /* all of it: it ends here */
} Reader;

/* One line on its way to be a record. */
typedef struct Line {
	Reader *reader;
	safi_record *record;
	safi_bytes raw;
	safi_span text; /* the value of the member that holds it; {0, 0}: there is none */
} Line;

static void reader_destroy(void *self)
{
	Reader *reader = self;
	if (reader == NULL) {
		return;
	}
	json_parser_destroy(reader->parser);
	changes_clear(&reader->changes);
	free(reader);
}

static void *reader_create(const safi_host *host, const safi_config *config, const void *model)
{
	Reader *reader = calloc(1, sizeof *reader);
	if (reader == NULL) {
		return NULL;
	}
	reader->host = host;
	reader->text = host->key(host->opt_text(config, "text").ptr);
	reader->page = host->key("page");
	reader->text_named = host->opt_given(config, "text");
	reader->parser = json_parser_create();
	if (reader->text == 0) {
		host->refuse(config, "text", "a field's name has at most 255 bytes");
	}
	if (reader->text == 0 || reader->parser == NULL) {
		reader_destroy(reader);
		return NULL;
	}
	return reader;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* RFC 8259 forbids a byte order mark and lets a parser ignore it. */
static safi_bytes without_mark(safi_bytes line)
{
	if (line.len >= 3 && memcmp(line.ptr, "\xEF\xBB\xBF", 3) == 0) {
		return (safi_bytes){ line.ptr + 3, line.len - 3 };
	}
	return line;
}

static bool is_blank(safi_bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r') {
			return false;
		}
	}
	return true;
}

enum { LETTER = 1024 /* bytes of a refused input that go into its dead letter */ };

/* Says once for all of the input what it is. */
static safi_status refuse_input(Reader *reader, safi_record *record, safi_bytes start,
                                StartFault fault)
{
	start.len = start.len < LETTER ? start.len : LETTER;
	reader->refused = true;
	reader->host->set_raw(record, start);
	return reader->host->fail(record, fault.code, fault.message);
}

/* What begins like JSON Lines is not waited for longer than they take. */
static safi_status begin_input(Reader *reader, safi_input *input, safi_record *record)
{
	safi_bytes start;
	safi_status status = reader->host->peek(input, 1, &start);
	if (status != SAFI_KEEP) {
		return status;
	}
	reader->begun = false;
	reader->array = start.ptr[0] == '[';
	if (strchr("{ \t\r\n\xEF", start.ptr[0]) && start.ptr[0] != 0) {
		return SAFI_KEEP;
	}
	status = reader->host->peek(input, START_REACH, &start);
	StartFault fault = status == SAFI_KEEP ? start_fault(start) : (StartFault){ NULL, NULL };
	return fault.code != NULL ? refuse_input(reader, record, start, fault) : status;
}

static safi_status find_line(Reader *reader, safi_input *input, safi_bytes *line)
{
	do {
		bool first = reader->host->input_offset(input) == 0;
		safi_status status = reader->host->read_line(input, line);
		if (status != SAFI_KEEP) {
			return status;
		}
		if (first) {
			*line = without_mark(*line);
		}
	} while (is_blank(*line));
	return SAFI_KEEP;
}

/* An array is often all in one line, which is longer than a record may be. */
static safi_status begin_lines(Reader *reader, safi_input *input, safi_record *record,
                               safi_status status, safi_bytes line)
{
	const safi_host *host = reader->host;
	StartFault fault = { NULL, NULL };
	reader->begun = true;
	if (status == SAFI_FAIL && reader->array) {
		reader->refused = true;
		host->set_origin(record, host->input_name(input), 0, host->input_offset(input));
		return host->fail(record, start_array.code, start_array.message);
	}
	if (status == SAFI_KEEP) {
		fault = start_fault(line);
		fault = fault.code != NULL ? fault : start_open_fault(line);
	}
	return fault.code != NULL ? refuse_input(reader, record, line, fault) : status;
}

static safi_status reader_next(void *self, safi_input *input, safi_record *record)
{
	Reader *reader = self;
	safi_bytes line = { NULL, 0 };
	safi_status status = SAFI_KEEP;
	if (reader->refused) {
		reader->refused = false;
		return SAFI_END;
	}
	if (reader->host->input_offset(input) == 0) {
		status = begin_input(reader, input, record);
		if (status != SAFI_KEEP) {
			return status;
		}
	}
	status = find_line(reader, input, &line);
	if (!reader->begun) {
		status = begin_lines(reader, input, record, status, line);
	}
	if (status == SAFI_KEEP) {
		reader->host->set_raw(record, line);
	}
	return status;
}

/* --- members ---------------------------------------------------------------------------------- */

static bool take_member(void *to, safi_text name, safi_span value)
{
	Line *line = to;
	const safi_host *host = line->reader->host;
	safi_key key = host->name(line->record, name);
	safi_text json = { (const char *)line->raw.ptr + value.begin, value.end - value.begin };
	if (!host->put_json(line->record, 0, key, json, SAFI_REPEAT) ||
	    !host->put_place(line->record, 0, key, SAFI_RAW, value)) {
		return false;
	}
	if (key == line->reader->text) {
		line->text = value;
	}
	return true;
}

static safi_status refuse_line(const Line *line, JsonFault fault)
{
	const safi_host *host = line->reader->host;
	if (fault.code == NULL) {
		return SAFI_FAIL; /* a put has failed, and the host knows why */
	}
	if (strcmp(fault.code, "not-utf-8") == 0) {
		fault.at = (uint32_t)host->utf8(line->raw);
	}
	safi_span span = { fault.at, fault.at + (fault.at < line->raw.len) };
	return host->fail_at(line->record, SAFI_RAW, span, fault.code, fault.message);
}

/* The text as a view: all of the line before and behind it is cut off, each escape is a change. */
static safi_status add_text(const Line *line)
{
	const safi_host *host = line->reader->host;
	Changes *changes = &line->reader->changes;
	const char *raw = (const char *)line->raw.ptr;
	safi_span span = { line->text.begin + 1, line->text.end - 1 };
	safi_text text = { raw + span.begin, span.end - span.begin };
	changes->n = 0;
	changes->failed = false;
	changes_add(changes, 0, span.begin, 0);
	if (memchr(text.ptr, '\\', text.len)) {
		char *room = host->room(line->record, text.len);
		if (room == NULL) {
			return SAFI_FAIL;
		}
		text = (safi_text){ room, unescape(raw, span, room, changes) };
	}
	changes_add(changes, span.end, (uint32_t)line->raw.len - span.end, 0);
	if (changes->failed) {
		return host->fail(line->record, "no-memory", "no memory for the changes of a text");
	}
	safi_view page = host->view_add(line->record, line->reader->page, SAFI_RAW, text,
	                                changes->items, changes->n);
	host->set_text_field(line->record, page, line->reader->text);
	return SAFI_KEEP;
}

static safi_status reader_process(void *self, safi_record *record)
{
	Reader *reader = self;
	const safi_host *host = reader->host;
	Line line = { .reader = reader, .record = record, .raw = host->raw(record) };
	JsonFault fault;
	if (!json_parser_walk(reader->parser, line.raw, take_member, &line, &fault)) {
		return refuse_line(&line, fault);
	}
	if (line.text.end == 0 || line.raw.ptr[line.text.begin] == 'n') {
		return SAFI_KEEP;
	}
	if (line.raw.ptr[line.text.begin] != '"' && !reader->text_named) {
		return SAFI_KEEP;
	}
	if (line.raw.ptr[line.text.begin] != '"') {
		return host->fail_at(record, SAFI_RAW, line.text, "text-not-a-string",
		                     "the member that holds the text is not a string");
	}
	return add_text(&line);
}

/* --- description ------------------------------------------------------------------------------ */

static const safi_option text_option = {
	.size = sizeof text_option,
	.type = SAFI_TEXT,
	.flags = SAFI_NAMES_WRITTEN,
	.name = "text",
	.fallback = "text",
	.doc = "The member that holds the text.  A record without it, or with null, has no text and "
	       "passes.  Where it is no string the record fails, if the member was named here; by "
	       "default it passes, without a text.",
	.example = "body",
};

static const safi_option *const options[] = { &text_option, NULL };
static const char *const writes[] = { "view:page", "field:*", NULL };

const safi_stage jsonl_reader = {
	.size = sizeof jsonl_reader,
	.role = SAFI_READS,
	.flags = SAFI_PARALLEL,
	.name = "jsonl",
	.summary = "Reads JSON Lines: each object is a record, each member a field, one the text.",
	.options = options,
	.writes = writes,
	.create = reader_create,
	.next = reader_next,
	.process = reader_process,
	.destroy = reader_destroy,
};
