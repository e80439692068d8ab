#include "told.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 20 };

/* --- lines ------------------------------------------------------------------------------------ */

/* The character at p, one for each byte that is none; *len is its length in bytes. */
static gunichar char_at(const char *p, gsize left, gsize *len)
{
	gunichar c = *p ? g_utf8_get_char_validated(p, (gssize)left) : 0;
	*len = *p && c < (gunichar)-2 ? (gsize)g_unichar_to_utf8(c, NULL) : 1;
	return c;
}

/* YAML 1.1, 5.4. */
static bool ends_line(gunichar c, gunichar next)
{
	return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029 || (c == '\r' && next != '\n');
}

static void find_lines(Told *told)
{
	const char *text = (const char *)told->text.ptr;
	gsize begin = 0, visible = 0, len = 0;
	for (gsize at = 0; at < told->text.len; at += len) {
		gsize left = told->text.len - at, unused;
		gunichar c = char_at(text + at, left, &len);
		gunichar next = left > len ? char_at(text + at + len, left - len, &unused) : 0;
		told->len++;
		if (!ends_line(c, next)) {
			visible += c != '\r' || next != '\n';
			continue;
		}
		g_array_append_val(told->begins, begin);
		g_array_append_val(told->lengths, visible);
		begin = told->len;
		visible = 0;
	}
	g_array_append_val(told->begins, begin);
	g_array_append_val(told->lengths, visible);
}

void told_init(Told *told, const char *path, safi_bytes file)
{
	bool bom = file.len >= 3 && memcmp(file.ptr, "\xEF\xBB\xBF", 3) == 0;
	*told = (Told){ .path = path, .text = { file.ptr + 3 * bom, file.len - 3 * bom } };
	told->begins = g_array_new(FALSE, FALSE, sizeof(gsize));
	told->lengths = g_array_new(FALSE, FALSE, sizeof(gsize));
	find_lines(told);
}

void told_clear(Told *told)
{
	g_array_unref(told->begins);
	g_array_unref(told->lengths);
}

/* --- marks ------------------------------------------------------------------------------------ */

static void hold_place(const Told *told, gsize line, gsize column, gsize length)
{
	if (line == 0) {
		return; /* the whole file */
	}
	fuzz_hold(line <= told->lengths->len, "line %zu of %u", line, told->lengths->len);
	gsize chars = g_array_index(told->lengths, gsize, line - 1);
	gsize begin = g_array_index(told->begins, gsize, line - 1);
	fuzz_hold(column >= 1 && column <= chars + 1,
	          "column %zu of line %zu, which has %zu characters", column, line, chars);
	fuzz_hold(begin + column - 1 + length <= told->len || length <= 1,
	          "%zu:%zu has %zu characters and ends behind the file's %zu", line, column, length,
	          told->len);
}

void told_mark(const Told *told, SafiMark mark)
{
	fuzz_hold(mark.path != NULL && strcmp(mark.path, told->path) == 0, "a mark in '%s'",
	          mark.path ? mark.path : "no file");
	hold_place(told, mark.line, mark.column, mark.length);
}

/* --- what is printed -------------------------------------------------------------------------- */

typedef struct Print {
	const Told *told;
	char **lines;
	guint at;
	guint problems, errors;
	gsize line, column; /* of the last remark in the file */
	gsize last_line, last_column; /* of the last problem in it */
} Print;

/* Tabs and characters as many cells as a terminal gives them. */
static gsize cells(const char *p, gsize chars)
{
	gsize at = 0;
	for (; *p && chars > 0; p = g_utf8_next_char(p), chars--) {
		gunichar c = g_utf8_get_char(p);
		if (c == '\t') {
			at = (at / 8 + 1) * 8;
		} else if (!g_unichar_iszerowidth(c)) {
			at += g_unichar_iswide(c) ? 2 : 1;
		}
	}
	return at;
}

/* The two lines of an excerpt: "%5u | text" and "      | blanks^~~~". */
static void hold_excerpt(Print *print)
{
	const char *above = print->lines[print->at], *below = print->lines[print->at + 1];
	char *bar;
	gsize line = strtoull(above, &bar, 10);
	fuzz_hold(line == print->line && g_str_has_prefix(bar, " | "),
	          "an excerpt of line %zu, not %zu", line, print->line);
	fuzz_hold(below != NULL && g_str_has_prefix(below, "      | "), "an excerpt has no caret");
	above = bar + 3;
	below += 8;
	gsize blanks = strspn(below, " \t"), token = strspn(below + blanks, "^~");
	fuzz_hold(below[blanks] == '^' && below[blanks + token] == '\0', "no caret in '%s'", below);
	gsize caret = cells(below, blanks), all = cells(above, G_MAXSIZE);
	fuzz_hold(caret <= all, "the caret is at %zu of %zu cells", caret, all);
	fuzz_hold(caret + token <= all + 1, "the token ends at %zu of %zu cells", caret + token, all);
	/* Where 100 cells stand before the mark, 50 wide characters, the front is left out. */
	bool cut = print->column > 50 && g_str_has_prefix(above, "... ");
	fuzz_hold(cut || caret == cells(above, print->column - 1),
	          "the caret is at %zu cells, column %zu of '%s'", caret, print->column, above);
	print->at += 2;
}

static bool is_excerpt(const char *line)
{
	gsize blanks = strspn(line, " "), digits = strspn(line + blanks, "0123456789");
	return digits > 0 && blanks + digits >= 5 && g_str_has_prefix(line + blanks + digits, " | ");
}

/* The sentence of a remark, whose place goes into the print; NULL: it is about no place here. */
static const char *take_place(Print *print, const char *line)
{
	const char *path = print->told->path;
	gsize len = strlen(path);
	char *end;
	print->line = print->column = 0;
	if (strncmp(line, path, len) != 0 || line[len] != ':') {
		return NULL;
	}
	line += len + 1;
	if (g_ascii_isdigit(*line)) {
		print->line = strtoull(line, &end, 10);
		fuzz_hold(*end == ':' && print->line > 0, "no place in '%s'", line);
		print->column = strtoull(end + 1, &end, 10);
		fuzz_hold(*end == ':', "no column in '%s'", line);
		line = end + 1;
		hold_place(print->told, print->line, print->column, 0);
	}
	return line;
}

static void hold_order(Print *print)
{
	bool later = print->line > print->last_line ||
	             (print->line == print->last_line && print->column >= print->last_column);
	fuzz_hold(later, "%zu:%zu is told behind %zu:%zu", print->line, print->column, print->last_line,
	          print->last_column);
	print->last_line = print->line;
	print->last_column = print->column;
}

static void hold_remark(Print *print)
{
	const char *line = print->lines[print->at++], *sentence = take_place(print, line);
	bool ours = sentence != NULL;
	/* A word of --set is a place too, and may look like anything. */
	bool error = ours ? g_str_has_prefix(sentence, " error: ") : strstr(line, ": error: ") != NULL;
	bool problem = error || (ours && g_str_has_prefix(sentence, " warning: "));
	fuzz_hold(problem || !ours || g_str_has_prefix(sentence, " note: "), "'%s' is no remark", line);
	print->problems += problem;
	print->errors += error;
	if (problem && ours) {
		hold_order(print);
	}
	if (ours && print->lines[print->at] != NULL && is_excerpt(print->lines[print->at])) {
		hold_excerpt(print);
	}
}

static void hold_characters(const char *text)
{
	fuzz_hold(g_utf8_validate(text, -1, NULL), "what is printed is not UTF-8");
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		fuzz_hold(c == '\n' || c == '\t' || !g_unichar_iscntrl(c), "U+%04X is printed", c);
	}
}

static char *print_report(const SafiReport *report, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);
	safi_report_print(report, to);
	fclose(to);
	return text;
}

void told_report(const Told *told, const SafiReport *report)
{
	size_t len = 0;
	char *text = print_report(report, &len);
	fuzz_hold(strlen(text) == len, "a NUL byte is printed");
	fuzz_hold(len < 1 << 16, "%zu bytes are printed", len);
	hold_characters(text);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	Print print = { .told = told, .lines = lines };
	guint more = 0;
	while (lines[print.at] != NULL && *lines[print.at] != '\0') {
		if (sscanf(lines[print.at], "safi: and %u more", &more) == 1) {
			print.at++;
		} else {
			hold_remark(&print);
		}
	}
	fuzz_hold(lines[print.at] == NULL || lines[print.at + 1] == NULL, "an empty line is printed");
	fuzz_hold(print.problems <= SHOWN && (more == 0 || print.problems == SHOWN),
	          "%u problems are shown", print.problems);
	guint errors = safi_report_errors(report);
	fuzz_hold(print.errors <= errors && errors <= print.errors + more,
	          "%u errors of %u and %u more", print.errors, errors, more);
	free(text);
}
