#include "page.h"
#include "sniff.h"
#include "textkit/magic.h"

#include <stdarg.h>
#include <stdio.h>

#define NAME_IT "name it, as in `encoding: windows-1256`"

void page_maker_clear(PageMaker *maker)
{
	for (uint32_t i = 0; i < PAGE_ENCODINGS; i++) {
		encoding_close(maker->met[i]);
	}
	guesser_free(maker->guesser);
	decoding_clear(&maker->decoding);
}

/* --- what is no page -------------------------------------------------------------------------- */

__attribute__((format(printf, 5, 6)))
static safi_status fail_at(const PageMaker *maker, safi_record *record, size_t at, const char *code,
                           const char *format, ...)
{
	char message[320];
	va_list values;
	va_start(values, format);
	vsnprintf(message, sizeof message, format, values);
	va_end(values);
	safi_span bad = { (uint32_t)at, (uint32_t)at + 1 };
	return maker->host->fail_at(record, SAFI_RAW, bad, code, message);
}

static safi_status fail_nul(const PageMaker *maker, safi_record *record, size_t at)
{
	return fail_at(maker, record, at, "looks-like-binary",
	               "a NUL byte, so it is no text, and to be left out; or a text with stray ones "
	               "(tr -d '\\000' < FILE | safi ...), or in an encoding to name, as in "
	               "`encoding: UTF-16LE`");
}

static safi_status fail_utf8(const PageMaker *maker, safi_record *record, size_t at)
{
	return fail_at(maker, record, at, "not-utf-8",
	               "UTF-8 but for this byte, 0x%02X; mend it, or if the encoding is another, "
	               NAME_IT, maker->host->raw(record).ptr[at]);
}

static safi_status fail_unknown(const PageMaker *maker, safi_record *record, size_t at)
{
	return fail_at(maker, record, at, "encoding-unknown",
	               "not UTF-8, and which encoding it is cannot be told; " NAME_IT);
}

static safi_status fail_guess(const PageMaker *maker, safi_record *record, Guess guess)
{
	uint8_t byte = maker->host->raw(record).ptr[guess.at];
	if (guess.kind == GUESS_DAMAGED) {
		return fail_utf8(maker, record, guess.at);
	}
	if (guess.kind == GUESS_BINARY && byte == 0) {
		return fail_nul(maker, record, guess.at);
	}
	if (guess.kind == GUESS_BINARY) {
		return fail_at(maker, record, guess.at, "looks-like-binary",
		               "the control character 0x%02X among bytes that are not UTF-8; leave the "
		               "file out if it is no text, else " NAME_IT, byte);
	}
	return fail_unknown(maker, record, guess.at);
}

enum { HEX = 3 * 4 + 1 };

static const char *write_hex(const uint8_t *bytes, size_t len, char to[HEX])
{
	for (size_t i = 0; i < len && i < 4; i++) {
		snprintf(to + 3 * i, 4, " %02X", bytes[i]);
	}
	return to;
}

static safi_status fail_decoding(const PageMaker *maker, safi_record *record,
                                 const Encoding *encoding)
{
	const Decoding *decoding = &maker->decoding;
	const uint8_t *bytes = maker->host->raw(record).ptr + decoding->fault_at;
	char hex[HEX] = "";
	return fail_at(maker, record, decoding->fault_at, "not-decodable",
	               "%s (hexadecimal%s) in %s, which it %s; mend it, or if the encoding is another, "
	               NAME_IT, decoding->fault, write_hex(bytes, decoding->fault_len, hex),
	               encoding->name,
	               maker->fixed == NULL ? "looks to be" : "is said to be");
}

/* --- what is one ------------------------------------------------------------------------------ */

/* The text, if it is one that a person would read. */
static safi_status add_page(const PageMaker *maker, safi_record *record, safi_text text,
                            const safi_change *changes, uint32_t n)
{
	const safi_host *host = maker->host;
	if (text_sniff_blank(text)) {
		return host->drop(record, "empty", "nothing but white space");
	}
	if (text_sniff_html(text)) {
		return host->fail(record, "looks-like-html",
		                  "HTML, where a page of plain text is wanted; take its text out first: "
		                  "w3m -dump -T text/html FILE | safi ...");
	}
	host->view_add(record, maker->page, SAFI_RAW, text, changes, n);
	return SAFI_KEEP;
}

static const char *find_nul(safi_text text)
{
	return text.len > 0 ? memchr(text.ptr, 0, text.len) : NULL;
}

static safi_status add_utf8(const PageMaker *maker, safi_record *record, bool at_start)
{
	uint32_t mark = 0;
	safi_bytes raw = maker->host->raw(record);
	if (at_start && safi_form_mark(raw, &mark) != SAFI_FORM_UTF8) {
		mark = 0;
	}
	safi_text text = { (const char *)raw.ptr + mark, raw.len - mark };
	safi_change cut = { 0, mark, 0 };
	const char *nul = find_nul(text);
	if (nul != NULL) {
		return fail_nul(maker, record, (size_t)(nul - (const char *)raw.ptr));
	}
	return add_page(maker, record, text, &cut, mark > 0);
}

static safi_status add_strict_utf8(const PageMaker *maker, safi_record *record, bool at_start)
{
	safi_bytes raw = maker->host->raw(record);
	size_t valid = maker->host->utf8(raw);
	return valid < raw.len ? fail_utf8(maker, record, valid) : add_utf8(maker, record, at_start);
}

static safi_status add_decoded(PageMaker *maker, safi_record *record, Encoding *encoding,
                               bool at_start)
{
	const safi_host *host = maker->host;
	Decoding *decoding = &maker->decoding;
	safi_bytes raw = host->raw(record);
	uint32_t mark = 0;
	if (at_start && (encoding->kind != ENCODING_WIDE ||
	                 safi_form_mark(raw, &mark) != encoding->form)) {
		mark = 0;
	}
	char *room = host->room(record, decoding_room(encoding, raw));
	if (room == NULL) {
		return SAFI_FAIL;
	}
	if (!decoding_run(decoding, encoding, raw, mark, room)) {
		return fail_decoding(maker, record, encoding);
	}
	const char *nul = find_nul(decoding->text);
	if (nul != NULL) {
		return fail_nul(maker, record, decoding_origin(decoding, (size_t)(nul - room)));
	}
	host->tally(record, encoding->counter, 1);
	return add_page(maker, record, decoding->text, decoding->changes, decoding->n);
}

/* --- all -------------------------------------------------------------------------------------- */

/* Opened once; one of many names takes the place of the oldest. */
static Encoding *meet(PageMaker *maker, const char *name)
{
	for (uint32_t i = 0; i < PAGE_ENCODINGS; i++) {
		if (maker->met[i] != NULL && strcmp(maker->met[i]->name, name) == 0) {
			return maker->met[i];
		}
	}
	Encoding *encoding = encoding_open(name);
	if (encoding != NULL) {
		encoding_close(maker->met[maker->next]);
		maker->met[maker->next] = encoding;
		maker->next = (maker->next + 1) % PAGE_ENCODINGS;
	}
	return encoding;
}

static safi_status add_named(PageMaker *maker, safi_record *record, const char *name,
                             bool at_start)
{
	Encoding *encoding = meet(maker, name);
	if (encoding == NULL) {
		return fail_at(maker, record, 0, "encoding-unknown",
		               "it looks to be %s, which iconv does not know; convert it to UTF-8 first, "
		               "or if the encoding is another, " NAME_IT, name);
	}
	return add_decoded(maker, record, encoding, at_start);
}

/* A line of a file of which nobody knows the encoding is good if it is UTF-8. */
static safi_status add_unknown(const PageMaker *maker, safi_record *record, bool at_start)
{
	safi_bytes raw = maker->host->raw(record);
	size_t valid = maker->host->utf8(raw);
	return valid < raw.len ? fail_unknown(maker, record, valid)
	                       : add_utf8(maker, record, at_start);
}

static safi_status add_guessed(PageMaker *maker, safi_record *record, bool at_start)
{
	Guess guess = guesser_ask(maker->guesser, maker->host->raw(record));
	if (guess.kind != GUESS_NAME) {
		return fail_guess(maker, record, guess);
	}
	if (strcmp(guess.name, "UTF-8") == 0) {
		return add_utf8(maker, record, at_start);
	}
	return add_named(maker, record, guess.name, at_start);
}

/* UTF-16 or UTF-32 of either order: as a mark says, or the text shows, or else the little one. */
static const char *find_order(const Encoding *encoding, safi_bytes raw)
{
	uint32_t mark;
	SafiForm form = safi_form_mark(raw, &mark);
	if (form == SAFI_FORM_NONE) {
		form = safi_form_guess(raw);
	}
	bool fits = safi_form_width(form) == safi_form_width(encoding->form);
	return safi_form_name(fits ? form : encoding->form);
}

safi_status page_make(PageMaker *maker, safi_record *record, const char *name, bool at_start)
{
	const char *what = at_start ? safi_magic_find(maker->host->raw(record)) : NULL;
	if (what != NULL) {
		return maker->host->fail(record, "looks-like-binary", what);
	}
	if (name != NULL && name[0] == '?') {
		return add_unknown(maker, record, at_start);
	}
	if (name != NULL && strcmp(name, "UTF-8") != 0) {
		return add_named(maker, record, name, at_start);
	}
	if (maker->fixed == NULL && name == NULL) {
		return add_guessed(maker, record, at_start);
	}
	if (maker->fixed == NULL || maker->fixed->kind == ENCODING_UTF8) {
		return add_strict_utf8(maker, record, at_start);
	}
	if (maker->fixed->order_open) {
		name = find_order(maker->fixed, maker->host->raw(record));
		return add_named(maker, record, name, at_start);
	}
	return add_decoded(maker, record, maker->fixed, at_start);
}
