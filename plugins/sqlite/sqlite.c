/* sqlite -- writes records into a database: a table of records, one of their fields, and one per
 * note type.
 *
 * All of it happens in put(), on the writer's thread: one transaction from a sync to the next, and
 * in it a savepoint per record, so that a record that fails leaves nothing behind.  A run that goes
 * on from a checkpoint first takes out what was written since. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "state.h"

typedef struct Writer {
	const safi_host *host;
	const safi_config *config;
	Rows rows;
	bool resumes; /* from a state that was loaded */
	bool keeps;   /* something is committed, which a later run may go on from */
} Writer;

/* --- failures --------------------------------------------------------------------------------- */

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
	char *message = sqlite3_mprintf("%s: %s", what, writer->rows.db.reason);
	const safi_status status =
		writer->host->fatal(writer->config, "sqlite", message ? message : what);

	sqlite3_free(message);
	return status;
}

/* With the file's name. */
static safi_status fatal_at(Writer *writer, safi_output *output, const char *what)
{
	char *where = sqlite3_mprintf("%s %s", what, writer->host->output_path(output).ptr);
	const safi_status status = fatal(writer, where ? where : what);

	sqlite3_free(where);
	return status;
}

/* The record goes, and the tables and columns that it brought; or all does. */
static safi_status give_up(Writer *writer, safi_record *record)
{
	Db *db = &writer->rows.db;

	if (!db_fault_is_of_values(db)) {
		return fatal(writer, "cannot write a record");
	}
	const safi_status status = writer->host->fail(record, code_of(db), db->reason);
	db_forgive(db);
	rows_undo(&writer->rows);
	return db_run(db, "ROLLBACK TO one; RELEASE one") ? status
	                                                  : fatal(writer, "cannot undo a record");
}

/* --- what stood there before ------------------------------------------------------------------ */

/* Whether this is a file that sqlite would take for a part of the new database, once that has its
 * final name, and would undo it with. */
static bool is_left_over(Db *db, const char *path, size_t len, const char *end)
{
	char *file = sqlite3_mprintf("%.*s%s", (int)len, path, end);
	const bool there = file && access(file, F_OK) == 0;

	if (there) {
		char *reason = sqlite3_mprintf("'%s' is of an older database and would destroy the new "
		                               "one; open and close that with sqlite3, or remove both",
		                               file);
		db_fail(db, SQLITE_CANTOPEN, reason ? reason : "an older journal stands beside the file");
		sqlite3_free(reason);
	}
	sqlite3_free(file);
	return there;
}

/* The file gets its final name when the run went well. */
static bool is_alone(Db *db, safi_text part)
{
	static const char ending[] = ".part";
	const size_t more = sizeof ending - 1;
	const bool ends = part.len > more && memcmp(part.ptr + part.len - more, ending, more) == 0;
	const size_t len = ends ? part.len - more : part.len;

	return !is_left_over(db, part.ptr, len, "-wal") && !is_left_over(db, part.ptr, len, "-journal");
}

/* --- the writer's functions ------------------------------------------------------------------- */

static safi_status begin(void *self, safi_output *output)
{
	Writer *writer = self;
	Db *db = &writer->rows.db;
	const safi_text path = writer->host->output_path(output);

	if (writer->resumes) {
		return is_alone(db, path) && state_return(&writer->rows, path.ptr)
		               ? SAFI_KEEP
		               : fatal_at(writer, output, "cannot go on with");
	}
	if (!is_alone(db, path) || !rows_plan(&writer->rows) || !db_open(db, path.ptr, true) ||
	    !db_run(db, "BEGIN") || !rows_make(&writer->rows)) {
		return fatal_at(writer, output, "cannot make the database");
	}
	return SAFI_KEEP;
}

static safi_status put(void *self, safi_output *output, safi_record *record, safi_bytes rendered)
{
	Writer *writer = self;
	Db *db = &writer->rows.db;

	if (sqlite3_get_autocommit(db->handle)) {
		db_run(db, "BEGIN");
	}
	if (!db_run(db, "SAVEPOINT one")) {
		return fatal(writer, "cannot begin a record");
	}
	if (!rows_write(&writer->rows, record)) {
		return give_up(writer, record);
	}
	if (!db_run(db, "RELEASE one")) {
		return fatal(writer, "cannot end a record");
	}
	rows_keep(&writer->rows);
	return SAFI_KEEP;
}

static safi_status commit(void *self, safi_output *output)
{
	Writer *writer = self;
	Db *db = &writer->rows.db;

	if (!sqlite3_get_autocommit(db->handle) && !db_run(db, "COMMIT")) {
		return fatal_at(writer, output, "cannot commit to");
	}
	writer->keeps = true;
	return SAFI_KEEP;
}

static void remove_journal(const char *path)
{
	char *journal = sqlite3_mprintf("%s-journal", path);

	if (journal) {
		remove(journal);
	}
	sqlite3_free(journal);
}

/* Closing without a commit rolls back, but not after a write has failed, as on a full disk: then a
 * journal stays, which has what is needed to undo what was half done.  Where nothing was ever
 * committed, the host will remove the file. */
static void abort_run(void *self, safi_output *output)
{
	Writer *writer = self;
	const char *path = writer->host->output_path(output).ptr;

	rows_end(&writer->rows);
	if (writer->keeps) {
		db_recover(path);
	} else {
		remove_journal(path);
	}
}

/* --- what a checkpoint keeps ------------------------------------------------------------------ */

static bool save(void *self, bool (*take)(void *to, safi_bytes bytes), void *to)
{
	Writer *writer = self;

	return state_save(&writer->rows, take, to);
}

static bool load(void *self, safi_bytes bytes)
{
	Writer *writer = self;

	writer->resumes = writer->keeps = state_load(&writer->rows, bytes);
	return writer->resumes;
}

static const safi_state state = {
	.size = sizeof state,
	.revision = 1,
	.save = save,
	.load = load,
};

static const void *extension(const char *id)
{
	return strcmp(id, "safi.state/1") == 0 ? &state : NULL;
}

/* --- an instance ------------------------------------------------------------------------------ */

static bool read_options(Rows *rows, const safi_config *config)
{
	const safi_host *host = rows->host;
	const safi_text view = host->opt_text(config, "view");
	const safi_text unique = host->opt_text(config, "unique");

	rows->view = view.ptr ? host->key(view.ptr) : 0;
	rows->unique = unique.ptr ? host->key(unique.ptr) : 0;
	rows->columns = (int32_t)host->opt_int(config, "columns");
	rows->most_types = (uint32_t)host->opt_int(config, "tables");
	if (!safi_choice_read(&rows->fields, host, config, "fields") ||
	    !safi_choice_read(&rows->notes, host, config, "notes")) {
		return false;
	}
	if (view.ptr && !rows->view) {
		host->refuse(config, "view", "a name has 1 to 255 bytes");
	}
	if (unique.ptr && !rows->unique) {
		host->refuse(config, "unique", "a field's name has at most 255 bytes");
		return false;
	}
	if (rows->unique && !safi_choice_has(&rows->fields, rows->unique)) {
		host->refuse(config, "unique", "the field is not among `fields`");
		return false;
	}
	return true;
}

static void destroy(void *self)
{
	Writer *writer = self;

	if (writer) {
		rows_end(&writer->rows);
		safi_choice_clear(&writer->rows.fields);
		safi_choice_clear(&writer->rows.notes);
		free(writer);
	}
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Writer *writer = calloc(1, sizeof *writer);

	if (writer) {
		writer->host = writer->rows.host = host;
		writer->config = config;
		if (!read_options(&writer->rows, config)) {
			destroy(writer);
			return NULL;
		}
	}
	return writer;
}

/* --- the description -------------------------------------------------------------------------- */

static const safi_option fields_option = {
	.size = sizeof fields_option,
	.type = SAFI_LIST,
	.name = "fields",
	.doc = "Only these fields; an empty list leaves out all.",
	.example = "id, title, published",
};

static const safi_option notes_option = {
	.size = sizeof notes_option,
	.type = SAFI_LIST,
	.name = "notes",
	.doc = "Only notes of these types; an empty list leaves out all.",
	.example = "date, quantity",
};

static const safi_option view_option = {
	.size = sizeof view_option,
	.type = SAFI_TEXT,
	.name = "view",
	.doc = "The view that is written as the text, and in which begin and end count; the newest if "
	       "it is not given.",
	.example = "page",
};

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

static const safi_option *const options[] = {
	&fields_option, &notes_option, &view_option, &unique_option, &columns_option, &tables_option,
	NULL,
};

static const char *const reads[] = {"field:*?", "view:*?", "note:*?", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL | SAFI_OWN_FILE,
	.name = "sqlite",
	.summary = "Writes an SQLite database: a table of records, one of fields, one per note type.",
	.options = options,
	.reads = reads,
	.create = create,
	.destroy = destroy,
	.begin = begin,
	.put = put,
	.sync = commit,
	.abort = abort_run,
	.extension = extension,
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
