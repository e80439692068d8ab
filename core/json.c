/* One scan for what is special in a string, sixteen bytes at a time, serves all: checking, taking
 * apart, escaping. */
#include "json.h"

#include "utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define DEPTH 1024
#define BLOCK 16

typedef struct Scan {
	const char *at, *end;
	size_t depth;
	char open[DEPTH]; /* the brackets around `at` */
} Scan;

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What cannot stand in a JSON string as it is. */
static bool is_special(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* Copies a block; bit i of the result is set where byte i is special. */
static unsigned copy_block(char *to, const char *from)
{
#ifdef __SSE2__
	__m128i bytes = _mm_loadu_si128((const __m128i *)from);
	_mm_storeu_si128((__m128i *)to, bytes);
	__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i solidus = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, solidus)));
#else
	unsigned mask = 0;
	memcpy(to, from, BLOCK);
	for (unsigned i = 0; i < BLOCK; i++) {
		mask |= (unsigned)is_special(from[i]) << i;
	}
	return mask;
#endif
}

/* Copies what comes before the first special byte and returns how much that is.  Writes up to a
 * block too far, but never past to[end - at]. */
static size_t copy_plain(char *to, const char *at, const char *end)
{
	const char *from = at;
	for (; end - at >= BLOCK; at += BLOCK, to += BLOCK) {
		unsigned mask = copy_block(to, at);
		if (mask) {
			return (size_t)(at - from) + (unsigned)__builtin_ctz(mask);
		}
	}
	while (at < end && !is_special(*at)) {
		*to++ = *at++;
	}
	return (size_t)(at - from);
}

/* The first special byte. */
static const char *skip_plain(const char *at, const char *end)
{
	char unused[BLOCK];
	for (; end - at >= BLOCK; at += BLOCK) {
		unsigned mask = copy_block(unused, at);
		if (mask) {
			return at + __builtin_ctz(mask);
		}
	}
	while (at < end && !is_special(*at)) {
		at++;
	}
	return at;
}

/* --- checking --------------------------------------------------------------------------------- */

static void skip_blanks(Scan *scan)
{
	while (scan->at < scan->end && is_blank(*scan->at)) {
		scan->at++;
	}
}

static bool take(Scan *scan, char c)
{
	if (scan->at == scan->end || *scan->at != c) {
		return false;
	}
	scan->at++;
	return true;
}

static bool take_word(Scan *scan, const char *word)
{
	size_t len = strlen(word);
	if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0) {
		return false;
	}
	scan->at += len;
	return true;
}

static bool take_digits(Scan *scan)
{
	const char *from = scan->at;
	while (scan->at < scan->end && is_digit(*scan->at)) {
		scan->at++;
	}
	return scan->at > from;
}

static bool take_number(Scan *scan)
{
	take(scan, '-');
	if (!take(scan, '0') && !take_digits(scan)) {
		return false;
	}
	if (take(scan, '.') && !take_digits(scan)) {
		return false;
	}
	if (!take(scan, 'e') && !take(scan, 'E')) {
		return true;
	}
	if (!take(scan, '+')) {
		take(scan, '-');
	}
	return take_digits(scan);
}

static int hex_digit(char c)
{
	if (is_digit(c)) {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The UTF-16 unit of the four digits at `at`, negative when they are not there. */
static int32_t hex_unit(const char *at, const char *end)
{
	if (end - at < 4) {
		return -1;
	}
	int32_t unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);
		if (digit < 0) {
			return -1;
		}
		unit = unit << 4 | digit;
	}
	return unit;
}

static bool take_escape(Scan *scan)
{
	if (!take(scan, '\\') || scan->at == scan->end) {
		return false;
	}
	char c = *scan->at++;
	if (c != 'u') {
		return strchr("\"\\/bfnrt", c) != NULL && c != '\0';
	}
	if (hex_unit(scan->at, scan->end) < 0) {
		return false;
	}
	scan->at += 4;
	return true;
}

static bool take_string(Scan *scan)
{
	if (!take(scan, '"')) {
		return false;
	}
	for (;;) {
		scan->at = skip_plain(scan->at, scan->end);
		if (take(scan, '"')) {
			return true;
		}
		if (!take_escape(scan)) {
			return false;
		}
	}
}

static bool take_scalar(Scan *scan)
{
	if (scan->at == scan->end) {
		return false;
	}
	switch (*scan->at) {
	case '"': return take_string(scan);
	case 't': return take_word(scan, "true");
	case 'f': return take_word(scan, "false");
	case 'n': return take_word(scan, "null");
	default:  return take_number(scan);
	}
}

static bool take_name(Scan *scan)
{
	skip_blanks(scan);
	if (!take_string(scan)) {
		return false;
	}
	skip_blanks(scan);
	return take(scan, ':');
}

/* Takes all brackets that open here, up to a scalar or an empty pair, and that. */
static bool take_start(Scan *scan)
{
	for (;;) {
		skip_blanks(scan);
		bool list = take(scan, '[');
		if (!list && !take(scan, '{')) {
			return take_scalar(scan);
		}
		if (scan->depth == DEPTH) {
			return false;
		}
		skip_blanks(scan);
		if (take(scan, list ? ']' : '}')) {
			return true;
		}
		scan->open[scan->depth++] = list ? '[' : '{';
		if (!list && !take_name(scan)) {
			return false;
		}
	}
}

/* Takes all brackets that close here, and the comma behind them if values follow. */
static bool take_close(Scan *scan)
{
	for (;;) {
		skip_blanks(scan);
		if (scan->depth == 0) {
			return true;
		}
		bool list = scan->open[scan->depth - 1] == '[';
		if (take(scan, ',')) {
			return list || take_name(scan);
		}
		if (!take(scan, list ? ']' : '}')) {
			return false;
		}
		scan->depth--;
	}
}

bool safi_json_valid(safi_text text)
{
	safi_bytes bytes = { (const uint8_t *)text.ptr, text.len };
	if (text.len == 0 || safi_utf8_prefix(bytes) != text.len) {
		return false;
	}
	Scan scan;
	scan.at = text.ptr;
	scan.end = text.ptr + text.len;
	scan.depth = 0;
	do {
		if (!take_start(&scan) || !take_close(&scan)) {
			return false;
		}
	} while (scan.depth > 0);
	return scan.at == scan.end;
}

/* --- taking apart a valid text ---------------------------------------------------------------- */

static safi_text trim(safi_text text)
{
	while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	return text;
}

static char number_kind(safi_text number)
{
	for (size_t i = 0; i < number.len; i++) {
		if (number.ptr[i] == '.' || (number.ptr[i] | 0x20) == 'e') {
			return '.';
		}
	}
	return '0';
}

char safi_json_kind(safi_text value)
{
	value = trim(value);
	switch (value.len ? value.ptr[0] : 'n') {
	case '"': return '"';
	case '[': return '[';
	case '{': return '{';
	case 'n': return 'n';
	case 't':
	case 'f': return 'b';
	default:  return number_kind(value);
	}
}

/* Behind a string that begins at `at`. */
static const char *skip_string(const char *at, const char *end)
{
	for (at = skip_plain(at + 1, end); at < end && *at != '"'; at = skip_plain(at, end)) {
		at += end - at > 1 ? 2 : 1;
	}
	return at < end ? at + 1 : end;
}

/* Behind a value that begins at `at`: counts brackets, which is enough where all is valid. */
static const char *skip_value(const char *at, const char *end)
{
	size_t depth = 0;
	while (at < end) {
		char c = *at;
		if (c == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']' || c == '}' || is_blank(c))) {
			break;
		}
		depth += c == '[' || c == '{';
		depth -= c == ']' || c == '}';
		at++;
	}
	return at;
}

/* The first byte of the next element or name behind `at`; NULL: there is none. */
static const char *skip_to_item(safi_text container, size_t at)
{
	const char *end = container.ptr + container.len, *from = container.ptr + at;
	while (from < end && (is_blank(*from) || *from == ',')) {
		from++;
	}
	if (at == 0) {
		from++;
	}
	while (from < end && is_blank(*from)) {
		from++;
	}
	return from < end && *from != ']' && *from != '}' ? from : NULL;
}

/* The value that begins at `from`; *at moves behind it. */
static safi_text value_at(safi_text container, const char *from, size_t *at)
{
	const char *to = skip_value(from, container.ptr + container.len);
	*at = (size_t)(to - container.ptr);
	return (safi_text){ from, (size_t)(to - from) };
}

bool safi_json_element(safi_text array, size_t *at, safi_text *element)
{
	const char *from = skip_to_item(array, *at);
	if (from == NULL) {
		return false;
	}
	*element = value_at(array, from, at);
	return true;
}

bool safi_json_member(safi_text object, size_t *at, safi_text *name, safi_text *value)
{
	const char *end = object.ptr + object.len, *from = skip_to_item(object, *at);
	if (from == NULL) {
		return false;
	}
	const char *to = skip_string(from, end);
	*name = (safi_text){ from, (size_t)(to - from) };
	while (to < end && (is_blank(*to) || *to == ':')) {
		to++;
	}
	*value = value_at(object, to, at);
	return true;
}

/* --- escapes ---------------------------------------------------------------------------------- */

static char *put_character(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xC0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		*to++ = (char)(0xE0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
		*to++ = (char)(0x80 | (c & 0x3F));
	} else {
		*to++ = (char)(0xF0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3F));
		*to++ = (char)(0x80 | (c >> 6 & 0x3F));
		*to++ = (char)(0x80 | (c & 0x3F));
	}
	return to;
}

/* The character of the \u escape whose digits begin at *at, which moves behind them: one unit or a
 * pair.  Negative for a lone surrogate. */
static int32_t unicode_escape(const char **at, const char *end)
{
	int32_t high = hex_unit(*at, end);
	*at += 4;
	if (high < 0xD800 || high > 0xDFFF) {
		return high;
	}
	if (high > 0xDBFF || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') {
		return -1;
	}
	int32_t low = hex_unit(*at + 2, end);
	if (low < 0xDC00 || low > 0xDFFF) {
		return -1;
	}
	*at += 6;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* The character of the escape at *at, which moves behind it. */
static int32_t escaped(const char **at, const char *end)
{
	char c = (*at)[1];
	*at += 2;
	switch (c) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'u': return unicode_escape(at, end);
	default:  return c;
	}
}

bool safi_json_string(safi_text value, char *to, safi_text *text)
{
	value = trim(value);
	const char *at = value.ptr + 1, *end = value.ptr + value.len - 1;
	if (skip_plain(at, end) == end) {
		*text = (safi_text){ at, (size_t)(end - at) };
		return true;
	}
	/* An escape is longer than what it stands for, so the output stays behind the input. */
	char *out = to;
	while (at < end) {
		size_t n = copy_plain(out, at, end);
		out += n;
		at += n;
		if (at == end) {
			break;
		}
		int32_t c = escaped(&at, end);
		if (c < 0) {
			return false;
		}
		out = put_character(out, (uint32_t)c);
	}
	*text = (safi_text){ to, (size_t)(out - to) };
	return true;
}

/* The longest escape is \u00XX. */
static size_t put_escape(char *to, char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[0x20] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',
		                            ['\r'] = 'r', ['\t'] = 't' };
	char letter = (unsigned char)c < 0x20 ? letters[(unsigned char)c] : c;
	to[0] = '\\';
	to[1] = letter;
	if (letter != '\0') {
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = hex[c >> 4];
	to[5] = hex[c & 0x0F];
	return 6;
}

void safi_json_escape(SafiBuffer *to, safi_text text)
{
	enum { LONGEST = 6, MARKS = 2 };
	const char *at = text.ptr, *end = text.ptr + text.len;
	char *out = safi_buffer_room(to, text.len + MARKS);
	if (out == NULL) {
		return;
	}
	*out = '"';
	to->len++;
	for (;;) {
		size_t n = copy_plain(to->data + to->len, at, end);
		to->len += n;
		at += n;
		if (at == end) {
			break;
		}
		out = safi_buffer_room(to, LONGEST + (size_t)(end - at) + MARKS);
		if (out == NULL) {
			return;
		}
		to->len += put_escape(out, *at++);
	}
	to->data[to->len++] = '"';
}
