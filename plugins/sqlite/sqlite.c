/* sqlite -- writes records into a database: a table of records, one of their fields, and one per
 * note type.
 *
 * All of it happens in put(), on the writer's thread: one transaction from a sync to the next, and
 * in it a savepoint per record, so that a record that fails leaves nothing behind.  The instances
 * that only process() have nothing to do. */
#include <stdlib.h>

#include "table.h"
#include "value.h"

typedef struct Type { /* of notes */
	safi_text name;
	Table *table;
} Type;

typedef struct Writer {
	const safi_host *host;
	const safi_config *config;
	safi_text unique;
	int32_t columns;   /* to add to a table, at most */
	uint32_t tables;   /* for note types, at most */
	Db db;
	int64_t seq;       /* of the last record that is in */
	Table *records, *fields;
	Type *types;
	uint32_t n_types, kept_types;
} Writer;

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

/* --- a table per note type -------------------------------------------------------------------- */

static bool is_table(const void *by, const char *title)
{
	const Writer *writer = by;

	if (sqlite3_stricmp(title, "record") == 0 || sqlite3_stricmp(title, "field") == 0 ||
	    sqlite3_strnicmp(title, "sqlite_", 7) == 0) {
		return true;
	}
	for (uint32_t i = 0; i < writer->n_types; i++) {
		if (sqlite3_stricmp(title, writer->types[i].table->title) == 0) {
			return true;
		}
	}
	return false;
}

static Table *add_type(Writer *writer, safi_text name)
{
	if (writer->n_types == writer->tables) {
		db_fail(&writer->db, SQLITE_RANGE, "a note type beyond the bound of option `tables`");
		return NULL;
	}
	Type *type = &writer->types[writer->n_types];
	char *bytes = sqlite3_malloc64(name.len + 1);
	Table *table = table_new(&writer->db, table_title(name, is_table, writer), note_columns,
	                         "PRIMARY KEY (record, n)", writer->columns);
	if (!bytes || !table) {
		db_check(&writer->db, SQLITE_NOMEM);
		sqlite3_free(bytes);
		table_free(table);
		return NULL;
	}
	memcpy(bytes, name.ptr, name.len);
	*type = (Type){{bytes, name.len}, table};
	writer->n_types++;
	return table;
}

static void remove_last_type(Writer *writer)
{
	Type *type = &writer->types[--writer->n_types];

	table_free(type->table);
	sqlite3_free((char *)type->name.ptr);
}

static Table *find_type(Writer *writer, safi_text name)
{
	for (uint32_t i = 0; i < writer->n_types; i++) {
		const Type *type = &writer->types[i];
		if (type->name.len == name.len && memcmp(type->name.ptr, name.ptr, name.len) == 0) {
			return type->table;
		}
	}
	return add_type(writer, name);
}

/* --- rows ------------------------------------------------------------------------------------- */

static bool good(const Writer *writer)
{
	return writer->db.fault == SQLITE_OK;
}

static safi_text name_of(const Writer *writer, const safi_record *record, safi_key key)
{
	return writer->host->key_name(record, key);
}

static void write_record(Writer *writer, safi_record *record)
{
	const safi_host *host = writer->host;
	Db *db = &writer->db;
	const safi_key *keys;
	const uint32_t n = host->keys(record, 0, &keys);
	safi_text name;
	uint64_t begin, end;

	for (uint32_t i = 0; i < n; i++) {
		table_add_column(writer->records, name_of(writer, record, keys[i]));
	}
	sqlite3_stmt *row = table_insert(writer->records);
	value_bind_int(db, row, RECORD_SEQ, writer->seq + 1);
	if (host->origin(record, &name, &begin, &end)) {
		value_bind_text(db, row, RECORD_ORIGIN, name);
		value_bind_int(db, row, RECORD_BEGIN, (int64_t)begin);
		value_bind_int(db, row, RECORD_END, (int64_t)end);
	}
	if (host->text(record)) {
		value_bind_text(db, row, RECORD_TEXT, host->view_text(record, host->text(record)));
	}
	for (uint32_t i = 0; i < n; i++) {
		const Field field = {host, record, 0, keys[i]};
		const int32_t column = table_column(writer->records, name_of(writer, record, keys[i]));
		if (column >= 0) {
			value_bind_whole(db, row, column + 1, &field);
		}
	}
	db_step(db, row);
}

static void write_field(Writer *writer, const Field *field, uint32_t n)
{
	Db *db = &writer->db;

	for (uint32_t i = 0; i < value_rows(field) && good(writer); i++) {
		sqlite3_stmt *row = table_insert(writer->fields);
		value_bind_int(db, row, FIELD_RECORD, writer->seq + 1);
		value_bind_int(db, row, FIELD_N, n);
		value_bind_text(db, row, FIELD_NAME, name_of(writer, field->record, field->key));
		value_bind_int(db, row, FIELD_I, i + 1);
		value_bind_text(db, row, FIELD_TYPE, safi_str(value_bind(db, row, FIELD_VALUE, field, i)));
		db_step(db, row);
	}
}

static void write_fields(Writer *writer, safi_record *record)
{
	const safi_key *keys;
	const uint32_t n = writer->host->keys(record, 0, &keys);

	for (uint32_t i = 0; i < n && good(writer); i++) {
		write_field(writer, &(Field){writer->host, record, 0, keys[i]}, i + 1);
	}
}

/* Where it stands, in the record's text and in the bytes that the record came from. */
static void bind_places(Writer *writer, sqlite3_stmt *row, safi_record *record, safi_note note)
{
	const safi_host *host = writer->host;
	const safi_view view = host->note_view(record, note);
	safi_span own, span;
	safi_source source;

	if (host->note_span(record, note, host->text(record), &span)) {
		value_bind_int(&writer->db, row, NOTE_BEGIN, span.begin);
		value_bind_int(&writer->db, row, NOTE_END, span.end);
	}
	if (!host->note_span(record, note, view, &own)) {
		return;
	}
	if (host->source(record, view, own, &source)) {
		value_bind_int(&writer->db, row, NOTE_SOURCE_BEGIN, source.begin);
		value_bind_int(&writer->db, row, NOTE_SOURCE_END, source.end);
	}
	const safi_text text = host->view_text(record, view);
	value_bind_text(&writer->db, row, NOTE_TEXT,
	                (safi_text){text.ptr + own.begin, own.end - own.begin});
}

/* Features into their columns, and those beyond the bound into `more`. */
static void bind_features(Writer *writer, const Table *table, sqlite3_stmt *row,
                          safi_record *record, safi_note note)
{
	const safi_key *keys;
	const uint32_t n = writer->host->keys(record, note, &keys);
	sqlite3_str *more = sqlite3_str_new(writer->db.handle);

	for (uint32_t i = 0; i < n; i++) {
		const Field field = {writer->host, record, note, keys[i]};
		const int32_t column = table_column(table, name_of(writer, record, keys[i]));
		if (column >= 0) {
			value_bind_whole(&writer->db, row, column + 1, &field);
		} else {
			value_json_member(more, &field);
		}
	}
	if (sqlite3_str_length(more)) {
		sqlite3_str_appendchar(more, 1, '}');
	}
	db_check(&writer->db, sqlite3_str_errcode(more));
	db_check(&writer->db,
	         sqlite3_bind_text(row, NOTE_MORE, sqlite3_str_finish(more), -1, sqlite3_free));
}

static void write_note(Writer *writer, Table *table, safi_record *record, safi_note note,
                       uint32_t n)
{
	const safi_key *keys;
	const uint32_t n_keys = writer->host->keys(record, note, &keys);

	for (uint32_t i = 0; i < n_keys; i++) {
		table_add_column(table, name_of(writer, record, keys[i]));
	}
	sqlite3_stmt *row = table_insert(table);
	value_bind_int(&writer->db, row, NOTE_RECORD, writer->seq + 1);
	value_bind_int(&writer->db, row, NOTE_N, n);
	bind_places(writer, row, record, note);
	bind_features(writer, table, row, record, note);
	db_step(&writer->db, row);
}

/* Every note once: in the view it was made on, for in another one nothing of it may be left. */
static void write_notes(Writer *writer, safi_record *record, safi_key type)
{
	const safi_host *host = writer->host;
	const safi_view *views;
	const uint32_t n_views = host->views(record, &views);
	uint32_t n = 0;

	for (uint32_t v = 0; v < n_views; v++) {
		const safi_note *notes;
		const safi_span *spans;
		const uint32_t n_notes = host->notes(record, type, views[v], &notes, &spans);
		for (uint32_t i = 0; i < n_notes && good(writer); i++) {
			Table *table = host->note_view(record, notes[i]) == views[v]
				? find_type(writer, name_of(writer, record, type)) : NULL;
			if (table) {
				write_note(writer, table, record, notes[i], ++n);
			}
		}
	}
}

static void write_all_notes(Writer *writer, safi_record *record)
{
	const safi_key *types;
	const uint32_t n = writer->host->note_types(record, &types);

	for (uint32_t i = 0; i < n && good(writer); i++) {
		write_notes(writer, record, types[i]);
	}
}

/* --- keeping and undoing ---------------------------------------------------------------------- */

static void keep(Writer *writer)
{
	writer->seq++;
	writer->kept_types = writer->n_types;
	table_keep(writer->records);
	for (uint32_t i = 0; i < writer->n_types; i++) {
		table_keep(writer->types[i].table);
	}
}

/* The tables and columns that the record brought go with it. */
static void undo(Writer *writer)
{
	while (writer->n_types > writer->kept_types) {
		remove_last_type(writer);
	}
	table_undo(writer->records);
	for (uint32_t i = 0; i < writer->n_types; i++) {
		table_undo(writer->types[i].table);
	}
	db_run(&writer->db, "ROLLBACK TO one; RELEASE one");
}

/* A stable code for what is wrong with one record. */
static const char *code_of(const Db *db)
{
	switch (db->fault & 0xff) {
	case SQLITE_CONSTRAINT:
		return "duplicate";
	case SQLITE_TOOBIG:
		return "too-long";
	default:
		return "too-many-types";
	}
}

static safi_status fatal(Writer *writer, const char *what)
{
	char *message = sqlite3_mprintf("%s: %s", what, writer->db.reason);
	const safi_status status =
		writer->host->fatal(writer->config, "sqlite", message ? message : what);

	sqlite3_free(message);
	return status;
}

static safi_status give_up(Writer *writer, safi_record *record)
{
	if (!db_fault_is_of_values(&writer->db)) {
		return fatal(writer, "cannot write a record");
	}
	const safi_status status =
		writer->host->fail(record, code_of(&writer->db), writer->db.reason);
	db_forgive(&writer->db);
	undo(writer);
	return good(writer) ? status : fatal(writer, "cannot undo a record");
}

/* --- the writer's functions ------------------------------------------------------------------- */

static safi_status begin(void *self, safi_output *output)
{
	Writer *writer = self;
	Db *db = &writer->db;

	if (!db_open(db, writer->host->output_path(output).ptr) || !db_run(db, "BEGIN")) {
		return fatal(writer, "cannot open the database");
	}
	writer->records =
		table_new(db, sqlite3_mprintf("record"), record_columns, NULL, writer->columns);
	writer->fields =
		table_new(db, sqlite3_mprintf("field"), field_columns, "PRIMARY KEY (record, n, i)", 0);
	if (good(writer) && writer->unique.ptr) {
		table_add_column(writer->records, writer->unique);
		const int32_t column = table_column(writer->records, writer->unique);
		db_run(db, "CREATE UNIQUE INDEX record_unique ON record (\"%w\")",
		       column < 0 ? "" : writer->records->columns[column].title);
		table_keep(writer->records);
	}
	return good(writer) ? SAFI_KEEP : fatal(writer, "cannot set up the database");
}

static safi_status put(void *self, safi_output *output, safi_record *record, safi_bytes rendered)
{
	Writer *writer = self;
	Db *db = &writer->db;

	if (sqlite3_get_autocommit(db->handle)) {
		db_run(db, "BEGIN");
	}
	if (!db_run(db, "SAVEPOINT one")) {
		return fatal(writer, "cannot begin a record");
	}
	write_record(writer, record);
	write_fields(writer, record);
	write_all_notes(writer, record);
	if (!good(writer)) {
		return give_up(writer, record);
	}
	if (!db_run(db, "RELEASE one")) {
		return fatal(writer, "cannot end a record");
	}
	keep(writer);
	return SAFI_KEEP;
}

static safi_status sync(void *self, safi_output *output)
{
	Writer *writer = self;

	if (!sqlite3_get_autocommit(writer->db.handle) && !db_run(&writer->db, "COMMIT")) {
		return fatal(writer, "cannot commit");
	}
	return SAFI_KEEP;
}

static void close_database(Writer *writer)
{
	while (writer->n_types) {
		remove_last_type(writer);
	}
	table_free(writer->records);
	table_free(writer->fields);
	writer->records = writer->fields = NULL;
	db_close(&writer->db);
}

/* Closing without a commit rolls back. */
static void abort_run(void *self, safi_output *output)
{
	close_database(self);
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Writer *writer = calloc(1, sizeof *writer);

	if (!writer) {
		return NULL;
	}
	writer->host = host;
	writer->config = config;
	writer->unique = host->opt_text(config, "unique");
	writer->columns = (int32_t)host->opt_int(config, "columns");
	writer->tables = (uint32_t)host->opt_int(config, "tables");
	writer->types = calloc(writer->tables + 1, sizeof *writer->types);
	if (!writer->types) {
		free(writer);
		return NULL;
	}
	return writer;
}

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

static void destroy(void *self)
{
	Writer *writer = self;

	if (writer) {
		close_database(writer);
		free(writer->types);
		free(writer);
	}
}

/* --- the description -------------------------------------------------------------------------- */

static const safi_option unique_option = {
	.size = sizeof unique_option,
	.type = SAFI_TEXT,
	.flags = SAFI_NAMES_READ,
	.name = "unique",
	.doc = "A field that no two records may share; the second one is a dead letter.",
	.example = "id",
};

static const safi_option columns_option = {
	.size = sizeof columns_option,
	.type = SAFI_INT,
	.name = "columns",
	.fallback = "100",
	.doc = "How many names get a column of their own in a table; further fields stand in the table "
	       "field, further features in the column more.",
	.max = 1000, /* sqlite's own bound is 2000 a table */
};

static const safi_option tables_option = {
	.size = sizeof tables_option,
	.type = SAFI_INT,
	.name = "tables",
	.fallback = "100",
	.doc = "How many note types get a table; a record with a further one is a dead letter.",
	.max = 1000,
};

static const safi_option *const options[] = {&unique_option, &columns_option, &tables_option, NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL | SAFI_OWN_FILE,
	.name = "sqlite",
	.summary = "Writes an SQLite database: a table of records, one of fields, one per note type.",
	.options = options,
	.create = create,
	.process = process,
	.destroy = destroy,
	.begin = begin,
	.put = put,
	.sync = sync,
	.abort = abort_run,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "safi.sqlite",
	.version = "0.1.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
