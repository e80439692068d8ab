/* The laws of what is told of a file: each mark lies in it, and a report prints as it should. */
#pragma once

#include "problem.h"
#include "safi.h"

/* The lines of a file as a person counts them, found without core/mark.c. */
typedef struct Told {
	const char *path;
	safi_bytes text;
	GArray *begins;  /* gsize: characters before each line */
	GArray *lengths; /* gsize: characters of each line, without its end */
	gsize len;       /* characters of all */
} Told;

/* The bytes must stay; a byte order mark is left out.  path: what the file's marks have. */
void told_init(Told *told, const char *path, safi_bytes file);
void told_clear(Told *told);

/* The mark is of this file and in it, with its whole length. */
void told_mark(const Told *told, SafiMark mark);

/* Prints the report and holds what is printed: places in the file and in order, at most 20
 * problems, the caret below its character, nothing that would disturb a terminal. */
void told_report(const Told *told, const SafiReport *report);
