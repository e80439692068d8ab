#include "mark.h"

#include <string.h>

/* A line that is longer is cut around the mark: enough for a wide terminal, and no flood.  In cells
 * of it; marks without width are bounded, too. */
enum { SHOWN = 120, BEFORE = 60, MARKS = 4 };

/* YAML 1.1, 5.4: LF, CR, CR LF, NEL, LS, PS. */
gsize safi_mark_break(const char *p, const char *end)
{
	gsize left = (gsize)(end - p);
	if (*p == '\n') {
		return 1;
	}
	if (*p == '\r') {
		return left > 1 && p[1] == '\n' ? 2 : 1;
	}
	if (left > 1 && memcmp(p, "\xC2\x85", 2) == 0) {
		return 2;
	}
	if (left > 2 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 || memcmp(p, "\xE2\x80\xA9", 3) == 0)) {
		return 3;
	}
	return 0;
}

/* The character at p, U+FFFD for a byte that begins none; *next is what follows it. */
static gunichar take(const char *p, const char *end, const char **next)
{
	gunichar c = *p ? g_utf8_get_char_validated(p, end - p) : 0;
	bool good = *p && c != (gunichar)-1 && c != (gunichar)-2;
	*next = good ? g_utf8_next_char(p) : p + 1;
	return good ? c : 0xFFFD;
}

/* One character on, or one line end, which is two characters where it is CR LF. */
static const char *advance(const char *p, const char *end, SafiMark *at)
{
	gsize skip = safi_mark_break(p, end);
	if (skip > 0) {
		at->line++;
		at->column = 1;
		return p + skip;
	}
	at->column++;
	take(p, end, &p);
	return p;
}

SafiMark safi_mark_of_byte(const char *path, const char *text, gsize len, gsize offset)
{
	SafiMark mark = { path, 1, 1, 1 };
	const char *stop = text + MIN(offset, len);
	for (const char *p = text; p < stop;) {
		p = advance(p, text + len, &mark);
	}
	return mark;
}

static bool find_line(const char *text, gsize len, guint line, const char **from, const char **to)
{
	const char *end = text + len, *p = text;
	for (guint at = 1;; at++) {
		gsize skip = 0;
		*from = p;
		while (p < end && (skip = safi_mark_break(p, end)) == 0) {
			p++;
		}
		*to = p;
		if (at == line) {
			return true;
		}
		if (p == end) {
			return false;
		}
		p += skip;
	}
}

GArray *safi_mark_lines(const char *text, gsize len)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(gsize));
	const char *p = text, *end = text + len;
	gsize begin = 0;
	g_array_append_val(lines, begin);
	while (p < end) {
		gsize skip = safi_mark_break(p, end);
		p += MAX(skip, 1);
		begin = (gsize)(p - text);
		if (skip > 0) {
			g_array_append_val(lines, begin);
		}
	}
	return lines;
}

SafiMarkBytes safi_mark_bytes(SafiMark mark, const char *text, gsize len, const GArray *lines)
{
	SafiMark at = { mark.path, mark.line, 1, 0, false };
	const char *end = text + len;
	const char *p = end;
	if (mark.line <= lines->len) {
		p = text + g_array_index(lines, gsize, mark.line - 1);
	}
	while (p < end && at.column < mark.column && safi_mark_break(p, end) == 0) {
		p = advance(p, end, &at);
	}
	const char *begin = p;
	for (guint left = mark.length; p < end && left > 0;) {
		guint taken = p[0] == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
		p = advance(p, end, &at);
		left -= MIN(left, taken);
	}
	return (SafiMarkBytes){ (gsize)(begin - text), (gsize)(p - text), at.line, at.column };
}

/* Control characters would reach the terminal, and directional ones turn the excerpt around. */
static gunichar shown(gunichar c)
{
	bool turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
	return turns || (c != '\t' && g_unichar_iscntrl(c)) ? 0xFFFD : c;
}

static guint width(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* What stands below a character before the token: as many cells, a tab below a tab. */
static void add_blank(GString *below, gunichar c)
{
	if (c == '\t') {
		g_string_append_c(below, '\t');
	} else {
		g_string_append_printf(below, "%*s", (int)width(c), "");
	}
}

static void add_tildes(GString *below, gunichar c)
{
	for (guint cells = c == '\t' ? 1 : width(c); cells > 0; cells--) {
		g_string_append_c(below, '~');
	}
}

/* The characters from `first` on, as many as fit, into `above`, and blanks and tildes below them;
 * returns where in `below` the caret goes. */
static gsize lay_out(const char *p, const char *end, SafiMark mark, guint first, GString *above,
                     GString *below)
{
	gsize caret = 0;
	guint column = 1, cells = 0;
	for (; p < end && cells < SHOWN && column < first + SHOWN * MARKS; column++) {
		gunichar c = shown(take(p, end, &p));
		if (column < first) {
			continue;
		}
		cells += width(c);
		if (column == mark.column) {
			caret = below->len;
		}
		g_string_append_unichar(above, c);
		if (column < mark.column) {
			add_blank(below, c);
		} else if (column - mark.column < mark.length) {
			add_tildes(below, c);
		}
	}
	if (column <= mark.column) {
		caret = below->len;
	}
	if (p < end) {
		g_string_append(above, " ...");
	}
	return caret;
}

/* The first character to show, so that the mark is in view.  Where characters are wide, half as
 * many fill the line. */
static guint first_shown(const char *p, const char *end, guint column)
{
	guint cells = 0;
	for (guint at = 1; p < end && at < column; at++) {
		cells += width(shown(take(p, end, &p)));
	}
	guint before = cells > column + column / 2 ? BEFORE / 2 : BEFORE;
	return cells < SHOWN - 20 || column <= before ? 1 : column - before;
}

void safi_mark_excerpt(SafiMark mark, const char *text, gsize len, const char *caret_on,
                       const char *caret_off, GString *to)
{
	const char *from, *end;
	if (len == 0 || mark.hidden || mark.line == 0 || mark.column == 0 ||
	    !find_line(text, len, mark.line, &from, &end) || from == end) {
		return;
	}
	guint first = first_shown(from, end, mark.column);
	g_autoptr(GString) above = g_string_new(first > 1 ? "... " : "");
	g_autoptr(GString) below = g_string_new(first > 1 ? "    " : "");
	gsize caret = lay_out(from, end, mark, first, above, below);
	if (caret < below->len) {
		below->str[caret] = '^';
	} else {
		g_string_append_c(below, '^');
	}
	g_autofree char *number = g_strdup_printf("%5u", mark.line);
	g_string_append_printf(to, "%s | %s\n%*s | %.*s%s%s%s\n", number, above->str,
	                       (int)strlen(number), "", (int)caret, below->str, caret_on,
	                       below->str + caret, caret_off);
}
