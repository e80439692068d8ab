#include "splice.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(Splice *splice)
{
	while (splice->at < splice->len && is_blank(splice->raw[splice->at])) {
		splice->at++;
	}
}

static bool take(Splice *splice, char c)
{
	splice->good = splice->good && splice->at < splice->len && splice->raw[splice->at] == c;
	splice->at += splice->good;
	return splice->good;
}

/* Behind the string that begins at splice->at. */
static void skip_string(Splice *splice)
{
	const char *raw = splice->raw;
	if (!take(splice, '"')) {
		return;
	}
	for (;;) {
		const char *quote = memchr(raw + splice->at, '"', splice->len - splice->at);
		splice->good = quote != NULL;
		if (!splice->good) {
			return;
		}
		uint32_t from = splice->at, at = (uint32_t)(quote - raw), solidi = 0;
		while (at - solidi > from && raw[at - solidi - 1] == '\\') {
			solidi++;
		}
		splice->at = at + 1;
		if (solidi % 2 == 0) {
			return;
		}
	}
}

/* Behind the value that begins at splice->at; brackets are counted, not matched. */
static void skip_value(Splice *splice)
{
	uint32_t depth = 0;
	while (splice->good && splice->at < splice->len) {
		char c = splice->raw[splice->at];
		if (c == '"') {
			skip_string(splice);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || is_blank(c))) {
			return;
		}
		depth += c == '{' || c == '[';
		depth -= depth > 0 && (c == '}' || c == ']');
		splice->at++;
	}
}

/* Behind the closing bracket there may only be blanks. */
static void finish(Splice *splice)
{
	splice->close = splice->at - 1;
	skip_blanks(splice);
	splice->good = splice->at == splice->len;
}

void splice_begin(Splice *splice, safi_bytes raw)
{
	*splice = (Splice){ .raw = (const char *)raw.ptr, .len = (uint32_t)raw.len, .good = true };
	skip_blanks(splice);
	if (!take(splice, '{')) {
		return;
	}
	splice->open = splice->at;
	skip_blanks(splice);
	if (splice->at < splice->len && splice->raw[splice->at] == '}') {
		splice->at++;
		finish(splice);
	} else {
		splice->at = splice->open;
	}
	splice->good = splice->good && !memchr(splice->raw, '\n', splice->len);
}

bool splice_next(Splice *splice, Stretch *member)
{
	if (!splice->good || splice->close) {
		return false;
	}
	*member = (Stretch){ .all.begin = splice->at };
	skip_blanks(splice);
	member->name.begin = splice->at + 1;
	skip_string(splice);
	member->name.end = splice->at - 1;
	skip_blanks(splice);
	take(splice, ':');
	skip_blanks(splice);
	member->value.begin = splice->at;
	return splice->good;
}

void splice_pass(Splice *splice, Stretch *member)
{
	if (member->value.end) {
		splice->at = member->value.end;
	} else {
		skip_value(splice);
	}
	member->value.end = splice->at;
	skip_blanks(splice);
	member->all.end = splice->at;
	if (splice->at < splice->len && splice->raw[splice->at] == '}') {
		splice->at++;
		finish(splice);
	} else {
		take(splice, ',');
	}
}
