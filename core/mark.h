/* A place in a file that a person wrote, and the message form that points at it.
 *
 * A mark is a value; its path and line text belong to the SafiText of the file (problem.h keeps
 * that alive).  Lines and columns count from 1; columns count characters, not bytes.  [main] */
#pragma once

#include <glib.h>

typedef struct SafiMark {
	const char *path;    /* as shown to people; NULL: no file */
	guint line, column;  /* 0: the whole file */
	guint length;        /* of the token, in characters; the caret covers it */
} SafiMark;
