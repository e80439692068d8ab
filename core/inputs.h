/* What a run reads, one path after the other: the words of the command line, directories opened up.
 *
 * A directory gives its files, however deep, in order of name by byte; names that begin with a
 * dot and READMEs are left out; a link that leads back up, a pipe or a device is told.  Opened up
 * as it is reached, so a crawl of a million files costs no list.  [reader] */
#pragma once

#include <glib.h>

typedef struct SafiInputs SafiInputs;

/* words: NULL-terminated; none: stdin. */
SafiInputs *safi_inputs_new(const char *const *words);
void safi_inputs_free(SafiInputs *inputs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiInputs, safi_inputs_free)

/* The next path, valid until the next call; NULL at the end.  With an error it is one that cannot
 * be had, and the next call goes on behind it.  A directory with nothing to read in it is told. */
const char *safi_inputs_next(SafiInputs *inputs, GError **error);
