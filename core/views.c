#include "views.h"

#include "utf8.h"

#include <glib.h>

SafiView *safi_views_get(const SafiViews *views, safi_view view)
{
	return view && view <= views->n ? &views->items[view - 1] : NULL;
}

safi_view safi_views_find(const SafiViews *views, safi_key name)
{
	for (uint32_t view = views->n; name && view; view--) {
		if (views->items[view - 1].name == name) {
			return view;
		}
	}
	return 0;
}

/* An empty text too has its padding behind it. */
static const char nothing[SAFI_PADDING];

safi_text safi_views_text(const SafiViews *views, safi_view view)
{
	if (view == SAFI_RAW) {
		return (safi_text){views->raw.ptr ? (const char *)views->raw.ptr : nothing,
		                   views->raw.len};
	}
	const SafiView *found = safi_views_get(views, view);
	return found ? found->text : (safi_text){NULL, 0};
}

char *safi_views_room(SafiViews *views, SafiArena *arena, size_t capacity)
{
	views->room = safi_arena_alloc(arena, capacity);
	views->room_size = views->room ? capacity : 0;
	return views->room;
}

/* --- adding ----------------------------------------------------------------------------------- */

static bool grow(SafiViews *views, SafiArena *arena)
{
	uint32_t capacity = views->capacity ? views->capacity * 2 : 4;
	SafiView *items = safi_arena_grow(arena, views->items, views->n * sizeof *items,
	                                  capacity * sizeof *items);
	safi_view *ids = safi_arena_alloc(arena, capacity * sizeof *ids);

	if (!items || !ids) {
		return false;
	}
	for (uint32_t i = 0; i < capacity; i++) {
		ids[i] = i + 1;
	}
	views->items = items;
	views->ids = ids;
	views->capacity = capacity;
	return true;
}

/* Adopts a text that lies in the newest room, shares one that nothing changed, copies any other. */
static safi_text keep_text(SafiViews *views, SafiArena *arena, safi_text parent, safi_text text,
                           uint32_t n_changes)
{
	if (!n_changes) {
		return parent;
	}
	if (text.ptr == views->room && text.len <= views->room_size) {
		safi_arena_shrink(arena, views->room, views->room_size, text.len);
		views->room = NULL;
		return text;
	}
	text.ptr = safi_arena_copy(arena, text.ptr, text.len);
	return text;
}

/* What shares its parent's text need not be looked at again. */
static bool is_utf8(SafiViews *views, safi_text parent, bool of_raw, safi_text text)
{
	const bool shared = text.ptr == parent.ptr && text.len == parent.len;

	if (views->trusted || (shared && (!of_raw || views->raw_is_utf8))) {
		return true;
	}
	const bool good = safi_utf8_prefix((safi_bytes){(const uint8_t *)text.ptr, text.len}) ==
	                  text.len;
	views->raw_is_utf8 |= good && shared && of_raw;
	return good;
}

safi_view safi_views_add(SafiViews *views, SafiArena *arena, safi_key name, safi_view parent,
                         safi_text text, const safi_change *changes, uint32_t n,
                         const char **reason)
{
	if (!text.ptr) {
		text = (safi_text){nothing, 0};
	}
	const SafiView *above = safi_views_get(views, parent);
	const safi_text from = safi_views_text(views, parent);
	SafiView view = {.name = name, .parent = parent};

	*reason = NULL;
	if (!above && parent != SAFI_RAW) {
		*reason = "there is no such parent view";
	} else if (!name) {
		*reason = "a view needs a name";
	} else if (!is_utf8(views, from, !above, text)) {
		*reason = "the text is not UTF-8";
	} else {
		/* Before the alignment, which would lie behind the room and keep it from shrinking. */
		view.text = keep_text(views, arena, from, text, n);
		*reason = view.text.ptr || !text.len
			? safi_align_make(&view.up, arena, from, n ? view.text : text, changes, n)
			: "out of memory";
	}
	if (!*reason && !n && above && above->name == name) {
		return parent;
	}
	if (!*reason && views->n == views->capacity && !grow(views, arena)) {
		*reason = "out of memory";
	}
	if (*reason) {
		return 0;
	}
	views->items[views->n++] = view;
	return views->n;
}

/* --- mapping ---------------------------------------------------------------------------------- */

/* A parent is always older than its child, so all that is missing is composed in one ascent. */
static const SafiAlign *raw_align(SafiViews *views, SafiArena *arena, safi_view view)
{
	for (SafiView *at = views->items; at < views->items + view; at++) {
		const SafiView *above = safi_views_get(views, at->parent);
		if (at->composed) {
			continue;
		}
		if (!above) {
			at->raw = at->up;
		} else if (!safi_align_compose(&at->raw, arena, &above->raw, &at->up)) {
			return NULL;
		}
		at->composed = true;
	}
	return &views->items[view - 1].raw;
}

static bool valid_span(const SafiViews *views, safi_view view, safi_span span)
{
	return (view == SAFI_RAW || safi_views_get(views, view)) && span.begin <= span.end &&
	       span.end <= safi_views_text(views, view).len;
}

static safi_view common_ancestor(const SafiViews *views, safi_view a, safi_view b)
{
	while (a != b) {
		/* SAFI_RAW is the largest number and the root: the other one climbs. */
		safi_view *younger = b == SAFI_RAW || (a != SAFI_RAW && a > b) ? &a : &b;
		*younger = safi_views_get(views, *younger)->parent;
	}
	return a;
}

static bool map_up(SafiViews *views, safi_view from, safi_view to, safi_span *span)
{
	bool left = true;

	for (; left && from != to; from = safi_views_get(views, from)->parent) {
		left = safi_align_map(&safi_views_get(views, from)->up, SAFI_TO_PARENT, *span, span);
	}
	return left;
}

static bool map_down(SafiViews *views, SafiArena *arena, safi_view from, safi_view to,
                     safi_span *span)
{
	safi_view *path = safi_arena_alloc(arena, views->n * sizeof *path);
	uint32_t n = 0;
	bool left = path != NULL;

	for (; left && to != from; to = safi_views_get(views, to)->parent) {
		path[n++] = to;
	}
	while (left && n) {
		left = safi_align_map(&safi_views_get(views, path[--n])->up, SAFI_TO_CHILD, *span,
		                      span);
	}
	return left;
}

bool safi_views_map(SafiViews *views, SafiArena *arena, safi_view from, safi_span span,
                    safi_view to, safi_span *mapped)
{
	safi_span at = span;
	bool left;

	if (!valid_span(views, from, span) || !valid_span(views, to, (safi_span){0, 0})) {
		return false;
	}
	if (from == to) {
		left = true;
	} else if (from == SAFI_RAW || to == SAFI_RAW) {
		const SafiAlign *raw = raw_align(views, arena, from == SAFI_RAW ? to : from);
		left = raw && safi_align_map(raw, from == SAFI_RAW ? SAFI_TO_CHILD : SAFI_TO_PARENT,
		                             span, &at);
	} else {
		safi_view above = common_ancestor(views, from, to);
		left = map_up(views, from, above, &at) && map_down(views, arena, above, to, &at);
	}
	if (left) {
		*mapped = at;
	}
	return left;
}

bool safi_views_source(SafiViews *views, SafiArena *arena, safi_view view, safi_span span,
                       safi_source *source)
{
	if (!valid_span(views, view, span)) {
		return false;
	}
	if (view == SAFI_RAW) {
		*source = (safi_source){span.begin, span.end, 0, 0};
		return true;
	}
	const SafiAlign *raw = raw_align(views, arena, view);
	if (raw) {
		*source = safi_align_source(raw, span);
	}
	return raw != NULL;
}

uint32_t safi_views_changes(SafiViews *views, SafiArena *arena, safi_view view, safi_view *parent,
                            const safi_change **changes)
{
	SafiView *found = safi_views_get(views, view);

	*changes = NULL;
	*parent = found ? found->parent : 0;
	if (!found || !found->up.n) {
		return 0;
	}
	if (!found->changes) {
		safi_change *list = safi_arena_alloc(arena, found->up.n * sizeof *list);
		for (uint32_t i = 0; list && i < found->up.n; i++) {
			const SafiEdge *edge = &found->up.edges[i];
			list[i] = (safi_change){edge->from, edge->taken, edge->put};
		}
		found->changes = list;
	}
	*changes = found->changes;
	return found->changes ? found->up.n : 0;
}
