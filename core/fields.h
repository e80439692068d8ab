/* A flat map from key to a short list of values of one type, in order of first put: the fields of a
 * record, the features of a note.
 *
 * A value; init to {0}; all memory is an arena's.  Reading may decode a json value and keep the
 * result, so a const map is still one thread's at a time.  [worker] */
#pragma once

#include "arena.h"

typedef struct SafiValue {
	union {
		safi_text text; /* also of json: the element as it stands */
		int64_t integer;
		double real;
		bool boolean;
	};
	const char *decoded; /* json string with escapes: the text without them, once asked for */
	size_t decoded_len;
} SafiValue;

typedef struct SafiField {
	safi_key key;         /* 0: erased */
	int32_t type;         /* SAFI_TEXT, INT, REAL, BOOL or JSON; 0: hides a column's value */
	uint32_t n, capacity; /* of values */
	bool split;           /* json: values hold its elements */
	bool changed;         /* since the record was unpacked */
	safi_text json;       /* json: the whole value as it came */
	SafiValue *values;    /* &one while there is room */
	SafiValue one;
	safi_view place_view; /* 0: no place */
	safi_span place;
} SafiField;

typedef struct SafiSlot {
	safi_key key;  /* 0: free.  A key keeps its slot when its field goes, and finds it again. */
	uint32_t item; /* index + 1; 0: no field of that key */
} SafiSlot;

typedef struct SafiFields {
	SafiField **items; /* in order; erased ones stay until the map goes */
	uint32_t n, capacity, erased;
	SafiSlot *slots;   /* open addressing; built when a scan would be slower */
	uint32_t n_slots;
	safi_key *keys;    /* what safi_fields_keys() gave; NULL when out of date */
	bool changed;      /* some field is, or one was erased */
} SafiFields;

SafiField *safi_fields_find(const SafiFields *fields, safi_key key);

/* The field to put a value of that type into: made, emptied (SAFI_REPLACE) or as it is
 * (SAFI_APPEND).  NULL: out of memory, or the field has values of another type.  Its place is
 * gone. */
SafiField *safi_fields_open(SafiFields *fields, SafiArena *arena, safi_key key, int32_t type,
                            safi_put how);
bool safi_field_add(SafiField *field, SafiArena *arena, SafiValue value);

void safi_fields_erase(SafiFields *fields, safi_key key);
/* Gives a field another key; it keeps its place in the order. */
void safi_fields_rekey(SafiFields *fields, safi_key key, safi_key other);

/* Says where the field's value stands.  False: there is no such field. */
bool safi_fields_put_place(SafiFields *fields, safi_key key, safi_view view, safi_span place);

/* For who puts a map together that was taken apart elsewhere: the field at an index of the order,
 * or one more behind the last, without a value, under a key that no other one has; key 0: erased.
 * NULL: out of memory, or it cannot be so. */
SafiField *safi_fields_set(SafiFields *fields, SafiArena *arena, uint32_t index, safi_key key);
/* And when all are there and some had another key before: forgets those, which must not fill the
 * table in the long run. */
bool safi_fields_settle(SafiFields *fields, SafiArena *arena);

/* The keys that are there, in order.  Returns the number; 0 also when out of memory. */
uint32_t safi_fields_keys(SafiFields *fields, SafiArena *arena, const safi_key **keys);

/* Getters as the ABI describes them; json reads like what it holds. */
uint32_t safi_field_count(SafiField *field, SafiArena *arena);
bool safi_field_text(SafiField *field, SafiArena *arena, uint32_t i, safi_text *text);
bool safi_field_int(SafiField *field, SafiArena *arena, uint32_t i, int64_t *value);
bool safi_field_real(SafiField *field, SafiArena *arena, uint32_t i, double *value);
bool safi_field_bool(SafiField *field, SafiArena *arena, uint32_t i, bool *value);
bool safi_field_json(SafiField *field, SafiArena *arena, uint32_t i, safi_text *json);
