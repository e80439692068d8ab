/* What happened to one record on its way, beside passing: what stages counted of it, where it
 * failed and was kept, where it was made or held.
 *
 * A value; init to {0}; all memory is the record's arena's.  It is carried with the record because
 * it counts only when the record comes to its end, in the order of the records; and a dead letter
 * tells it.  [worker] */
#pragma once

#include "arena.h"

typedef enum { SAFI_EVENT_COUNTED, SAFI_EVENT_KEPT, SAFI_EVENT_EMITTED, SAFI_EVENT_HELD }
	SafiEventKind;

typedef struct SafiEvent SafiEvent;
struct SafiEvent {
	SafiEvent *next;
	SafiEventKind kind;
	uint32_t at;             /* the step of the chain */
	safi_text code, message; /* the counter's name, or why it failed */
	int64_t by;              /* how much was counted */
};

typedef struct SafiTrail {
	SafiEvent *first, *last;
} SafiTrail;

/* False: out of memory.  What is counted under one name is added up. */
bool safi_trail_count(SafiTrail *trail, SafiArena *arena, uint32_t at, safi_text counter,
                      int64_t by);
/* The texts must live in that arena, or be constant. */
bool safi_trail_add(SafiTrail *trail, SafiArena *arena, SafiEventKind kind, uint32_t at,
                    safi_text code, safi_text message);
/* What an emitted record has behind it: all but what was counted, which its parent carries. */
bool safi_trail_inherit(SafiTrail *trail, SafiArena *arena, const SafiTrail *parent);
