#include "fields.h"

#include "json.h"

#include <errno.h>
#include <glib.h>
#include <math.h>

enum { SCANNED = 16 /* so many keys are compared faster than hashed */ };

/* --- the map ---------------------------------------------------------------------------------- */

static SafiSlot *slot_of(const SafiFields *fields, safi_key key)
{
	uint32_t mask = fields->n_slots - 1;
	uint32_t at = (key * 2654435761u) & mask; /* Knuth, TAOCP 6.4: multiplicative hashing */

	while (fields->slots[at].key && fields->slots[at].key != key) {
		at = (at + 1) & mask;
	}
	return &fields->slots[at];
}

SafiField *safi_fields_find(const SafiFields *fields, safi_key key)
{
	if (!key) {
		return NULL;
	}
	if (fields->n_slots) {
		uint32_t found = slot_of(fields, key)->item;
		return found ? fields->items[found - 1] : NULL;
	}
	for (uint32_t i = 0; i < fields->n; i++) {
		if (fields->items[i]->key == key) {
			return fields->items[i];
		}
	}
	return NULL;
}

static bool build_slots(SafiFields *fields, SafiArena *arena, uint32_t n_slots)
{
	SafiSlot *slots = safi_arena_alloc(arena, n_slots * sizeof *slots);

	if (!slots) {
		return false;
	}
	memset(slots, 0, n_slots * sizeof *slots);
	fields->slots = slots;
	fields->n_slots = n_slots;
	for (uint32_t i = 0; i < fields->n; i++) {
		const safi_key key = fields->items[i]->key;
		if (key) {
			*slot_of(fields, key) = (SafiSlot){key, i + 1};
		}
	}
	return true;
}

static bool grow(SafiFields *fields, SafiArena *arena)
{
	uint32_t capacity = fields->capacity ? fields->capacity * 2 : 8;
	SafiField **items = safi_arena_grow(arena, fields->items, fields->n * sizeof *items,
	                                    capacity * sizeof *items);

	if (!items) {
		return false;
	}
	fields->items = items;
	fields->capacity = capacity;
	/* Half full at most: a field has its slot and perhaps that of a key it had before. */
	return capacity <= SCANNED || build_slots(fields, arena, capacity * 4);
}

static void touch(SafiFields *fields, SafiField *field)
{
	field->changed = fields->changed = true;
	fields->keys = NULL;
}

static SafiField *add(SafiFields *fields, SafiArena *arena, safi_key key, int32_t type)
{
	SafiField *field = NULL;

	if (fields->n < fields->capacity || grow(fields, arena)) {
		field = safi_arena_alloc(arena, sizeof *field);
	}
	if (!field) {
		return NULL;
	}
	*field = (SafiField){.key = key, .type = type, .capacity = 1};
	field->values = &field->one;
	fields->items[fields->n++] = field;
	touch(fields, field);
	if (fields->n_slots && key) {
		*slot_of(fields, key) = (SafiSlot){key, fields->n};
	}
	return field;
}

SafiField *safi_fields_open(SafiFields *fields, SafiArena *arena, safi_key key, int32_t type,
                            safi_put how)
{
	SafiField *field = safi_fields_find(fields, key);

	if (!field) {
		return key ? add(fields, arena, key, type) : NULL;
	}
	/* What only hides a column's value has nothing to add to. */
	if (how == SAFI_REPLACE || !field->type) {
		field->type = type;
		field->n = 0;
		field->split = false;
	} else if (field->type != type || type == SAFI_JSON) {
		return NULL;
	}
	field->place_view = 0;
	field->changed = fields->changed = true;
	return field;
}

bool safi_field_add(SafiField *field, SafiArena *arena, SafiValue value)
{
	if (field->n == field->capacity) {
		uint32_t capacity = field->capacity * 4;
		SafiValue *values = safi_arena_grow(arena, field->values,
		                                    field->n * sizeof value,
		                                    capacity * sizeof value);
		if (!values) {
			return false;
		}
		field->values = values;
		field->capacity = capacity;
	}
	field->values[field->n++] = value;
	return true;
}

void safi_fields_erase(SafiFields *fields, safi_key key)
{
	safi_fields_rekey(fields, key, 0);
}

void safi_fields_rekey(SafiFields *fields, safi_key key, safi_key other)
{
	SafiField *field = safi_fields_find(fields, key);

	if (!field) {
		return;
	}
	if (fields->n_slots) {
		SafiSlot *slot = slot_of(fields, key);
		const uint32_t item = slot->item;
		slot->item = 0;
		if (other) {
			*slot_of(fields, other) = (SafiSlot){other, item};
		}
	}
	field->key = other;
	fields->erased += !other;
	touch(fields, field);
}

bool safi_fields_put_place(SafiFields *fields, safi_key key, safi_view view, safi_span place)
{
	SafiField *field = safi_fields_find(fields, key);

	if (field) {
		field->place_view = view;
		field->place = place;
		field->changed = fields->changed = true;
	}
	return field != NULL;
}

/* --- put together from elsewhere -------------------------------------------------------------- */

static SafiField *emptied(SafiField *field)
{
	field->type = 0;
	field->n = 0;
	field->split = false;
	field->place_view = 0;
	return field;
}

SafiField *safi_fields_set(SafiFields *fields, SafiArena *arena, uint32_t index, safi_key key)
{
	SafiField *same = safi_fields_find(fields, key);
	SafiField *field = index < fields->n ? fields->items[index] : NULL;

	if (index > fields->n || (same && same != field) || (field && !field->key && key)) {
		return NULL;
	}
	if (!field) {
		fields->erased += !key;
		return add(fields, arena, key, 0);
	}
	if (field->key != key) {
		safi_fields_rekey(fields, field->key, key);
	}
	return emptied(field);
}

bool safi_fields_settle(SafiFields *fields, SafiArena *arena)
{
	return !fields->n_slots || build_slots(fields, arena, fields->n_slots);
}

uint32_t safi_fields_keys(SafiFields *fields, SafiArena *arena, const safi_key **keys)
{
	uint32_t n = fields->n - fields->erased, at = 0;

	if (!fields->keys && n) {
		fields->keys = safi_arena_alloc(arena, n * sizeof *fields->keys);
		if (!fields->keys) {
			return 0;
		}
		for (uint32_t i = 0; i < fields->n; i++) {
			if (fields->items[i]->key) {
				fields->keys[at++] = fields->items[i]->key;
			}
		}
	}
	*keys = fields->keys;
	return n;
}

/* --- json reads like what it holds ------------------------------------------------------------ */

static void split(SafiField *field, SafiArena *arena)
{
	safi_text element;
	size_t at = 0;

	field->split = true;
	switch (safi_json_kind(field->json)) {
	case 'n':
		break;
	case '[':
		while (safi_json_element(field->json, &at, &element)) {
			if (!safi_field_add(field, arena, (SafiValue){.text = element})) {
				break;
			}
		}
		break;
	default:
		safi_field_add(field, arena, (SafiValue){.text = field->json});
	}
}

static SafiValue *value_at(SafiField *field, SafiArena *arena, uint32_t i)
{
	if (field && field->type == SAFI_JSON && !field->split) {
		split(field, arena);
	}
	return field && i < field->n ? &field->values[i] : NULL;
}

uint32_t safi_field_count(SafiField *field, SafiArena *arena)
{
	value_at(field, arena, 0);
	return field ? field->n : 0;
}

static bool decode(SafiValue *value, SafiArena *arena, safi_text *text)
{
	if (!value->decoded) {
		safi_text decoded;
		char *to = NULL;
		if (memchr(value->text.ptr, '\\', value->text.len)) {
			to = safi_arena_alloc(arena, value->text.len);
			if (!to) {
				return false;
			}
		}
		if (!safi_json_string(value->text, to, &decoded)) {
			return false;
		}
		value->decoded = decoded.ptr;
		value->decoded_len = decoded.len;
	}
	*text = (safi_text){value->decoded, value->decoded_len};
	return true;
}

bool safi_field_text(SafiField *field, SafiArena *arena, uint32_t i, safi_text *text)
{
	SafiValue *value = value_at(field, arena, i);

	if (value && field->type == SAFI_TEXT) {
		*text = value->text;
		return true;
	}
	return value && field->type == SAFI_JSON && safi_json_kind(value->text) == '"' &&
	       decode(value, arena, text);
}

/* A JSON number as a 0-terminated string for strtoll and g_ascii_strtod; NULL: out of memory. */
static const char *number_string(safi_text json, SafiArena *arena, char room[static 64])
{
	char *string = json.len < 64 ? room : safi_arena_alloc(arena, json.len + 1);

	if (string) {
		memcpy(string, json.ptr, json.len);
		string[json.len] = '\0';
	}
	return string;
}

bool safi_field_int(SafiField *field, SafiArena *arena, uint32_t i, int64_t *value)
{
	SafiValue *found = value_at(field, arena, i);
	char room[64];

	if (found && field->type == SAFI_INT) {
		*value = found->integer;
		return true;
	}
	if (!found || field->type != SAFI_JSON || safi_json_kind(found->text) != '0') {
		return false;
	}
	const char *string = number_string(found->text, arena, room);
	errno = 0;
	int64_t number = string ? g_ascii_strtoll(string, NULL, 10) : 0;
	if (!string || errno) {
		return false;
	}
	*value = number;
	return true;
}

/* False also for one that no double can hold, such as 1e400. */
static bool json_real(safi_text json, SafiArena *arena, double *value)
{
	const char kind = safi_json_kind(json);
	char room[64];

	if (kind != '0' && kind != '.') {
		return false;
	}
	const char *string = number_string(json, arena, room);
	const double real = string ? g_ascii_strtod(string, NULL) : INFINITY;
	if (!isfinite(real)) {
		return false;
	}
	*value = real;
	return true;
}

bool safi_field_real(SafiField *field, SafiArena *arena, uint32_t i, double *value)
{
	SafiValue *found = value_at(field, arena, i);

	if (!found) {
		return false;
	}
	switch (field->type) {
	case SAFI_REAL:
		*value = found->real;
		return true;
	case SAFI_INT:
		*value = (double)found->integer;
		return true;
	case SAFI_JSON:
		return json_real(found->text, arena, value);
	default:
		return false;
	}
}

bool safi_field_bool(SafiField *field, SafiArena *arena, uint32_t i, bool *value)
{
	SafiValue *found = value_at(field, arena, i);

	if (found && field->type == SAFI_BOOL) {
		*value = found->boolean;
		return true;
	}
	if (!found || field->type != SAFI_JSON || safi_json_kind(found->text) != 'b') {
		return false;
	}
	*value = found->text.ptr[0] == 't';
	return true;
}

/* --- anything as json ------------------------------------------------------------------------- */

/* The shortest of 15, 16 or 17 digits that reads back as the same number. */
static void real_string(double real, char string[static G_ASCII_DTOSTR_BUF_SIZE])
{
	static const char *const formats[] = {"%.15g", "%.16g", "%.17g"};

	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_ascii_formatd(string, G_ASCII_DTOSTR_BUF_SIZE, formats[i], real);
		if (g_ascii_strtod(string, NULL) == real) {
			return;
		}
	}
}

static void render_value(SafiBuffer *to, const SafiField *field, const SafiValue *value)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	switch (field->type) {
	case SAFI_TEXT:
		safi_json_escape(to, value->text);
		return;
	case SAFI_INT:
		g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, value->integer);
		break;
	case SAFI_REAL:
		real_string(value->real, number);
		break;
	case SAFI_BOOL:
		g_strlcpy(number, value->boolean ? "true" : "false", sizeof number);
		break;
	default:
		safi_buffer_add(to, value->text.ptr, value->text.len);
		return;
	}
	safi_buffer_add(to, number, strlen(number));
}

static void render_list(SafiBuffer *to, const SafiField *field)
{
	safi_buffer_add(to, "[", 1);
	for (uint32_t i = 0; i < field->n; i++) {
		if (i) {
			safi_buffer_add(to, ",", 1);
		}
		render_value(to, field, &field->values[i]);
	}
	safi_buffer_add(to, "]", 1);
}

bool safi_field_json(SafiField *field, SafiArena *arena, uint32_t i, safi_text *json)
{
	SafiBuffer buffer = {0};

	if (!field) {
		return false;
	}
	if (field->type == SAFI_JSON && i == SAFI_WHOLE) {
		*json = field->json;
		return true;
	}
	SafiValue *value = value_at(field, arena, i == SAFI_WHOLE ? 0 : i);
	if (!value) {
		return false;
	}
	if (field->type == SAFI_JSON) {
		*json = value->text;
		return true;
	}
	if (i == SAFI_WHOLE && field->n > 1) {
		render_list(&buffer, field);
	} else {
		render_value(&buffer, field, value);
	}
	json->len = buffer.len;
	json->ptr = buffer.failed ? safi_arena_fail(arena)
	                          : safi_arena_copy(arena, buffer.data, buffer.len);
	safi_buffer_clear(&buffer);
	return json->ptr != NULL;
}
