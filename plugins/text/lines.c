#include "lines.h"
#include "sniff.h"
#include "textkit/magic.h"
#include "textkit/space.h"
#include "textkit/utf8.h"

enum {
	START = 32,     /* bytes of a file in which UTF-16 shows a zero or the like */
	TRIES = 8,      /* lines whose encoding cannot be told, then none is asked for any more */
	WIDE_LINE = 64, /* bytes in which the end of a wide line is looked for at first */
	UTF8_LEAST = 6, /* bytes that are not ASCII and good UTF-8: in no other encoding by chance */
	LETTER = 1024   /* bytes of a refused input that go into its dead letter */
};

static const char unknown[] = "?";

static void set_name(Lines *lines, const char *name)
{
	memcpy(lines->name, name, strlen(name) + 1); /* no encoding has a longer one */
}

static bool is_blank(safi_bytes line)
{
	return text_sniff_blank((safi_text){ (const char *)line.ptr, line.len });
}

/* Says once for all of the input what it is; the next next() ends it. */
static safi_status refuse(Lines *lines, safi_record *record, safi_bytes start, const char *code,
                          const char *message)
{
	start.len = start.len < LETTER ? start.len : LETTER;
	lines->refused = true;
	lines->host->set_raw(record, start);
	return lines->host->fail(record, code, message);
}

/* --- a file's start --------------------------------------------------------------------------- */

/* Bytes that hardly begin a text of bytes: then it pays to wait for more. */
static bool is_odd(uint8_t byte)
{
	return (byte < 0x20 && !(byte >= '\t' && byte <= '\r')) || byte >= 0xF8;
}

/* Byte by byte, for behind the first line nothing may come for a while. */
static safi_status peek_start(const Lines *lines, safi_input *input, safi_bytes *start)
{
	const safi_host *host = lines->host;
	for (size_t want = 1; want <= START; want++) {
		safi_status status = host->peek(input, want, start);
		if (status != SAFI_KEEP || start->len < want) {
			return status;
		}
		uint8_t last = start->ptr[want - 1];
		if (is_odd(last)) {
			return host->peek(input, SAFI_FORM_REACH, start);
		}
		if (last == '\n' && !is_blank(*start)) {
			break;
		}
	}
	return SAFI_KEEP;
}

static SafiForm wide_form(const Lines *lines, safi_bytes start)
{
	uint32_t mark;
	const Encoding *fixed = lines->fixed;
	if (fixed != NULL && !fixed->order_open) {
		return fixed->form;
	}
	SafiForm form = safi_form_mark(start, &mark);
	if (form == SAFI_FORM_NONE) {
		form = safi_form_guess(start);
	}
	if (fixed != NULL && safi_form_width(form) != safi_form_width(fixed->form)) {
		form = fixed->form;
	}
	return form > SAFI_FORM_UTF8 ? form : SAFI_FORM_NONE;
}

static safi_status begin_file(Lines *lines, safi_input *input, safi_record *record)
{
	safi_bytes start;
	safi_status status = peek_start(lines, input, &start);
	if (status != SAFI_KEEP) {
		return status;
	}
	const char *what = safi_magic_find(start);
	if (what != NULL) {
		return refuse(lines, record, start, "looks-like-binary", what);
	}
	lines->form = wide_form(lines, start);
	lines->settled = lines->fixed != NULL || lines->form != SAFI_FORM_NONE;
	lines->begun = lines->skipping = false;
	lines->tries = 0;
	set_name(lines, safi_form_name(lines->form));
	return SAFI_KEEP;
}

/* --- wide lines ------------------------------------------------------------------------------- */

/* Where the first unit that is a line feed ends, looked for from `from` on; 0: there is none. */
static size_t find_feed(SafiForm form, safi_bytes seen, size_t from)
{
	uint32_t width = safi_form_width(form);
	for (size_t i = from; i + width <= seen.len; i += width) {
		SafiFormCharacter found = safi_form_decode(form, seen.ptr + i, width);
		if (found.taken > 0 && found.point == '\n') {
			return i + width;
		}
	}
	return 0;
}

static void cut_unit(SafiForm form, safi_bytes *line, uint32_t point)
{
	uint32_t width = safi_form_width(form);
	if (line->len >= width && line->len % width == 0 &&
	    safi_form_decode(form, line->ptr + line->len - width, width).point == point) {
		line->len -= width;
	}
}

/* A line with its end.  One that is too long fails by asking for more than may be. */
static safi_status read_wide(const Lines *lines, safi_input *input, safi_bytes *line)
{
	const safi_host *host = lines->host;
	size_t width = safi_form_width(lines->form), searched = 0, end = 0;
	safi_bytes seen;
	for (size_t want = WIDE_LINE; end == 0; want *= 2) {
		safi_status status = host->peek(input, want, &seen);
		if (status != SAFI_KEEP) {
			return status;
		}
		end = find_feed(lines->form, seen, searched);
		searched = seen.len / width * width;
		if (end == 0 && seen.len < want) {
			end = searched + width;
		}
	}
	return host->read_bytes(input, end, line);
}

static bool is_space(uint32_t point)
{
	char utf8[SAFI_UTF8_MAX] = "";
	return safi_space_at(utf8, utf8 + safi_utf8_encode(utf8, point)) > 0;
}

static bool is_wide_blank(SafiForm form, safi_bytes line)
{
	for (size_t i = 0; i < line.len;) {
		SafiFormCharacter found = safi_form_decode(form, line.ptr + i, line.len - i);
		bool mark = i == 0 && found.point == 0xFEFF;
		if (found.taken == 0 || !(mark || is_space(found.point))) {
			return false;
		}
		i += found.taken;
	}
	return true;
}

/* What is left of a line that was too long is no line. */
static safi_status next_wide(Lines *lines, safi_input *input, safi_bytes *line)
{
	bool rest;
	safi_status status;
	do {
		status = read_wide(lines, input, line);
		rest = lines->skipping;
		lines->skipping = status == SAFI_FAIL;
	} while (status == SAFI_KEEP && (rest || is_wide_blank(lines->form, *line)));
	if (status == SAFI_KEEP) {
		cut_unit(lines->form, line, '\n');
		cut_unit(lines->form, line, '\r');
	}
	return status;
}

/* --- lines of bytes --------------------------------------------------------------------------- */

/* The line, and what follows it if it is short. */
static safi_bytes gather(Lines *lines, safi_input *input, safi_bytes line)
{
	safi_bytes more = { NULL, 0 };
	if (line.len >= sizeof lines->evidence / 2) {
		return line;
	}
	memcpy(lines->evidence, line.ptr, line.len);
	lines->evidence[line.len] = '\n';
	size_t len = line.len + 1;
	if (lines->host->peek(input, sizeof lines->evidence - len, &more) == SAFI_KEEP) {
		memcpy(lines->evidence + len, more.ptr, more.len);
		len += more.len;
	}
	return (safi_bytes){ lines->evidence, len };
}

static void settle(Lines *lines, safi_input *input, safi_bytes line)
{
	size_t valid = lines->host->utf8(line);
	if (valid == line.len) {
		lines->settled = safi_utf8_ascii(line.ptr, line.len) < line.len;
		set_name(lines, "");
		return;
	}
	Guess guess = guesser_ask(lines->guesser, gather(lines, input, line));
	bool named = guess.kind == GUESS_NAME && strncmp(guess.name, "UTF-", 4) != 0;
	if (named || guess.kind == GUESS_DAMAGED) {
		set_name(lines, named ? guess.name : "");
		lines->settled = true;
	} else {
		set_name(lines, unknown);
		lines->settled = ++lines->tries == TRIES;
	}
}

/* In other encodings than UTF-8 a no-break space may be half of a letter. */
static bool is_blank_line(const Lines *lines, safi_bytes line)
{
	bool utf8 = lines->fixed == NULL ? lines->name[0] == '\0' : lines->fixed->kind == ENCODING_UTF8;
	return is_blank(line) && (utf8 || safi_utf8_ascii(line.ptr, line.len) == line.len);
}

/* Lines that hold nothing are no pages; the CR of a CR LF belongs to the line's end. */
static safi_status next_narrow(Lines *lines, safi_input *input, safi_bytes *line)
{
	safi_status status;
	do {
		status = lines->host->read_line(input, line);
	} while (status == SAFI_KEEP && is_blank_line(lines, *line));
	if (status == SAFI_KEEP && line->ptr[line->len - 1] == '\r') {
		line->len--;
	}
	if (status == SAFI_KEEP && !lines->settled) {
		settle(lines, input, *line);
	}
	return status;
}

/* Files are put together of others: what is UTF-8 in one of another encoding would be garbage. */
static bool is_utf8_among_others(const Lines *lines, safi_bytes line)
{
	size_t high = 0;
	if (lines->fixed != NULL || lines->form != SAFI_FORM_NONE ||
	    lines->host->utf8(line) < line.len) {
		return false;
	}
	for (size_t i = 0; i < line.len; i++) {
		high += line.ptr[i] >= 0x80;
	}
	return high >= UTF8_LEAST;
}

/* --- all -------------------------------------------------------------------------------------- */

/* A file of HTML has its first tag in a line alone; a page that was put into one line has not. */
static bool is_html_file(safi_bytes line)
{
	safi_text text = safi_space_trim((safi_text){ (const char *)line.ptr, line.len });
	const char *close = memchr(text.ptr, '>', text.len);
	return close != NULL && close == text.ptr + text.len - 1 && text_sniff_html(text);
}

safi_status lines_next(Lines *lines, safi_input *input, safi_record *record)
{
	const safi_host *host = lines->host;
	safi_bytes line;
	if (lines->refused) {
		lines->refused = false;
		return SAFI_END;
	}
	safi_status status = host->input_offset(input) == 0 ? begin_file(lines, input, record)
	                                                    : SAFI_KEEP;
	if (status != SAFI_KEEP) {
		return status;
	}
	status = lines->form != SAFI_FORM_NONE ? next_wide(lines, input, &line)
	                                       : next_narrow(lines, input, &line);
	if (status != SAFI_KEEP) {
		return status;
	}
	if (!lines->begun && lines->form == SAFI_FORM_NONE && is_html_file(line)) {
		return refuse(lines, record, line, "looks-like-html",
		              "HTML, where each line is to be a page; take its text out first: "
		              "w3m -dump -T text/html FILE | safi ...");
	}
	lines->begun = true;
	host->set_raw(record, line);
	if (lines->name[0] != '\0' && !is_utf8_among_others(lines, line)) {
		host->put_text(record, 0, lines->mark, safi_str(lines->name), SAFI_REPLACE);
	}
	return SAFI_KEEP;
}
