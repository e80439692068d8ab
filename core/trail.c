#include "trail.h"

static SafiEvent *append(SafiTrail *trail, SafiArena *arena, SafiEvent event)
{
	SafiEvent *kept = safi_arena_alloc(arena, sizeof *kept);

	if (kept) {
		*kept = event;
		kept->next = NULL;
		*(trail->last ? &trail->last->next : &trail->first) = kept;
		trail->last = kept;
	}
	return kept;
}

static bool is_counter(const SafiEvent *event, uint32_t at, safi_text counter)
{
	return event->kind == SAFI_EVENT_COUNTED && event->at == at &&
	       event->code.len == counter.len &&
	       memcmp(event->code.ptr, counter.ptr, counter.len) == 0;
}

bool safi_trail_count(SafiTrail *trail, SafiArena *arena, uint32_t at, safi_text counter,
                      int64_t by)
{
	for (SafiEvent *event = trail->first; event; event = event->next) {
		if (is_counter(event, at, counter)) {
			event->by += by;
			return true;
		}
	}
	const safi_text name = {safi_arena_copy(arena, counter.ptr, counter.len), counter.len};
	const SafiEvent event = {.kind = SAFI_EVENT_COUNTED, .at = at, .code = name, .by = by};
	return name.ptr && append(trail, arena, event);
}

bool safi_trail_add(SafiTrail *trail, SafiArena *arena, SafiEventKind kind, uint32_t at,
                    safi_text code, safi_text message)
{
	return append(trail, arena, (SafiEvent){.kind = kind, .at = at, .code = code,
	                                        .message = message}) != NULL;
}

static safi_text copy(SafiArena *arena, safi_text text)
{
	const char *copied = safi_arena_copy(arena, text.ptr, text.len);

	return (safi_text){copied, copied ? text.len : 0};
}

bool safi_trail_inherit(SafiTrail *trail, SafiArena *arena, const SafiTrail *parent)
{
	bool good = true;

	for (const SafiEvent *event = parent->first; event; event = event->next) {
		if (event->kind != SAFI_EVENT_COUNTED) {
			good &= safi_trail_add(trail, arena, event->kind, event->at,
			                       copy(arena, event->code), copy(arena, event->message));
		}
	}
	return good;
}
