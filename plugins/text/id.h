/* Names for pages, made of where they were read. */
#pragma once

#include "safi.h"

/* The last part of a path without its ending: "a/b.txt" and "a/b.txt.gz" give "b".  It lies in the
 * name. */
safi_text text_id_stem(safi_text name);

enum { TEXT_ID_HASH = 16 };
/* FNV-1a, 64 bits, in hexadecimal digits: equal bytes have equal names.  It is no proof against
 * people who want two pages to have the same one. */
void text_id_hash(safi_bytes bytes, char digits[TEXT_ID_HASH]);
