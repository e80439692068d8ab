/* A place in a file that a person wrote, and the message form that points at it.
 *
 * A mark is a value; its path belongs to the SafiReport that the file was added to (problem.h).
 * Lines and columns count from 1; columns count characters, not bytes.  [main] */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct SafiMark {
	const char *path;    /* as shown to people; NULL: no file */
	guint line, column;  /* 0: the whole file */
	guint length;        /* of the token, in characters; the caret covers it */
	bool hidden;         /* a secret: the line is not shown */
	/* The same of the alias that stands for the token where it is used; line 0: none does. */
	guint alias_line, alias_column, alias_length;
} SafiMark;

/* The length of the line break at p, before end; 0 if there is none.  Whoever counts lines for a
 * mark counts these, as libyaml does, so that the excerpt finds the same line. */
gsize safi_mark_break(const char *p, const char *end);

/* The mark of the character at a byte of a text. */
SafiMark safi_mark_of_byte(const char *path, const char *text, gsize len, gsize offset);

/* Where a marked token lies in its text, and the place right behind it. */
typedef struct SafiMarkBytes {
	gsize begin, end;
	guint end_line, end_column;
} SafiMarkBytes;
/* `lines`: the text's safi_mark_lines(), as many marks are looked up in one text. */
SafiMarkBytes safi_mark_bytes(SafiMark mark, const char *text, gsize len, const GArray *lines);
/* Where each line of a text begins: gsize.  Free with g_array_unref(). */
GArray *safi_mark_lines(const char *text, gsize len);

/* Adds the marked line and, below it, a caret under the whole token, both behind a line number:
 *
 *        14 |       min_lenght: 200
 *           |       ^~~~~~~~~~
 *
 * Nothing when the text has no such line or it is empty. `caret_on` and
 * `caret_off` stand around the caret (""). */
void safi_mark_excerpt(SafiMark mark, const char *text, gsize len, const char *caret_on,
                       const char *caret_off, GString *to);
