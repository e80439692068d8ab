#include "message.h"

#include "printable.h"
#include "safi.h"

#include <unistd.h>

/* Nobody reads on behind it, and what a file holds may be a megabyte; in bytes. */
enum { LONGEST = 2000 };

/* https://no-color.org: present and not empty, whatever its value. */
SafiColours safi_message_colours(FILE *to)
{
	static const SafiColours none = { "", { "", "", "", "", "" }, "" };
	static const SafiColours some = {
		.place = "\033[1m",
		.words = { "", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;36m" },
		.off = "\033[0m",
	};
	const char *no = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
	gboolean wanted = (no == NULL || *no == '\0') && g_strcmp0(term, "dumb") != 0;
	return wanted && isatty(fileno(to)) ? some : none;
}

const char *safi_message_word(gint32 level)
{
	static const char *const words[] = {
		[SAFI_LOG_ERROR] = "error", [SAFI_LOG_WARNING] = "warning",
		[SAFI_LOG_INFO] = "note", [SAFI_LOG_DEBUG] = "debug",
	};
	return words[CLAMP(level, SAFI_LOG_ERROR, SAFI_LOG_DEBUG)];
}

void safi_message_add(GString *to, SafiColours colours, gint32 level, const char *place,
                      const char *sentence)
{
	g_autofree char *shown_place = safi_printable(place ? place : "safi", LONGEST);
	g_autofree char *shown = safi_printable(sentence, LONGEST);
	level = CLAMP(level, SAFI_LOG_ERROR, SAFI_LOG_DEBUG);
	g_string_append_printf(to, "%s%s:%s %s%s:%s %s\n", colours.place, shown_place, colours.off,
	                       colours.words[level], safi_message_word(level), colours.off, shown);
}
