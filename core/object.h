/* A look at a file that should be a shared object, before the dynamic linker has one.
 *
 * The linker takes a short file for a damaged one and a text for a strange machine's code, and
 * where it believes a header it may die of it.  Only what the header says is looked at, and each
 * place it names is held against the size of the file.  The descriptor stays the caller's and its
 * offset is not moved.  [any] */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether the file is a whole shared object for this machine; else what it is instead, in a
 * sentence that begins behind its name ("is empty"), to be freed. */
bool safi_object_check(int fd, char **reason);
