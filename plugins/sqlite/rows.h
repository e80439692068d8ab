/* The tables of a database and what a record puts into them: a row in record, one in field for each
 * value, one in the table of its type for each note.
 *
 * A value, on the writer's thread.  What goes wrong is in `db`; the tables and columns that a
 * record brought must be kept or undone with it. */
#pragma once

#include "table.h"
#include "textkit/choice.h"

typedef struct Type { /* of notes */
	safi_text name;
	Table *table;
} Type;

typedef struct Rows {
	const safi_host *host;
	SafiChoice fields, notes; /* to write */
	safi_key view;       /* whose text is written; 0: the newest */
	safi_key unique;     /* the field that has a unique index; 0: none */
	int32_t columns;     /* to add to a table, at most */
	uint32_t most_types; /* that get a table, at most */

	Db db;
	int64_t seq;         /* of the last record that is in */
	Table *record, *field;
	Type *types;
	uint32_t n_types, kept_types;
} Rows;

/* What there is before the first record, not yet in any database. */
bool rows_plan(Rows *rows);
/* The table of a note type, the last one if it is new.  NULL: see the fault. */
Table *rows_plan_type(Rows *rows, safi_text name);
/* Makes what rows_plan() says in the open database. */
bool rows_make(Rows *rows);

/* All tables, in the order in which they are made. */
uint32_t rows_tables(const Rows *rows);
Table *rows_table(const Rows *rows, uint32_t i);
/* Whether a name is a table's, or one that no table may have. */
bool rows_has_table(const void *rows, const char *title);

/* Writes a record whole, as number seq + 1; or stops at the first fault. */
bool rows_write(Rows *rows, safi_record *record);
void rows_keep(Rows *rows);
void rows_undo(Rows *rows);
/* Closes the tables and the database. */
void rows_end(Rows *rows);
