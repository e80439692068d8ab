/* Where in its inputs a run is, so that another run can find the place again.
 *
 * Inputs are known by their order, and by the digest over the names, sizes, times and inodes of all
 * that were begun: one that was changed, taken out or put in before the place is noticed.  Within
 * an input the place is a number of records, and, to be sure, the offset behind them.  [reader] */
#pragma once

#include <glib.h>

typedef struct SafiPosition {
	guint64 inputs;   /* begun so far; the last of them is the current one */
	char digest[65];  /* over their identities, in hexadecimal; "" of none */
	guint64 records;  /* that next() found in the current one */
	guint64 offset;   /* in it, unpacked */
	guint64 read;     /* records of all inputs */
	gboolean failed;  /* some input could not be read */
} SafiPosition;

/* The next input is begun; the path need not exist. */
void safi_position_begin(SafiPosition *position, const char *path);

/* As a group of a key file, and back; false: it is none. */
void safi_position_save(const SafiPosition *position, GKeyFile *file);
gboolean safi_position_load(SafiPosition *position, GKeyFile *file);
