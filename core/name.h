/* Names of fields, views and note types, and the keys that stand for them.
 *
 * Names that plugins and the host use are interned, once, on [main] before the first record;
 * from then on the table is read-only, so that any thread looks up without a lock.  Names met in
 * the data live in their record (SafiNames), so that hostile input cannot grow the process.  A
 * key of the record has its top bit set. */
#pragma once

#include "arena.h"

#define SAFI_KEY_LOCAL ((safi_key)1 << 31)

/* 0 when it is empty, not UTF-8 or longer than 255 bytes.  [main] */
safi_key safi_name_intern(const char *name);
/* 0 when nobody interned it.  [any] */
safi_key safi_name_find(safi_text name);
safi_text safi_name_text(safi_key key);
/* How many there are; they are keys 1 to that.  [any] */
uint32_t safi_name_count(void);

/* The names of one record.  A value; init to {0}; all memory is the record's arena's. */
typedef struct SafiNames {
	safi_text *texts;
	uint32_t n, capacity;
	uint32_t *slots; /* open addressing, index + 1; built when a scan would be slower */
	uint32_t n_slots;
} SafiNames;

/* The key of a name met in the data: the interned one, else one of this record.  0: out of
 * memory, or it is not UTF-8. */
safi_key safi_names_key(SafiNames *names, SafiArena *arena, safi_text name);
/* A further key of the same name that safi_names_key() never finds. */
safi_key safi_names_alias(SafiNames *names, SafiArena *arena, safi_text name);
/* The next key, for a name that lies in the arena already and had just that key elsewhere.  Of
 * equal ones the first is found. */
safi_key safi_names_add(SafiNames *names, SafiArena *arena, safi_text name);
safi_text safi_names_text(const SafiNames *names, safi_key key);
