/* The end of a run for which there is no memory left.
 *
 * Most of what a record needs comes from its arena, and a record for which there is none is a dead
 * letter.  GLib and C++ have no such way: where they cannot have memory (or GLib a thread) they
 * report it and abort.  Here that becomes a last line on stderr and the exit status of a run that
 * failed.  Nothing is lost by ending at once: a file gets its name only when all of it is written.
 * [any] */
#pragma once

#include <glib.h>

/* Before anything else asks GLib for memory.  [main] */
void safi_memory_watch(void);

/* Ends the process, which nobody can go on in. */
G_GNUC_NORETURN
void safi_memory_end(void);

/* In a handler of one of these signals: ends the process if memory ran out before it came. */
void safi_memory_check(int number);
