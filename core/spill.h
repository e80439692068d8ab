/* Memory that is a temporary file: where records go that a stage holds, past limits.held.
 *
 * What a stage has read from a record it holds stays where it is until it lets go, so records
 * cannot be moved out to a file and back.  Instead, from the moment on that too much is held, new
 * chunks lie in a file that is mapped: the kernel writes them out and brings them back as they are
 * needed, and they are no memory of this process meanwhile.  The file is in $TMPDIR, else /var/tmp,
 * has no name any more, and grows in pieces that are reserved first, so that a full disk is an
 * error told and not a crash.  One for the whole process.  [any] */
#pragma once

#include "chunk.h"

#include <glib.h>

/* From now on safi_spill_take() is to be asked for chunks; until `end`.  False: there can be no
 * file.  May be called when it is so already. */
bool safi_spill_begin(GError **error);
void safi_spill_end(void);
bool safi_spill_is_on(void);

/* A chunk of at least that size; NULL: it is larger than a piece of the file, or the disk is full,
 * and spilling has ended with that error. */
SafiChunk *safi_spill_take(size_t size);
void safi_spill_give(SafiChunk *chunk);

/* Why spilling failed, if it did.  The caller frees it. */
char *safi_spill_failure(void);

/* Closes the file; no chunk of it may be in use. */
void safi_spill_clear(void);
