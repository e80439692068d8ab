/* Files that are no text, told by the bytes they begin with.
 *
 * A reader looks before it reads, so that an archive is refused once and in words, not line by line
 * as garbage.  Pure, constant data; any thread. */
#pragma once

#include "safi.h"

enum { SAFI_MAGIC_REACH = 265 /* bytes of a file's start that are enough for each of them */ };

/* What the file is and what to do with it, a sentence without a full stop; NULL: none that is
 * known. */
const char *safi_magic_find(safi_bytes start);
