/* Standoff annotations: typed spans on views, with features.
 *
 * A value; init to {0}; all memory is the record's arena's.  Note n is items[n - 1]; numbers are
 * never used again.  Features that were put one by one are a field map a note; features put for
 * many notes at once are columns.  [worker] */
#pragma once

#include "fields.h"
#include "views.h"

typedef struct SafiNote {
	safi_span span;
	safi_view view;
	safi_key type;        /* 0: removed */
	SafiFields *features; /* NULL: none */
} SafiNote;

typedef struct SafiNoteType {
	safi_key key;
	safi_note *ids; /* ascending, removed ones included */
	uint32_t n, capacity, removed;
	/* The last snapshot, good until a note of the type comes or goes. */
	bool listed;
	safi_view listed_in;
	safi_note *list;
	safi_span *spans;
	uint32_t n_listed;
} SafiNoteType;

/* One put_ints()'s worth of values. */
typedef struct SafiRange {
	safi_note first;
	uint32_t n;
	const void *values;
	bool changed; /* put since the record was unpacked */
} SafiRange;

typedef struct SafiColumn {
	safi_key key;
	int32_t type;
	SafiRange *ranges; /* ascending, none overlapping */
	uint32_t n, capacity;
} SafiColumn;

typedef struct SafiNotes {
	SafiNote *items;
	uint32_t n, capacity;
	SafiNoteType *types; /* in order of first note */
	uint32_t n_types, types_capacity;
	SafiColumn *columns; /* in order of first put */
	uint32_t n_columns, columns_capacity;
	bool changed;        /* anything of this since the record was unpacked */
} SafiNotes;

SafiNote *safi_notes_get(const SafiNotes *notes, safi_note note);

/* 0: out of memory, or a span outside the view's text. */
safi_note safi_notes_add(SafiNotes *notes, SafiArena *arena, safi_view view, size_t view_len,
                         safi_key type, const safi_span *spans, uint32_t n);
/* Counts n notes that are removed already.  False: out of memory. */
bool safi_notes_skip(SafiNotes *notes, SafiArena *arena, uint32_t n);
void safi_notes_remove(SafiNotes *notes, safi_note note);

/* Types of which a note is left.  Returns the number. */
uint32_t safi_notes_types(const SafiNotes *notes, SafiArena *arena, const safi_key **types);

/* A snapshot of a type as it lies in a view; 0: each note in its own (see safi_host.notes). */
uint32_t safi_notes_list(SafiNotes *notes, SafiArena *arena, SafiViews *views, safi_key type,
                         safi_view in, const safi_note **list, const safi_span **spans);

/* The map of features that were put one by one.  NULL: out of memory, there is no such note, or it
 * has none and is not to be made one. */
SafiFields *safi_notes_features(SafiNotes *notes, SafiArena *arena, safi_note note, bool make);

/* Whether one of n notes has the feature; in a column. */
bool safi_notes_any_has(const SafiNotes *notes, safi_note first, uint32_t n, safi_key key);
bool safi_notes_in_column(const SafiNotes *notes, safi_note first, uint32_t n, safi_key key);
/* Takes n values of a type (SAFI_TEXT, _INT, _REAL, _BOOL), already in the arena, for notes that
 * do not have the feature. */
bool safi_notes_put_column(SafiNotes *notes, SafiArena *arena, safi_note first, uint32_t n,
                           safi_key key, int32_t type, const void *values);

/* Several such, ascending and none overlapping. */
bool safi_notes_put_ranges(SafiNotes *notes, SafiArena *arena, safi_key key, int32_t type,
                           const SafiRange *ranges, uint32_t n);

/* The feature as a field, from the note's own map or from a column (then in *from_column).
 * NULL: none. */
SafiField *safi_notes_feature(const SafiNotes *notes, safi_note note, safi_key key,
                              SafiField *from_column);
/* The keys of a note's features: columns first.  Returns the number. */
uint32_t safi_notes_keys(const SafiNotes *notes, SafiArena *arena, safi_note note,
                         const safi_key **keys);
