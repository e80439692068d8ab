#include "printable.h"

#include <string.h>

/* Bidirectional embeddings, overrides and isolates (UAX #9, 2.1 to 2.5) can make a line read other
 * than it is; line and paragraph separators break it; and a name with a mark that nobody sees looks
 * like another.  Of the format characters only those of Arabic numbers and verses are seen. */
static gboolean is_invisible(gunichar c)
{
	gboolean seen = (c >= 0x0600 && c <= 0x0605) || c == 0x06dd || c == 0x070f || c == 0x08e2 ||
	                c == 0x0890 || c == 0x0891;

	return c == 0x2028 || c == 0x2029 || (g_unichar_type(c) == G_UNICODE_FORMAT && !seen);
}

static gboolean is_safe(gunichar c)
{
	return !g_unichar_iscntrl(c) && !is_invisible(c);
}

static const char *append_char(GString *out, const char *at, const char *end)
{
	gunichar c = g_utf8_get_char_validated(at, end - at);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append_printf(out, "\\x%02x", (guchar)*at);
		return at + 1;
	}
	if (is_safe(c)) {
		g_string_append_unichar(out, c);
	} else if (c < 0x100) {
		g_string_append_printf(out, "\\x%02x", c);
	} else {
		g_string_append_printf(out, "\\u{%04x}", c);
	}
	return g_utf8_next_char(at);
}

/* Where the text is cut: at the limit, or before the character that the limit would halve. */
static const char *cut(const char *text, gsize limit)
{
	const char *end = text + strnlen(text, limit), *at = end;

	if ((gsize)(end - text) < limit || (*end & 0xC0) != 0x80) {
		return end;
	}
	while (at > text && end - at < 3 && (*at & 0xC0) == 0x80) {
		at--;
	}
	return (guchar)*at >= 0xC0 ? at : end;
}

char *safi_printable(const char *text, gsize limit)
{
	GString *out = g_string_new(NULL);
	const char *end = cut(text, limit);
	const char *at = text;

	while (at < end) {
		at = append_char(out, at, end);
	}
	if (*end != '\0') {
		g_string_append(out, "...");
	}
	return g_string_free(out, FALSE);
}
