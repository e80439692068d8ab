#include "log.h"

#include "printable.h"

#include <stdio.h>

enum { LINE = 4096 };

static int32_t shown = SAFI_LOG_WARNING;

static const char *const names[] = {"", "error: ", "warning: ", "", "debug: "};

void safi_log_set_level(int32_t level)
{
	shown = level;
}

void safi_log(int32_t level, const char *format, ...)
{
	va_list arguments;

	if (level > shown) {
		return;
	}
	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	/* A plugin's text may hold anything; a terminal should not act on it. */
	g_autofree char *shown_text = safi_printable(text, LINE);
	fprintf(stderr, "safi: %s%s\n", names[CLAMP(level, 1, 4)], shown_text);
}
