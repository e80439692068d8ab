/* How fast repair is, list of changes included: MB of input a second of CPU time, best of several
 * runs over 256 KB, for clean Arabic text and for one change in every 8 bytes of each kind. */
#include "repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIZE = 256 << 10, RUNS = 200 };

static const struct Kind {
	const char *name, *unit;
} kinds[] = {
	{ "clean Arabic", "قال الرئيس يوم الأربعاء إن 25 ألفا من السكان عادوا. " },
	{ "clean Arabic, quotation marks", "قال «الرئيس» يوم الأربعاء – 25 ألفا… " },
	{ "clean ASCII", "the quick brown fox jumps over a lazy dog " },
	{ "clean French", "où êtes-vous déjà allé, à l'école ? " },
	{ "clean Chinese", "中国人民共和国的首都是北京。" },
	{ "vowelled Arabic", "قَالَ رَسُولُ اللَّهِ " },
	{ "no-break space every 8 bytes", "سلم\xC2\xA0" },
	{ "CRLF every 8 bytes", "سلم\r\n" },
	{ "right-to-left mark every 8 bytes", "سلa\xE2\x80\x8F" },
	{ "presentation form every 8 bytes", "سلaﻼ" },
	{ "form on form", "ﻼﻌﻟﺍ" },
	{ "shadda before fatha every 8 bytes", "سل\u0651\u064E" },
	{ "combining hamza every 8 bytes", "سلا\u0654" },
	{ "Latin accents every 8 bytes", "secre\u0301" },
};

static char *room(void *memory, size_t capacity)
{
	return capacity <= 4 * SIZE ? memory : NULL;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double best(SafiRepair *repair, safi_text in, char *memory)
{
	double least = 1e9;

	for (int i = 0; i < RUNS; i++) {
		safi_text out;
		double begin = seconds();
		if (!safi_repair_run(repair, in, room, memory, &out)) {
			exit(1);
		}
		double took = seconds() - begin;
		least = took < least ? took : least;
	}
	return least;
}

int main(void)
{
	char *text = calloc(SIZE + SAFI_PADDING, 1), *memory = calloc(4, SIZE);
	SafiRepair repair = { 0 };

	if (!text || !memory) {
		return 1;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t unit = strlen(kinds[i].unit), len = 0;
		for (; len + unit <= SIZE; len += unit) {
			memcpy(text + len, kinds[i].unit, unit);
		}
		double took = best(&repair, (safi_text){ text, len }, memory);
		printf("%-36s %7.0f MB/s %9zu changes\n", kinds[i].name, (double)len / 1e6 / took,
		       repair.n);
	}
	safi_repair_clear(&repair);
	free(text);
	free(memory);
	return 0;
}
