/* What a field holds, as SQL values.
 *
 * Texts are bound as they lie in the record, with their length: the record outlives the row, and a
 * NUL within is a character like others.  Failures are noted in the database. */
#pragma once

#include "db.h"

/* A field of a record, or a feature of one of its notes. */
typedef struct Field {
	const safi_host *host;
	safi_record *record;
	safi_note note;
	safi_key key;
} Field;

void value_bind_text(Db *db, sqlite3_stmt *to, int at, safi_text text);
void value_bind_int(Db *db, sqlite3_stmt *to, int at, int64_t value);

/* How many rows its values make: one at least, also for null and for an empty list. */
uint32_t value_rows(const Field *field);
/* One value; returns its type for people: text, int, real, bool, json or null. */
const char *value_bind(Db *db, sqlite3_stmt *to, int at, const Field *field, uint32_t i);
/* All of it in one: the value, or a list as a JSON array. */
void value_bind_whole(Db *db, sqlite3_stmt *to, int at, const Field *field);

/* Adds the field as the member of a JSON object. */
void value_json_member(sqlite3_str *to, const Field *field);
