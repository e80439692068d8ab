/* Fields and features as bytes. */
#include "json.h"
#include "pack.h"

#include <math.h>

enum { PLACED = 1, IN_RAW = 2 };

typedef struct Head {
	uint32_t index;
	safi_key key; /* 0: erased */
	uint16_t type, flags;
	uint32_t n;
} Head;

typedef struct Place {
	safi_view view;
	safi_span span;
} Place;

/* --- packing ---------------------------------------------------------------------------------- */

static bool lies_in(safi_text json, safi_text raw)
{
	const uintptr_t at = (uintptr_t)json.ptr, begin = (uintptr_t)raw.ptr;

	return at >= begin && json.len <= raw.len && at - begin <= raw.len - json.len;
}

static void pack_json(SafiBuffer *to, safi_text json, safi_text raw, bool in_raw)
{
	if (in_raw) {
		safi_wire_add_u32(to, (uint32_t)(json.ptr - raw.ptr));
		safi_wire_add_u32(to, (uint32_t)json.len);
	} else {
		safi_wire_add_text(to, json);
	}
}

static void pack_numbers(SafiBuffer *to, const SafiField *field)
{
	int64_t *numbers = safi_wire_room(to, sizeof *numbers, field->n);

	for (uint32_t i = 0; numbers && i < field->n; i++) {
		memcpy(&numbers[i], &field->values[i].integer, sizeof *numbers); /* or the real there */
	}
}

static void pack_bools(SafiBuffer *to, const SafiField *field)
{
	uint8_t *bools = safi_wire_room(to, 1, field->n);

	for (uint32_t i = 0; bools && i < field->n; i++) {
		bools[i] = field->values[i].boolean;
	}
}

static void pack_values(SafiBuffer *to, const SafiField *field, safi_text raw, bool in_raw)
{
	switch (field->type) {
	case SAFI_TEXT:
		safi_wire_add_texts(to, &field->values->text, sizeof *field->values, field->n);
		break;
	case SAFI_INT:
	case SAFI_REAL:
		pack_numbers(to, field);
		break;
	case SAFI_BOOL:
		pack_bools(to, field);
		break;
	case SAFI_JSON:
		pack_json(to, field->json, raw, in_raw);
	}
}

static void pack_field(SafiBuffer *to, uint32_t index, const SafiField *field, safi_text raw)
{
	const bool is_json = field->key && field->type == SAFI_JSON;
	const bool in_raw = is_json && raw.len <= UINT32_MAX && lies_in(field->json, raw);
	const bool placed = field->key && field->place_view;
	const Head head = {
		.index = index,
		.key = field->key,
		.type = (uint16_t)field->type,
		.flags = (uint16_t)((placed ? PLACED : 0) | (in_raw ? IN_RAW : 0)),
		.n = is_json ? 0 : field->n,
	};

	safi_buffer_add(to, &head, sizeof head);
	if (placed) {
		const Place place = {field->place_view, field->place};
		safi_buffer_add(to, &place, sizeof place);
	}
	if (field->key) {
		pack_values(to, field, raw, in_raw);
	}
}

void safi_pack_fields(SafiBuffer *to, const SafiFields *fields, safi_text raw, bool all)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < fields->n; i++) {
		n += all || fields->items[i]->changed;
	}
	safi_wire_add_u32(to, n);
	for (uint32_t i = 0; i < fields->n; i++) {
		if (all || fields->items[i]->changed) {
			pack_field(to, i, fields->items[i], raw);
		}
	}
}

/* --- unpacking -------------------------------------------------------------------------------- */

static bool is_within(const safi_record *record, const Place *place)
{
	const bool there = place->view == SAFI_RAW || safi_views_get(&record->views, place->view);

	return there && place->span.begin <= place->span.end &&
	       place->span.end <= safi_views_text(&record->views, place->view).len;
}

static void take_place(SafiWire *wire, const safi_record *record, SafiField *field)
{
	Place place = {0};

	safi_wire_take(wire, &place, sizeof place);
	if (!is_within(record, &place)) {
		safi_wire_fail(wire, "a place lies outside its view");
		return;
	}
	field->place_view = place.view;
	field->place = place.span;
}

static void take_json(SafiWire *wire, safi_record *record, SafiField *field, bool in_raw)
{
	if (in_raw) {
		const safi_text raw = safi_views_text(&record->views, SAFI_RAW);
		const uint32_t at = safi_wire_u32(wire), len = safi_wire_u32(wire);
		const bool inside = at <= raw.len && len <= raw.len - at;
		field->json = inside ? (safi_text){raw.ptr + at, len} : (safi_text){"", 0};
	} else {
		const safi_text json = safi_wire_text(wire);
		field->json = (safi_text){safi_arena_copy(&record->arena, json.ptr, json.len), json.len};
	}
	if (!field->json.ptr || !field->json.len || (!wire->trusted && !safi_json_valid(field->json))) {
		field->json = safi_str("null");
		safi_wire_fail(wire, "a json value is not valid JSON");
	}
}

static void take_number(SafiWire *wire, int32_t type, SafiValue *value, int64_t number)
{
	*value = (SafiValue){.integer = number};
	if (type == SAFI_REAL) {
		memcpy(&value->real, &number, sizeof value->real);
		if (!isfinite(value->real)) {
			safi_wire_fail(wire, "a real is infinite or not a number");
		}
	}
}

static SafiValue *take_numbers(SafiWire *wire, safi_record *record, int32_t type, uint32_t n)
{
	const int64_t *numbers = safi_wire_array(wire, sizeof *numbers, n);
	SafiValue *values = numbers ? safi_arena_alloc(&record->arena, n * sizeof *values) : NULL;

	for (uint32_t i = 0; values && i < n; i++) {
		take_number(wire, type, &values[i], numbers[i]);
	}
	return values;
}

static SafiValue *take_bools(SafiWire *wire, safi_record *record, uint32_t n)
{
	const uint8_t *bools = safi_wire_array(wire, 1, n);
	SafiValue *values = bools ? safi_arena_alloc(&record->arena, n * sizeof *values) : NULL;

	for (uint32_t i = 0; values && i < n; i++) {
		values[i] = (SafiValue){.boolean = bools[i] != 0};
	}
	return values;
}

static void take_values(SafiWire *wire, safi_record *record, SafiField *field, const Head *head)
{
	SafiValue *values = NULL;

	switch (head->type) {
	case SAFI_TEXT:
		values = safi_wire_texts(wire, &record->arena, sizeof *values, head->n);
		break;
	case SAFI_BOOL:
		values = take_bools(wire, record, head->n);
		break;
	default:
		values = take_numbers(wire, record, head->type, head->n);
	}
	if (!values) {
		safi_wire_fail(wire, "out of memory");
	} else if (!wire->reason && head->n) {
		field->values = values;
		field->n = field->capacity = head->n;
	}
}

/* What a field without a type is for: to hide a column's value. */
static bool is_type(uint16_t type, bool feature)
{
	return (type >= SAFI_TEXT && type <= SAFI_BOOL) || type == SAFI_JSON || (!type && feature);
}

static void take_field(SafiWire *wire, safi_record *record, SafiFields *fields, bool *renamed)
{
	const bool feature = fields != &record->fields;
	Head head = {0};

	if (!safi_wire_take(wire, &head, sizeof head)) {
		return;
	}
	if (head.key && (!safi_names_text(&record->names, head.key).ptr ||
	                 !is_type(head.type, feature))) {
		safi_wire_fail(wire, "a field has no name or no type");
		return;
	}
	*renamed |= head.key && head.index < fields->n &&
	            fields->items[head.index]->key != head.key;
	SafiField *field = safi_fields_set(fields, &record->arena, head.index, head.key);
	if (!field) {
		safi_wire_fail(wire, "a field's name is another's, or its place in the order is not free");
		return;
	}
	field->changed = false;
	if (head.flags & PLACED) {
		take_place(wire, record, field);
	}
	if (head.key && head.type == SAFI_JSON) {
		take_json(wire, record, field, head.flags & IN_RAW);
	} else if (head.key && head.type) {
		take_values(wire, record, field, &head);
	}
	field->type = head.key ? head.type : 0;
}

bool safi_unpack_fields(SafiWire *wire, safi_record *record, SafiFields *fields)
{
	bool renamed = false;

	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		take_field(wire, record, fields, &renamed);
	}
	fields->changed = false;
	if (renamed && !safi_fields_settle(fields, &record->arena)) {
		safi_wire_fail(wire, "out of memory");
	}
	return wire->reason == NULL;
}
