/* What a run reads, one path after the other: the words of the command line, then what a list
 * names, directories opened up.
 *
 * A directory gives its files, however deep, in order of name by byte; names that begin with a
 * dot and READMEs are left out; a link that leads back up, a pipe or a device is told.  Opened up
 * as it is reached, so a crawl of a million files costs no list.  [reader] */
#pragma once

#include <glib.h>

typedef struct SafiInputs SafiInputs;

/* words: NULL-terminated.  list: a file of more of them (listing.h); NULL: none.  Neither: stdin.
 * NULL when the list cannot be opened. */
SafiInputs *safi_inputs_new(const char *const *words, const char *list, GError **error);
void safi_inputs_free(SafiInputs *inputs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiInputs, safi_inputs_free)

/* As safi_input_set_wake(), for a list that is waited for: then there are no more paths. */
void safi_inputs_set_wake(SafiInputs *inputs, int fd);

/* The next path, valid until the next call; NULL at the end.  With an error it is one that cannot
 * be had, or a place in the list, and the next call goes on behind it.  A directory with nothing to
 * read in it is told. */
const char *safi_inputs_next(SafiInputs *inputs, GError **error);
