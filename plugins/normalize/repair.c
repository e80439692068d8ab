#include "repair.h"

#include "classes.h"
#include "scan.h"
#include "textkit/utf8.h"

#include <stdlib.h>

/* A short copy is done in two whole vectors, which is several times faster than any that looks at
 * the length; so what may be copied has SLACK readable bytes from each place on, and the output has
 * as many to spare. */
enum { SLACK = 32 };

/* One run.  Input before `copied` is done: copied, or replaced by a change. */
typedef struct Rewrite {
	SafiRepair *repair;
	const uint8_t *in, *end, *copied;
	char *out, *out_next, *out_end;
	SafiRepairRoom room;
	void *context;
	bool failed;
} Rewrite;

/* What one character becomes. */
typedef struct Piece {
	const void *ptr;
	uint32_t len;
} Piece;

static Piece piece_of(const Rewrite *text, const uint8_t *p, SafiClass class)
{
	static const char space[SLACK] = " ", line[SLACK] = "\n";
	Piece piece = { p, safi_utf8_length(*p) };

	switch (class) {
	case SAFI_SPACE:
		return (Piece){ space, 1 };
	case SAFI_LINE:
		return (Piece){ line, 1 };
	case SAFI_RETURN:
		return (Piece){ line, p + 1 == text->end || p[1] != '\n' };
	case SAFI_DELETED:
		return (Piece){ p, 0 };
	case SAFI_FORM:
	case SAFI_MARKED_FORM:
		piece.ptr = safi_class_form(p, &piece.len);
		return piece;
	default:
		return piece;
	}
}

/* --- output ----------------------------------------------------------------------------------- */

static void copy(char *to, const void *from, size_t len)
{
	if (len <= SLACK) {
		memcpy(to, from, SLACK);
	} else {
		memcpy(to, from, len);
	}
}

/* Makes room for `need` bytes more.  At first as much as the input has and a little, for most
 * repairs make a text shorter; U+FDFA makes 33 bytes of 3. */
static bool grow_out(Rewrite *text, size_t need)
{
	size_t in = (size_t)(text->end - text->in), used = (size_t)(text->out_next - text->out);
	size_t guess = text->out ? 2 * (size_t)(text->out_end - text->out) : in + in / 16 + SLACK;
	size_t capacity = used + need > guess ? used + need : guess;
	char *out = text->room(text->context, capacity);

	if (!out) {
		return false;
	}
	if (used) {
		memcpy(out, text->out, used);
	}
	text->out = out;
	text->out_next = out + used;
	text->out_end = out + capacity;
	return true;
}

static bool grow_changes(SafiRepair *repair)
{
	size_t capacity = repair->capacity * 2 + 256;
	safi_change *changes = realloc(repair->changes, capacity * sizeof *changes);

	if (!changes) {
		return false;
	}
	repair->changes = changes;
	repair->capacity = capacity;
	return true;
}

/* Copies input up to `from` as it is; returns room for `most` bytes in place of what is there. */
static char *begin_change(Rewrite *text, const uint8_t *from, size_t most)
{
	SafiRepair *repair = text->repair;
	size_t run = (size_t)(from - text->copied);

	if (((size_t)(text->out_end - text->out_next) < run + most + SLACK &&
	     !grow_out(text, run + most + SLACK)) ||
	    (repair->n == repair->capacity && !grow_changes(repair))) {
		text->failed = true;
		return NULL;
	}
	copy(text->out_next, text->copied, run);
	text->out_next += run;
	return text->out_next;
}

static void end_change(Rewrite *text, const uint8_t *from, const uint8_t *to, uint32_t put)
{
	text->out_next += put;
	text->copied = to;
	text->repair->changes[text->repair->n++] = (safi_change){
		(uint32_t)(from - text->in), (uint32_t)(to - from), put
	};
}

static void change(Rewrite *text, const uint8_t *from, const uint8_t *to, Piece piece)
{
	char *room = begin_change(text, from, piece.len);

	if (room) {
		copy(room, piece.ptr, piece.len);
		end_change(text, from, to, piece.len);
	}
}

/* Takes back all output for the input from `start` on. */
static void rewind_to(Rewrite *text, const uint8_t *start)
{
	SafiRepair *repair = text->repair;

	while (repair->n && text->in + repair->changes[repair->n - 1].from >= start) {
		safi_change *last = &repair->changes[--repair->n];
		const uint8_t *from = text->in + last->from;
		text->out_next -= (size_t)(text->copied - from) - last->taken + last->put;
		text->copied = from;
	}
	if (text->copied > start) {
		text->out_next -= text->copied - start;
		text->copied = start;
	}
}

/* --- clusters --------------------------------------------------------------------------------- */

/* Whether nothing before the character can compose with it or change places with it. */
static bool is_boundary(SafiClass class)
{
	return class != SAFI_MARK && class != SAFI_UNSURE && class != SAFI_DELETED &&
	       class != SAFI_MARKED_FORM;
}

static const uint8_t *cluster_begin(const Rewrite *text, const uint8_t *p)
{
	while (p > text->in) {
		p = safi_utf8_before(p);
		if (is_boundary(safi_class_at(p))) {
			break;
		}
	}
	return p;
}

static const uint8_t *cluster_end(const Rewrite *text, const uint8_t *p)
{
	do {
		p += safi_utf8_length(*p);
	} while (p < text->end && !is_boundary(safi_class_at(p)));
	return p;
}

/* How many characters the one at p becomes. */
static size_t points_at(const Rewrite *text, const uint8_t *p)
{
	Piece piece = piece_of(text, p, safi_class_at(p));
	size_t points = 0;

	for (uint32_t i = 0; i < piece.len; i++) {
		points += (((const uint8_t *)piece.ptr)[i] & 0xC0) != 0x80;
	}
	return points;
}

/* The characters that a stretch of input becomes, before any composition.  Sets `composes` where
 * more than the order of the marks may have to change. */
static bool load_cluster(Rewrite *text, const uint8_t *p, const uint8_t *to, bool *composes)
{
	SafiCompose *cluster = &text->repair->cluster;

	*composes = false;
	cluster->n = 0;
	while (p < to) {
		SafiClass class = safi_class_at(p);
		Piece piece = piece_of(text, p, class);
		const uint8_t *at = piece.ptr;
		for (const uint8_t *end = at + piece.len; at < end; at += safi_utf8_length(*at)) {
			if (!safi_compose_add(cluster, safi_utf8_decode(at))) {
				return false;
			}
		}
		*composes |= class == SAFI_UNSURE;
		p += safi_utf8_length(*p);
	}
	return true;
}

static bool repair_cluster(SafiRepair *repair, bool composes)
{
	const SafiCompose *cluster = &repair->cluster;
	SafiCompose *repaired = &repair->repaired;

	repaired->n = 0;
	for (size_t i = 0; i < cluster->n; i++) {
		uint32_t point = SAFI_COMPOSE_POINT(cluster->at[i]);
		if (!(composes ? safi_compose_split : safi_compose_add)(repaired, point)) {
			return false;
		}
	}
	if (!safi_compose_sort(repaired)) {
		return false;
	}
	if (composes) {
		safi_compose_join(repaired);
	}
	return true;
}

/* Changes from `p` to `to` character by character: composition has nothing to add there. */
static void change_each(Rewrite *text, const uint8_t *p, const uint8_t *to)
{
	while (p < to) {
		SafiClass class = safi_class_at(p);
		const uint8_t *next = p + safi_utf8_length(*p);
		if (class > SAFI_UNSURE) {
			change(text, p, next, piece_of(text, p, class));
		}
		p = next;
	}
}

/* The input from `p` to `to` became points [first, last) of the repaired cluster. */
static void change_whole(Rewrite *text, const uint8_t *p, const uint8_t *to, size_t first,
                         size_t last)
{
	const SafiCompose *repaired = &text->repair->repaired;
	char *room = begin_change(text, p, (last - first) * SAFI_UTF8_MAX);
	uint32_t put = 0;

	if (room) {
		for (size_t i = first; i < last; i++) {
			put += safi_utf8_encode(room + put, SAFI_COMPOSE_POINT(repaired->at[i]));
		}
		end_change(text, p, to, put);
	}
}

/* Records what repair made of the cluster, as narrowly as the input's characters allow. */
static void change_cluster(Rewrite *text, const uint8_t *begin, const uint8_t *end)
{
	const SafiCompose *old = &text->repair->cluster, *new = &text->repair->repaired;
	size_t least = old->n < new->n ? old->n : new->n;
	size_t front = 0, back = 0, before = 0, behind, points;
	const uint8_t *first = begin, *last;

	while (front < least && old->at[front] == new->at[front]) {
		front++;
	}
	if (front == old->n && front == new->n) {
		change_each(text, begin, end);
		return;
	}
	while (back < least - front && old->at[old->n - 1 - back] == new->at[new->n - 1 - back]) {
		back++;
	}
	/* A form of several letters is changed as a whole: back to its begin, on to its end. */
	for (; (points = points_at(text, first)) <= front - before; before += points) {
		first += safi_utf8_length(*first);
	}
	for (last = first, behind = before; behind < old->n - back; behind += points) {
		points = points_at(text, last);
		last += safi_utf8_length(*last);
	}
	change_each(text, begin, first);
	change_whole(text, first, last, before, new->n - (old->n - behind));
	change_each(text, last, end);
}

/* The two cases that make up nearly all clusters of real text, told without the work of the rest:
 * two marks behind a character are in the wrong order (a vowel typed after its shadda: 17 % of 8 KB
 * pieces of Arabic news), and a character composes with the one mark behind it.  `p` is the second
 * of the two.  False: not such a case. */
static bool change_two(Rewrite *text, const uint8_t *p, SafiClass class)
{
	const uint8_t *next = p + safi_utf8_length(*p);

	if (p == text->copied || p == text->in ||
	    (next < text->end && !is_boundary(safi_class_at(next)))) {
		return false;
	}
	const uint8_t *first = safi_utf8_before(p);
	SafiClass first_class = safi_class_at(first);
	char put[SLACK];
	if (class == SAFI_UNSURE && first_class == SAFI_PLAIN) {
		uint32_t whole = safi_compose_pair(safi_utf8_decode(first), safi_utf8_decode(p));
		if (whole) {
			change(text, first, next, (Piece){ put, safi_utf8_encode(put, whole) });
		}
		return whole != 0;
	}
	if (class == SAFI_MARK && first_class == SAFI_MARK && first > text->in &&
	    is_boundary(safi_class_at(safi_utf8_before(first)))) {
		memcpy(put, p, SAFI_UTF8_MAX);
		memcpy(put + (next - p), first, SAFI_UTF8_MAX);
		change(text, first, next, (Piece){ put, (uint32_t)(next - first) });
		return true;
	}
	return false;
}

/* Repairs the cluster around the character at p; returns its end. */
static const uint8_t *around(Rewrite *text, const uint8_t *p)
{
	const uint8_t *begin = cluster_begin(text, p), *end = cluster_end(text, p);
	bool composes;

	rewind_to(text, begin);
	if (!load_cluster(text, begin, end, &composes) || !repair_cluster(text->repair, composes)) {
		text->failed = true;
		return text->end;
	}
	change_cluster(text, begin, end);
	return end;
}

/* --- the pass --------------------------------------------------------------------------------- */

/* Deals with the character at p, which is not plain; returns up to where all is done.  `order`: the
 * combining class of the last character that stayed before it. */
static const uint8_t *step(Rewrite *text, const uint8_t *p, SafiClass class, uint32_t *order)
{
	const uint8_t *next = p + safi_utf8_length(*p);

	if (class == SAFI_MARK) {
		uint32_t here = safi_compose_class(safi_utf8_decode(p));
		if (here >= *order) {
			*order = here;
			return next;
		}
	}
	if (class == SAFI_DELETED || is_boundary(class)) {
		change(text, p, next, piece_of(text, p, class));
		*order = class == SAFI_DELETED ? *order : 0;
		return next;
	}
	return change_two(text, p, class) ? next : around(text, p);
}

static void repair_all(Rewrite *text)
{
	const uint8_t *done = text->in;
	uint32_t order = 0; /* of the character before `done` */

	for (const uint8_t *block = text->in; block < text->end; block += SAFI_SCAN_BYTES) {
		for (unsigned unsure = safi_scan(block); unsure; unsure &= unsure - 1) {
			const uint8_t *p = block + __builtin_ctz(unsure);
			if (p >= text->end || text->failed) {
				return;
			}
			SafiClass class = safi_class_at(p);
			if (p < done || class == SAFI_PLAIN) {
				continue;
			}
			order = p == done ? order : 0;
			done = step(text, p, class, &order);
		}
	}
}

/* The rest behind the last change. */
static void finish(Rewrite *text)
{
	size_t run = (size_t)(text->end - text->copied);

	if ((size_t)(text->out_end - text->out_next) < run && !grow_out(text, run)) {
		text->failed = true;
		return;
	}
	memcpy(text->out_next, text->copied, run);
	text->out_next += run;
}

bool safi_repair_run(SafiRepair *repair, safi_text in, SafiRepairRoom room, void *context,
                     safi_text *out)
{
	const uint8_t *begin = (const uint8_t *)in.ptr;
	Rewrite text = { .repair = repair, .in = begin, .end = begin + in.len, .copied = begin,
	                 .room = room, .context = context };

	repair->n = 0;
	*out = in;
	repair_all(&text);
	if (!text.failed && repair->n) {
		finish(&text);
		*out = (safi_text){ text.out, (size_t)(text.out_next - text.out) };
	}
	return !text.failed;
}

void safi_repair_clear(SafiRepair *repair)
{
	free(repair->changes);
	safi_compose_clear(&repair->cluster);
	safi_compose_clear(&repair->repaired);
	*repair = (SafiRepair){ 0 };
}

void safi_repair_shrink(SafiRepair *repair)
{
	enum { USUAL = 64 * 1024 /* changes or characters of a cluster: some 1 MiB in all */ };

	if (repair->capacity > USUAL || repair->cluster.capacity > USUAL ||
	    repair->repaired.capacity > USUAL) {
		safi_repair_clear(repair);
	}
}
