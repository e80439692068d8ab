/* Notes and columns as bytes. */
#include "pack.h"

#include <math.h>

/* Types, and columns, that one record may have here: they are searched one by one, and what a
 * stranger sends must not be worth the while. */
enum { MOST = 256 };

typedef struct Run {
	safi_view view;
	uint32_t type; /* index in the list of types + 1; 0: these are removed */
	uint32_t n;
} Run;

typedef struct ColumnHead {
	safi_key key;
	int32_t type;
	uint32_t n; /* ranges */
} ColumnHead;

typedef struct RangeHead {
	safi_note first;
	uint32_t n;
} RangeHead;

/* --- packing ---------------------------------------------------------------------------------- */

static uint32_t type_number(const SafiNotes *notes, safi_key key)
{
	uint32_t i = 0;

	while (i < notes->n_types && notes->types[i].key != key) {
		i++;
	}
	return i + 1;
}

static uint32_t run_length(const SafiNotes *notes, uint32_t from)
{
	const SafiNote *first = &notes->items[from];
	uint32_t to = from + 1;

	while (to < notes->n && notes->items[to].type == first->type &&
	       notes->items[to].view == first->view) {
		to++;
	}
	return to - from;
}

static void pack_runs(SafiBuffer *to, const SafiNotes *notes, uint32_t from)
{
	Run run;

	safi_wire_add_u32(to, notes->n - from);
	for (; from < notes->n; from += run.n) {
		const SafiNote *first = &notes->items[from];
		run.view = first->view;
		run.type = first->type ? type_number(notes, first->type) : 0;
		run.n = run_length(notes, from);
		safi_buffer_add(to, &run, sizeof run);
		safi_span *spans = safi_wire_room(to, sizeof *spans, run.n);
		for (uint32_t i = 0; spans && i < run.n; i++) {
			spans[i] = first[i].span;
		}
	}
}

static void pack_types(SafiBuffer *to, const SafiNotes *notes, uint32_t from)
{
	safi_wire_add_u32(to, notes->n_types - from);
	for (uint32_t i = from; i < notes->n_types; i++) {
		safi_wire_add_u32(to, notes->types[i].key);
	}
}

static void pack_removed(SafiBuffer *to, const SafiNotes *notes, uint32_t before)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < before; i++) {
		n += !notes->items[i].type;
	}
	safi_wire_add_u32(to, n);
	for (uint32_t i = 0; n && i < before; i++) {
		if (!notes->items[i].type) {
			safi_wire_add_u32(to, i + 1);
		}
	}
}

static size_t value_size(int32_t type)
{
	return type == SAFI_BOOL ? sizeof(bool) : sizeof(int64_t);
}

static void pack_range(SafiBuffer *to, int32_t type, const SafiRange *range)
{
	const RangeHead head = {range->first, range->n};

	safi_buffer_add(to, &head, sizeof head);
	if (type == SAFI_TEXT) {
		safi_wire_add_texts(to, range->values, sizeof(safi_text), range->n);
	} else {
		safi_wire_add_array(to, range->values, value_size(type), range->n);
	}
}

static uint32_t count_ranges(const SafiColumn *column, bool all)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < column->n; i++) {
		n += all || column->ranges[i].changed;
	}
	return n;
}

static void pack_columns(SafiBuffer *to, const SafiNotes *notes, bool all)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < notes->n_columns; i++) {
		n += count_ranges(&notes->columns[i], all) > 0;
	}
	safi_wire_add_u32(to, n);
	for (uint32_t i = 0; i < notes->n_columns; i++) {
		const SafiColumn *column = &notes->columns[i];
		const ColumnHead head = {column->key, column->type, count_ranges(column, all)};
		if (head.n) {
			safi_buffer_add(to, &head, sizeof head);
		}
		for (uint32_t j = 0; j < column->n; j++) {
			if (all || column->ranges[j].changed) {
				pack_range(to, column->type, &column->ranges[j]);
			}
		}
	}
}

static bool has_news(const SafiNote *note, bool all)
{
	return note->type && note->features && (all || note->features->changed);
}

static void pack_features(SafiBuffer *to, const safi_record *record, bool all)
{
	const SafiNotes *notes = &record->notes;
	const safi_text raw = safi_views_text(&record->views, SAFI_RAW);
	uint32_t n = 0;

	for (uint32_t i = 0; i < notes->n; i++) {
		n += has_news(&notes->items[i], all);
	}
	safi_wire_add_u32(to, n);
	for (uint32_t i = 0; n && i < notes->n; i++) {
		if (has_news(&notes->items[i], all)) {
			safi_wire_add_u32(to, i + 1);
			safi_pack_fields(to, notes->items[i].features, raw, all);
		}
	}
}

void safi_pack_notes(SafiBuffer *to, const safi_record *record, SafiPackMark before, bool all)
{
	pack_types(to, &record->notes, before.types);
	pack_runs(to, &record->notes, before.notes);
	pack_removed(to, &record->notes, before.notes);
	pack_columns(to, &record->notes, all);
	pack_features(to, record, all);
}

/* --- unpacking -------------------------------------------------------------------------------- */

static void take_types(SafiWire *wire, safi_record *record)
{
	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		const uint32_t number = record->notes.n_types;
		const safi_key key = safi_wire_u32(wire);
		if (number == MOST) {
			safi_wire_fail(wire, "a record has notes of more than 256 types");
		} else if (!safi_names_text(&record->names, key).ptr ||
		           !safi_notes_add(&record->notes, &record->arena, SAFI_RAW, 0, key, NULL, 0) ||
		           record->notes.n_types == number) {
			safi_wire_fail(wire, "a type of notes has no name, or is there already");
		}
	}
}

static bool add_run(safi_record *record, const Run *run, const safi_span *spans)
{
	SafiNotes *notes = &record->notes;
	const bool there = run->view == SAFI_RAW || safi_views_get(&record->views, run->view);

	if (!run->type) {
		return safi_notes_skip(notes, &record->arena, run->n);
	}
	return there && run->type <= notes->n_types &&
	       safi_notes_add(notes, &record->arena, run->view,
	                      safi_views_text(&record->views, run->view).len,
	                      notes->types[run->type - 1].key, spans, run->n);
}

static void take_runs(SafiWire *wire, safi_record *record)
{
	Run run;

	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n -= run.n) {
		run = (Run){0};
		safi_wire_take(wire, &run, sizeof run);
		const safi_span *spans = safi_wire_array(wire, sizeof *spans, run.n);
		if (!spans || !run.n || run.n > n || !add_run(record, &run, spans)) {
			safi_wire_fail(wire, "notes have no type or lie outside their view");
			return;
		}
	}
}

static void take_removed(SafiWire *wire, safi_record *record)
{
	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		safi_notes_remove(&record->notes, safi_wire_u32(wire));
	}
}

static bool is_finite(const double *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (!isfinite(values[i])) {
			return false;
		}
	}
	return true;
}

/* A byte that is neither 0 nor 1 must not be read as a bool. */
static void make_bools(uint8_t *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		values[i] = values[i] != 0;
	}
}

static const void *take_column(SafiWire *wire, safi_record *record, int32_t type, uint32_t n)
{
	if (type == SAFI_TEXT) {
		return safi_wire_texts(wire, &record->arena, sizeof(safi_text), n);
	}
	const void *from = safi_wire_array(wire, value_size(type), n);
	void *values = from ? safi_arena_copy(&record->arena, from, n * value_size(type)) : NULL;
	if (values && type == SAFI_BOOL) {
		make_bools(values, n);
	}
	if (values && type == SAFI_REAL && !is_finite(values, n)) {
		safi_wire_fail(wire, "a real is infinite or not a number");
	}
	return values;
}

/* Behind the one before, of notes that there are and that have no such feature in a column. */
static bool is_free(const SafiNotes *notes, const RangeHead *head, uint64_t behind, safi_key key)
{
	return head->first >= behind && head->n && head->n <= notes->n &&
	       head->first <= notes->n - head->n + 1 &&
	       !safi_notes_in_column(notes, head->first, head->n, key);
}

static void take_ranges(SafiWire *wire, safi_record *record, const ColumnHead *column)
{
	SafiNotes *notes = &record->notes;
	/* A note each at the least, and 8 bytes. */
	const bool few = column->n <= (size_t)(wire->end - wire->at) / sizeof(RangeHead);
	SafiRange *ranges = few ? safi_arena_alloc(&record->arena, column->n * sizeof *ranges) : NULL;
	uint64_t behind = 1;

	for (uint32_t i = 0; ranges && i < column->n; i++) {
		RangeHead head = {0};
		safi_wire_take(wire, &head, sizeof head);
		if (!is_free(notes, &head, behind, column->key)) {
			safi_wire_fail(wire, "a column lies where no notes are, or over another");
			return;
		}
		const void *values = take_column(wire, record, column->type, head.n);
		ranges[i] = (SafiRange){head.first, head.n, values, false};
		behind = (uint64_t)head.first + head.n;
		if (wire->reason || !values) {
			safi_wire_fail(wire, "out of memory");
			return;
		}
	}
	if (!ranges || !safi_notes_put_ranges(notes, &record->arena, column->key, column->type, ranges,
	                                      column->n)) {
		safi_wire_fail(wire, "a column is too long");
	}
}

static void take_columns(SafiWire *wire, safi_record *record)
{
	uint32_t n = safi_wire_u32(wire);

	if (n > MOST) {
		safi_wire_fail(wire, "more than 256 columns were put at once");
	}
	for (; n && !wire->reason; n--) {
		ColumnHead column = {0};
		safi_wire_take(wire, &column, sizeof column);
		if (!safi_names_text(&record->names, column.key).ptr || column.type < SAFI_TEXT ||
		    column.type > SAFI_BOOL || record->notes.n_columns == MOST) {
			safi_wire_fail(wire, "a column has no name or no type, or there are more than 256");
			return;
		}
		take_ranges(wire, record, &column);
	}
}

static void take_features(SafiWire *wire, safi_record *record)
{
	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		SafiFields *features = safi_notes_features(&record->notes, &record->arena,
		                                           safi_wire_u32(wire), true);
		if (!features) {
			safi_wire_fail(wire, "a feature is of a note that is not there");
			return;
		}
		safi_unpack_fields(wire, record, features);
	}
}

bool safi_unpack_notes(SafiWire *wire, safi_record *record)
{
	take_types(wire, record);
	take_runs(wire, record);
	take_removed(wire, record);
	take_columns(wire, record);
	take_features(wire, record);
	record->notes.changed = false;
	return wire->reason == NULL;
}
