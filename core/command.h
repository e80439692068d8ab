/* The subcommands of safi.  Each takes its own words, argv[0] being its name, and returns the exit
 * status of the process.  [main] */
#pragma once

#include "exit.h"

#include <glib.h>
#include <stdbool.h>

int safi_command_check(int argc, char **argv);
int safi_command_inspect(int argc, char **argv);
int safi_command_list(int argc, char **argv);
int safi_command_pipe(int argc, char **argv);
int safi_command_run(int argc, char **argv);

/* Prints to stdout; a write error is told, and is the exit status. */
int safi_command_print(const char *text);
/* Takes the options out of argv, as the entries say (GLib's; --help and -h are added), and leaves
 * the words to G_OPTION_REMAINING.  False: the command is at its end, with *status: --help was
 * printed, or a mistake told. */
bool safi_command_parse(const GOptionEntry *entries, char **argv, const char *usage, int *status);

/* Prints "safi: error: MESSAGE" and the first line of the usage to stderr; returns
 * SAFI_EXIT_USAGE. */
int safi_command_misused(const char *usage, const char *format, ...) G_GNUC_PRINTF(2, 3);
