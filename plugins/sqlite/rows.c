#include "rows.h"

#include <stdlib.h>

#include "value.h"

enum { RECORD_SEQ = 1, RECORD_ID, RECORD_ORIGIN, RECORD_BEGIN, RECORD_END, RECORD_TEXT };
static const Fixed record_columns[] = {
	{"seq", "INTEGER PRIMARY KEY"}, {"id", "", "id"},         {"origin_name", "TEXT"},
	{"origin_begin", "INTEGER"},    {"origin_end", "INTEGER"}, {"text", "TEXT"},
	{NULL},
};

enum { FIELD_RECORD = 1, FIELD_N, FIELD_NAME, FIELD_I, FIELD_TYPE, FIELD_VALUE };
static const Fixed field_columns[] = {
	{"record", "INTEGER NOT NULL REFERENCES record (seq)"},
	{"n", "INTEGER NOT NULL"},
	{"name", "TEXT NOT NULL"},
	{"i", "INTEGER NOT NULL"},
	{"type", "TEXT NOT NULL"},
	{"value", ""},
	{NULL},
};

enum { NOTE_RECORD = 1, NOTE_N, NOTE_BEGIN, NOTE_END, NOTE_SOURCE_BEGIN, NOTE_SOURCE_END, NOTE_TEXT,
       NOTE_MORE };
static const Fixed note_columns[] = {
	{"record", "INTEGER NOT NULL REFERENCES record (seq)"},
	{"n", "INTEGER NOT NULL"},
	{"begin", "INTEGER"},
	{"end", "INTEGER"},
	{"source_begin", "INTEGER"},
	{"source_end", "INTEGER"},
	{"text", "TEXT"},
	{"more", "TEXT"},
	{NULL},
};

/* Tables and indexes share their names. */
#define INDEX "record_unique"

/* --- a table per note type -------------------------------------------------------------------- */

bool rows_has_table(const void *self, const char *title)
{
	const Rows *rows = self;

	if (sqlite3_stricmp(title, "record") == 0 || sqlite3_stricmp(title, "field") == 0 ||
	    sqlite3_stricmp(title, INDEX) == 0 || sqlite3_strnicmp(title, "sqlite_", 7) == 0) {
		return true;
	}
	for (uint32_t i = 0; i < rows->n_types; i++) {
		if (sqlite3_stricmp(title, rows->types[i].table->title) == 0) {
			return true;
		}
	}
	return false;
}

static Table *plan_type(Rows *rows, safi_text name)
{
	if (rows->n_types == rows->most_types) {
		db_fail(&rows->db, SQLITE_RANGE, "a note type beyond the bound of option `tables`");
		return NULL;
	}
	Type *type = &rows->types[rows->n_types];
	char *bytes = sqlite3_malloc64(name.len + 1);
	Table *table = table_new(&rows->db, table_title(name, rows_has_table, rows), note_columns,
	                         "PRIMARY KEY (record, n)", rows->columns);
	if (!bytes || !table) {
		db_check(&rows->db, SQLITE_NOMEM);
		sqlite3_free(bytes);
		table_free(table);
		return NULL;
	}
	memcpy(bytes, name.ptr, name.len);
	*type = (Type){{bytes, name.len}, table};
	rows->n_types++;
	return table;
}

static void remove_last_type(Rows *rows)
{
	Type *type = &rows->types[--rows->n_types];

	table_free(type->table);
	sqlite3_free((char *)type->name.ptr);
}

Table *rows_plan_type(Rows *rows, safi_text name)
{
	for (uint32_t i = 0; i < rows->n_types; i++) {
		const Type *type = &rows->types[i];
		if (type->name.len == name.len && memcmp(type->name.ptr, name.ptr, name.len) == 0) {
			return type->table;
		}
	}
	return plan_type(rows, name);
}

/* The table of a type, in the database. */
static Table *table_of(Rows *rows, safi_text name)
{
	const uint32_t n = rows->n_types;
	Table *table = rows_plan_type(rows, name);

	return table && (rows->n_types == n || table_make(table)) ? table : NULL;
}

/* --- records and fields ----------------------------------------------------------------------- */

static bool good(const Rows *rows)
{
	return rows->db.fault == SQLITE_OK;
}

static safi_text name_of(const Rows *rows, const safi_record *record, safi_key key)
{
	return rows->host->key_name(record, key);
}

/* The field that holds the text as it came in: it is not written beside the text, unless the index
 * needs its value.  0: none. */
static safi_key text_field(const Rows *rows, const safi_record *record)
{
	const safi_host *host = rows->host;
	const safi_view *views;
	const safi_key key = host->views(record, &views) ? host->text_field(record, views[0]) : 0;
	safi_view view;
	safi_span span;
	const bool came_in = host->get_place(record, 0, key, &view, &span) && view == SAFI_RAW;

	return came_in && key != rows->unique ? key : 0;
}

/* The keys of the fields to write, in order; others are 0. */
static uint32_t chosen_fields(const Rows *rows, safi_record *record, safi_key **chosen)
{
	const safi_host *host = rows->host;
	const safi_key text = text_field(rows, record);
	const safi_key *keys;
	const uint32_t n = host->keys(record, 0, &keys);

	*chosen = host->alloc(record, n * sizeof **chosen);
	for (uint32_t i = 0; *chosen && i < n; i++) {
		(*chosen)[i] = keys[i] != text && safi_choice_has(&rows->fields, keys[i]) ? keys[i] : 0;
	}
	return *chosen ? n : 0;
}

/* The view whose text is written; 0 if the record has none. */
static safi_view written_view(const Rows *rows, const safi_record *record)
{
	return rows->view ? rows->host->view(record, rows->view) : rows->host->text(record);
}

static void bind_origin_and_text(Rows *rows, sqlite3_stmt *row, safi_record *record)
{
	const safi_host *host = rows->host;
	const safi_view view = written_view(rows, record);
	safi_text name;
	uint64_t begin, end;

	if (host->origin(record, &name, &begin, &end)) {
		value_bind_text(&rows->db, row, RECORD_ORIGIN, name);
		value_bind_int(&rows->db, row, RECORD_BEGIN, (int64_t)begin);
		value_bind_int(&rows->db, row, RECORD_END, (int64_t)end);
	}
	if (view) {
		value_bind_text(&rows->db, row, RECORD_TEXT, host->view_text(record, view));
	}
}

static void write_record(Rows *rows, safi_record *record, const safi_key *keys, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (keys[i]) {
			table_add_column(rows->record, name_of(rows, record, keys[i]));
		}
	}
	sqlite3_stmt *row = table_insert(rows->record);
	value_bind_int(&rows->db, row, RECORD_SEQ, rows->seq + 1);
	bind_origin_and_text(rows, row, record);
	for (uint32_t i = 0; i < n; i++) {
		const Field field = {rows->host, record, 0, keys[i]};
		const int32_t column =
			keys[i] ? table_column(rows->record, name_of(rows, record, keys[i])) : -1;
		if (column >= 0) {
			value_bind_whole(&rows->db, row, column + 1, &field);
		}
	}
	db_step(&rows->db, row);
}

static void write_field(Rows *rows, const Field *field, uint32_t n)
{
	Db *db = &rows->db;

	for (uint32_t i = 0; i < value_rows(field) && good(rows); i++) {
		sqlite3_stmt *row = table_insert(rows->field);
		value_bind_int(db, row, FIELD_RECORD, rows->seq + 1);
		value_bind_int(db, row, FIELD_N, n);
		value_bind_text(db, row, FIELD_NAME, name_of(rows, field->record, field->key));
		value_bind_int(db, row, FIELD_I, i + 1);
		value_bind_text(db, row, FIELD_TYPE, safi_str(value_bind(db, row, FIELD_VALUE, field, i)));
		db_step(db, row);
	}
}

static void write_fields(Rows *rows, safi_record *record, const safi_key *keys, uint32_t n)
{
	for (uint32_t i = 0; i < n && good(rows); i++) {
		if (keys[i]) {
			write_field(rows, &(Field){rows->host, record, 0, keys[i]}, i + 1);
		}
	}
}

/* --- notes ------------------------------------------------------------------------------------ */

/* As a text, or as bytes where a span cuts a character or lies in raw bytes that are none. */
static void bind_excerpt(Rows *rows, sqlite3_stmt *row, safi_text text)
{
	if (rows->host->utf8((safi_bytes){(const uint8_t *)text.ptr, text.len}) == text.len) {
		value_bind_text(&rows->db, row, NOTE_TEXT, text);
	} else {
		db_check(&rows->db, sqlite3_bind_blob64(row, NOTE_TEXT, text.ptr, text.len, SQLITE_STATIC));
	}
}

/* Where it stands, in the record's text and in the bytes that the record came from. */
static void bind_places(Rows *rows, sqlite3_stmt *row, safi_record *record, safi_note note)
{
	const safi_host *host = rows->host;
	const safi_view view = host->note_view(record, note);
	safi_span own, span;
	safi_source source;

	if (host->note_span(record, note, written_view(rows, record), &span)) {
		value_bind_int(&rows->db, row, NOTE_BEGIN, span.begin);
		value_bind_int(&rows->db, row, NOTE_END, span.end);
	}
	if (!host->note_span(record, note, view, &own)) {
		return;
	}
	if (host->source(record, view, own, &source)) {
		value_bind_int(&rows->db, row, NOTE_SOURCE_BEGIN, source.begin);
		value_bind_int(&rows->db, row, NOTE_SOURCE_END, source.end);
	}
	const char *text = host->view_text(record, view).ptr;
	bind_excerpt(rows, row, (safi_text){text + own.begin, own.end - own.begin});
}

/* Features into their columns, and those beyond the bound into `more`. */
static void bind_features(Rows *rows, const Table *table, sqlite3_stmt *row,
                          safi_record *record, safi_note note)
{
	const safi_key *keys;
	const uint32_t n = rows->host->keys(record, note, &keys);
	sqlite3_str *more = sqlite3_str_new(rows->db.handle);

	for (uint32_t i = 0; i < n; i++) {
		const Field field = {rows->host, record, note, keys[i]};
		const int32_t column = table_column(table, name_of(rows, record, keys[i]));
		if (column >= 0) {
			value_bind_whole(&rows->db, row, column + 1, &field);
		} else {
			value_json_member(more, &field);
		}
	}
	if (sqlite3_str_length(more)) {
		sqlite3_str_appendchar(more, 1, '}');
	}
	db_check(&rows->db, sqlite3_str_errcode(more));
	db_check(&rows->db,
	         sqlite3_bind_text(row, NOTE_MORE, sqlite3_str_finish(more), -1, sqlite3_free));
}

static void write_note(Rows *rows, Table *table, safi_record *record, safi_note note,
                       uint32_t n)
{
	const safi_key *keys;
	const uint32_t n_keys = rows->host->keys(record, note, &keys);

	for (uint32_t i = 0; i < n_keys; i++) {
		table_add_column(table, name_of(rows, record, keys[i]));
	}
	sqlite3_stmt *row = table_insert(table);
	value_bind_int(&rows->db, row, NOTE_RECORD, rows->seq + 1);
	value_bind_int(&rows->db, row, NOTE_N, n);
	bind_places(rows, row, record, note);
	bind_features(rows, table, row, record, note);
	db_step(&rows->db, row);
}

/* Every note once, where it was made: in another view nothing of it may be left. */
static void write_notes(Rows *rows, safi_record *record, safi_key type)
{
	const safi_note *notes;
	const safi_span *spans;
	const uint32_t n = rows->host->notes(record, type, 0, &notes, &spans);
	Table *table = n ? table_of(rows, name_of(rows, record, type)) : NULL;

	for (uint32_t i = 0; table && i < n && good(rows); i++) {
		write_note(rows, table, record, notes[i], i + 1);
	}
}

static void write_all_notes(Rows *rows, safi_record *record)
{
	const safi_key *types;
	const uint32_t n = rows->host->note_types(record, &types);

	for (uint32_t i = 0; i < n && good(rows); i++) {
		if (safi_choice_has(&rows->notes, types[i])) {
			write_notes(rows, record, types[i]);
		}
	}
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The column that the index needs does not count among those that the data may add: without it all
 * records would be alike. */
static void plan_unique(Rows *rows)
{
	Table *table = rows->record;
	const safi_text name = rows->host->key_name(NULL, rows->unique);

	table->bound += table_column(table, name) < 0;
	table_plan_column(table, name);
	table_keep(table);
}

static bool make_index(Rows *rows)
{
	const Table *table = rows->record;
	const int32_t column = table_column(table, rows->host->key_name(NULL, rows->unique));

	return column < 0 || db_run(&rows->db, "CREATE UNIQUE INDEX " INDEX " ON record (\"%w\")",
	                            table->columns[column].title);
}

bool rows_plan(Rows *rows)
{
	Db *db = &rows->db;

	rows->types = calloc(rows->most_types + 1, sizeof *rows->types);
	if (!rows->types) {
		return db_check(db, SQLITE_NOMEM);
	}
	rows->record = table_new(db, sqlite3_mprintf("record"), record_columns, NULL, rows->columns);
	rows->field =
		table_new(db, sqlite3_mprintf("field"), field_columns, "PRIMARY KEY (record, n, i)", 0);
	if (good(rows) && rows->unique) {
		plan_unique(rows);
	}
	return good(rows);
}

bool rows_make(Rows *rows)
{
	return table_make(rows->record) && table_make(rows->field) &&
	       (!rows->unique || make_index(rows));
}

uint32_t rows_tables(const Rows *rows)
{
	return rows->n_types + 2;
}

Table *rows_table(const Rows *rows, uint32_t i)
{
	return i == 0 ? rows->record : i == 1 ? rows->field : rows->types[i - 2].table;
}

bool rows_write(Rows *rows, safi_record *record)
{
	safi_key *keys;
	const uint32_t n = chosen_fields(rows, record, &keys);

	write_record(rows, record, keys, n);
	write_fields(rows, record, keys, n);
	write_all_notes(rows, record);
	return good(rows);
}

void rows_keep(Rows *rows)
{
	rows->seq++;
	rows->kept_types = rows->n_types;
	table_keep(rows->record);
	for (uint32_t i = 0; i < rows->n_types; i++) {
		table_keep(rows->types[i].table);
	}
}

void rows_undo(Rows *rows)
{
	while (rows->n_types > rows->kept_types) {
		remove_last_type(rows);
	}
	table_undo(rows->record);
	for (uint32_t i = 0; i < rows->n_types; i++) {
		table_undo(rows->types[i].table);
	}
}

void rows_end(Rows *rows)
{
	while (rows->n_types) {
		remove_last_type(rows);
	}
	free(rows->types);
	rows->types = NULL;
	table_free(rows->record);
	table_free(rows->field);
	rows->record = rows->field = NULL;
	rows->kept_types = 0;
	rows->seq = 0;
	db_close(&rows->db);
}
