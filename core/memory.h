/* The end of a run for which there is no memory left.
 *
 * Most of what a record needs comes from its arena, and a record for which there is none is a dead
 * letter.  GLib and C++ have no such way: where they cannot have memory (or GLib a thread) they
 * report it and abort.  Here that becomes a last line on stderr and the exit status of a run that
 * failed.  Nothing is lost by ending at once: a file gets its name only when all of it is written.
 * [any] */
#pragma once

/* Before anything else asks GLib for memory.  [main] */
void safi_memory_watch(void);

/* In a handler of SIGABRT: ends the process if the reason was that memory ran out. */
void safi_memory_check_abort(void);
