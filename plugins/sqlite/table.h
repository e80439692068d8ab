/* A table that gets a column for each name it meets, up to a bound.
 *
 * Names come from the data and may be anything: table_title() makes of each one a name that SQL can
 * carry and that nothing else has.  Columns are added within a record's savepoint: table_keep()
 * says that the record is in, table_undo() that it was rolled back and its columns with it.
 * The table owns its columns and its one prepared INSERT; the database is the caller's.
 *
 * What a table is to look like is known before it is made, for one that a killed run has left in
 * the file needs no making. */
#pragma once

#include "db.h"

/* A column that a table has from the start. */
typedef struct Fixed {
	const char *title, *type;
	const char *name; /* the name in the data that it takes; NULL: none */
} Fixed;

typedef struct Column {
	char *title;   /* in SQL */
	const char *type; /* and what else is declared */
	safi_text name; /* in the data; NULL: takes none */
	int32_t next;  /* of those with the same hash, the one added before; -1: none */
} Column;

enum { TABLE_BUCKETS = 128 };

typedef struct Table {
	Db *db;
	char *title;
	const char *rules;
	Column *columns;
	int32_t n, kept, capacity;
	int32_t bound; /* so many columns at most */
	int32_t buckets[TABLE_BUCKETS];
	sqlite3_stmt *insert; /* of the first `prepared` columns */
	int32_t prepared;
	int64_t last; /* at the latest checkpoint: the greatest record that has rows in it */
} Table;

/* A name for SQL: without the NUL that would end it, and with underscores before it until nobody
 * has it.  In SQL, names that differ in ASCII case only are the same.  Free with sqlite3_free(). */
char *table_title(safi_text name, bool (*taken)(const void *by, const char *title), const void *by);

/* With the fixed columns, up to one without a title; rules go behind them, as in
 * "PRIMARY KEY (a, b)", or NULL.  Takes the title over, not the rules.  Nothing is done in the
 * database.  NULL: see its fault. */
Table *table_new(Db *db, char *title, const Fixed *fixed, const char *rules, int32_t more);
void table_free(Table *table);
/* The statement that makes it with all its columns: to the byte what sqlite keeps of a table that
 * was made with the fixed ones and got the others since.  Free with sqlite3_free(). */
char *table_sql(const Table *table);
bool table_make(Table *table);

/* The number of the column of a name, or -1. */
int32_t table_column(const Table *table, safi_text name);
/* Gives it a column of that name, if it has none and the bound allows. */
void table_plan_column(Table *table, safi_text name);
/* The same, and in the database. */
void table_add_column(Table *table, safi_text name);

/* The statement that inserts a row; parameter i + 1 is column i.  NULL: see the fault. */
sqlite3_stmt *table_insert(Table *table);

void table_keep(Table *table);
void table_undo(Table *table);
