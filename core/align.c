#include "align.h"

#include <glib.h>
#include <string.h>

/* --- from changes ----------------------------------------------------------------------------- */

/* Runs between changes are short in dense edits (eight bytes or so), where a call costs more than
 * the comparison. */
static bool equal(const char *a, const char *b, size_t len)
{
	if (len > 32) {
		return memcmp(a, b, len) == 0;
	}
	for (; len >= 8; a += 8, b += 8, len -= 8) {
		uint64_t x, y;
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y) {
			return false;
		}
	}
	for (size_t i = 0; i < len; i++) {
		if (a[i] != b[i]) {
			return false;
		}
	}
	return true;
}

const char *safi_align_make(SafiAlign *align, SafiArena *arena, safi_text parent, safi_text child,
                            const safi_change *changes, uint32_t n)
{
	SafiEdge *edges = n ? safi_arena_alloc(arena, n * sizeof *edges) : NULL;
	uint64_t from = 0, to = 0; /* behind the last change, in either text */

	if (parent.len > UINT32_MAX || child.len > UINT32_MAX) {
		return "the text is 4 GiB or longer";
	}
	if (n && !edges) {
		return "out of memory";
	}
	for (uint32_t i = 0; i < n; i++) {
		const safi_change c = changes[i];
		if (c.from < from) {
			return "changes are out of order or overlap";
		}
		const uint64_t run = c.from - from;
		if (c.from + (uint64_t)c.taken > parent.len || to + run + c.put > child.len) {
			return "a change lies outside the text";
		}
		if (!equal(parent.ptr + from, child.ptr + to, run)) {
			return "the text differs between two changes";
		}
		to += run;
		edges[i] = (SafiEdge){c.from, c.taken, (uint32_t)to, c.put};
		from = c.from + (uint64_t)c.taken;
		to += c.put;
	}
	if (parent.len - from != child.len - to) {
		return "the changes do not add up to the new text's length";
	}
	if (!equal(parent.ptr + from, child.ptr + to, parent.len - from)) {
		return "the text differs behind the last change";
	}
	*align = (SafiAlign){edges, n, (uint32_t)parent.len, (uint32_t)child.len};
	return NULL;
}

/* --- one side of an edge ---------------------------------------------------------------------- */

static inline uint32_t near_begin(const SafiEdge *edge, SafiDirection direction)
{
	return direction == SAFI_TO_PARENT ? edge->to : edge->from;
}

static inline uint32_t near_end(const SafiEdge *edge, SafiDirection direction)
{
	return direction == SAFI_TO_PARENT ? edge->to + edge->put : edge->from + edge->taken;
}

static inline uint32_t far_begin(const SafiEdge *edge, SafiDirection direction)
{
	return near_begin(edge, !direction);
}

static inline uint32_t far_end(const SafiEdge *edge, SafiDirection direction)
{
	return near_end(edge, !direction);
}

/* How many edges end at or before a place. */
static uint32_t edges_ending_by(const SafiAlign *align, SafiDirection direction, uint32_t at)
{
	uint32_t low = 0, high = align->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (near_end(&align->edges[middle], direction) <= at) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* How many edges begin before a place. */
static uint32_t edges_beginning_before(const SafiAlign *align, SafiDirection direction, uint32_t at)
{
	uint32_t low = 0, high = align->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (near_begin(&align->edges[middle], direction) < at) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* A place that lies in no change, after the first `passed` edges. */
static uint32_t across(const SafiAlign *align, SafiDirection direction, uint32_t at,
                       uint32_t passed)
{
	if (!passed) {
		return at;
	}
	const SafiEdge *edge = &align->edges[passed - 1];
	return far_end(edge, direction) + (at - near_end(edge, direction));
}

/* --- mapping ---------------------------------------------------------------------------------- */

static bool map_place(const SafiAlign *align, SafiDirection direction, uint32_t at,
                      safi_span *mapped)
{
	uint32_t passed = edges_ending_by(align, direction, at);

	if (passed < align->n && near_begin(&align->edges[passed], direction) < at) {
		const SafiEdge *edge = &align->edges[passed];
		mapped->begin = mapped->end = far_begin(edge, direction);
		return far_end(edge, direction) > mapped->begin;
	}
	mapped->begin = mapped->end = across(align, direction, at, passed);
	return true;
}

bool safi_align_map(const SafiAlign *align, SafiDirection direction, safi_span span,
                    safi_span *mapped)
{
	if (span.begin >= span.end) {
		return map_place(align, direction, span.begin, mapped);
	}
	uint32_t first = edges_ending_by(align, direction, span.begin);
	uint32_t last = edges_beginning_before(align, direction, span.end);

	if (first < align->n && near_begin(&align->edges[first], direction) <= span.begin) {
		mapped->begin = far_begin(&align->edges[first], direction);
	} else {
		mapped->begin = across(align, direction, span.begin, first);
	}
	if (last && near_end(&align->edges[last - 1], direction) >= span.end) {
		mapped->end = far_end(&align->edges[last - 1], direction);
	} else {
		mapped->end = across(align, direction, span.end, last);
	}
	return mapped->begin < mapped->end;
}

/* --- source ----------------------------------------------------------------------------------- */

/* The parent's bytes behind a span of the child: as map, but never empty where a change was cut. */
static safi_span cover(const SafiAlign *align, safi_span span)
{
	safi_span covered;

	safi_align_map(align, SAFI_TO_PARENT, span, &covered);
	if (span.begin == span.end) {
		uint32_t passed = edges_ending_by(align, SAFI_TO_PARENT, span.begin);
		if (passed < align->n && align->edges[passed].to < span.begin) {
			covered.end = covered.begin + align->edges[passed].taken;
		}
	}
	return covered;
}

/* Where a replay that starts at `begin` starts in the child: before insertions that stand there. */
static uint32_t replay_begin(const SafiAlign *align, uint32_t begin)
{
	uint32_t before = edges_beginning_before(align, SAFI_TO_CHILD, begin);

	return across(align, SAFI_TO_CHILD, begin, before);
}

/* Where a replay that ends at `end` ends in the child: behind insertions that stand there. */
static uint32_t replay_end(const SafiAlign *align, uint32_t end)
{
	return across(align, SAFI_TO_CHILD, end, edges_ending_by(align, SAFI_TO_CHILD, end));
}

safi_source safi_align_source(const SafiAlign *align, safi_span span)
{
	safi_span raw = cover(align, span);

	return (safi_source){
		.begin = raw.begin,
		.end = raw.end,
		.skip = span.begin - replay_begin(align, raw.begin),
		.rest = replay_end(align, raw.end) - span.end,
	};
}

/* --- composition ------------------------------------------------------------------------------ */

/* Two lists of edges over the text between them, Y: a from X to Y, b from Y to Z.  They are merged
 * in order of place in Y.  Where an edge of a and one of b share bytes of Y, they and all that they
 * touch in turn become one group; an edge that shares none is carried over to the other side. */
typedef struct Merge {
	const SafiAlign *a, *b;
	uint32_t i, j; /* the next edge of each */
	SafiEdge *out;
	uint32_t n;
} Merge;

/* X of a place in Y that lies in no edge of a, behind the first i of them. */
static uint32_t x_of(const Merge *merge, uint32_t y)
{
	return across(merge->a, SAFI_TO_PARENT, y, merge->i);
}

static uint32_t z_of(const Merge *merge, uint32_t y)
{
	return across(merge->b, SAFI_TO_CHILD, y, merge->j);
}

static void put_edge(Merge *merge, uint32_t x, uint32_t x_end, uint32_t z, uint32_t z_end)
{
	/* What a inserted and b deleted leaves no trace. */
	if (x < x_end || z < z_end) {
		merge->out[merge->n++] = (SafiEdge){x, x_end - x, z, z_end - z};
	}
}

static void take_a(Merge *merge)
{
	const SafiEdge *a = &merge->a->edges[merge->i];
	uint32_t z = z_of(merge, a->to);

	put_edge(merge, a->from, a->from + a->taken, z, z + a->put);
	merge->i++;
}

static void take_b(Merge *merge)
{
	const SafiEdge *b = &merge->b->edges[merge->j];
	uint32_t x = x_of(merge, b->from);

	put_edge(merge, x, x + b->taken, b->to, b->to + b->put);
	merge->j++;
}

/* The next edges of both share bytes of Y: takes them, and whatever touches what they cover. */
static void take_group(Merge *merge)
{
	const SafiEdge *a = merge->a->edges + merge->i, *b = merge->b->edges + merge->j;
	const SafiEdge *a_end = merge->a->edges + merge->a->n, *b_end = merge->b->edges + merge->b->n;
	uint32_t y = MIN(a->to, b->from);
	/* The group begins with one of the two, or on equal bytes before the other. */
	uint32_t x = a->from - (a->to - y);
	uint32_t z = b->to - (b->from - y);
	uint32_t y_end = MAX(a->to + a->put, b->from + b->taken);

	for (a++, b++;;) {
		if (a < a_end && a->to < y_end) {
			y_end = MAX(y_end, a->to + a->put);
			a++;
		} else if (b < b_end && b->from < y_end) {
			y_end = MAX(y_end, b->from + b->taken);
			b++;
		} else {
			break;
		}
	}
	merge->i = a - merge->a->edges;
	merge->j = b - merge->b->edges;
	put_edge(merge, x, x_of(merge, y_end), z, z_of(merge, y_end));
}

/* Whether the next edge of a lies before the next of b.  At one place in Y, what a deleted there
 * comes before what b does there. */
static bool a_is_next(const Merge *merge)
{
	if (merge->i == merge->a->n || merge->j == merge->b->n) {
		return merge->j == merge->b->n;
	}
	const SafiEdge *a = &merge->a->edges[merge->i];
	return a->to + a->put <= merge->b->edges[merge->j].from;
}

static bool b_is_next(const Merge *merge)
{
	if (merge->i == merge->a->n) {
		return true;
	}
	const SafiEdge *b = &merge->b->edges[merge->j];
	return b->from + b->taken <= merge->a->edges[merge->i].to;
}

bool safi_align_compose(SafiAlign *align, SafiArena *arena, const SafiAlign *a, const SafiAlign *b)
{
	const size_t most = ((size_t)a->n + b->n) * sizeof(SafiEdge);
	Merge merge = {.a = a, .b = b};

	if (!a->n || !b->n) {
		*align = (SafiAlign){a->n ? a->edges : b->edges, a->n + b->n, a->from_len, b->to_len};
		return true;
	}
	merge.out = safi_arena_alloc(arena, most);
	if (!merge.out) {
		return false;
	}
	while (merge.i < a->n || merge.j < b->n) {
		if (a_is_next(&merge)) {
			take_a(&merge);
		} else if (b_is_next(&merge)) {
			take_b(&merge);
		} else {
			take_group(&merge);
		}
	}
	safi_arena_shrink(arena, merge.out, most, merge.n * sizeof(SafiEdge));
	*align = (SafiAlign){merge.out, merge.n, a->from_len, b->to_len};
	return true;
}
