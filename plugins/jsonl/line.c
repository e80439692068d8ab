#include "line.h"

#include "unescape.h"

#include <stdio.h>

/* What safi writes beside the fields. */
typedef enum { ORIGIN, TEXT, NOTES, VIEWS } ExtraKind;

typedef struct Extra {
	ExtraKind kind;
	safi_key key;  /* of its name */
	safi_key type; /* NOTES: of the notes */
	bool written;  /* in the place of a member that came in */
} Extra;

typedef struct Line {
	const LineStyle *style;
	Print to;
	safi_bytes raw;
	const safi_key *keys;
	uint32_t n_keys;

	bool spliced;       /* the raw bytes are the object that the fields came from */
	bool untouched;     /* ... and all of it goes out as it came in */
	uint32_t first_new; /* the fields before this one came in */

	safi_view first;    /* the view that was read; 0: none */
	safi_key source;    /* the field that the first view was read from; 0: none */
	bool text_put;      /* that field has another value now: it stands for the text */
	safi_text text;     /* the text that is written */
	safi_key text_key;  /* that field, if it stands in the line as it came; else 0 */

	Extra *extras;
	uint32_t n_extras;
	bool any_new;       /* there is something to write that did not come in */
	Items items;

	safi_span run;      /* members that follow each other in the raw bytes and here */
	bool comma;         /* the next member needs one */
	safi_key clash;     /* a feature's name that an item needs for itself */
} Line;

/* A member that came in, and what has become of it. */
typedef struct Member {
	Stretch at;
	safi_key key; /* 0: erased */
	bool kept;    /* its value is the raw bytes' */
} Member;

static bool is_wanted(const Line *line, safi_key key)
{
	return safi_choice_has(&line->style->fields, key);
}

static bool is_same(safi_text a, safi_text b)
{
	return a.len == b.len && (a.ptr == b.ptr || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static Extra *find_extra(const Line *line, safi_key key)
{
	for (uint32_t i = 0; i < line->n_extras; i++) {
		if (line->extras[i].key == key) {
			return &line->extras[i];
		}
	}
	return NULL;
}

/* --- what came in ----------------------------------------------------------------------------- */

/* Whether the name as it is written is the field's. */
static bool has_name(const Line *line, safi_span span, safi_key key)
{
	const safi_host *host = line->to.host;
	const char *raw = (const char *)line->raw.ptr;
	safi_text name = { raw + span.begin, span.end - span.begin };
	if (memchr(name.ptr, '\\', name.len)) {
		/* Nobody has vouched for these bytes: half an escape may give more than it is. */
		char *room = host->alloc(line->to.record, name.len + SAFI_PADDING);
		if (room == NULL) {
			return false;
		}
		name = (safi_text){ room, unescape(raw, span, room, NULL) };
	}
	return is_same(name, host->key_name(line->to.record, key));
}

/* Whether the next field is this member's, as it came or with another value.  Fields that came in
 * stand in the order of their members, whatever was erased, so the next is the only one to ask. */
static void match(const Line *line, uint32_t *next, Member *member)
{
	const safi_host *host = line->to.host;
	safi_record *record = line->to.record;
	safi_view view;
	safi_span span;
	member->key = 0;
	member->kept = false;
	if (*next == line->n_keys) {
		return;
	}
	safi_key key = line->keys[*next];
	if (host->type(record, 0, key) == SAFI_JSON &&
	    host->get_place(record, 0, key, &view, &span) && view == SAFI_RAW) {
		if (span.begin != member->at.value.begin) {
			return;
		}
		member->kept = true;
		member->at.value.end = span.end;
	} else if (!has_name(line, member->at.name, key)) {
		return;
	}
	member->key = key;
	(*next)++;
}

static bool is_text(const Line *line, const Member *member)
{
	return member->kept && member->key == line->text_key;
}

/* Whether the text was read from this member, whatever became of the field. */
static bool is_source(const Line *line, const Member *member)
{
	return line->source && has_name(line, member->at.name, line->source);
}

/* Whether the field that the text was read from was put anew. */
static bool is_put_anew(const Line *line)
{
	const safi_host *host = line->to.host;
	safi_record *record = line->to.record;
	safi_view view;
	safi_span span;
	return line->source && host->type(record, 0, line->source) &&
	       !(host->get_place(record, 0, line->source, &view, &span) && view == SAFI_RAW);
}

/* Whether the raw bytes are an object whose members the fields are, and where its text is.  A page
 * of text may also look like an object, and a field may have a member's name by chance; but then
 * nothing stands where its members' values do, and the page itself is the first view. */
static void survey(Line *line)
{
	Splice splice;
	Member member;
	uint32_t next = 0, members = 0, wanted = 0;
	bool text = false, ours = line->first == 0;
	splice_begin(&splice, line->raw);
	for (; splice_next(&splice, &member.at); members++) {
		match(line, &next, &member);
		splice_pass(&splice, &member.at);
		text = text || is_text(line, &member);
		ours = ours || member.kept || is_source(line, &member);
		wanted += member.kept && is_wanted(line, member.key);
	}
	line->spliced = splice.good && splice.close && ours;
	line->untouched = line->spliced && wanted == members;
	line->first_new = line->spliced ? next : 0;
	line->text_put = line->spliced && is_put_anew(line);
	if (!line->spliced || !text) {
		line->text_key = 0;
	}
}

/* The view to write, and the member that the one that was read came from. */
static void find_text(Line *line)
{
	const safi_host *host = line->to.host;
	safi_record *record = line->to.record;
	const safi_view *views;
	if (host->views(record, &views) == 0) {
		return;
	}
	safi_view view = line->style->view ? host->view(record, line->style->view)
	                                   : host->text(record);
	line->items.view = view;
	if (view) {
		line->text = host->view_text(record, view);
	}
	line->first = views[0];
	line->source = line->text_key = host->text_field(record, line->first);
}

static bool is_text_changed(const Line *line)
{
	const Print *to = &line->to;
	return line->text_key && line->items.view && line->items.view != line->first &&
	       !is_same(line->text, to->host->view_text(to->record, line->first));
}

/* --- what safi adds --------------------------------------------------------------------------- */

static void add_extra(Line *line, ExtraKind kind, safi_key key, safi_key type)
{
	line->extras[line->n_extras++] = (Extra){ .kind = kind, .key = key, .type = type };
}

static void add_notes(Line *line, const safi_key *types, uint32_t n)
{
	const safi_host *host = line->to.host;
	safi_record *record = line->to.record;
	for (uint32_t i = 0; i < n; i++) {
		if (!safi_choice_has(&line->style->notes, types[i])) {
			continue;
		}
		safi_text type = host->key_name(record, types[i]);
		char *room = host->alloc(record, type.len + 2);
		if (room == NULL) {
			return;
		}
		add_extra(line, NOTES, host->name(record, items_plural(type, room)), types[i]);
	}
}

/* The places of notes and the changes of views mean nothing without the origin. */
static bool wants_origin(const Line *line, bool notes)
{
	const LineStyle *style = line->style;
	safi_text name;
	uint64_t begin, end;
	return is_wanted(line, style->origin) && !style->origin_never &&
	       (style->origin_always || !line->spliced || style->views ||
	        (notes && style->places)) &&
	       line->to.host->origin(line->to.record, &name, &begin, &end);
}

/* In the order in which they are written, but for the origin, which is the last. */
static bool collect_extras(Line *line)
{
	const safi_host *host = line->to.host;
	const LineStyle *style = line->style;
	const safi_key *types;
	uint32_t n = host->note_types(line->to.record, &types);
	line->extras = host->alloc(line->to.record, (n + 3) * sizeof *line->extras);
	if (line->extras == NULL) {
		return false;
	}
	bool has_place = line->text_key || line->text_put;
	if (line->items.view && !has_place && is_wanted(line, style->text)) {
		add_extra(line, TEXT, style->text, 0);
	}
	uint32_t before = line->n_extras;
	add_notes(line, types, n);
	bool notes = line->n_extras > before;
	if (style->views) {
		add_extra(line, VIEWS, style->views_name, 0);
	}
	if (wants_origin(line, notes)) {
		add_extra(line, ORIGIN, style->origin, 0);
	}
	return !style->points || !notes || !line->items.view || items_count_points(&line->items);
}

static bool is_new(const Line *line, safi_key key)
{
	return is_wanted(line, key) && !find_extra(line, key);
}

static bool has_new(const Line *line)
{
	for (uint32_t i = line->first_new; i < line->n_keys; i++) {
		if (is_new(line, line->keys[i])) {
			return true;
		}
	}
	return line->n_extras > 0;
}

/* --- collisions ------------------------------------------------------------------------------- */

static bool is_field(const Line *line, uint32_t from, uint32_t to, safi_key key)
{
	for (uint32_t i = from; i < to; i++) {
		if (line->keys[i] == key) {
			return is_wanted(line, key);
		}
	}
	return false;
}

/* A name that would be written twice, or 0. */
static safi_key find_clash(const Line *line)
{
	safi_key under = line->style->under;
	uint32_t from = under ? line->first_new : 0;
	bool replace = line->style->replace;
	if (!replace && under && line->any_new && is_field(line, 0, line->first_new, under)) {
		return under;
	}
	for (uint32_t i = 0; i < line->n_extras; i++) {
		safi_key key = line->extras[i].key;
		if (find_extra(line, key) != &line->extras[i] ||
		    (!replace && is_field(line, from, line->n_keys, key))) {
			return key;
		}
	}
	return 0;
}

static safi_status tell_clash(const Line *line, safi_key key, const char *format)
{
	char message[600];
	safi_text name = line->to.host->key_name(line->to.record, key);
	snprintf(message, sizeof message, format, (int)name.len, name.ptr);
	return line->to.host->fail(line->to.record, "name-taken", message);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void print_span(const Line *line, uint32_t begin, uint32_t end)
{
	print_raw(&line->to, (const char *)line->raw.ptr + begin, end - begin);
}

static void end_run(Line *line)
{
	print_span(line, line->run.begin, line->run.end);
	line->run = (safi_span){ 0, 0 };
}

static void next_member(Line *line)
{
	end_run(line);
	if (line->comma) {
		print_raw(&line->to, ",", 1);
	}
	line->comma = true;
}

static void print_origin(const Line *line)
{
	const Print *to = &line->to;
	safi_text name;
	uint64_t begin, end;
	to->host->origin(to->record, &name, &begin, &end);
	print_raw(to, "{", 1);
	print_name(to, safi_str("name"));
	print_string(to, name);
	print_raw(to, ",", 1);
	print_name(to, safi_str("begin"));
	print_number(to, begin);
	print_raw(to, ",", 1);
	print_name(to, safi_str("end"));
	print_number(to, end);
	print_raw(to, "}", 1);
}

static void print_extra(Line *line, Extra *extra)
{
	bool bare = extra->kind == NOTES && safi_choice_has(&line->style->bare, extra->type);
	extra->written = true;
	switch (extra->kind) {
	case ORIGIN: print_origin(line); break;
	case TEXT:   print_string(&line->to, line->text); break;
	case NOTES:  items_print(&line->items, extra->type, bare, &line->clash); break;
	case VIEWS:  items_print_views(&line->to); break;
	}
}

static void print_new_extra(Line *line, Extra *extra)
{
	if (extra->written) {
		return;
	}
	next_member(line);
	print_name(&line->to, line->to.host->key_name(line->to.record, extra->key));
	print_extra(line, extra);
}

static void print_new_field(Line *line, safi_key key)
{
	if (!is_new(line, key)) {
		return;
	}
	next_member(line);
	print_name(&line->to, line->to.host->key_name(line->to.record, key));
	print_field(&line->to, 0, key);
}

/* All that did not come in: id, origin, the other fields, text, notes, views. */
static void print_new(Line *line)
{
	const safi_key *keys = line->keys, id = line->style->id;
	for (uint32_t i = line->first_new; i < line->n_keys; i++) {
		if (keys[i] == id) {
			print_new_field(line, id);
		}
	}
	for (uint32_t i = 0; i < line->n_extras; i++) {
		if (line->extras[i].kind == ORIGIN) {
			print_new_extra(line, &line->extras[i]);
		}
	}
	for (uint32_t i = line->first_new; i < line->n_keys; i++) {
		if (keys[i] != id) {
			print_new_field(line, keys[i]);
		}
	}
	for (uint32_t i = 0; i < line->n_extras; i++) {
		print_new_extra(line, &line->extras[i]);
	}
}

/* All that is new as an object of its own. */
static void print_under(Line *line)
{
	print_raw(&line->to, "{", 1);
	line->comma = false;
	print_new(line);
	line->comma = true;
	print_raw(&line->to, "}", 1);
}

static void print_member_value(Line *line, const Member *member, Extra *extra)
{
	if (extra) {
		print_extra(line, extra);
	} else if (is_text(line, member)) {
		print_string(&line->to, line->text);
	} else {
		print_field(&line->to, 0, member->key);
	}
}

static void print_member(Line *line, const Member *member)
{
	const Stretch *at = &member->at;
	safi_key under = line->style->under;
	if (member->key == 0 || !is_wanted(line, member->key) ||
	    (member->key == under && line->any_new)) {
		return;
	}
	Extra *extra = under ? NULL : find_extra(line, member->key);
	bool changed = is_text(line, member) && is_text_changed(line);
	if (member->kept && !extra && !changed) {
		if (line->run.end == 0 || at->all.begin != line->run.end + 1) {
			next_member(line);
			line->run.begin = at->all.begin;
		}
		line->run.end = at->all.end;
		return;
	}
	next_member(line);
	print_span(line, at->all.begin, at->value.begin);
	print_member_value(line, member, extra);
	print_span(line, at->value.end, at->all.end);
}

/* Returns where the object's last bracket is; the raw bytes before its first are written. */
static uint32_t print_members(Line *line)
{
	Splice splice;
	Member member;
	uint32_t next = 0;
	splice_begin(&splice, line->raw);
	print_span(line, 0, splice.open);
	while (splice_next(&splice, &member.at)) {
		match(line, &next, &member);
		splice_pass(&splice, &member.at);
		print_member(line, &member);
	}
	end_run(line);
	return splice.close;
}

static void print_object(Line *line)
{
	uint32_t close = 0;
	if (line->spliced) {
		close = print_members(line);
	} else {
		print_raw(&line->to, "{", 1);
	}
	if (line->style->under == 0) {
		print_new(line);
	} else if (line->any_new) {
		next_member(line);
		print_name(&line->to, line->to.host->key_name(line->to.record, line->style->under));
		print_under(line);
	}
	if (line->spliced) {
		print_span(line, close, (uint32_t)line->raw.len);
	} else {
		print_raw(&line->to, "}", 1);
	}
}

safi_status line_write(const LineStyle *style, const safi_host *host, safi_record *record)
{
	Line line = { .style = style, .to = { host, record }, .raw = host->raw(record) };
	line.items = (Items){ .to = &line.to, .keys = &style->item, .places = style->places };
	line.n_keys = host->keys(record, 0, &line.keys);
	find_text(&line);
	survey(&line);
	if (!collect_extras(&line)) {
		return SAFI_FAIL;
	}
	line.any_new = has_new(&line);
	safi_key clash = find_clash(&line);
	if (clash) {
		return tell_clash(&line, clash, "the record has a member '%.*s', and safi writes "
		                                "one: set `under`, or `collision: replace`");
	}
	if (line.untouched && !line.any_new && !is_text_changed(&line)) {
		print_span(&line, 0, (uint32_t)line.raw.len);
	} else {
		print_object(&line);
	}
	print_raw(&line.to, "\n", 1);
	if (line.clash) {
		return tell_clash(&line, line.clash, "a note has a feature '%.*s', which is a name "
		                                     "of the writer's own");
	}
	return SAFI_KEEP;
}
