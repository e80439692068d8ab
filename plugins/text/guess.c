#include "guess.h"
#include "letters.h"
#include "textkit/utf8.h"

#include <stdlib.h>
#include <uchardet/uchardet.h>

enum {
	SAMPLE = 4096,        /* uchardet reads 7 MB a second, and knows no more from more */
	SAMPLE_BEFORE = 16,   /* of it before the first byte that is not ASCII */
	HEAD = 64,            /* of valid UTF-8, so much is looked at for UTF-16 */
	DAMAGED_PERCENT = 80, /* in valid sequences; of articles in windows-1256 it is 6 at most */
	EVIDENCE_LEAST = 4    /* bytes that are not ASCII: of fewer, any encoding makes a text */
};

struct Guesser {
	const safi_host *host;
	uchardet_t uchardet;
	Encoding *arabic[2];
	Letters letters[2];
	char name[ENCODING_NAME_MAX + 1];
};

Guesser *guesser_new(const safi_host *host)
{
	Guesser *guesser = calloc(1, sizeof *guesser);
	if (guesser != NULL) {
		guesser->host = host;
	}
	return guesser;
}

void guesser_free(Guesser *guesser)
{
	if (guesser == NULL) {
		return;
	}
	if (guesser->uchardet != NULL) {
		uchardet_delete(guesser->uchardet);
	}
	encoding_close(guesser->arabic[0]);
	encoding_close(guesser->arabic[1]);
	free(guesser);
}

/* --- parts ------------------------------------------------------------------------------------ */

static Guess named(const char *name)
{
	return (Guess){ GUESS_NAME, name, 0 };
}

static bool is_control(uint8_t byte)
{
	return byte < 0x20 && !(byte >= '\t' && byte <= '\r') && byte != 0x1A && byte != 0x1B;
}

/* Where the first control character stands that no text has; the length: nowhere.  Tab to CR are
 * in texts, and so are ESC, which shifts, and SUB, with which files of DOS end. */
static size_t find_control(safi_bytes bytes)
{
	size_t i = 0;
	while (i < bytes.len && !is_control(bytes.ptr[i])) {
		i++;
	}
	return i;
}

static safi_bytes head_of(safi_bytes bytes, size_t len)
{
	return (safi_bytes){ bytes.ptr, bytes.len < len ? bytes.len : len };
}

/* What the first byte that is not ASCII stands in: the head of a page may be all ASCII. */
static safi_bytes sample_of(safi_bytes text, size_t first)
{
	size_t from = first > SAMPLE_BEFORE ? first - SAMPLE_BEFORE : 0;
	return head_of((safi_bytes){ text.ptr + from, text.len - from }, SAMPLE);
}

/* --- damaged UTF-8 ---------------------------------------------------------------------------- */

/* The length of the sequence that begins here, 0: none that is whole.  It counts, so it need not be
 * strict about overlong ones. */
static size_t sequence_length(const uint8_t *at, size_t left)
{
	size_t len = safi_utf8_length(at[0]), i = 1;
	if (at[0] < 0xC2 || at[0] > 0xF4 || len > left) {
		return 0;
	}
	while (i < len && (at[i] & 0xC0) == 0x80) {
		i++;
	}
	return i == len ? len : 0;
}

static bool is_damaged_utf8(safi_bytes sample)
{
	size_t good = 0, all = 0;
	for (size_t i = 0; i < sample.len;) {
		size_t len = sample.ptr[i] < 0x80 ? 0 : sequence_length(sample.ptr + i, sample.len - i);
		good += len;
		all += len > 0 ? len : sample.ptr[i] >= 0x80;
		i += len > 0 ? len : 1;
	}
	return good > 0 && good * 100 >= all * DAMAGED_PERCENT;
}

/* --- other encodings -------------------------------------------------------------------------- */

/* Not before they are asked for: who reads UTF-8 should not wait for iconv's tables. */
static const Letters *open_letters(Guesser *guesser, int which)
{
	static const char *const names[] = { "windows-1256", "ISO-8859-6" };
	if (guesser->arabic[which] == NULL) {
		guesser->arabic[which] = encoding_open(names[which]);
		if (guesser->arabic[which] == NULL) {
			return NULL;
		}
		letters_init(&guesser->letters[which], guesser->arabic[which]);
	}
	return &guesser->letters[which];
}

static const char *ask_letters(Guesser *guesser, safi_bytes sample)
{
	size_t count[2] = { 0, 0 };
	for (int i = 0; i < 2; i++) {
		const Letters *letters = open_letters(guesser, i);
		count[i] = letters != NULL ? letters_count(letters, sample) : 0;
	}
	if (count[0] == 0 && count[1] == 0) {
		return NULL;
	}
	return guesser->arabic[count[1] > count[0]]->name;
}

/* As the register of names has them: windows-1252, else capitals. */
static void copy_name(char *to, const char *name)
{
	static const char shouted[] = "WINDOWS-";
	size_t len = strlen(name), prefix = sizeof shouted - 1;
	len = len > ENCODING_NAME_MAX ? 0 : len;
	memcpy(to, name, len);
	to[len] = '\0';
	if (strncmp(to, shouted, prefix) == 0) {
		memcpy(to, "windows-", prefix);
	}
}

/* uchardet says nothing, or ASCII, of what it cannot tell; that it is no UTF-8 is known. */
static const char *ask_uchardet(Guesser *guesser, safi_bytes sample)
{
	if (guesser->uchardet == NULL) {
		guesser->uchardet = uchardet_new();
	}
	uchardet_reset(guesser->uchardet);
	if (uchardet_handle_data(guesser->uchardet, (const char *)sample.ptr, sample.len) != 0) {
		return NULL;
	}
	uchardet_data_end(guesser->uchardet);
	copy_name(guesser->name, uchardet_get_charset(guesser->uchardet));
	bool told = guesser->name[0] != '\0' && strcmp(guesser->name, "ASCII") != 0 &&
	            strcmp(guesser->name, "UTF-8") != 0;
	return told ? guesser->name : NULL;
}

static size_t count_high(safi_bytes sample)
{
	size_t n = 0;
	for (size_t i = 0; i < sample.len; i++) {
		n += sample.ptr[i] >= 0x80;
	}
	return n;
}

static Guess ask_others(Guesser *guesser, safi_bytes text, size_t valid)
{
	size_t first = safi_utf8_ascii(text.ptr, text.len);
	safi_bytes sample = sample_of(text, first);
	if (is_damaged_utf8(sample)) {
		return (Guess){ GUESS_DAMAGED, "UTF-8", valid };
	}
	size_t control = find_control(sample);
	if (control < sample.len) {
		return (Guess){ GUESS_BINARY, NULL, (size_t)(sample.ptr - text.ptr) + control };
	}
	const char *name = ask_letters(guesser, sample);
	if (name == NULL && count_high(sample) >= EVIDENCE_LEAST) {
		name = ask_uchardet(guesser, sample);
	}
	return name != NULL ? named(name) : (Guess){ GUESS_UNKNOWN, NULL, first };
}

/* --- all -------------------------------------------------------------------------------------- */

Guess guesser_ask(Guesser *guesser, safi_bytes text)
{
	uint32_t mark;
	SafiForm form = safi_form_mark(text, &mark);
	size_t valid = guesser->host->utf8(text);
	const uint8_t *nul = memchr(text.ptr, 0, text.len);
	safi_bytes head = head_of(text, HEAD);
	if (form > SAFI_FORM_UTF8) {
		return named(safi_form_name(form));
	}
	/* UTF-16 of Arabic letters alone is valid UTF-8, of controls, so that is no proof. */
	if (valid < text.len || nul != NULL || find_control(head) < head.len) {
		form = safi_form_guess(text);
	}
	if (form > SAFI_FORM_UTF8) {
		return named(safi_form_name(form));
	}
	if (nul != NULL) {
		return (Guess){ GUESS_BINARY, NULL, (size_t)(nul - text.ptr) };
	}
	if (valid == text.len) {
		return named("UTF-8");
	}
	return mark > 0 ? (Guess){ GUESS_DAMAGED, "UTF-8", valid } : ask_others(guesser, text, valid);
}
