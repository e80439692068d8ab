/* The reader `text`: a file, or a line, is a page. */
#include "text.h"
#include "id.h"
#include "lines.h"
#include "page.h"
#include <stdlib.h>

enum id_kind { ID_STEM, ID_PATH, ID_HASH, ID_NONE };

typedef struct Reader {
	const safi_host *host;
	bool per_line;
	enum id_kind id;
	safi_key key_id, key_mark;
	Encoding *encoding; /* NULL: to be found */
	Lines lines;        /* of next() */
	PageMaker maker;    /* of process() */
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

static void destroy(void *instance)
{
	Reader *self = instance;
	if (self != NULL) {
		page_maker_clear(&self->maker);
		encoding_close(self->encoding);
		free(self);
	}
}

/* `auto` is told here only; false: refused. */
static bool read_encoding(Reader *self, const safi_config *config)
{
	const char *name = self->host->opt_text(config, "encoding").ptr;
	if (strcmp(name, "auto") == 0) {
		return true;
	}
	self->encoding = encoding_open(name);
	if (self->encoding == NULL) {
		self->host->refuse(config, "encoding", "no encoding has this name; `iconv -l` lists those "
		                   "that have one, and `auto` finds out");
	} else if (self->per_line && !self->encoding->line_feeds) {
		self->host->refuse(config, "encoding", "in this encoding no line feed ends a line; set "
		                   "per: file, or convert the input to UTF-8 first");
	}
	return self->encoding != NULL && (!self->per_line || self->encoding->line_feeds);
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
	self->key_mark = host->key("text.encoding");
	Guesser *guesser = guesser_new(host);
	self->maker.guesser = guesser;
	if (guesser == NULL || !read_encoding(self, config)) {
		destroy(self);
		return NULL;
	}
	self->maker.host = host;
	self->maker.page = host->key("page");
	self->maker.fixed = self->encoding;
	self->lines = (Lines){ .host = host, .mark = self->key_mark, .fixed = self->encoding,
	                       .guesser = guesser };
	return self;
}

static safi_status next(void *instance, safi_input *input, safi_record *record)
{
	Reader *self = instance;
	safi_bytes bytes;
	if (self->per_line) {
		return lines_next(&self->lines, input, record);
	}
	safi_status status = self->host->read_rest(input, &bytes);
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

/* What next() has said of a line's encoding; of a file nothing, so that it is found in parallel. */
static const char *take_mark(const Reader *self, safi_record *record,
                             char name[ENCODING_NAME_MAX + 1])
{
	safi_text mark;
	if (!self->per_line) {
		return NULL;
	}
	if (!self->host->get_text(record, 0, self->key_mark, 0, &mark)) {
		return self->encoding == NULL ? "UTF-8" : NULL;
	}
	memcpy(name, mark.ptr, mark.len);
	name[mark.len] = '\0';
	self->host->erase(record, 0, self->key_mark);
	return name;
}

static safi_status process(void *instance, safi_record *record)
{
	Reader *self = instance;
	safi_text input;
	uint64_t begin = 0, end;
	char name[ENCODING_NAME_MAX + 1];
	const char *mark = take_mark(self, record, name);
	put_id(self, record, self->host->raw(record));
	self->host->origin(record, &input, &begin, &end);
	return page_make(&self->maker, record, mark, begin == 0);
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

static const safi_option encoding = {
	.size = sizeof encoding, .type = SAFI_TEXT, .name = "encoding", .fallback = "auto",
	.doc = "The encoding of the input, by any name that `iconv -l` lists.  `auto` finds out, file "
	       "by file: by a byte order mark, by being UTF-8, by the zeros of UTF-16, by its "
	       "letters.  What cannot be told is a dead letter.",
	.example = "windows-1256",
};

static const safi_option *const options[] = { &per, &id, &encoding, NULL };
static const char *const writes[] = { "field:id", "view:page", NULL };

const safi_stage safi_text_reader = {
	.size = sizeof safi_text_reader,
	.role = SAFI_READS, .flags = SAFI_PARALLEL,
	.name = "text",
	.summary = "Reads pages of plain text in any encoding: one a file, or one a line.",
	.options = options, .writes = writes,
	.create = create, .next = next, .process = process, .destroy = destroy,
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
