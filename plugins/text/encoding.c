#include "encoding.h"

#include <errno.h>
#include <stdlib.h>

static const iconv_t no_iconv = (iconv_t)-1;

/* --- by iconv --------------------------------------------------------------------------------- */

/* Converts all of the bytes from the initial state on; returns the length, SIZE_MAX: it cannot. */
static size_t convert(iconv_t with, const char *from, size_t len, char *to, size_t room)
{
	char *in = (char *)from, *out = to; /* POSIX forgot the const */
	size_t left = room;
	iconv(with, NULL, NULL, NULL, NULL);
	if (iconv(with, &in, &len, &out, &left) == (size_t)-1 ||
	    iconv(with, NULL, NULL, &out, &left) == (size_t)-1) {
		return SIZE_MAX;
	}
	return room - left;
}

/* How a text of UTF-8 is written in the encoding; SIZE_MAX: not at all. */
static size_t write_in(const char *name, const char *text, char *to, size_t room)
{
	iconv_t with = iconv_open(name, "UTF-8");
	if (with == no_iconv) {
		return SIZE_MAX;
	}
	size_t len = convert(with, text, strlen(text), to, room);
	iconv_close(with);
	return len;
}

/* --- Unicode's own ---------------------------------------------------------------------------- */

/* By what is written in it, for each form has a dozen names. */
static bool is_utf8(const char *name)
{
	static const char sample[] = "s\303\251\330\263\342\202\254\360\237\231\202";
	char written[64];
	return write_in(name, sample, written, sizeof written) == sizeof sample - 1 &&
	       memcmp(written, sample, sizeof sample - 1) == 0;
}

static bool find_form(Encoding *encoding)
{
	static const struct { const char *feed; size_t len; SafiForm form; } feeds[] = {
		{ "\n\0", 2, SAFI_FORM_UTF16LE }, { "\0\n", 2, SAFI_FORM_UTF16BE },
		{ "\n\0\0\0", 4, SAFI_FORM_UTF32LE }, { "\0\0\0\n", 4, SAFI_FORM_UTF32BE },
	};
	char written[16];
	uint32_t mark;
	size_t len = write_in(encoding->name, "\n", written, sizeof written);
	if (len == SIZE_MAX) {
		return false;
	}
	safi_form_mark((safi_bytes){ (const uint8_t *)written, len }, &mark);
	encoding->order_open = mark > 0;
	encoding->line_feeds = len == 1 && written[0] == '\n';
	for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
		if (len - mark == feeds[i].len && memcmp(written + mark, feeds[i].feed, len - mark) == 0) {
			encoding->form = feeds[i].form;
			return encoding->line_feeds = true;
		}
	}
	return false;
}

/* --- tables ----------------------------------------------------------------------------------- */

typedef enum { ALONE, NOTHING, PART, COMPOSING } ByteKind;

static ByteKind try_byte(iconv_t with, char byte, EncodingByte *entry)
{
	char utf8[16], *in = &byte, *out = utf8;
	size_t len = 1, left = sizeof utf8;
	iconv(with, NULL, NULL, NULL, NULL);
	if (iconv(with, &in, &len, &out, &left) == (size_t)-1) {
		return errno == EILSEQ ? NOTHING : PART;
	}
	size_t made = sizeof utf8 - left;
	iconv(with, NULL, NULL, &out, &left);
	if (made != sizeof utf8 - left) {
		return COMPOSING;
	}
	if (made == 0 || made > sizeof entry->utf8) {
		return PART;
	}
	memcpy(entry->utf8, utf8, made);
	entry->len = (uint8_t)made;
	entry->same = made == 1 && utf8[0] == byte;
	return ALONE;
}

/* Whether each byte is a character whatever stands beside it. */
static bool fill_table(Encoding *encoding)
{
	bool whole = true;
	encoding->ascii = true;
	for (int byte = 0; byte < 256; byte++) {
		EncodingByte *entry = &encoding->bytes[byte];
		ByteKind kind = try_byte(encoding->steps, (char)byte, entry);
		whole = whole && (kind == ALONE || kind == NOTHING);
		encoding->composes = encoding->composes || kind == COMPOSING;
		encoding->ascii = encoding->ascii && (byte >= 0x80 || entry->same);
	}
	return whole;
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool find_kind(Encoding *encoding)
{
	if (is_utf8(encoding->name)) {
		encoding->kind = ENCODING_UTF8;
		return encoding->line_feeds = true;
	}
	encoding->steps = iconv_open("UTF-8", encoding->name);
	if (encoding->steps == no_iconv) {
		return false;
	}
	if (find_form(encoding)) {
		encoding->kind = ENCODING_WIDE;
	} else {
		encoding->kind = fill_table(encoding) ? ENCODING_TABLE : ENCODING_STEPS;
	}
	return true;
}

Encoding *encoding_open(const char *name)
{
	/* To iconv "" is the locale's, and what follows a slash is no part of a name. */
	size_t len = strlen(name);
	if (len == 0 || len > ENCODING_NAME_MAX || strchr(name, '/') != NULL) {
		return NULL;
	}
	Encoding *encoding = calloc(1, sizeof *encoding);
	if (encoding == NULL) {
		return NULL;
	}
	memcpy(encoding->name, name, len);
	strcat(strcpy(encoding->counter, "decoded "), name);
	encoding->steps = no_iconv;
	if (!find_kind(encoding)) {
		encoding_close(encoding);
		return NULL;
	}
	return encoding;
}

void encoding_close(Encoding *encoding)
{
	if (encoding == NULL) {
		return;
	}
	if (encoding->steps != no_iconv) {
		iconv_close(encoding->steps);
	}
	free(encoding);
}
