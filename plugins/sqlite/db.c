#include "db.h"

#include <stdarg.h>
#include <unistd.h>

bool db_fail(Db *db, int code, const char *reason)
{
	if (db->fault == SQLITE_OK) {
		db->fault = code;
		db->reason = sqlite3_mprintf("%s", reason);
	}
	return false;
}

bool db_check(Db *db, int code)
{
	if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) {
		return true;
	}
	/* The connection knows more than the code says, if it is the one that failed. */
	const bool known = db->handle && sqlite3_extended_errcode(db->handle) == code;
	return db_fail(db, code, known ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code));
}

bool db_open(Db *db, const char *path, bool make)
{
	if (!make && access(path, F_OK) < 0) {
		return db_fail(db, SQLITE_CANTOPEN, "the file is not there");
	}
	/* With a directory before it no name is taken for a URI or for ":memory:". */
	char *plain = sqlite3_mprintf("%s%s", path[0] == '/' ? "" : "./", path);
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (make ? SQLITE_OPEN_CREATE : 0);
	const int code = plain ? sqlite3_open_v2(plain, &db->handle, flags, NULL) : SQLITE_NOMEM;

	sqlite3_free(plain);
	if (db->handle) {
		sqlite3_extended_result_codes(db->handle, 1);
	}
	return db_check(db, code);
}

void db_close(Db *db)
{
	sqlite3_close(db->handle);
	db_forgive(db);
	*db = (Db){0};
}

/* A lock for writing is what makes it look for a journal. */
void db_recover(const char *path)
{
	Db db = {0};

	if (db_open(&db, path, false)) {
		db_run(&db, "BEGIN IMMEDIATE");
	}
	db_close(&db);
}

bool db_run(Db *db, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	char *sql = sqlite3_vmprintf(format, values);
	va_end(values);

	const int code = sql ? sqlite3_exec(db->handle, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
	sqlite3_free(sql);
	return db_check(db, code);
}

bool db_number(Db *db, int64_t *number, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	char *sql = sqlite3_vmprintf(format, values);
	va_end(values);

	sqlite3_stmt *query = sql ? db_prepare(db, sql) : NULL;
	const bool found = query && sqlite3_step(query) == SQLITE_ROW;
	*number = found ? sqlite3_column_int64(query, 0) : 0;
	sqlite3_free(sql);
	return db_check(db, query ? sqlite3_finalize(query) : SQLITE_NOMEM) && found;
}

sqlite3_stmt *db_prepare(Db *db, const char *sql)
{
	const unsigned flags = SQLITE_PREPARE_PERSISTENT;
	sqlite3_stmt *statement = NULL;

	db_check(db, sqlite3_prepare_v3(db->handle, sql, -1, flags, &statement, NULL));
	return statement;
}

bool db_step(Db *db, sqlite3_stmt *statement)
{
	if (!statement) {
		return false; /* and db_prepare() has said why */
	}
	const bool good = db_check(db, sqlite3_step(statement));
	sqlite3_reset(statement); /* its code repeats that of the step */
	sqlite3_clear_bindings(statement);
	return good;
}

void db_forgive(Db *db)
{
	sqlite3_free(db->reason);
	db->reason = NULL;
	db->fault = SQLITE_OK;
}

bool db_fault_is_of_values(const Db *db)
{
	switch (db->fault & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
	case SQLITE_TOOBIG:
		return true;
	default:
		return false;
	}
}
