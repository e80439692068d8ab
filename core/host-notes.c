/* Notes and columns, as the ABI says them. */
#include "host.h"

#include "record.h"
#include "utf8.h"

#include <math.h>

static uint32_t notes(const safi_record *record, safi_key type, safi_view in,
                      const safi_note **list, const safi_span **spans)
{
	safi_record *own = (safi_record *)record; /* a snapshot is kept in its arena */

	return safi_notes_list(&own->notes, &own->arena, &own->views, type, in, list, spans);
}

static uint32_t note_types(const safi_record *record, const safi_key **types)
{
	return safi_notes_types(&record->notes, &((safi_record *)record)->arena, types);
}

static bool note_span(const safi_record *record, safi_note note, safi_view in, safi_span *span)
{
	safi_record *own = (safi_record *)record;
	const SafiNote *found = safi_notes_get(&record->notes, note);

	return found &&
	       safi_views_map(&own->views, &own->arena, found->view, found->span, in, span);
}

static safi_view note_view(const safi_record *record, safi_note note)
{
	const SafiNote *found = safi_notes_get(&record->notes, note);

	return found ? found->view : 0;
}

static safi_note notes_add(safi_record *record, safi_view view, safi_key type,
                           const safi_span *spans, uint32_t n)
{
	safi_note first = 0;

	if (view == SAFI_RAW || safi_views_get(&record->views, view)) {
		size_t len = safi_views_text(&record->views, view).len;
		first = safi_notes_add(&record->notes, &record->arena, view, len, type, spans, n);
	}
	if (!first) {
		safi_record_break(record, "bad-note",
		                  "a note was added without a type or outside its view");
	}
	return first;
}

static void note_remove(safi_record *record, safi_note note)
{
	safi_notes_remove(&record->notes, note);
}

/* --- columns ---------------------------------------------------------------------------------- */

/* Asked before a value is read: what is behind the array's end is the plugin's. */
static bool may_put_column(safi_record *record, safi_note first, uint32_t n, safi_key key)
{
	const SafiNotes *all = &record->notes;

	if (!key || !first || n > all->n || first > all->n - n + 1) {
		return safi_record_break(record, "bad-put",
		                         "a column was put for notes that are not there");
	}
	if (safi_notes_any_has(all, first, n, key)) {
		return safi_record_break(record, "bad-put",
		                         "a column was put over a feature that is there");
	}
	return true;
}

static bool put_column(safi_record *record, safi_note first, uint32_t n, safi_key key,
                       int32_t type, const void *values)
{
	return !n ||
	       (values && safi_notes_put_column(&record->notes, &record->arena, first, n, key, type,
	                                        values)) ||
	       safi_record_break(record, "out-of-memory", "no memory for a column");
}

/* All in one piece: labels are many and short.  NULL: the record is broken, or n is 0. */
static safi_text *copy_texts(safi_record *record, const safi_text *values, uint32_t n)
{
	size_t len = 0;

	for (uint32_t i = 0; i < n; i++) {
		const safi_bytes bytes = {(const uint8_t *)values[i].ptr, values[i].len};
		if (safi_utf8_prefix(bytes) < bytes.len) {
			safi_record_break(record, "bad-put", "a text was put that is not UTF-8");
			return NULL;
		}
		len += bytes.len;
	}
	safi_text *copy = safi_arena_alloc(&record->arena, n * sizeof *copy);
	char *to = safi_arena_alloc(&record->arena, len);
	for (uint32_t i = 0; copy && to && i < n; i++) {
		copy[i] = (safi_text){to, values[i].len};
		to = values[i].len ? (char *)memcpy(to, values[i].ptr, values[i].len) : to;
		to += values[i].len;
	}
	return to ? copy : NULL;
}

static bool put_texts(safi_record *record, safi_note first, uint32_t n, safi_key key,
                      const safi_text *values)
{
	if (!may_put_column(record, first, n, key)) {
		return false;
	}
	safi_text *copy = copy_texts(record, values, n);
	return put_column(record, first, n, key, SAFI_TEXT, copy);
}

static bool put_ints(safi_record *record, safi_note first, uint32_t n, safi_key key,
                     const int64_t *values)
{
	return may_put_column(record, first, n, key) &&
	       put_column(record, first, n, key, SAFI_INT,
	                  safi_arena_copy(&record->arena, values, n * sizeof *values));
}

static bool put_reals(safi_record *record, safi_note first, uint32_t n, safi_key key,
                      const double *values)
{
	if (!may_put_column(record, first, n, key)) {
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!isfinite(values[i])) {
			return safi_record_break(record, "bad-put",
			                         "a real was put that is infinite or not a number");
		}
	}
	return put_column(record, first, n, key, SAFI_REAL,
	                  safi_arena_copy(&record->arena, values, n * sizeof *values));
}

static bool put_bools(safi_record *record, safi_note first, uint32_t n, safi_key key,
                      const bool *values)
{
	return may_put_column(record, first, n, key) &&
	       put_column(record, first, n, key, SAFI_BOOL,
	                  safi_arena_copy(&record->arena, values, n * sizeof *values));
}

static void get_texts(const safi_record *record, const safi_note *list, uint32_t n, safi_key key,
                      safi_text *values)
{
	for (uint32_t i = 0; i < n; i++) {
		SafiField scratch, *field = safi_record_field(record, list[i], key, &scratch);
		safi_field_text(field, &((safi_record *)record)->arena, 0, &values[i]);
	}
}

static void get_ints(const safi_record *record, const safi_note *list, uint32_t n, safi_key key,
                     int64_t *values)
{
	for (uint32_t i = 0; i < n; i++) {
		SafiField scratch, *field = safi_record_field(record, list[i], key, &scratch);
		safi_field_int(field, &((safi_record *)record)->arena, 0, &values[i]);
	}
}

static void get_reals(const safi_record *record, const safi_note *list, uint32_t n, safi_key key,
                      double *values)
{
	for (uint32_t i = 0; i < n; i++) {
		SafiField scratch, *field = safi_record_field(record, list[i], key, &scratch);
		safi_field_real(field, &((safi_record *)record)->arena, 0, &values[i]);
	}
}

static void get_bools(const safi_record *record, const safi_note *list, uint32_t n, safi_key key,
                      bool *values)
{
	for (uint32_t i = 0; i < n; i++) {
		SafiField scratch, *field = safi_record_field(record, list[i], key, &scratch);
		safi_field_bool(field, &((safi_record *)record)->arena, 0, &values[i]);
	}
}

void safi_host_fill_notes(safi_host *table)
{
	table->notes = notes;
	table->note_types = note_types;
	table->note_span = note_span;
	table->note_view = note_view;
	table->notes_add = notes_add;
	table->note_remove = note_remove;
	table->put_texts = put_texts;
	table->put_ints = put_ints;
	table->put_reals = put_reals;
	table->put_bools = put_bools;
	table->get_texts = get_texts;
	table->get_ints = get_ints;
	table->get_reals = get_reals;
	table->get_bools = get_bools;
}
