/* How two texts lie beside each other: the list of changes from one to the other, with what is
 * needed to find any place in either by bisection.
 *
 * An alignment is a value whose edges live in a record's arena.  Between two edges the texts are
 * equal byte for byte.  An alignment with no edges is the identity.  [worker] */
#pragma once

#include "arena.h"

typedef struct SafiEdge {
	uint32_t from, taken; /* in the parent */
	uint32_t to, put;     /* in the child */
} SafiEdge;

typedef struct SafiAlign {
	const SafiEdge *edges;
	uint32_t n;
	uint32_t from_len, to_len;
} SafiAlign;

typedef enum { SAFI_TO_CHILD, SAFI_TO_PARENT } SafiDirection;

/* From the changes as a plugin gave them.  NULL when all is well, else the reason: out of order,
 * overlapping, out of range, lengths that do not add up, or a byte between two changes that is not
 * equal in both texts. */
const char *safi_align_make(SafiAlign *align, SafiArena *arena, safi_text parent, safi_text child,
                            const safi_change *changes, uint32_t n);

/* The alignment from a's parent to b's child.  Changes that touch the same bytes of the text
 * between become one; all others stay apart, so a place is never told more coarsely than it must
 * be.  False when out of memory. */
bool safi_align_compose(SafiAlign *align, SafiArena *arena, const SafiAlign *a, const SafiAlign *b);

/* The smallest span on the other side that covers this one; edits at its very edges stay out.
 * False when nothing of it is left there (the span is then where it would be). */
bool safi_align_map(const SafiAlign *align, SafiDirection direction, safi_span span,
                    safi_span *mapped);

/* Where a span of the child came from, so that a replay gives its text exactly (see
 * safi_source). */
safi_source safi_align_source(const SafiAlign *align, safi_span span);
