/* Keeps what plugins print out of stdout while they are loaded and opened: it goes to stderr, where
 * it does no harm.  Stdout is for records.  [main], while there is no other thread. */
#pragma once

typedef struct SafiAside {
	int kept; /* where stdout leads; -1: it is closed */
} SafiAside;

/* Pairs do not nest. */
void safi_aside_begin(SafiAside *aside);
void safi_aside_end(SafiAside *aside);
