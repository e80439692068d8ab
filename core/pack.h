/* A record as bytes, on its way to another process of the same program and back.
 *
 * Keys that were interned before the processes parted travel as numbers, names of the record's
 * own by their text.  The way back carries only what changed; the other side still has the rest.
 * The bytes may come from a process that a plugin has spoilt, so every length, number, text and
 * change in them is checked, and a record that was unpacked can be trusted like any other.  Time
 * and memory go with the length of the bytes.  Memory that a stage took with alloc() stays behind;
 * so do raw bytes and origin on the way back, which only a reader may set.
 *
 * Bytes begin at a multiple of 8 in memory and in the buffer they are added to.  A buffer that
 * failed means out of memory, or a text of 4 GiB.  [worker] */
#pragma once

#include "record.h"
#include "wire.h"

/* How much of each there was: what comes later is new.  What was there and changed is marked where
 * it lies (SafiFields, SafiViews, SafiNotes).  All 0: a record that was emitted. */
typedef struct SafiPackMark {
	uint32_t names, views, notes, types;
	size_t rendered;
} SafiPackMark;

/* Of a record that was just unpacked. */
SafiPackMark safi_pack_mark(const safi_record *record);

void safi_pack_record(SafiBuffer *to, const safi_record *record);
void safi_pack_changes(SafiBuffer *to, const safi_record *record, SafiPackMark before);

/* Into a record that is new or reset.  False and the reason, a sentence that nobody owns: then
 * reset it. */
bool safi_unpack_record(safi_record *into, safi_bytes from, const char **reason);
/* The same of bytes from a process that no plugin has touched since: of those alone texts and JSON
 * are not looked through again.  It takes half the time. */
bool safi_unpack_trusted(safi_record *into, safi_bytes from, const char **reason);
/* Into the record that was packed, or one that was emitted and has only raw bytes.  False: some of
 * the changes may be in it; it is good for use all the same. */
bool safi_unpack_changes(safi_record *record, safi_bytes from, const char **reason);

/* --- the parts (pack-fields.c, pack-notes.c) -------------------------------------------------- */

/* All of the map, or what changed in it. */
void safi_pack_fields(SafiBuffer *to, const SafiFields *fields, safi_text raw, bool all);
bool safi_unpack_fields(SafiWire *wire, safi_record *record, SafiFields *fields);
void safi_pack_notes(SafiBuffer *to, const safi_record *record, SafiPackMark before, bool all);
bool safi_unpack_notes(SafiWire *wire, safi_record *record);
