/* What a report prints, as one text, for tests that compare whole messages. */
#pragma once

#include "problem.h"
#include <stdlib.h>

static inline char *said(const SafiReport *report)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	safi_report_print(report, to);
	fclose(to);
	return text;
}

/* Compares and frees. */
#define assert_said(report, expected)            \
	do {                                         \
		char *text_ = said(report);              \
		g_assert_cmpstr(text_, ==, (expected)); \
		free(text_);                             \
	} while (0)
