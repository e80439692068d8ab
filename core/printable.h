/* Text from a plugin or a file, made safe for a terminal: what is not UTF-8, control characters and
 * the marks that turn the direction of a line come out as \xNN or \u{NNNN}.  [any] */
#pragma once

#include <glib.h>

/* At most `limit` bytes of the text are shown, then "...".  Free the result. */
char *safi_printable(const char *text, gsize limit);
