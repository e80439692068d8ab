/* The database connection, which remembers the first thing that went wrong with it.
 *
 * A value; init to {0}.  After a failure everything still works, so that a row may be built up
 * without looking at each step; db_fault() tells in the end, and db_forgive() starts anew.  One
 * thread at a time. */
#pragma once

#include <sqlite3.h>

#include "safi.h"

typedef struct Db {
	sqlite3 *handle;
	int fault;    /* the code of the first failure since db_forgive(); SQLITE_OK: none */
	char *reason; /* of it, in a sentence */
} Db;

/* The database must be there already, unless it is to be made. */
bool db_open(Db *db, const char *path, bool make);
void db_close(Db *db);
/* Has sqlite undo what is not committed in a file that nobody has open. */
void db_recover(const char *path);

/* Runs statements; formatted as by sqlite3_mprintf(), whose %w is for names. */
bool db_run(Db *db, const char *format, ...);
/* The number that a query gives; 0 also for NULL. */
bool db_number(Db *db, int64_t *number, const char *format, ...);
sqlite3_stmt *db_prepare(Db *db, const char *sql);
/* Runs a prepared statement once and makes it ready for the next values. */
bool db_step(Db *db, sqlite3_stmt *statement);

/* Whether a result code of sqlite's is a good one; notes it if not. */
bool db_check(Db *db, int code);
/* Notes a failure that sqlite does not know of; false. */
bool db_fail(Db *db, int code, const char *reason);
void db_forgive(Db *db);

/* Whether the failure is of the values at hand, so that others may still be written. */
bool db_fault_is_of_values(const Db *db);
