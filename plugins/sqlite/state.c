#include "state.h"

static const char mark[] = "safi.sqlite/1\n";

/* --- its bytes -------------------------------------------------------------------------------- */

static void add_number(sqlite3_str *to, uint64_t number)
{
	for (int i = 0; i < 8; i++) {
		sqlite3_str_appendchar(to, 1, (char)(number >> 8 * i));
	}
}

static void add_text(sqlite3_str *to, safi_text text)
{
	add_number(to, text.len);
	sqlite3_str_append(to, text.ptr, (int)text.len);
}

static void add_table(sqlite3_str *to, const Table *table)
{
	uint64_t named = 0;

	for (int32_t i = 0; i < table->n; i++) {
		named += table->columns[i].name.ptr != NULL;
	}
	add_number(to, (uint64_t)table->last);
	add_number(to, named);
	for (int32_t i = 0; i < table->n; i++) {
		if (table->columns[i].name.ptr) {
			add_text(to, table->columns[i].name);
		}
	}
}

static sqlite3_str *bytes_of(const Rows *rows)
{
	sqlite3_str *to = sqlite3_str_new(NULL);

	sqlite3_str_appendall(to, mark);
	add_table(to, rows->record);
	add_table(to, rows->field);
	add_number(to, rows->n_types);
	for (uint32_t i = 0; i < rows->n_types; i++) {
		add_text(to, rows->types[i].name);
		add_table(to, rows->types[i].table);
	}
	return to;
}

/* The first column of every table is the record's number, and has an index. */
static bool find_last(Db *db, const Table *table, int64_t *last)
{
	return db_number(db, last, "SELECT max(\"%w\") FROM \"%w\"", table->columns[0].title,
	                 table->title);
}

bool state_save(Rows *rows, bool (*put)(void *to, safi_bytes bytes), void *to)
{
	if (!rows->db.handle || !sqlite3_get_autocommit(rows->db.handle)) {
		return false;
	}
	for (uint32_t i = 0; i < rows_tables(rows); i++) {
		Table *table = rows_table(rows, i);
		if (!find_last(&rows->db, table, &table->last)) {
			return false;
		}
	}
	sqlite3_str *bytes = bytes_of(rows);
	const safi_bytes all = {(const uint8_t *)sqlite3_str_value(bytes),
	                        (size_t)sqlite3_str_length(bytes)};
	const bool saved = sqlite3_str_errcode(bytes) == SQLITE_OK && put(to, all);
	sqlite3_free(sqlite3_str_finish(bytes));
	return saved;
}

/* --- from its bytes --------------------------------------------------------------------------- */

typedef struct Source {
	const safi_host *host;
	const uint8_t *at;
	size_t left;
	bool good;
} Source;

static const uint8_t *take(Source *from, uint64_t len)
{
	const uint8_t *at = from->at;

	from->good = from->good && len <= from->left;
	if (!from->good) {
		return NULL;
	}
	from->at += len;
	from->left -= len;
	return at;
}

static uint64_t take_number(Source *from)
{
	const uint8_t *bytes = take(from, 8);
	uint64_t number = 0;

	for (int i = 0; bytes && i < 8; i++) {
		number |= (uint64_t)bytes[i] << 8 * i;
	}
	return number;
}

static safi_text take_text(Source *from)
{
	const uint64_t len = take_number(from);
	const safi_bytes bytes = {take(from, len), len};

	if (!bytes.ptr || from->host->utf8(bytes) != len) {
		from->good = false;
		return (safi_text){"", 0};
	}
	return (safi_text){(const char *)bytes.ptr, len};
}

static void take_table(Source *from, Table *table)
{
	table->last = (int64_t)take_number(from);
	for (uint64_t n = take_number(from); n && from->good; n--) {
		table_plan_column(table, take_text(from));
	}
	table_keep(table);
}

static bool take_all(Source *from, Rows *rows)
{
	const uint8_t *head = take(from, sizeof mark - 1);

	if (!head || memcmp(head, mark, sizeof mark - 1) != 0 || !rows_plan(rows)) {
		return false;
	}
	take_table(from, rows->record);
	take_table(from, rows->field);
	for (uint64_t n = take_number(from); n && from->good; n--) {
		const safi_text name = take_text(from);
		Table *table = from->good ? rows_plan_type(rows, name) : NULL;
		if (!table) {
			return false;
		}
		take_table(from, table);
	}
	rows->kept_types = rows->n_types;
	rows->seq = rows->record->last;
	return from->good;
}

/* A name that stands there twice, or that the options leave no room for, makes no column. */
static bool means(const Rows *rows, safi_bytes bytes)
{
	sqlite3_str *own = bytes_of(rows);
	const bool same = (size_t)sqlite3_str_length(own) == bytes.len &&
	                  memcmp(sqlite3_str_value(own), bytes.ptr, bytes.len) == 0;

	sqlite3_free(sqlite3_str_finish(own));
	return same;
}

bool state_load(Rows *rows, safi_bytes bytes)
{
	Source from = {rows->host, bytes.ptr, bytes.len, true};

	if (rows->record || !bytes.len) {
		return false;
	}
	const bool good = take_all(&from, rows) && means(rows, bytes) && rows->seq >= 0;
	if (!good) {
		rows_end(rows);
	}
	return good;
}

/* --- the way back ----------------------------------------------------------------------------- */

static bool is_not_as_it_was(Db *db, const Table *table, const char *what)
{
	char *reason = sqlite3_mprintf("the table '%s' %s", table->title, what);

	db_fail(db, SQLITE_ERROR, reason ? reason : what);
	sqlite3_free(reason);
	return false;
}

/* What is not planned has been made since. */
static bool drop_tables(Rows *rows)
{
	Db *db = &rows->db;
	sqlite3_str *sql = sqlite3_str_new(NULL);
	sqlite3_stmt *titles = db_prepare(db, "SELECT name FROM sqlite_master WHERE type = 'table'");

	while (titles && sqlite3_step(titles) == SQLITE_ROW) {
		const char *title = (const char *)sqlite3_column_text(titles, 0);
		if (title && !rows_has_table(rows, title)) {
			sqlite3_str_appendf(sql, "DROP TABLE \"%w\";", title);
		}
	}
	db_check(db, sqlite3_finalize(titles));
	db_check(db, sqlite3_str_errcode(sql));
	char *all = sqlite3_str_finish(sql);
	const bool good = db->fault == SQLITE_OK && (!all || db_run(db, "%s", all));
	sqlite3_free(all);
	return good;
}

/* How many columns it has in the file; -1: the first ones are not those that are planned. */
static int32_t count_columns(Db *db, const Table *table)
{
	sqlite3_stmt *titles = db_prepare(db, "SELECT name FROM pragma_table_info(?) ORDER BY cid");
	int32_t n = 0;
	bool same = titles && db_check(db, sqlite3_bind_text(titles, 1, table->title, -1,
	                                                     SQLITE_STATIC));

	while (same && sqlite3_step(titles) == SQLITE_ROW) {
		const char *title = (const char *)sqlite3_column_text(titles, 0);
		same = title && (n >= table->n || strcmp(title, table->columns[n].title) == 0);
		n++;
	}
	same = db_check(db, sqlite3_finalize(titles)) && same;
	return same && n >= table->n ? n : -1;
}

/* No row that is left has a value in a later column, so only the schema is to be changed: to drop
 * each of them would rewrite the whole table as often.
 * https://www.sqlite.org/lang_altertable.html#otheralter */
static bool forget_columns(Db *db, const Table *table)
{
	int64_t version;
	char *sql = table_sql(table);

	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	bool good = sql && db_number(db, &version, "PRAGMA schema_version") &&
	            db_run(db, "PRAGMA writable_schema = ON") &&
	            db_run(db, "UPDATE sqlite_master SET sql = %Q WHERE type = 'table' AND name = %Q",
	                   sql, table->title);
	good = good && sqlite3_changes(db->handle) == 1 &&
	       db_run(db, "PRAGMA schema_version = %d; PRAGMA writable_schema = OFF",
	              (int32_t)(version + 1));
	sqlite3_free(sql);
	return good || is_not_as_it_was(db, table, "cannot get its old columns back");
}

static bool go_back(Rows *rows, const Table *table)
{
	Db *db = &rows->db;
	const int32_t n = count_columns(db, table);
	int64_t last;

	if (n < 0) {
		return is_not_as_it_was(db, table, "has not the columns that it had at the checkpoint");
	}
	if (!db_run(db, "DELETE FROM \"%w\" WHERE \"%w\" > %lld", table->title,
	            table->columns[0].title, (long long)rows->seq) ||
	    (n > table->n && !forget_columns(db, table)) || !find_last(db, table, &last)) {
		return false;
	}
	return last == table->last ||
	       is_not_as_it_was(db, table, "has not the rows that it had at the checkpoint");
}

/* Opened anew, so that nothing of the schema that has gone is left in memory. */
static bool open_anew(Db *db, const char *path)
{
	return db_check(db, sqlite3_close(db->handle)) && db_open(db, path, false);
}

/* Rows go before those that they refer to. */
bool state_return(Rows *rows, const char *path)
{
	Db *db = &rows->db;
	bool good = db_open(db, path, false) && db_run(db, "BEGIN IMMEDIATE") && drop_tables(rows);

	for (uint32_t i = rows_tables(rows); good && i; i--) {
		good = go_back(rows, rows_table(rows, i - 1));
	}
	return good && db_run(db, "COMMIT") && open_anew(db, path);
}
