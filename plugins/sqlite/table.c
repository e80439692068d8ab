#include "table.h"

#include <stdlib.h>

/* Longer names get no column: a schema is read whole with every connection. */
enum { NAME_MAX = 255 };

static const int32_t NONE = -1;

/* --- names ----------------------------------------------------------------------------------- */

static char *without_nul(safi_text name)
{
	char *clean = sqlite3_malloc64(3 * name.len + 1), *at = clean;

	for (size_t i = 0; clean && i < name.len; i++) {
		if (name.ptr[i]) {
			*at++ = name.ptr[i];
		} else {
			memcpy(at, "\xEF\xBF\xBD", 3); /* U+FFFD */
			at += 3;
		}
	}
	if (clean) {
		*at = '\0';
	}
	return clean;
}

char *table_title(safi_text name, bool (*taken)(const void *by, const char *title), const void *by)
{
	char *title = without_nul(name);

	while (title && (!*title || taken(by, title))) {
		char *longer = sqlite3_mprintf("_%s", title);
		sqlite3_free(title);
		title = longer;
	}
	return title;
}

static bool is_column(const void *by, const char *title)
{
	const Table *table = by;

	for (int32_t i = 0; i < table->n; i++) {
		if (sqlite3_stricmp(table->columns[i].title, title) == 0) {
			return true;
		}
	}
	return false;
}

/* FNV-1a. */
static uint32_t bucket(safi_text name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++) {
		hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
	}
	return hash % TABLE_BUCKETS;
}

/* --- columns --------------------------------------------------------------------------------- */

static bool reserve(Table *table)
{
	if (table->n < table->capacity) {
		return true;
	}
	const int32_t capacity = 2 * table->capacity + 16;
	Column *columns = realloc(table->columns, (size_t)capacity * sizeof *columns);
	if (!columns) {
		return db_check(table->db, SQLITE_NOMEM);
	}
	table->columns = columns;
	table->capacity = capacity;
	return true;
}

/* Takes the title and the name over. */
static void push(Table *table, char *title, const char *type, safi_text name)
{
	if (!title || !reserve(table)) {
		db_check(table->db, SQLITE_NOMEM);
		sqlite3_free(title);
		sqlite3_free((char *)name.ptr);
		return;
	}
	table->columns[table->n] = (Column){title, type, name, NONE};
	if (name.ptr) {
		int32_t *head = &table->buckets[bucket(name)];
		table->columns[table->n].next = *head;
		*head = table->n;
	}
	table->n++;
}

/* The newest column is the first of its bucket. */
static void pop(Table *table)
{
	Column *column = &table->columns[--table->n];

	if (column->name.ptr) {
		table->buckets[bucket(column->name)] = column->next;
	}
	sqlite3_free((char *)column->name.ptr);
	sqlite3_free(column->title);
}

int32_t table_column(const Table *table, safi_text name)
{
	int32_t i = table->buckets[bucket(name)];

	while (i != NONE && (table->columns[i].name.len != name.len ||
	                     memcmp(table->columns[i].name.ptr, name.ptr, name.len) != 0)) {
		i = table->columns[i].next;
	}
	return i;
}

/* Without memory for its name a column would not be found by it, and be added once more. */
static safi_text copy(Db *db, safi_text text)
{
	char *bytes = sqlite3_malloc64(text.len + 1);

	if (bytes) {
		memcpy(bytes, text.ptr, text.len);
		bytes[text.len] = '\0';
	} else {
		db_check(db, SQLITE_NOMEM);
	}
	return (safi_text){bytes, text.len};
}

/* Without a type, so that every value stays what it is. */
void table_plan_column(Table *table, safi_text name)
{
	if (name.len > NAME_MAX || table->n >= table->bound || table_column(table, name) != NONE) {
		return;
	}
	const safi_text own = copy(table->db, name);
	push(table, own.ptr ? table_title(name, is_column, table) : NULL, NULL, own);
}

void table_add_column(Table *table, safi_text name)
{
	const int32_t n = table->n;

	table_plan_column(table, name);
	if (table->n > n && !db_run(table->db, "ALTER TABLE \"%w\" ADD COLUMN \"%w\"", table->title,
	                            table->columns[n].title)) {
		pop(table);
	}
}

/* --- the table ------------------------------------------------------------------------------- */

static void push_fixed(Table *table, const Fixed *fixed)
{
	for (const Fixed *column = fixed; column->title; column++) {
		push(table, sqlite3_mprintf("%s", column->title), column->type,
		     column->name ? copy(table->db, safi_str(column->name)) : (safi_text){NULL, 0});
	}
}

Table *table_new(Db *db, char *title, const Fixed *fixed, const char *rules, int32_t more)
{
	Table *table = title ? calloc(1, sizeof *table) : NULL;

	if (!table) {
		sqlite3_free(title);
		db_check(db, SQLITE_NOMEM);
		return NULL;
	}
	table->db = db;
	table->title = title;
	table->rules = rules;
	memset(table->buckets, 0xff, sizeof table->buckets); /* NONE */
	push_fixed(table, fixed);
	if (db->fault != SQLITE_OK) {
		table_free(table);
		return NULL;
	}
	table->kept = table->n;
	table->bound = table->n + more;
	return table;
}

char *table_sql(const Table *table)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendf(sql, "CREATE TABLE \"%w\" (", table->title);
	for (int32_t i = 0; i < table->n; i++) {
		const Column *column = &table->columns[i];
		sqlite3_str_appendf(sql, "%s\"%w\"", i ? ", " : "", column->title);
		if (column->type) {
			sqlite3_str_appendf(sql, " %s", column->type);
		}
	}
	if (table->rules) {
		sqlite3_str_appendf(sql, ", %s", table->rules);
	}
	sqlite3_str_appendchar(sql, 1, ')');
	return sqlite3_str_finish(sql);
}

bool table_make(Table *table)
{
	char *sql = table_sql(table);
	const bool made = sql ? db_run(table->db, "%s", sql) : db_check(table->db, SQLITE_NOMEM);

	sqlite3_free(sql);
	return made;
}

void table_free(Table *table)
{
	if (table) {
		while (table->n) {
			pop(table);
		}
		sqlite3_finalize(table->insert);
		sqlite3_free(table->title);
		free(table->columns);
		free(table);
	}
}

sqlite3_stmt *table_insert(Table *table)
{
	if (table->insert && table->prepared == table->n) {
		return table->insert;
	}
	sqlite3_str *columns = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
	for (int32_t i = 0; i < table->n; i++) {
		sqlite3_str_appendf(columns, "%s\"%w\"", i ? ", " : "", table->columns[i].title);
		sqlite3_str_appendf(values, "%s?%d", i ? ", " : "", i + 1);
	}
	char *names = sqlite3_str_finish(columns), *marks = sqlite3_str_finish(values);
	char *sql =
		sqlite3_mprintf("INSERT INTO \"%w\" (%s) VALUES (%s)", table->title, names, marks);

	sqlite3_finalize(table->insert);
	table->insert = sql ? db_prepare(table->db, sql) : NULL;
	table->prepared = table->n;
	sqlite3_free(sql);
	sqlite3_free(marks);
	sqlite3_free(names);
	return table->insert;
}

void table_keep(Table *table)
{
	table->kept = table->n;
}

void table_undo(Table *table)
{
	while (table->n > table->kept) {
		pop(table);
	}
	sqlite3_finalize(table->insert);
	table->insert = NULL;
}
