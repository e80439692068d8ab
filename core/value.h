/* What a text means as a number, a size or a truth value: the same in YAML, in `safi pipe` and
 * behind a command-line flag.
 *
 * Each takes the whole text or nothing: false leaves *value as it was.  No locale.  [any] */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Decimal digits and a sign: 012 is twelve, 0x1F and 1e3 are none. */
bool safi_value_int(const char *text, gint64 *value);
/* Any finite decimal number. */
bool safi_value_real(const char *text, double *value);
/* true, yes, on; false, no, off; in any case. */
bool safi_value_bool(const char *text, bool *value);
/* Whether the text is a number, or a size, but for being too large. */
bool safi_value_is_beyond(const char *text);
/* A number of bytes, with B, kB, MB, GB, TB (powers of 1,000) or KiB, MiB, GiB, TiB (of 1,024). */
bool safi_value_size(const char *text, gint64 *value);

/* A number of bytes in the largest unit that leaves it whole: "8MiB", "10kB".  Free the result. */
char *safi_value_size_text(gint64 bytes);
