/* A text as a list of atoms: the plainest model of where a text came from.
 *
 * At first there is one atom per raw byte.  A change makes one atom of those whose bytes it takes;
 * an insertion between atoms is an atom that came from nowhere, one inside an atom edits it.
 * Nothing is searched by bisection and nothing composed, so this can be believed where core/align.c
 * is proven against it.  Values of a fixed size; for texts of a few hundred bytes. */
#pragma once

#include "safi.h"

enum { ATOMS_MAX = 2048 };

typedef struct Atom {
	uint32_t begin, end; /* in the base: the raw bytes, or another text */
	uint32_t len;        /* of its own text */
} Atom;

typedef struct Atoms {
	uint32_t base_len;
	uint32_t n;
	Atom atoms[ATOMS_MAX];
	uint32_t len;
	char text[ATOMS_MAX];
} Atoms;

/* The base itself: one atom per byte. */
void atoms_init(Atoms *atoms, safi_text base);
void atoms_copy(Atoms *to, const Atoms *from);
/* Applies a list of changes, which made `child` of the text so far. */
void atoms_change(Atoms *atoms, const safi_change *changes, uint32_t n, safi_text child);

/* The range of the base that holds the atoms of a span; for an empty span inside an atom, that
 * atom's.  False: an empty span between atoms, for which more than one empty range is right. */
bool atoms_cover(const Atoms *atoms, safi_span span, safi_span *range);
/* The text that the atoms within a range of the base make together, as a span; false when the range
 * cuts an atom. */
bool atoms_replay(const Atoms *atoms, safi_span range, safi_span *span);
/* From the base to the text: what the atoms with bytes in a range of the base became, together; for
 * an empty range, the atom it lies in.  False: an empty range between atoms. */
bool atoms_became(const Atoms *atoms, safi_span range, safi_span *span);
