/* Whether bytes are UTF-8, at several GB/s.
 *
 * Keeps nothing.  [any] */
#pragma once

#include "safi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many of the first bytes are whole, well-formed UTF-8 characters (Unicode, table 3-7: no
 * surrogates, no overlong forms, nothing over U+10FFFF); len when all are. */
size_t safi_utf8_prefix(safi_bytes bytes);

#ifdef __cplusplus
}
#endif
