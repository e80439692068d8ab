#include "textkit/form.h"

const char *safi_form_name(SafiForm form)
{
	static const char *const names[] = { "", "UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE",
	                                     "UTF-32BE" };
	return names[form];
}

uint32_t safi_form_width(SafiForm form)
{
	return form <= SAFI_FORM_UTF8 ? 1 : form <= SAFI_FORM_UTF16BE ? 2 : 4;
}

SafiForm safi_form_mark(safi_bytes start, uint32_t *length)
{
	/* The four bytes of UTF-32LE begin with the two of UTF-16LE, so they come first. */
	static const struct { SafiForm form; uint32_t len; const char *bytes; } marks[] = {
		{ SAFI_FORM_UTF32LE, 4, "\xff\xfe\0\0" }, { SAFI_FORM_UTF32BE, 4, "\0\0\xfe\xff" },
		{ SAFI_FORM_UTF8, 3, "\xef\xbb\xbf" },
		{ SAFI_FORM_UTF16LE, 2, "\xff\xfe" }, { SAFI_FORM_UTF16BE, 2, "\xfe\xff" },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (start.len >= marks[i].len && memcmp(start.ptr, marks[i].bytes, marks[i].len) == 0) {
			*length = marks[i].len;
			return marks[i].form;
		}
	}
	*length = 0;
	return SAFI_FORM_NONE;
}

/* --- UTF-16 without a mark -------------------------------------------------------------------- */

/* How the units of a sample would read in one byte order. */
typedef struct Reading {
	size_t units, strong, wrong, spaces;
	size_t scripts[8]; /* by upper byte: of Greek 3, Cyrillic 4, Hebrew 5, Arabic 6 */
} Reading;

static bool is_print(uint8_t low)
{
	return (low >= 0x20 && low < 0x7F) || low >= 0xA0 || (low >= '\t' && low <= '\r');
}

/* Upper bytes of marks of punctuation, symbols, presentation forms and surrogates: they stand among
 * any text, but prove nothing, for they are also letters and signs of other encodings. */
static bool may_stand_among(uint8_t high)
{
	return (high >= 0x20 && high <= 0x27) || high == 0x01 || high == 0x02 || high >= 0xFB ||
	       (high >= 0xD8 && high <= 0xDF);
}

static void count_unit(Reading *reading, uint8_t high, uint8_t low)
{
	reading->units++;
	if (high == 0) {
		reading->strong += is_print(low);
		reading->wrong += !is_print(low);
		reading->spaces += low == ' ' || low == '\n' || low == '\r';
	} else if (high >= 3 && high <= 7) {
		reading->strong++;
		reading->scripts[high]++;
	} else {
		reading->wrong += !may_stand_among(high);
	}
}

static size_t percent(size_t part, size_t whole)
{
	return whole == 0 ? 0 : part * 100 / whole;
}

/* Numbers of 16 bits look like this too if they are small.  But text is in one script, and parted
 * into words: 40 letters without a blank between them are none. */
static bool is_text(const Reading *reading)
{
	size_t most = 0, letters = 0;
	for (int i = 3; i < 8; i++) {
		letters += reading->scripts[i];
		most = reading->scripts[i] > most ? reading->scripts[i] : most;
	}
	return reading->units >= 2 && percent(reading->strong, reading->units) >= 70 &&
	       percent(reading->wrong, reading->units) < 5 &&
	       (letters == 0 || percent(most, letters) >= 90) &&
	       (reading->units < 40 || reading->spaces > 0);
}

SafiForm safi_form_guess(safi_bytes start)
{
	Reading little = {0}, big = {0};
	size_t len = start.len < SAFI_FORM_REACH ? start.len : SAFI_FORM_REACH;
	for (size_t i = 0; i + 1 < len; i += 2) {
		count_unit(&little, start.ptr[i + 1], start.ptr[i]);
		count_unit(&big, start.ptr[i], start.ptr[i + 1]);
	}
	bool is_little = is_text(&little), is_big = is_text(&big);
	if (is_little && is_big) {
		is_big = big.strong > little.strong;
	}
	return is_big ? SAFI_FORM_UTF16BE : is_little ? SAFI_FORM_UTF16LE : SAFI_FORM_NONE;
}
