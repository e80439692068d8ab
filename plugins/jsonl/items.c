#include "items.h"

/* Code points are counted once for each block; a place costs at most one block more. */
#define BLOCK 64u

/* --- units ------------------------------------------------------------------------------------ */

static uint32_t count_points(const char *at, uint32_t len)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < len; i++) {
		n += (at[i] & 0xC0) != 0x80;
	}
	return n;
}

bool items_count_points(Items *items)
{
	const Print *to = items->to;
	safi_text text = to->host->view_text(to->record, items->view);
	uint32_t blocks = (uint32_t)text.len / BLOCK + 1;
	uint32_t *points = to->host->alloc(to->record, blocks * sizeof *points);
	if (points == NULL) {
		return false;
	}
	points[0] = 0;
	for (uint32_t i = 1; i < blocks; i++) {
		points[i] = points[i - 1] + count_points(text.ptr + (i - 1) * BLOCK, BLOCK);
	}
	items->points = points;
	return true;
}

static uint32_t in_units(const Items *items, const char *text, uint32_t at)
{
	if (items->points == NULL) {
		return at;
	}
	uint32_t block = at / BLOCK;
	return items->points[block] + count_points(text + block * BLOCK, at % BLOCK);
}

/* --- names ------------------------------------------------------------------------------------ */

static bool ends_with(safi_text text, const char *end)
{
	size_t len = strlen(end);
	return text.len >= len && memcmp(text.ptr + text.len - len, end, len) == 0;
}

/* The English plural: entity, entities; match, matches; line, lines. */
safi_text items_plural(safi_text type, char *room)
{
	static const char *const sibilants[] = { "s", "x", "z", "ch", "sh" };
	const char *end = "s";
	size_t len = type.len;
	for (size_t i = 0; i < sizeof sibilants / sizeof *sibilants; i++) {
		if (ends_with(type, sibilants[i])) {
			end = "es";
		}
	}
	if (len > 1 && type.ptr[len - 1] == 'y' && !strchr("aeiou", type.ptr[len - 2])) {
		end = "ies";
		len--;
	}
	memcpy(room, type.ptr, len);
	memcpy(room + len, end, strlen(end));
	return (safi_text){ room, len + strlen(end) };
}

/* --- items ------------------------------------------------------------------------------------ */

typedef struct Item {
	const Items *items;
	safi_note note;
	safi_view view; /* the one that the note was made on, and its span there */
	safi_span span;
	char mark;      /* what comes before the next member: the bracket, then commas */
} Item;

static const Print *next_member(Item *item)
{
	const Print *to = item->items->to;
	print_raw(to, &item->mark, 1);
	item->mark = ',';
	return to;
}

static void print_text(Item *item)
{
	const Print *to = next_member(item);
	safi_text text = to->host->view_text(to->record, item->view);
	print_name(to, safi_str("text"));
	print_string(to, (safi_text){ text.ptr + item->span.begin,
	                              item->span.end - item->span.begin });
}

static bool print_features(Item *item, safi_key *clash)
{
	const safi_host *host = item->items->to->host;
	safi_record *record = item->items->to->record;
	const ItemKeys *own = item->items->keys;
	const safi_key *keys;
	uint32_t n = host->keys(record, item->note, &keys);
	for (uint32_t i = 0; i < n; i++) {
		if (keys[i] == own->text || keys[i] == own->span || keys[i] == own->source ||
		    keys[i] == own->within) {
			*clash = keys[i];
			return false;
		}
		const Print *to = next_member(item);
		print_name(to, host->key_name(record, keys[i]));
		print_field(to, item->note, keys[i]);
	}
	return true;
}

static void print_span(Item *item)
{
	const Items *items = item->items;
	const safi_host *host = items->to->host;
	safi_record *record = items->to->record;
	safi_span span;
	if (items->view == 0 || !host->note_span(record, item->note, items->view, &span)) {
		return;
	}
	const char *text = host->view_text(record, items->view).ptr;
	print_pair(next_member(item), "span", in_units(items, text, span.begin),
	           in_units(items, text, span.end));
}

static void print_source(Item *item)
{
	const Print *to = item->items->to;
	safi_source source;
	if (!to->host->source(to->record, item->view, item->span, &source)) {
		return;
	}
	print_pair(next_member(item), "source", source.begin, source.end);
	if (source.skip > 0 || source.rest > 0) {
		print_pair(next_member(item), "within", source.skip,
		           (uint64_t)source.skip + (item->span.end - item->span.begin));
	}
}

static bool print_item(Item *item, bool bare, safi_key *clash)
{
	if (!bare) {
		print_text(item);
	}
	if (!print_features(item, clash)) {
		return false;
	}
	if (item->items->places) {
		print_span(item);
		print_source(item);
	}
	if (item->mark == '{') {
		next_member(item);
	}
	print_raw(item->items->to, "}", 1);
	return true;
}

bool items_print(const Items *items, safi_key type, bool bare, safi_key *clash)
{
	const Print *to = items->to;
	const safi_note *notes;
	const safi_span *spans;
	uint32_t n = to->host->notes(to->record, type, 0, &notes, &spans);
	print_raw(to, "[", 1);
	for (uint32_t i = 0; i < n; i++) {
		Item item = { items, notes[i], to->host->note_view(to->record, notes[i]), spans[i], '{' };
		if (i > 0) {
			print_raw(to, ",", 1);
		}
		if (!print_item(&item, bare, clash)) {
			return false;
		}
	}
	print_raw(to, "]", 1);
	return true;
}

/* --- views ------------------------------------------------------------------------------------ */

static void print_parent(const Print *to, safi_view parent)
{
	const safi_view *views;
	uint32_t at = 0, n = to->host->views(to->record, &views);
	while (at < n && views[at] != parent) {
		at++;
	}
	if (at < n) {
		print_number(to, at);
	} else {
		print_string(to, safi_str("raw"));
	}
}

static void print_changes(const Print *to, const safi_change *changes, uint32_t n)
{
	print_raw(to, "[", 1);
	for (uint32_t i = 0; i < n; i++) {
		print_raw(to, i > 0 ? ",[" : "[", i > 0 ? 2 : 1);
		print_number(to, changes[i].from);
		print_raw(to, ",", 1);
		print_number(to, changes[i].taken);
		print_raw(to, ",", 1);
		print_number(to, changes[i].put);
		print_raw(to, "]", 1);
	}
	print_raw(to, "]", 1);
}

static void print_view(const Print *to, safi_view view)
{
	const safi_host *host = to->host;
	safi_view parent;
	const safi_change *changes;
	uint32_t n = host->view_changes(to->record, view, &parent, &changes);
	print_raw(to, "{", 1);
	print_name(to, safi_str("name"));
	print_string(to, host->key_name(to->record, host->view_name(to->record, view)));
	print_raw(to, ",", 1);
	print_name(to, safi_str("parent"));
	print_parent(to, parent);
	print_raw(to, ",", 1);
	print_name(to, safi_str("text"));
	print_string(to, host->view_text(to->record, view));
	print_raw(to, ",", 1);
	print_name(to, safi_str("changes"));
	print_changes(to, changes, n);
	print_raw(to, "}", 1);
}

void items_print_views(const Print *to)
{
	const safi_view *views;
	uint32_t n = to->host->views(to->record, &views);
	print_raw(to, "[", 1);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0) {
			print_raw(to, ",", 1);
		}
		print_view(to, views[i]);
	}
	print_raw(to, "]", 1);
}
