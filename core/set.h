/* `--set stage.option=value`: an option from the command line, over what the pipeline says.
 *
 * The stage is a label or a stage's name; `read` and `write` are the reader and the writer.  A path
 * starts from the current directory, not from the pipeline file.  [main] */
#pragma once

#include "draft.h"

/* Puts the words (NULL-terminated; NULL: none) into the options of drafts that have labels. */
void safi_set_apply(const char *const *words, GPtrArray *drafts, SafiReport *report);
