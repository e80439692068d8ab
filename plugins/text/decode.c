#include "decode.h"
#include "textkit/utf8.h"

#include <errno.h>
#include <stdlib.h>

static const char no_memory[] = "no memory for the changes";
static const char unknown_byte[] = "a byte that is no character";

void decoding_clear(Decoding *decoding)
{
	free(decoding->changes);
	*decoding = (Decoding){0};
}

/* Room for as many changes as there can be, so that no loop has to ask.  What is not written to is
 * never mapped, so it costs nothing. */
static bool reserve(Decoding *decoding, size_t n)
{
	if (n <= decoding->capacity) {
		return true;
	}
	free(decoding->changes);
	decoding->changes = malloc(n * sizeof *decoding->changes);
	decoding->capacity = decoding->changes != NULL ? n : 0;
	return decoding->changes != NULL;
}

static void add_change(Decoding *decoding, size_t from, size_t taken, size_t put)
{
	decoding->changes[decoding->n++] =
		(safi_change){ (uint32_t)from, (uint32_t)taken, (uint32_t)put };
}

static void stop(Decoding *decoding, size_t at, size_t len, const char *fault)
{
	decoding->fault = fault;
	decoding->fault_at = at;
	decoding->fault_len = len;
}

/* --- one byte a character --------------------------------------------------------------------- */

static char *decode_table(Decoding *decoding, const Encoding *encoding, safi_bytes raw, size_t at,
                          char *to)
{
	while (at < raw.len) {
		const EncodingByte *entry = &encoding->bytes[raw.ptr[at]];
		if (entry->same) {
			size_t run = encoding->ascii ? safi_utf8_ascii(raw.ptr + at, raw.len - at) : 1;
			memcpy(to, raw.ptr + at, run);
			at += run;
			to += run;
			continue;
		}
		if (entry->len == 0) {
			stop(decoding, at, 1, unknown_byte);
			break;
		}
		memcpy(to, entry->utf8, sizeof entry->utf8);
		to += entry->len;
		add_change(decoding, at++, 1, entry->len);
	}
	return to;
}

/* --- UTF-16 and UTF-32 ------------------------------------------------------------------------ */

static inline char *decode_form(Decoding *decoding, SafiForm form, safi_bytes raw, size_t at,
                                char *to)
{
	while (at < raw.len) {
		SafiFormCharacter found = safi_form_decode(form, raw.ptr + at, raw.len - at);
		if (found.taken == 0) {
			size_t left = raw.len - at, width = safi_form_width(form);
			stop(decoding, at, left < width ? left : width, found.fault);
			break;
		}
		uint32_t put = safi_utf8_encode(to, found.point);
		add_change(decoding, at, found.taken, put);
		at += found.taken;
		to += put;
	}
	return to;
}

/* With the form as a constant each loop tests nothing but its own characters. */
static char *decode_wide(Decoding *decoding, SafiForm form, safi_bytes raw, size_t at, char *to)
{
	switch (form) {
	case SAFI_FORM_UTF16LE:
		return decode_form(decoding, SAFI_FORM_UTF16LE, raw, at, to);
	case SAFI_FORM_UTF16BE:
		return decode_form(decoding, SAFI_FORM_UTF16BE, raw, at, to);
	default:
		return decode_form(decoding, form, raw, at, to);
	}
}

/* --- by iconv --------------------------------------------------------------------------------- */

enum { STEP_MAX = 16 /* bytes; the longest character has 4, a sequence of shifts 4 before it */ };

/* The length of the word that begins here, or of the blank: nothing composes across one. */
static size_t word_length(const uint8_t *at, size_t left)
{
	size_t len = 0;
	while (len < left && at[len] > ' ') {
		len++;
	}
	return len > 0 ? len : 1;
}

/* Converts as few bytes as make something; returns how many, 0: none can be converted. */
static size_t step(const Encoding *encoding, const uint8_t *at, size_t left, char **to,
                   size_t *room)
{
	size_t take = encoding->composes ? word_length(at, left) : 1;
	size_t most = encoding->composes ? take : left < STEP_MAX ? left : STEP_MAX;
	for (; take <= most; take++) {
		char *in = (char *)at;
		size_t rest = take;
		if (iconv(encoding->steps, &in, &rest, to, room) != (size_t)-1) {
			if (encoding->composes) {
				iconv(encoding->steps, NULL, NULL, to, room);
			}
			return take;
		}
		if (errno != EINVAL) {
			return 0;
		}
	}
	return 0;
}

/* A shift makes nothing; it becomes part of the change of the character behind it. */
static char *decode_steps(Decoding *decoding, const Encoding *encoding, safi_bytes raw, char *to)
{
	size_t at = 0, from = 0, room = decoding_room(encoding, raw);
	char *begin = to;
	iconv(encoding->steps, NULL, NULL, NULL, NULL);
	while (at < raw.len) {
		size_t taken = step(encoding, raw.ptr + at, raw.len - at, &to, &room);
		if (taken == 0) {
			stop(decoding, at, 1, errno == EINVAL ? "a character that is cut off" : unknown_byte);
			return to;
		}
		at += taken;
		size_t put = (size_t)(to - begin);
		if (put > 0 && (put != at - from || memcmp(begin, raw.ptr + from, put) != 0)) {
			add_change(decoding, from, at - from, put);
		}
		from = put > 0 ? at : from;
		begin = to;
	}
	iconv(encoding->steps, NULL, NULL, &to, &room);
	if (from < at || to > begin) {
		add_change(decoding, from, at - from, (size_t)(to - begin));
	}
	return to;
}

/* --- all -------------------------------------------------------------------------------------- */

static size_t count_ascii(safi_bytes raw)
{
	size_t n = 0;
	for (size_t i = 0; i < raw.len; i++) {
		n += raw.ptr[i] < 0x80;
	}
	return n;
}

size_t decoding_room(const Encoding *encoding, safi_bytes raw)
{
	enum { SLACK = SAFI_UTF8_MAX }; /* a table's entry is written whole */
	if (encoding->kind == ENCODING_TABLE && encoding->ascii) {
		size_t ascii = count_ascii(raw);
		return ascii + (raw.len - ascii) * SAFI_UTF8_MAX + SLACK;
	}
	if (encoding->kind == ENCODING_WIDE) { /* at most 3 bytes of 2, 4 of 4 */
		return raw.len / 2 * 3 + SLACK;
	}
	return raw.len * SAFI_UTF8_MAX + SLACK;
}

bool decoding_run(Decoding *decoding, Encoding *encoding, safi_bytes raw, uint32_t mark, char *room)
{
	size_t unit = encoding->kind == ENCODING_WIDE ? safi_form_width(encoding->form) : 1;
	char *end = room;
	decoding->n = 0;
	decoding->fault = NULL;
	if (!reserve(decoding, raw.len / unit + 2)) {
		stop(decoding, 0, 0, no_memory);
		return false;
	}
	if (mark > 0) {
		add_change(decoding, 0, mark, 0);
	}
	if (encoding->kind == ENCODING_TABLE) {
		end = decode_table(decoding, encoding, raw, mark, room);
	} else if (encoding->kind == ENCODING_WIDE) {
		end = decode_wide(decoding, encoding->form, raw, mark, room);
	} else if (encoding->kind == ENCODING_STEPS) {
		end = decode_steps(decoding, encoding, raw, room);
	}
	decoding->text = (safi_text){ room, (size_t)(end - room) };
	return decoding->fault == NULL;
}

size_t decoding_origin(const Decoding *decoding, size_t at)
{
	size_t raw = 0, text = 0; /* where the last change ends */
	for (uint32_t i = 0; i < decoding->n; i++) {
		const safi_change *change = &decoding->changes[i];
		size_t begin = text + (change->from - raw);
		if (at < begin) {
			break;
		}
		if (at < begin + change->put) {
			return change->from;
		}
		raw = change->from + change->taken;
		text = begin + change->put;
	}
	return raw + (at - text);
}
