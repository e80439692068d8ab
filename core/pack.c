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
	uint32_t n; /* changes */
} ViewHead;

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

static void pack_view(SafiBuffer *to, const SafiView *view)
{
	const ViewHead head = {view->name, view->field, view->parent, view->up.n};

	safi_buffer_add(to, &head, sizeof head);
	if (!head.n) {
		return; /* its parent's text */
	}
	safi_change *changes = safi_wire_room(to, sizeof *changes, head.n);
	for (uint32_t i = 0; changes && i < head.n; i++) {
		const SafiEdge *edge = &view->up.edges[i];
		changes[i] = (safi_change){edge->from, edge->taken, edge->put};
	}
	safi_wire_add_text(to, view->text);
}

static void pack_views(SafiBuffer *to, const SafiViews *views, uint32_t from)
{
	safi_wire_add_u32(to, views->n - from);
	for (uint32_t i = from; i < views->n; i++) {
		pack_view(to, &views->items[i]);
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

static void unpack_view(SafiWire *wire, safi_record *record)
{
	const safi_view number = record->views.n + 1;
	ViewHead head = {0};
	safi_text text;

	safi_wire_take(wire, &head, sizeof head);
	const safi_change *changes = head.n ? safi_wire_array(wire, sizeof *changes, head.n) : NULL;
	text = head.n ? safi_wire_text(wire) : safi_views_text(&record->views, head.parent);
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
	for (uint32_t n = safi_wire_u32(wire); n && !wire->reason; n--) {
		unpack_view(wire, record);
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

static bool unpack(safi_record *record, safi_bytes from, uint32_t allowed, const char **reason)
{
	SafiWire wire = safi_wire_open(from);
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
		unpack_views(&wire, record);
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
	return unpack(into, from, ALL, reason);
}

bool safi_unpack_changes(safi_record *record, safi_bytes from, const char **reason)
{
	return unpack(record, from, ALL & ~(uint32_t)ORIGIN, reason);
}
