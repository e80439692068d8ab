#include "atoms.h"

#include <glib.h>

void atoms_init(Atoms *atoms, safi_text base)
{
	g_assert_cmpuint(base.len, <=, ATOMS_MAX);
	atoms->base_len = atoms->n = atoms->len = (uint32_t)base.len;
	for (uint32_t i = 0; i < atoms->n; i++) {
		atoms->atoms[i] = (Atom){i, i + 1, 1};
		atoms->text[i] = base.ptr[i];
	}
}

void atoms_copy(Atoms *to, const Atoms *from)
{
	to->base_len = from->base_len;
	to->n = from->n;
	to->len = from->len;
	memcpy(to->atoms, from->atoms, from->n * sizeof *from->atoms);
	memcpy(to->text, from->text, from->len);
}

/* --- changing --------------------------------------------------------------------------------- */

/* The changes of one list happen at once, so all that is told of them is told in the old text. */
typedef struct Plan {
	const Atoms *old;
	uint32_t group[ATOMS_MAX];   /* of an atom: the first one that it becomes one with */
	uint32_t len[ATOMS_MAX];     /* of what a group becomes */
} Plan;

/* The first atom of which a byte lies behind the place, and where it begins. */
static uint32_t atom_behind(const Atoms *atoms, uint32_t place, uint32_t *begin)
{
	uint32_t i = 0, offset = 0;

	while (i < atoms->n && offset + atoms->atoms[i].len <= place) {
		offset += atoms->atoms[i++].len;
	}
	*begin = offset;
	return i;
}

static void unite(Plan *plan, const safi_change *change)
{
	uint32_t begin;
	const uint32_t first = atom_behind(plan->old, change->from, &begin);
	const uint32_t last = atom_behind(plan->old, change->from + change->taken - 1, &begin);

	for (uint32_t i = first; i <= last; i++) {
		plan->group[i] = plan->group[first];
	}
}

static void measure(Plan *plan, const safi_change *changes, uint32_t n)
{
	for (uint32_t i = 0; i < plan->old->n; i++) {
		plan->len[i] = 0;
	}
	for (uint32_t i = 0; i < plan->old->n; i++) {
		plan->len[plan->group[i]] += plan->old->atoms[i].len;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t begin;
		const uint32_t atom = atom_behind(plan->old, changes[i].from, &begin);
		if (changes[i].taken || begin < changes[i].from) {
			plan->len[plan->group[atom]] += changes[i].put - changes[i].taken;
		}
	}
}

static void push(Atoms *atoms, Atom atom)
{
	g_assert_cmpuint(atoms->n, <, ATOMS_MAX);
	atoms->atoms[atoms->n++] = atom;
	atoms->len += atom.len;
}

/* What is inserted before an atom stands behind all before it, also behind those without bytes. */
static void push_insertions(Atoms *atoms, const Plan *plan, const safi_change *changes, uint32_t n,
                            uint32_t before)
{
	const uint32_t place = before ? plan->old->atoms[before - 1].end : 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t begin;
		if (!changes[i].taken && atom_behind(plan->old, changes[i].from, &begin) == before &&
		    begin == changes[i].from) {
			push(atoms, (Atom){place, place, changes[i].put});
		}
	}
}

void atoms_change(Atoms *atoms, const safi_change *changes, uint32_t n, safi_text child)
{
	static Atoms old;
	static Plan plan;

	atoms_copy(&old, atoms);
	plan.old = &old;
	for (uint32_t i = 0; i < old.n; i++) {
		plan.group[i] = i;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (changes[i].taken) {
			unite(&plan, &changes[i]);
		}
	}
	measure(&plan, changes, n);
	atoms->n = atoms->len = 0;
	for (uint32_t i = 0; i <= old.n; i++) {
		push_insertions(atoms, &plan, changes, n, i);
		if (i < old.n && plan.group[i] == i) {
			push(atoms, (Atom){old.atoms[i].begin, old.atoms[i].end, plan.len[i]});
		} else if (i < old.n) {
			atoms->atoms[atoms->n - 1].end = old.atoms[i].end;
		}
	}
	g_assert_cmpuint(atoms->len, ==, child.len);
	memcpy(atoms->text, child.ptr, child.len);
}

/* --- asking ----------------------------------------------------------------------------------- */

bool atoms_cover(const Atoms *atoms, safi_span span, safi_span *range)
{
	bool found = false;

	for (uint32_t i = 0, offset = 0; i < atoms->n; offset += atoms->atoms[i++].len) {
		const Atom *atom = &atoms->atoms[i];
		const uint32_t end = offset + atom->len;
		if (span.begin == span.end ? offset < span.begin && span.begin < end
		                           : offset < span.end && span.begin < end) {
			range->begin = found ? range->begin : atom->begin;
			range->end = atom->end;
			found = true;
		}
	}
	return found;
}

bool atoms_replay(const Atoms *atoms, safi_span range, safi_span *span)
{
	uint32_t before = 0, within = 0;

	for (uint32_t i = 0; i < atoms->n; i++) {
		const Atom *atom = &atoms->atoms[i];
		if (atom->begin >= range.begin && atom->end <= range.end) {
			within += atom->len;
		} else if (atom->end <= range.begin) {
			before += atom->len;
		} else if (atom->begin < range.end) {
			return false;
		}
	}
	*span = (safi_span){before, before + within};
	return range.end <= atoms->base_len;
}

bool atoms_became(const Atoms *atoms, safi_span range, safi_span *span)
{
	bool found = false;

	for (uint32_t i = 0, offset = 0; i < atoms->n; offset += atoms->atoms[i++].len) {
		const Atom *atom = &atoms->atoms[i];
		if (atom->begin < range.end && range.begin < atom->end && atom->begin < atom->end) {
			span->begin = found ? span->begin : offset;
			span->end = offset + atom->len;
			found = true;
		}
	}
	return found;
}
