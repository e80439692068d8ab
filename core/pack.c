#include "pack.h"

/* What follows, in this order. */
enum {
	ORIGIN = 1u << 0,
	NAMES = 1u << 1,
	VIEWS = 1u << 2,
	TARGETS = 1u << 3, /* the fields that older views were read from */
	FIELDS = 1u << 4,
	NOTES = 1u << 5,
	RENDERED = 1u << 6,
	REASON = 1u << 7,
	BROKEN = 1u << 8,
	ALL = (1u << 9) - 1
};

typedef struct Numbers {
	uint64_t begin, end, number;
} Numbers;

typedef struct ViewHead {
	safi_key name, field;
	safi_view parent;
	uint32_t n;    /* changes */
	uint32_t form;
} ViewHead;

/* How a text that has changes travels. */
enum {
	WHOLE = 0,
	PUT = 1, /* what the changes put; the rest is its parent's */
};

/* In a message, of the form PUT: each can make a text as long as its parent of a few bytes. */
enum { MOST_PUT = 8 };

typedef struct Target {
	safi_view view;
	safi_key field;
} Target;

SafiPackMark safi_pack_mark(const safi_record *record)
{
	return (SafiPackMark){record->names.n, record->views.n, record->notes.n,
	                      record->notes.n_types, record->rendered.len};
}

/* --- packing ---------------------------------------------------------------------------------- */

static void pack_origin(SafiBuffer *to, const safi_record *record)
{
	const Numbers numbers = {record->origin_begin, record->origin_end, record->number};
	const safi_bytes raw = record->views.raw;

	safi_buffer_add(to, &numbers, sizeof numbers);
	safi_wire_add_u32(to, record->origin_name.ptr != NULL);
	safi_wire_add_text(to, record->origin_name);
	safi_wire_add_u32(to, record->block != NULL);
	safi_wire_add_text(to, (safi_text){(const char *)raw.ptr, raw.len});
}

static void pack_names(SafiBuffer *to, const SafiNames *names, uint32_t from)
{
	safi_wire_add_u32(to, names->n - from);
	safi_wire_add_texts(to, names->texts + from, sizeof *names->texts, names->n - from);
}

static size_t sum_put(const SafiAlign *up)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < up->n; i++) {
		sum += up->edges[i].put;
	}
	return sum;
}

/* All that the changes put, in one text. */
static void pack_put(SafiBuffer *to, const SafiView *view, size_t sum)
{
	safi_wire_add_u32(to, (uint32_t)sum);
	char *room = safi_buffer_room(to, sum);
	for (uint32_t i = 0; room && i < view->up.n; i++) {
		const SafiEdge *edge = &view->up.edges[i];
		memcpy(room, view->text.ptr + edge->to, edge->put);
		room += edge->put;
		to->len += edge->put;
	}
}

static void pack_view(SafiBuffer *to, const SafiView *view, uint32_t *n_put)
{
	ViewHead head = {view->name, view->field, view->parent, view->up.n, WHOLE};
	const size_t sum = sum_put(&view->up);

	if (head.n && sum <= view->text.len / 2 && *n_put < MOST_PUT) {
		head.form = PUT;
		++*n_put;
	}
	safi_buffer_add(to, &head, sizeof head);
	if (!head.n) {
		return; /* its parent's text */
	}
	safi_change *changes = safi_wire_room(to, sizeof *changes, head.n);
	for (uint32_t i = 0; changes && i < head.n; i++) {
		const SafiEdge *edge = &view->up.edges[i];
		changes[i] = (safi_change){edge->from, edge->taken, edge->put};
	}
	if (head.form == PUT) {
		pack_put(to, view, sum);
	} else {
		safi_wire_add_text(to, view->text);
	}
}

static void pack_views(SafiBuffer *to, const SafiViews *views, uint32_t from)
{
	uint32_t n_put = 0;

	safi_wire_add_u32(to, views->n - from);
	for (uint32_t i = from; i < views->n; i++) {
		pack_view(to, &views->items[i], &n_put);
	}
}

static uint32_t count_targets(const SafiViews *views, uint32_t before)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < before; i++) {
		n += views->items[i].retargeted;
	}
	return n;
}

static void pack_targets(SafiBuffer *to, const SafiViews *views, uint32_t before)
{
	safi_wire_add_u32(to, count_targets(views, before));
	for (uint32_t i = 0; i < before; i++) {
		const Target target = {i + 1, views->items[i].field};
		if (views->items[i].retargeted) {
			safi_buffer_add(to, &target, sizeof target);
		}
	}
}

static void pack_reason(SafiBuffer *to, const SafiReason *reason)
{
	safi_wire_add_u32(to, (uint32_t)reason->status);
	safi_wire_add_text(to, reason->code);
	safi_wire_add_text(to, reason->message);
}

static void pack(SafiBuffer *to, const safi_record *record, SafiPackMark before, uint32_t parts)
{
	const bool all = (parts & ORIGIN) != 0;

	safi_wire_add_u32(to, parts);
	if (parts & ORIGIN) {
		pack_origin(to, record);
	}
	if (parts & NAMES) {
		pack_names(to, &record->names, before.names);
	}
	if (parts & VIEWS) {
		pack_views(to, &record->views, before.views);
	}
	if (parts & TARGETS) {
		pack_targets(to, &record->views, before.views);
	}
	if (parts & FIELDS) {
		safi_pack_fields(to, &record->fields, safi_views_text(&record->views, SAFI_RAW), all);
	}
	if (parts & NOTES) {
		safi_pack_notes(to, record, before, all);
	}
	if (parts & RENDERED) {
		safi_wire_add_text(to, (safi_text){record->rendered.data + before.rendered,
		                                   record->rendered.len - before.rendered});
	}
	if (parts & REASON) {
		pack_reason(to, &record->reason);
	}
	if (parts & BROKEN) {
		pack_reason(to, &record->broken);
	}
	safi_wire_end(to);
}

static uint32_t parts_beyond(const safi_record *record, SafiPackMark before)
{
	return (record->names.n > before.names ? NAMES : 0) |
	       (record->views.n > before.views ? VIEWS : 0) |
	       (count_targets(&record->views, before.views) ? TARGETS : 0) |
	       (record->rendered.len > before.rendered ? RENDERED : 0) |
	       (record->reason.status ? REASON : 0) | (record->broken.status ? BROKEN : 0);
}

void safi_pack_record(SafiBuffer *to, const safi_record *record)
{
	const SafiPackMark nothing = {0};

	pack(to, record, nothing, parts_beyond(record, nothing) | ORIGIN |
	     (record->fields.n ? FIELDS : 0) | (record->notes.n_types ? NOTES : 0));
}

void safi_pack_changes(SafiBuffer *to, const safi_record *record, SafiPackMark before)
{
	pack(to, record, before, parts_beyond(record, before) |
	     (record->fields.changed ? FIELDS : 0) | (record->notes.changed ? NOTES : 0));
}

/* --- unpacking -------------------------------------------------------------------------------- */

static void unpack_origin(SafiWire *wire, safi_record *record)
{
	Numbers numbers = {0};

	safi_wire_take(wire, &numbers, sizeof numbers);
	const bool named = safi_wire_u32(wire) != 0;
	const safi_text name = safi_wire_text(wire);
	const bool has_raw = safi_wire_u32(wire) != 0;
	const safi_text raw = safi_wire_text(wire);
	if (named) {
		safi_record_set_origin(record, name, numbers.begin, numbers.end);
	}
	record->origin_begin = numbers.begin;
	record->origin_end = numbers.end;
	record->number = numbers.number;
	if (has_raw) {
		safi_record_set_raw(record, (safi_bytes){(const uint8_t *)raw.ptr, raw.len}, NULL);
	}
	if ((has_raw && !record->block) || (named && !record->origin_name.ptr)) {
		safi_wire_fail(wire, "out of memory");
	}
}

static void unpack_names(SafiWire *wire, safi_record *record)
{
	const uint32_t n = safi_wire_u32(wire);
	const safi_text *texts = safi_wire_texts(wire, &record->arena, sizeof *texts, n);

	for (uint32_t i = 0; texts && i < n; i++) {
		if (!safi_names_add(&record->names, &record->arena, texts[i])) {
			safi_wire_fail(wire, "out of memory");
			return;
		}
	}
}

static bool is_name(const safi_record *record, safi_key key)
{
	return safi_names_text(&record->names, key).ptr != NULL;
}

/* How long the text is that the changes make of the parent's; SIZE_MAX: they make none. */
static size_t made_length(safi_text parent, const safi_change *changes, uint32_t n, size_t put)
{
	size_t len = parent.len + put, behind = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (changes[i].from < behind || changes[i].from > parent.len ||
		    changes[i].taken > parent.len - changes[i].from || changes[i].put > put) {
			return SIZE_MAX;
		}
		behind = (size_t)changes[i].from + changes[i].taken;
		len -= changes[i].taken;
		put -= changes[i].put;
	}
	return put ? SIZE_MAX : len;
}

/* The parent's text with what was put, in room for it; {NULL, 0}: there is none. */
static safi_text make_text(safi_record *record, safi_view above, safi_text put,
                           const safi_change *changes, uint32_t n)
{
	const safi_text parent = safi_views_text(&record->views, above);
	const size_t len = made_length(parent, changes, n, put.len);
	char *room = parent.ptr && len != SIZE_MAX
		? safi_views_room(&record->views, &record->arena, len) : NULL;
	size_t from = 0;

	if (!room) {
		return (safi_text){NULL, 0};
	}
	char *to = room;
	for (uint32_t i = 0; i < n; i++) {
		memcpy(to, parent.ptr + from, changes[i].from - from);
		to += changes[i].from - from;
		memcpy(to, put.ptr, changes[i].put);
		to += changes[i].put;
		put.ptr += changes[i].put;
		from = (size_t)changes[i].from + changes[i].taken;
	}
	memcpy(to, parent.ptr + from, parent.len - from);
	return (safi_text){room, len};
}

/* Its parent's, or as it stands there, or made of both. */
static safi_text take_text(SafiWire *wire, safi_record *record, const ViewHead *head,
                           const safi_change *changes, uint32_t *n_put)
{
	if (!head->n) {
		return safi_views_text(&record->views, head->parent);
	}
	safi_text text = safi_wire_text(wire);
	if (head->form == PUT && !wire->reason) {
		if (++*n_put > MOST_PUT) {
			safi_wire_fail(wire, "too many texts are made of others");
			return text;
		}
		text = make_text(record, head->parent, text, changes, head->n);
		if (!text.ptr) {
			safi_wire_fail(wire, "a text cannot be made of its parent's");
		}
	}
	return text;
}

static void unpack_view(SafiWire *wire, safi_record *record, uint32_t *n_put)
{
	const safi_view number = record->views.n + 1;
	ViewHead head = {0};

	safi_wire_take(wire, &head, sizeof head);
	const safi_change *changes = head.n ? safi_wire_array(wire, sizeof *changes, head.n) : NULL;
	const safi_text text = take_text(wire, record, &head, changes, n_put);
	if (wire->reason || !is_name(record, head.name) ||
	    (head.field && !is_name(record, head.field))) {
		safi_wire_fail(wire, "a view has no name");
		return;
	}
	const char *reason;
	const safi_view added = safi_views_add(&record->views, &record->arena, head.name, head.parent,
	                                       text, changes, head.n, &reason);
	if (added != number) {
		safi_wire_fail(wire, reason ? reason : "a view is its parent");
		return;
	}
	safi_views_get(&record->views, added)->field = head.field;
}

static void unpack_views(SafiWire *wire, safi_record *record)
{
	uint32_t n_put = 0;

	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		unpack_view(wire, record, &n_put);
	}
}

static void unpack_targets(SafiWire *wire, safi_record *record)
{
	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		Target target = {0};
		safi_wire_take(wire, &target, sizeof target);
		SafiView *view = safi_views_get(&record->views, target.view);
		if (!view || (target.field && !is_name(record, target.field))) {
			safi_wire_fail(wire, "a field has no view to be read from");
			return;
		}
		view->field = target.field;
	}
}

static void unpack_rendered(SafiWire *wire, safi_record *record)
{
	const safi_text text = safi_wire_text(wire);

	safi_buffer_add(&record->rendered, text.ptr, text.len);
	if (record->rendered.failed) {
		safi_wire_fail(wire, "out of memory");
	}
}

static void unpack_reason(SafiWire *wire, safi_record *record, SafiReason *reason)
{
	const safi_status status = (safi_status)safi_wire_u32(wire);
	const safi_text code = safi_wire_utf8(wire, &record->arena);
	const safi_text message = safi_wire_utf8(wire, &record->arena);

	if (status != SAFI_FAIL && (status != SAFI_DROP || reason == &record->broken)) {
		safi_wire_fail(wire, "a reason is for nothing");
	}
	if (!wire->reason) {
		*reason = (SafiReason){status, code, message};
	}
}

static bool unpack(safi_record *record, safi_bytes from, uint32_t allowed, bool trusted,
                   const char **reason)
{
	SafiWire wire = safi_wire_open(from);
	wire.trusted = trusted;
	const uint32_t parts = safi_wire_u32(&wire);

	if (parts & ~allowed) {
		safi_wire_fail(&wire, "there are parts that do not belong here");
	}
	if (parts & ORIGIN) {
		unpack_origin(&wire, record);
	}
	if (parts & NAMES) {
		unpack_names(&wire, record);
	}
	if (parts & VIEWS) {
		record->views.trusted = trusted;
		unpack_views(&wire, record);
		record->views.trusted = false;
	}
	if (parts & TARGETS) {
		unpack_targets(&wire, record);
	}
	if (parts & FIELDS) {
		safi_unpack_fields(&wire, record, &record->fields);
	}
	if (parts & NOTES) {
		safi_unpack_notes(&wire, record);
	}
	if (parts & RENDERED) {
		unpack_rendered(&wire, record);
	}
	if (parts & REASON) {
		unpack_reason(&wire, record, &record->reason);
	}
	if (parts & BROKEN) {
		unpack_reason(&wire, record, &record->broken);
	}
	const bool good = safi_wire_close(&wire);
	*reason = wire.reason;
	return good;
}

bool safi_unpack_record(safi_record *into, safi_bytes from, const char **reason)
{
	return unpack(into, from, ALL, false, reason);
}

bool safi_unpack_trusted(safi_record *into, safi_bytes from, const char **reason)
{
	return unpack(into, from, ALL, true, reason);
}

bool safi_unpack_changes(safi_record *record, safi_bytes from, const char **reason)
{
	return unpack(record, from, ALL & ~(uint32_t)ORIGIN, false, reason);
}
