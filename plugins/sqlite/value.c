#include "value.h"

#include <limits.h>

void value_bind_text(Db *db, sqlite3_stmt *to, int at, safi_text text)
{
	/* A NULL pointer would be bound as NULL. */
	const char *ptr = text.ptr ? text.ptr : "";

	db_check(db, sqlite3_bind_text64(to, at, ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void value_bind_int(Db *db, sqlite3_stmt *to, int at, int64_t value)
{
	db_check(db, sqlite3_bind_int64(to, at, value));
}

static bool read_json(const Field *field, uint32_t i, safi_text *json)
{
	return field->host->get_json(field->record, field->note, field->key, i, json);
}

static bool is_json(const Field *field)
{
	return field->host->type(field->record, field->note, field->key) == SAFI_JSON;
}

uint32_t value_rows(const Field *field)
{
	const uint32_t n = field->host->count(field->record, field->note, field->key);

	return n ? n : 1;
}

/* --- one value -------------------------------------------------------------------------------- */

/* Whether a JSON number is written as an integer. */
static bool is_whole(safi_text number)
{
	for (size_t i = 0; i < number.len; i++) {
		if (number.ptr[i] != '-' && (number.ptr[i] < '0' || number.ptr[i] > '9')) {
			return false;
		}
	}
	return true;
}

/* An integer that came in as JSON and is too large for one is bound as its digits: as a real it
 * would be another number. */
static const char *bind_real(Db *db, sqlite3_stmt *to, int at, const Field *field, uint32_t i,
                             double real)
{
	safi_text digits;
	const bool came_in = is_json(field) && read_json(field, i, &digits);
	const bool whole = came_in && is_whole(digits);

	if (whole) {
		value_bind_text(db, to, at, digits);
	} else {
		db_check(db, sqlite3_bind_double(to, at, real));
	}
	return whole ? "int" : "real";
}

static const char *bind_json(Db *db, sqlite3_stmt *to, int at, const Field *field, uint32_t i)
{
	safi_text json;

	if (!read_json(field, i, &json) || (json.len == 4 && memcmp(json.ptr, "null", 4) == 0)) {
		db_check(db, sqlite3_bind_null(to, at));
		return "null";
	}
	value_bind_text(db, to, at, json);
	/* A number that no double can hold, 1e400, stays its digits. */
	return json.ptr[0] == '-' || (json.ptr[0] >= '0' && json.ptr[0] <= '9') ? "real" : "json";
}

const char *value_bind(Db *db, sqlite3_stmt *to, int at, const Field *field, uint32_t i)
{
	const safi_host *host = field->host;
	safi_text text;
	int64_t integer;
	double real;
	bool truth;

	if (host->get_text(field->record, field->note, field->key, i, &text)) {
		value_bind_text(db, to, at, text);
		return "text";
	}
	if (host->get_int(field->record, field->note, field->key, i, &integer)) {
		value_bind_int(db, to, at, integer);
		return "int";
	}
	if (host->get_real(field->record, field->note, field->key, i, &real)) {
		return bind_real(db, to, at, field, i, real);
	}
	if (host->get_bool(field->record, field->note, field->key, i, &truth)) {
		value_bind_int(db, to, at, truth);
		return "bool";
	}
	const bool any = host->count(field->record, field->note, field->key) > 0;
	return bind_json(db, to, at, field, any ? i : SAFI_WHOLE);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Whether it is to be told as a list: more than one value, or one in brackets. */
static bool is_list(const Field *field)
{
	safi_text json;

	if (field->host->count(field->record, field->note, field->key) > 1) {
		return true;
	}
	return is_json(field) && read_json(field, SAFI_WHOLE, &json) && json.len && json.ptr[0] == '[';
}

void value_bind_whole(Db *db, sqlite3_stmt *to, int at, const Field *field)
{
	if (is_list(field)) {
		bind_json(db, to, at, field, SAFI_WHOLE);
	} else {
		value_bind(db, to, at, field, 0);
	}
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void escape(sqlite3_str *to, safi_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.ptr[i];
		if (c < 0x20) {
			sqlite3_str_appendf(to, "\\u%04x", c);
			continue;
		}
		if (c == '"' || c == '\\') {
			sqlite3_str_appendchar(to, 1, '\\');
		}
		sqlite3_str_appendchar(to, 1, (char)c);
	}
}

void value_json_member(sqlite3_str *to, const Field *field)
{
	safi_text json;

	if (!read_json(field, SAFI_WHOLE, &json)) {
		return;
	}
	sqlite3_str_appendall(to, sqlite3_str_length(to) ? ",\"" : "{\"");
	escape(to, field->host->key_name(field->record, field->key));
	sqlite3_str_appendall(to, "\":");
	/* What is too long for an int is too long for sqlite, which says so in the end. */
	sqlite3_str_append(to, json.ptr, json.len < INT_MAX ? (int)json.len : INT_MAX);
}
