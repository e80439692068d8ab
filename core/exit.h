/* The exit statuses of safi, as docs/running.md tells them: sysexits.h where it has a word for
 * it. */
#pragma once

enum {
	SAFI_EXIT_OK = 0,
	SAFI_EXIT_FAILED = 1,   /* I/O, a fatal stage, an input that could not be read */
	SAFI_EXIT_DEAD = 2,     /* finished, with dead letters */
	SAFI_EXIT_USAGE = 64,
	SAFI_EXIT_STRICT = 65,  /* --strict, and a bad record */
	SAFI_EXIT_RETRY = 75,   /* the output failed, and there is a checkpoint to go on from */
	SAFI_EXIT_CONFIG = 78,
};
