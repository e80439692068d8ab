/* Fields and features, as the ABI says them. */
#include "host.h"

#include "json.h"
#include "record.h"
#include "utf8.h"

#include <math.h>

/* Reading may decode a value and keep the result in the record's arena; to a plugin that is no
 * change, so the ABI's records are const where ours are not. */
static SafiArena *arena_of(const safi_record *record)
{
	return &((safi_record *)record)->arena;
}

/* --- getters ---------------------------------------------------------------------------------- */

static uint32_t count(const safi_record *record, safi_note note, safi_key key)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_count(field, arena_of(record));
}

static bool get_text(const safi_record *record, safi_note note, safi_key key, uint32_t i,
                     safi_text *text)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_text(field, arena_of(record), i, text);
}

static bool get_int(const safi_record *record, safi_note note, safi_key key, uint32_t i,
                    int64_t *value)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_int(field, arena_of(record), i, value);
}

static bool get_real(const safi_record *record, safi_note note, safi_key key, uint32_t i,
                     double *value)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_real(field, arena_of(record), i, value);
}

static bool get_bool(const safi_record *record, safi_note note, safi_key key, uint32_t i,
                     bool *value)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_bool(field, arena_of(record), i, value);
}

static bool get_json(const safi_record *record, safi_note note, safi_key key, uint32_t i,
                     safi_text *json)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return safi_field_json(field, arena_of(record), i, json);
}

/* --- putters ---------------------------------------------------------------------------------- */

/* A further field of a name: the one so far goes on under a key of its own. */
static bool step_aside(safi_record *record, SafiFields *fields, safi_key key)
{
	if (!safi_fields_find(fields, key)) {
		return true;
	}
	safi_key alias = safi_names_alias(&record->names, &record->arena,
	                                  safi_names_text(&record->names, key));
	safi_fields_rekey(fields, key, alias);
	return alias != 0;
}

/* A value that stands in a column goes into the note's own map when somebody adds to it. */
static void take_from_column(safi_record *record, safi_note note, safi_key key, SafiFields *fields)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	if (note && field == &scratch) {
		field = safi_fields_open(fields, &record->arena, key, scratch.type, SAFI_REPLACE);
		if (field) {
			safi_field_add(field, &record->arena, scratch.one);
		}
	}
}

/* The field to put a value into; NULL and the record is broken. */
static SafiField *open_field(safi_record *record, safi_note note, safi_key key, int32_t type,
                             safi_put how)
{
	SafiFields *fields = safi_record_fields(record, note, true);

	if (!fields || !key || !safi_names_text(&record->names, key).ptr) {
		safi_record_break(record, "bad-put", !key ? "a value was put without a name"
		                                     : "a value was put into a note that is not there");
		return NULL;
	}
	if (how != SAFI_REPLACE) {
		take_from_column(record, note, key, fields);
	}
	if (how == SAFI_REPEAT && !step_aside(record, fields, key)) {
		fields = NULL;
	}
	SafiField *field = fields ? safi_fields_open(fields, &record->arena, key, type, how) : NULL;
	if (!field) {
		safi_record_break(record, "bad-put", "a value was added to values of another type");
	}
	return field;
}

static bool put_value(safi_record *record, safi_note note, safi_key key, int32_t type,
                      SafiValue value, safi_put how)
{
	SafiField *field = open_field(record, note, key, type, how);

	if (field && !safi_field_add(field, &record->arena, value)) {
		safi_record_break(record, "out-of-memory", "no memory for a field's value");
		return false;
	}
	return field != NULL;
}

static bool put_text(safi_record *record, safi_note note, safi_key key, safi_text text,
                     safi_put how)
{
	const safi_bytes bytes = {(const uint8_t *)text.ptr, text.len};

	if (safi_utf8_prefix(bytes) < text.len) {
		return safi_record_break(record, "bad-put", "a text was put that is not UTF-8");
	}
	text.ptr = safi_arena_copy(&record->arena, text.ptr, text.len);
	if (!text.ptr) {
		return safi_record_break(record, "out-of-memory", "no memory for a field's text");
	}
	return put_value(record, note, key, SAFI_TEXT, (SafiValue){.text = text}, how);
}

static bool put_int(safi_record *record, safi_note note, safi_key key, int64_t value, safi_put how)
{
	return put_value(record, note, key, SAFI_INT, (SafiValue){.integer = value}, how);
}

static bool put_real(safi_record *record, safi_note note, safi_key key, double value, safi_put how)
{
	if (!isfinite(value)) {
		return safi_record_break(record, "bad-put",
		                         "a real was put that is infinite or not a number");
	}
	return put_value(record, note, key, SAFI_REAL, (SafiValue){.real = value}, how);
}

static bool put_bool(safi_record *record, safi_note note, safi_key key, bool value, safi_put how)
{
	return put_value(record, note, key, SAFI_BOOL, (SafiValue){.boolean = value}, how);
}

static bool within_raw(const safi_record *record, safi_text text)
{
	const safi_bytes raw = record->views.raw;
	uintptr_t at = (uintptr_t)text.ptr, begin = (uintptr_t)raw.ptr;

	return at >= begin && text.len <= raw.len && at - begin <= raw.len - text.len;
}

static bool put_json(safi_record *record, safi_note note, safi_key key, safi_text json,
                     safi_put how)
{
	if (!within_raw(record, json)) {
		if (!safi_json_valid(json)) {
			return safi_record_break(record, "bad-put",
			                         "a json value was put that is not valid JSON");
		}
		json.ptr = safi_arena_copy(&record->arena, json.ptr, json.len);
		if (!json.ptr) {
			return safi_record_break(record, "out-of-memory",
			                         "no memory for a json value");
		}
	}
	SafiField *field = open_field(record, note, key, SAFI_JSON, how);
	if (field) {
		field->json = json;
	}
	return field != NULL;
}

/* A column's value cannot be taken out of its array: a field without a type hides it. */
static void hide_column(safi_record *record, safi_note note, safi_key key)
{
	SafiField scratch;

	if (safi_record_field(record, note, key, &scratch) == &scratch) {
		open_field(record, note, key, 0, SAFI_REPLACE);
	}
}

static void erase(safi_record *record, safi_note note, safi_key key)
{
	SafiFields *fields = safi_record_fields(record, note, false);

	if (fields) {
		safi_fields_erase(fields, key);
	}
	if (note) {
		hide_column(record, note, key);
	}
}

/* --- places, names ---------------------------------------------------------------------------- */

static bool put_place(safi_record *record, safi_note note, safi_key key, safi_view view,
                      safi_span span)
{
	SafiFields *fields = safi_record_fields(record, note, true);
	if (fields) {
		take_from_column(record, note, key, fields);
	}
	const safi_text text = safi_views_text(&record->views, view);

	if (!fields || !view || span.begin > span.end || span.end > text.len ||
	    !safi_fields_put_place(fields, key, view, span)) {
		return safi_record_break(record, "bad-put",
		                         "a place was put for no field or outside the view");
	}
	return true;
}

static bool get_place(const safi_record *record, safi_note note, safi_key key, safi_view *view,
                      safi_span *span)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	if (!field || !field->place_view) {
		return false;
	}
	*view = field->place_view;
	*span = field->place;
	return true;
}

static uint32_t keys(const safi_record *record, safi_note note, const safi_key **list)
{
	if (note) {
		return safi_notes_keys(&record->notes, arena_of(record), note, list);
	}
	return safi_fields_keys((SafiFields *)&record->fields, arena_of(record), list);
}

static int32_t type(const safi_record *record, safi_note note, safi_key key)
{
	SafiField scratch, *field = safi_record_field(record, note, key, &scratch);

	return field ? field->type : 0;
}

static safi_text key_name(const safi_record *record, safi_key key)
{
	return record ? safi_names_text(&record->names, key) : safi_name_text(key);
}

static safi_key name(safi_record *record, safi_text text)
{
	safi_key key = safi_names_key(&record->names, &record->arena, text);

	if (!key && safi_utf8_prefix((safi_bytes){(const uint8_t *)text.ptr, text.len}) < text.len) {
		safi_record_break(record, "bad-put", "a name is not UTF-8");
	} else if (!key) {
		safi_record_break(record, "out-of-memory", "no memory for a name");
	}
	return key;
}

void safi_host_fill_fields(safi_host *table)
{
	table->count = count;
	table->get_text = get_text;
	table->get_int = get_int;
	table->get_real = get_real;
	table->get_bool = get_bool;
	table->get_json = get_json;
	table->put_text = put_text;
	table->put_int = put_int;
	table->put_real = put_real;
	table->put_bool = put_bool;
	table->put_json = put_json;
	table->erase = erase;
	table->put_place = put_place;
	table->get_place = get_place;
	table->keys = keys;
	table->type = type;
	table->key_name = key_name;
	table->name = name;
}
