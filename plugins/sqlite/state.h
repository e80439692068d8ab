/* What a checkpoint keeps of the database: the last record, and which tables and columns
 * there are.
 *
 * The names in the data say it all, as the names in SQL follow from them.  Behind a mark stands,
 * for the table of records, for that of fields, and after their number for each note type, behind
 * its name: the last record with rows in it, and the names that have columns, in order.  Numbers
 * have 8 bytes, the least significant first; a name follows its length.
 *
 * All functions are for the thread of the rows. */
#pragma once

#include "rows.h"

/* Hands the state out.  False: something is not committed, or cannot be told. */
bool state_save(Rows *rows, bool (*put)(void *to, safi_bytes bytes), void *to);
/* Plans the rows as the state says, which may be anybody's bytes.  False: it is none, or not one of
 * a run with these options; then nothing is planned. */
bool state_load(Rows *rows, safi_bytes bytes);

/* Opens the database that a stopped run has left, and takes out of it all that has been written
 * since the state that was loaded.  False: see the fault; the file is as it was. */
bool state_return(Rows *rows, const char *path);
