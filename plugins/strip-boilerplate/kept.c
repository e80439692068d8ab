#include "kept.h"

static void change(Kept *kept, uint32_t from, uint32_t taken, uint32_t put)
{
	if (taken > 0 || put > 0) {
		kept->changes[kept->changed++] = (safi_change){ from, taken, put };
	}
}

/* The gap between two kept segments becomes one line feed: if there is one in the gap, that one
 * stays, so that it keeps its place; else one is put in, beside what goes and not in its stead, so
 * that a segment in the gap has no place in the result. */
static void join(Kept *kept, safi_text page, uint32_t begin, uint32_t end)
{
	const char *feed = begin < end ? memchr(page.ptr + begin, '\n', end - begin) : NULL;
	kept->text[kept->len++] = '\n';
	if (feed == NULL) {
		change(kept, begin, 0, 1);
		change(kept, begin, end - begin, 0);
		return;
	}
	uint32_t at = (uint32_t)(feed - page.ptr);
	change(kept, begin, at - begin, 0);
	change(kept, at + 1, end - at - 1, 0);
}

void kept_join(Kept *kept, safi_text page, const safi_span *spans, uint32_t n)
{
	uint32_t at = 0;
	kept->len = kept->changed = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = spans[i].end - spans[i].begin;
		if (i == 0) {
			change(kept, 0, spans[i].begin, 0);
		} else {
			join(kept, page, at, spans[i].begin);
		}
		memcpy(kept->text + kept->len, page.ptr + spans[i].begin, len);
		kept->len += len;
		at = spans[i].end;
	}
	change(kept, at, (uint32_t)page.len - at, 0);
}
