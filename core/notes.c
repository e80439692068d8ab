#include "notes.h"

#include <glib.h>
#include <stdlib.h>

/* Makes room for one more item behind n; false when out of memory. */
static bool reserve(SafiArena *arena, void **items, size_t size, uint32_t n, uint32_t more,
                    uint32_t *capacity)
{
	if (n + (uint64_t)more <= *capacity) {
		return true;
	}
	uint64_t wanted = MAX((uint64_t)*capacity * 2, (uint64_t)n + more);
	wanted = MAX(wanted, 8);
	void *grown = wanted < UINT32_MAX
		? safi_arena_grow(arena, *items, n * size, wanted * size) : NULL;
	if (grown) {
		*items = grown;
		*capacity = (uint32_t)wanted;
	}
	return grown != NULL;
}

SafiNote *safi_notes_get(const SafiNotes *notes, safi_note note)
{
	SafiNote *found = note && note <= notes->n ? &notes->items[note - 1] : NULL;

	return found && found->type ? found : NULL;
}

/* --- adding and removing ---------------------------------------------------------------------- */

static SafiNoteType *type_of(const SafiNotes *notes, safi_key key)
{
	for (uint32_t i = 0; i < notes->n_types; i++) {
		if (notes->types[i].key == key) {
			return &notes->types[i];
		}
	}
	return NULL;
}

static SafiNoteType *make_type(SafiNotes *notes, SafiArena *arena, safi_key key)
{
	SafiNoteType *type = type_of(notes, key);

	if (!type && reserve(arena, (void **)&notes->types, sizeof *type, notes->n_types, 1,
	                     &notes->types_capacity)) {
		type = &notes->types[notes->n_types++];
		*type = (SafiNoteType){.key = key};
	}
	return type;
}

static bool spans_within(const safi_span *spans, uint32_t n, size_t len)
{
	for (uint32_t i = 0; i < n; i++) {
		if (spans[i].begin > spans[i].end || spans[i].end > len) {
			return false;
		}
	}
	return true;
}

safi_note safi_notes_add(SafiNotes *notes, SafiArena *arena, safi_view view, size_t view_len,
                         safi_key key, const safi_span *spans, uint32_t n)
{
	const safi_note first = notes->n + 1;
	SafiNoteType *type = key && spans_within(spans, n, view_len) ? make_type(notes, arena, key)
	                                                             : NULL;

	if (!type ||
	    !reserve(arena, (void **)&notes->items, sizeof(SafiNote), notes->n, n,
	             &notes->capacity) ||
	    !reserve(arena, (void **)&type->ids, sizeof(safi_note), type->n, n, &type->capacity)) {
		return 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		notes->items[notes->n++] = (SafiNote){.span = spans[i], .view = view, .type = key};
		type->ids[type->n++] = first + i;
	}
	type->listed = false;
	notes->changed = true;
	return first;
}

bool safi_notes_skip(SafiNotes *notes, SafiArena *arena, uint32_t n)
{
	const bool room = reserve(arena, (void **)&notes->items, sizeof(SafiNote), notes->n, n,
	                          &notes->capacity);

	for (uint32_t i = 0; room && i < n; i++) {
		notes->items[notes->n++] = (SafiNote){.type = 0};
	}
	return room;
}

void safi_notes_remove(SafiNotes *notes, safi_note note)
{
	SafiNote *found = safi_notes_get(notes, note);

	if (found) {
		SafiNoteType *type = type_of(notes, found->type);
		type->removed++;
		type->listed = false;
		found->type = 0;
		notes->changed = true;
	}
}

uint32_t safi_notes_types(const SafiNotes *notes, SafiArena *arena, const safi_key **types)
{
	safi_key *keys = safi_arena_alloc(arena, notes->n_types * sizeof *keys);
	uint32_t n = 0;

	for (uint32_t i = 0; keys && i < notes->n_types; i++) {
		if (notes->types[i].n > notes->types[i].removed) {
			keys[n++] = notes->types[i].key;
		}
	}
	*types = keys;
	return n;
}

/* --- snapshots -------------------------------------------------------------------------------- */

typedef struct Place {
	safi_view view; /* when notes of all views are listed, each in its own; else 0 */
	safi_span span;
	safi_note note;
} Place;

static int compare_places(const void *a, const void *b)
{
	const Place *x = a, *y = b;

	if (x->view != y->view) {
		return x->view + 1 < y->view + 1 ? -1 : 1; /* SAFI_RAW, the largest, comes first */
	}
	if (x->span.begin != y->span.begin) {
		return x->span.begin < y->span.begin ? -1 : 1;
	}
	if (x->span.end != y->span.end) {
		return x->span.end > y->span.end ? -1 : 1;
	}
	return (x->note > y->note) - (x->note < y->note);
}

/* Where a note lies in a view, or, with no view, in its own; false when nothing of it is there. */
static bool find_place(const SafiNotes *notes, safi_note number, SafiArena *arena,
                       SafiViews *views, safi_view in, Place *place)
{
	const SafiNote *note = safi_notes_get(notes, number);

	if (!note) {
		return false;
	}
	*place = (Place){in ? 0 : note->view, note->span, number};
	return !in || safi_views_map(views, arena, note->view, note->span, in, &place->span);
}

/* All notes of a type that have a place in the view, in order.  NULL: out of memory. */
static Place *find_places(const SafiNotes *notes, const SafiNoteType *type, SafiArena *arena,
                          SafiViews *views, safi_view in, uint32_t *n)
{
	Place *places = safi_arena_alloc(arena, type->n * sizeof *places);
	bool sorted = true;

	for (uint32_t i = *n = 0; places && i < type->n; i++) {
		Place place;
		if (!find_place(notes, type->ids[i], arena, views, in, &place)) {
			continue;
		}
		sorted = sorted && (!*n || compare_places(&places[*n - 1], &place) < 0);
		places[(*n)++] = place;
	}
	if (places && !sorted) {
		qsort(places, *n, sizeof *places, compare_places);
	}
	return places;
}

static bool take_snapshot(const SafiNotes *notes, SafiNoteType *type, SafiArena *arena,
                          SafiViews *views, safi_view in)
{
	uint32_t n;
	Place *places = find_places(notes, type, arena, views, in, &n);
	safi_note *list = safi_arena_alloc(arena, n * sizeof *list);
	safi_span *spans = safi_arena_alloc(arena, n * sizeof *spans);

	if (!places || !list || !spans) {
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		list[i] = places[i].note;
		spans[i] = places[i].span;
	}
	type->list = list;
	type->spans = spans;
	type->n_listed = n;
	type->listed_in = in;
	type->listed = true;
	return true;
}

uint32_t safi_notes_list(SafiNotes *notes, SafiArena *arena, SafiViews *views, safi_key key,
                         safi_view in, const safi_note **list, const safi_span **spans)
{
	SafiNoteType *type = type_of(notes, key);
	const bool known = type && type->listed && type->listed_in == in;

	*list = NULL;
	*spans = NULL;
	if (!type || (!known && !take_snapshot(notes, type, arena, views, in))) {
		return 0;
	}
	*list = type->list;
	*spans = type->spans;
	return type->n_listed;
}

/* --- features --------------------------------------------------------------------------------- */

SafiFields *safi_notes_features(SafiNotes *notes, SafiArena *arena, safi_note note, bool make)
{
	SafiNote *found = safi_notes_get(notes, note);

	if (found && !found->features && make) {
		found->features = safi_arena_alloc(arena, sizeof *found->features);
		if (found->features) {
			*found->features = (SafiFields){0};
		}
	}
	return found ? found->features : NULL;
}

static SafiColumn *column_of(const SafiNotes *notes, safi_key key, int32_t type)
{
	for (uint32_t i = 0; i < notes->n_columns; i++) {
		if (notes->columns[i].key == key && (!type || notes->columns[i].type == type)) {
			return &notes->columns[i];
		}
	}
	return NULL;
}

/* How many ranges begin at or before a note. */
static uint32_t ranges_before(const SafiColumn *column, safi_note note)
{
	uint32_t low = 0, high = column->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (column->ranges[middle].first <= note) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* By range, not by note: columns are for very many. */
static bool column_touches(const SafiColumn *column, safi_note first, uint32_t n)
{
	const uint32_t after = ranges_before(column, first);
	const SafiRange *before = after ? &column->ranges[after - 1] : NULL;

	return (before && first - before->first < before->n) ||
	       (after < column->n && column->ranges[after].first - first < n);
}

bool safi_notes_in_column(const SafiNotes *notes, safi_note first, uint32_t n, safi_key key)
{
	for (uint32_t i = 0; i < notes->n_columns; i++) {
		if (notes->columns[i].key == key && column_touches(&notes->columns[i], first, n)) {
			return true;
		}
	}
	return false;
}

bool safi_notes_any_has(const SafiNotes *notes, safi_note first, uint32_t n, safi_key key)
{
	if (safi_notes_in_column(notes, first, n, key)) {
		return true;
	}
	for (safi_note note = first; note < first + n; note++) {
		const SafiFields *features = notes->items[note - 1].features;
		if (features && safi_fields_find(features, key)) {
			return true;
		}
	}
	return false;
}

static SafiColumn *make_column(SafiNotes *notes, SafiArena *arena, safi_key key, int32_t type)
{
	SafiColumn *column = column_of(notes, key, type);

	if (!column && reserve(arena, (void **)&notes->columns, sizeof *column, notes->n_columns, 1,
	                       &notes->columns_capacity)) {
		column = &notes->columns[notes->n_columns++];
		*column = (SafiColumn){.key = key, .type = type};
	}
	return column;
}

bool safi_notes_put_ranges(SafiNotes *notes, SafiArena *arena, safi_key key, int32_t type,
                           const SafiRange *ranges, uint32_t n)
{
	SafiColumn *column = make_column(notes, arena, key, type);

	if (!column || !reserve(arena, (void **)&column->ranges, sizeof *ranges, column->n, n,
	                        &column->capacity)) {
		return false;
	}
	/* From behind, each to its place. */
	SafiRange *to = column->ranges + column->n + n, *old = column->ranges + column->n;
	for (column->n += n; n; ) {
		if (old > column->ranges && old[-1].first > ranges[n - 1].first) {
			*--to = *--old;
		} else {
			*--to = ranges[--n];
		}
	}
	notes->changed = true;
	return true;
}

bool safi_notes_put_column(SafiNotes *notes, SafiArena *arena, safi_note first, uint32_t n,
                           safi_key key, int32_t type, const void *values)
{
	const SafiRange range = {first, n, values, true};

	return safi_notes_put_ranges(notes, arena, key, type, &range, 1);
}

static SafiValue column_value(const SafiColumn *column, const SafiRange *range, safi_note note)
{
	uint32_t at = note - range->first;

	switch (column->type) {
	case SAFI_TEXT:
		return (SafiValue){.text = ((const safi_text *)range->values)[at]};
	case SAFI_INT:
		return (SafiValue){.integer = ((const int64_t *)range->values)[at]};
	case SAFI_BOOL:
		return (SafiValue){.boolean = ((const bool *)range->values)[at]};
	default:
		return (SafiValue){.real = ((const double *)range->values)[at]};
	}
}

static bool in_column(const SafiColumn *column, safi_note note, SafiField *field)
{
	uint32_t before = ranges_before(column, note);
	const SafiRange *range = before ? &column->ranges[before - 1] : NULL;

	if (!range || note - range->first >= range->n) {
		return false;
	}
	*field = (SafiField){.key = column->key, .type = column->type, .n = 1, .capacity = 1};
	field->one = column_value(column, range, note);
	field->values = &field->one;
	return true;
}

SafiField *safi_notes_feature(const SafiNotes *notes, safi_note note, safi_key key,
                              SafiField *from_column)
{
	const SafiNote *found = safi_notes_get(notes, note);
	SafiField *own = found && found->features ? safi_fields_find(found->features, key) : NULL;

	if (own || !found) {
		return own && own->type ? own : NULL;
	}
	for (uint32_t i = 0; i < notes->n_columns; i++) {
		if (notes->columns[i].key == key && in_column(&notes->columns[i], note, from_column)) {
			return from_column;
		}
	}
	return NULL;
}

uint32_t safi_notes_keys(const SafiNotes *notes, SafiArena *arena, safi_note note,
                         const safi_key **keys)
{
	const SafiNote *found = safi_notes_get(notes, note);
	const safi_key *own = NULL;
	SafiField field;
	uint32_t n = 0, n_own = 0;

	if (found && found->features) {
		n_own = safi_fields_keys(found->features, arena, &own);
	}
	*keys = own;
	/* Only where there are columns may a key of the map stand for an erased one. */
	if (!found || !notes->n_columns) {
		return n_own;
	}
	safi_key *all = safi_arena_alloc(arena, (notes->n_columns + n_own) * sizeof *all);
	for (uint32_t i = 0; all && i < notes->n_columns; i++) {
		const SafiColumn *column = &notes->columns[i];
		bool overridden = found->features && safi_fields_find(found->features, column->key);
		if (!overridden && in_column(column, note, &field)) {
			all[n++] = column->key;
		}
	}
	for (uint32_t i = 0; all && i < n_own; i++) {
		if (safi_fields_find(found->features, own[i])->type) {
			all[n++] = own[i];
		}
	}
	*keys = all;
	return n;
}
