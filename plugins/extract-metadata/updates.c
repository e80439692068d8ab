#include "updates.h"
#include "token.h"
#include "textkit/space.h"
#include "textkit/word.h"
#include <stdlib.h>

enum { PHRASES = 64, PHRASE_BYTES = 64 };

struct Updates {
	unsigned n;
	char folded[PHRASES][PHRASE_BYTES]; /* as tokens_match() has it */
};

static bool add_line(Updates *updates, safi_text line)
{
	if (line.len == 0 || line.ptr[0] == '#') {
		return true;
	}
	SafiWords words;
	safi_words_take(line, &words);
	if (!words.all || words.n == 0 || words.end[words.n - 1] >= PHRASE_BYTES
	    || updates->n == PHRASES) {
		return false;
	}
	memcpy(updates->folded[updates->n++], words.folded, words.end[words.n - 1]);
	return true;
}

Updates *updates_new(safi_bytes file, unsigned *wrong)
{
	Updates *updates = calloc(1, sizeof *updates);
	const char *at = (const char *)file.ptr, *end = at + file.len;
	*wrong = 0;
	for (unsigned number = 1; updates != NULL && at < end; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		if (stop == NULL) {
			stop = end;
		}
		if (!add_line(updates, safi_space_trim((safi_text){ at, (size_t)(stop - at) }))) {
			free(updates);
			*wrong = number;
			return NULL;
		}
		at = stop < end ? stop + 1 : end;
	}
	return updates;
}

void updates_free(Updates *updates)
{
	free(updates);
}

bool updates_find(const Updates *updates, safi_text line, safi_span *phrase)
{
	Token tokens[TOKENS];
	unsigned n = tokens_take(line, tokens);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < updates->n; k++) {
			unsigned taken = tokens_match(tokens + i, n - i, updates->folded[k]);
			if (taken > 0) {
				*phrase = (safi_span){ tokens[i].begin, tokens[i + taken - 1].end };
				return true;
			}
		}
	}
	return false;
}
