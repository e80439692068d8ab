/* A line of text put together where hardly anything may be called: in a signal handler.
 *
 * A value of fixed size; nothing is allocated or locked, and what does not fit is left out.
 * Control characters come out as '?'.  [any], async-signal-safe */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct SafiLine {
	char text[2048];
	size_t len;
} SafiLine;

void safi_line_add(SafiLine *line, const char *text, size_t len);
void safi_line_add_string(SafiLine *line, const char *text);
void safi_line_add_number(SafiLine *line, uint64_t number);

/* Ends the line and writes it to stderr, at once and without stdio.  Keeps errno. */
void safi_line_say(SafiLine *line);
