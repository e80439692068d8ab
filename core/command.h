/* The subcommands of safi.  Each takes its own words, argv[0] being its name, and returns the exit
 * status of the process.  [main] */
#pragma once

#include "exit.h"

#include <glib.h>

int safi_command_check(int argc, char **argv);
int safi_command_inspect(int argc, char **argv);
int safi_command_list(int argc, char **argv);
int safi_command_pipe(int argc, char **argv);
int safi_command_run(int argc, char **argv);

/* Prints to stdout; a write error is told, and is the exit status. */
int safi_command_print(const char *text);
/* Prints "safi: MESSAGE" and the first line of the usage to stderr; returns SAFI_EXIT_USAGE. */
int safi_command_misused(const char *usage, const char *format, ...) G_GNUC_PRINTF(2, 3);
