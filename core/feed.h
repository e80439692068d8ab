/* Reads the inputs of a run, one after the other, and sends each record on its course.
 *
 * An input that cannot be read is told and the next one is taken: one missing file does not end a
 * crawl, but the run's exit status will say so.  [reader] */
#pragma once

#include "course.h"

/* words: files, directories, "-"; list: a file that names more, or NULL; neither: stdin.  At most
 * `limit` records.  False when some input could not be read. */
bool safi_feed(SafiCourse *course, const char *const *words, const char *list, guint64 limit);
