/* The subcommands of safi.  Each takes its own words, argv[0] being its name, and returns the exit
 * status of the process.  [main] */
#pragma once

#include <glib.h>

/* sysexits.h where it has a word for it; what a run may also end with. */
enum {
	SAFI_EXIT_OK = 0,
	SAFI_EXIT_FAILED = 1,   /* I/O, a fatal stage */
	SAFI_EXIT_DEAD = 2,     /* finished, with dead letters */
	SAFI_EXIT_USAGE = 64,
	SAFI_EXIT_STRICT = 65,  /* --strict, and a bad record */
	SAFI_EXIT_CONFIG = 78,
};

int safi_command_inspect(int argc, char **argv);
int safi_command_list(int argc, char **argv);

/* Prints to stdout; a write error is told, and is the exit status. */
int safi_command_print(const char *text);
/* Prints "safi: MESSAGE" and the usage to stderr. */
int safi_command_misused(const char *usage, const char *format, ...) G_GNUC_PRINTF(2, 3);
