#include "months.h"
#include "textkit/space.h"
#include "textkit/word.h"
#include <stdlib.h>

enum { NAMES = 128, NAME_BYTES = 64 };

typedef struct Name {
	int month;
	size_t len;
	char folded[NAME_BYTES];
} Name;

struct Months {
	unsigned n;
	Name names[NAMES];
};

static int take_number(safi_text *line)
{
	int value = 0;
	while (line->len > 0 && *line->ptr >= '0' && *line->ptr <= '9' && value <= 12) {
		value = value * 10 + (*line->ptr++ - '0');
		line->len--;
	}
	return value;
}

static bool add_line(Months *months, safi_text line)
{
	if (line.len == 0 || line.ptr[0] == '#') {
		return true;
	}
	int month = take_number(&line);
	SafiWords words;
	safi_words_take(line, &words);
	if (month < 1 || month > 12 || words.n < 1 || words.n > 2 || months->n == NAMES) {
		return false;
	}
	size_t len = words.end[words.n - 1];
	if (len > NAME_BYTES) {
		return false;
	}
	Name *name = &months->names[months->n++];
	name->month = month;
	name->len = len;
	memcpy(name->folded, words.folded, len);
	return true;
}

Months *months_new(safi_bytes file, unsigned *wrong)
{
	Months *months = calloc(1, sizeof *months);
	const char *at = (const char *)file.ptr, *end = at + file.len;
	*wrong = 0;
	for (unsigned number = 1; months != NULL && at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL) {
			stop = end;
		}
		if (!add_line(months, safi_space_trim((safi_text){ at, (size_t)(stop - at) }))) {
			free(months);
			*wrong = number;
			return NULL;
		}
		at = stop < end ? stop + 1 : end;
	}
	return months;
}

void months_free(Months *months)
{
	free(months);
}

int months_find(const Months *months, safi_text folded)
{
	for (unsigned i = 0; i < months->n; i++) {
		const Name *name = &months->names[i];
		if (name->len == folded.len && memcmp(name->folded, folded.ptr, folded.len) == 0) {
			return name->month;
		}
	}
	return 0;
}
