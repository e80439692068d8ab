/* Repair: what can be put right in a text without loss, in one pass, with every change recorded.
 *
 * Bytes in, bytes and changes out; it knows no host.  README.md says what is changed.  The result
 * is NFC and valid UTF-8, and repairing it again changes nothing.  A change is one character that
 * was replaced or deleted, or one cluster that was put in order or composed, without the characters
 * at its ends that stayed; each begins and ends between characters, in both texts.
 *
 * A SafiRepair is a value that owns the arrays of its last run; init to {0}; one thread at a time.
 * Time is linear in the input whatever it is; memory a constant number of times its length. */
#pragma once

#include "textkit/compose.h"
#include "safi.h"

typedef struct SafiRepair {
	safi_change *changes; /* of the last run, until the next one */
	size_t n, capacity;
	SafiCompose cluster, repaired;
} SafiRepair;

/* Memory for the result: `capacity` bytes that live as long as the result must.  Asked for again,
 * with more, when the first was too small; what lies in it is copied.  NULL: out of memory. */
typedef char *(*SafiRepairRoom)(void *context, size_t capacity);

void safi_repair_clear(SafiRepair *repair);  /* frees */
void safi_repair_shrink(SafiRepair *repair); /* frees what only an unusual text needed */

/* The input must be valid UTF-8 with SAFI_PADDING readable bytes behind it.  Where nothing is to be
 * done n is 0, the output is the input and no room was asked for.  False: out of memory. */
bool safi_repair_run(SafiRepair *repair, safi_text in, SafiRepairRoom room, void *context,
                     safi_text *out);
