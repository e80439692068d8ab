/* The reader `text`: a file, or a line, of UTF-8 is a page. */
#include "text.h"
#include "id.h"
#include "sniff.h"
#include "textkit/space.h"
#include <stdlib.h>

enum id_kind { ID_STEM, ID_PATH, ID_HASH, ID_NONE };

typedef struct Reader {
	const safi_host *host;
	bool per_line;
	enum id_kind id;
	safi_key key_id, key_page;
} Reader;

static enum id_kind id_kind(safi_text word)
{
	switch (word.ptr[0]) { /* one of the choices below: they differ in the first letter */
	case 's':
		return ID_STEM;
	case 'p':
		return ID_PATH;
	case 'h':
		return ID_HASH;
	default:
		return ID_NONE;
	}
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Reader *self = calloc(1, sizeof *self);
	if (self == NULL) {
		return NULL;
	}
	self->host = host;
	self->per_line = host->opt_text(config, "per").ptr[0] == 'l';
	self->id = id_kind(host->opt_text(config, "id"));
	self->key_id = host->key("id");
	self->key_page = host->key("page");
	return self;
}

static bool blank(safi_bytes line)
{
	return text_sniff_blank((safi_text){ (const char *)line.ptr, line.len });
}

/* Lines that hold nothing are no pages; the CR of a CR LF belongs to the line's end. */
static safi_status next_line(const safi_host *host, safi_input *input, safi_bytes *line)
{
	safi_status status;
	do {
		status = host->read_line(input, line);
	} while (status == SAFI_KEEP && blank(*line));
	if (status == SAFI_KEEP && line->ptr[line->len - 1] == '\r') {
		line->len--;
	}
	return status;
}

static safi_status next(void *instance, safi_input *input, safi_record *record)
{
	const Reader *self = instance;
	safi_bytes bytes;
	safi_status status = self->per_line ? next_line(self->host, input, &bytes)
	                                    : self->host->read_rest(input, &bytes);
	if (status == SAFI_KEEP) {
		self->host->set_raw(record, bytes);
	}
	return status;
}

/* A line's name has its offset in the file behind it: a line number would have to be counted, and a
 * run that resumes in the middle of a file has not seen the lines before. */
static safi_text with_offset(const safi_host *host, safi_record *record, safi_text name,
                             uint64_t offset)
{
	char digits[20];
	size_t at = sizeof digits;
	do {
		digits[--at] = (char)('0' + offset % 10);
	} while ((offset /= 10) > 0);
	size_t len = name.len + 1 + (sizeof digits - at);
	char *room = host->alloc(record, len);
	if (room == NULL) {
		return (safi_text){ NULL, 0 };
	}
	memcpy(room, name.ptr, name.len);
	room[name.len] = ':';
	memcpy(room + name.len + 1, digits + at, sizeof digits - at);
	return (safi_text){ room, len };
}

static void put_id(const Reader *self, safi_record *record, safi_bytes raw)
{
	const safi_host *host = self->host;
	safi_text name;
	uint64_t begin, end;
	char digits[TEXT_ID_HASH];
	if (self->id == ID_HASH) {
		text_id_hash(raw, digits);
		host->put_text(record, 0, self->key_id, (safi_text){ digits, sizeof digits },
		               SAFI_REPLACE);
		return;
	}
	if (self->id == ID_NONE || !host->origin(record, &name, &begin, &end)) {
		return;
	}
	if (self->id == ID_STEM) {
		name = text_id_stem(name);
	}
	if (self->per_line) {
		name = with_offset(host, record, name, begin);
	}
	if (name.len > 0) {
		host->put_text(record, 0, self->key_id, name, SAFI_REPLACE);
	}
}

static safi_status process(void *instance, safi_record *record)
{
	const Reader *self = instance;
	const safi_host *host = self->host;
	safi_bytes raw = host->raw(record);
	put_id(self, record, raw);

	TextReason reason = text_sniff_binary(raw);
	if (reason.code != NULL) {
		return host->fail(record, reason.code, reason.message);
	}
	size_t valid = host->utf8(raw);
	if (valid < raw.len) {
		safi_span bad = { (uint32_t)valid, (uint32_t)valid + 1 };
		return host->fail_at(record, SAFI_RAW, bad, "not-utf-8",
		                     "not UTF-8, the only encoding that is read");
	}
	size_t bom = text_sniff_bom(raw);
	safi_text page = { (const char *)raw.ptr + bom, raw.len - bom };
	if (text_sniff_blank(page)) {
		return host->drop(record, "empty", "nothing but white space");
	}
	if (text_sniff_html(page)) {
		return host->fail(record, "looks-like-html",
		                  "HTML, where a page of plain text is wanted");
	}
	safi_change cut = { 0, (uint32_t)bom, 0 };
	host->view_add(record, self->key_page, SAFI_RAW, page, &cut, bom > 0);
	return SAFI_KEEP;
}

static const char *const per_choices[] = { "file", "line", NULL };
static const safi_option per = {
	.size = sizeof per, .type = SAFI_TEXT, .name = "per", .fallback = "file",
	.doc = "What a page is: a whole file (or all of stdin), or each line that is not blank.",
	.choices = per_choices,
};

static const char *const id_choices[] = { "stem", "path", "hash", "none", NULL };
static const safi_option id = {
	.size = sizeof id, .type = SAFI_TEXT, .name = "id", .fallback = "stem",
	.doc = "What the field `id` is: the file's name without directory and ending, its path as "
	       "given (both `stdin` for stdin), a hash of the page's bytes, or nothing.  For lines, "
	       "stem and path have the line's byte offset behind them: corpus:1024.",
	.choices = id_choices,
};

static const safi_option *const options[] = { &per, &id, NULL };
static const char *const writes[] = { "field:id", "view:page", NULL };

const safi_stage safi_text_reader = {
	.size = sizeof safi_text_reader,
	.role = SAFI_READS, .flags = SAFI_PARALLEL,
	.name = "text",
	.summary = "Reads pages of plain UTF-8 text: one a file, or one a line.",
	.options = options, .writes = writes,
	.create = create, .next = next, .process = process, .destroy = free,
};

SAFI_EXPORT const safi_plugin *safi_plugin_entry(void)
{
	static const safi_stage *const stages[] = { &safi_text_reader, &safi_text_writer, NULL };
	static const safi_plugin plugin = {
		.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
		.id = "safi.text", .version = "0.1.0", .license = "MIT", .stages = stages,
	};
	return &plugin;
}
