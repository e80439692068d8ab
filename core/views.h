/* The texts of a record: the raw bytes, and each rewrite with how it lies beside its parent.
 *
 * A value; init to {0}; texts and alignments live in the record's arena, raw bytes where the record
 * keeps them.  The alignment of a view with the raw bytes is composed when it is first asked for.
 * [worker] */
#pragma once

#include "align.h"

typedef struct SafiView {
	safi_key name;
	safi_key field;    /* that its text was read from; 0: none */
	safi_view parent;
	safi_text text;
	SafiAlign up;      /* from the parent to this */
	SafiAlign raw;     /* from the raw bytes to this */
	bool composed;
	bool retargeted;   /* another field was said since the record was unpacked */
	const safi_change *changes; /* `up` as the ABI says it; made when asked for */
} SafiView;

typedef struct SafiViews {
	SafiView *items; /* view v is items[v - 1] */
	uint32_t n, capacity;
	safi_view *ids;  /* 1, 2, ...: what the ABI hands out */
	safi_bytes raw;
	bool raw_is_utf8;  /* known to be, all of it */
	bool trusted;      /* what is added now is known to be UTF-8 */
	char *room;      /* the newest */
	size_t room_size;
} SafiViews;

/* NULL if there is no such view; SAFI_RAW has none. */
SafiView *safi_views_get(const SafiViews *views, safi_view view);
/* The newest of that name; 0 if none. */
safi_view safi_views_find(const SafiViews *views, safi_key name);
/* Of a view or of SAFI_RAW; {NULL, 0} if there is no such view. */
safi_text safi_views_text(const SafiViews *views, safi_view view);

char *safi_views_room(SafiViews *views, SafiArena *arena, size_t capacity);

/* 0 and the reason when the text or the changes are not what the ABI asks for. */
safi_view safi_views_add(SafiViews *views, SafiArena *arena, safi_key name, safi_view parent,
                         safi_text text, const safi_change *changes, uint32_t n,
                         const char **reason);

bool safi_views_map(SafiViews *views, SafiArena *arena, safi_view from, safi_span span,
                    safi_view to, safi_span *mapped);
bool safi_views_source(SafiViews *views, SafiArena *arena, safi_view view, safi_span span,
                       safi_source *source);
uint32_t safi_views_changes(SafiViews *views, SafiArena *arena, safi_view view, safi_view *parent,
                            const safi_change **changes);
