/* Compares two records through the host's table. */
#include "sample.h"

#include "host.h"

#include <glib.h>
#include <stdlib.h>

static const safi_host *host;

static void hold(bool law, const char *what, uint32_t where)
{
	if (!law) {
		g_printerr("A law is broken: two records differ in %s, at %u\n", what, where);
		abort();
	}
}

static bool same_text(safi_text a, safi_text b)
{
	return a.len == b.len && (!a.len || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool same_span(safi_span a, safi_span b)
{
	return a.begin == b.begin && a.end == b.end;
}

/* --- fields ----------------------------------------------------------------------------------- */

typedef struct Values {
	bool has[4];
	safi_text text;
	int64_t integer;
	double real;
	bool boolean;
	safi_text json;
} Values;

static Values values_at(const safi_record *record, safi_note note, safi_key key, uint32_t i)
{
	Values values = {.json = {NULL, 0}};

	values.has[0] = host->get_text(record, note, key, i, &values.text);
	values.has[1] = host->get_int(record, note, key, i, &values.integer);
	values.has[2] = host->get_real(record, note, key, i, &values.real);
	values.has[3] = host->get_bool(record, note, key, i, &values.boolean);
	host->get_json(record, note, key, i, &values.json);
	return values;
}

static void same_value(const safi_record *a, const safi_record *b, safi_note note, safi_key key,
                       uint32_t i)
{
	const Values x = values_at(a, note, key, i), y = values_at(b, note, key, i);

	hold(memcmp(x.has, y.has, sizeof x.has) == 0, "the type of a value", i);
	hold(same_text(x.text, y.text), "a text", i);
	hold(x.integer == y.integer && x.real == y.real && x.boolean == y.boolean, "a number", i);
	hold(same_text(x.json, y.json), "a value as JSON", i);
}

static void same_field(const safi_record *a, const safi_record *b, safi_note note, safi_key key)
{
	safi_view x_view = 0, y_view = 0;
	safi_span x = {0, 0}, y = {0, 0};
	const uint32_t n = host->count(a, note, key);

	hold(host->type(a, note, key) == host->type(b, note, key), "the type of a field", note);
	hold(n == host->count(b, note, key), "the number of values", note);
	for (uint32_t i = 0; i < n; i++) {
		same_value(a, b, note, key, i);
	}
	same_value(a, b, note, key, SAFI_WHOLE);
	hold(host->get_place(a, note, key, &x_view, &x) == host->get_place(b, note, key, &y_view, &y) &&
	     x_view == y_view && same_span(x, y), "the place of a field", note);
}

static void same_fields(const safi_record *a, const safi_record *b, safi_note note)
{
	const safi_key *x, *y;
	const uint32_t n = host->keys(a, note, &x);

	hold(n == host->keys(b, note, &y), "the number of fields", note);
	for (uint32_t i = 0; i < n; i++) {
		hold(x[i] == y[i] && same_text(host->key_name(a, x[i]), host->key_name(b, y[i])),
		     "the name of a field", note);
		same_field(a, b, note, x[i]);
	}
}

static void same_names(safi_record *a, safi_record *b)
{
	hold(a->names.n == b->names.n, "the number of names", 0);
	for (uint32_t i = 1; i <= a->names.n; i++) {
		const safi_text name = host->key_name(a, SAFI_KEY_LOCAL | i);
		hold(same_text(name, host->key_name(b, SAFI_KEY_LOCAL | i)), "a name", i);
		hold(host->name(a, name) == host->name(b, name), "the key of a name", i);
		hold(safi_fields_find(&a->fields, host->name(a, name)) == NULL ||
		     safi_fields_find(&b->fields, host->name(b, name)) != NULL, "a field by name", i);
	}
}

/* --- views ------------------------------------------------------------------------------------ */

static void same_sources(const safi_record *a, const safi_record *b, safi_view view, safi_span span)
{
	safi_source x = {0}, y = {0};
	safi_span up = {0}, other_up = {0};

	hold(host->source(a, view, span, &x) == host->source(b, view, span, &y) &&
	     x.begin == y.begin && x.end == y.end && x.skip == y.skip && x.rest == y.rest, "a source",
	     view);
	hold(host->view_map(a, view, span, SAFI_RAW, &up) ==
	     host->view_map(b, view, span, SAFI_RAW, &other_up) && same_span(up, other_up), "a place",
	     view);
}

static void same_view(const safi_record *a, const safi_record *b, safi_view view)
{
	const safi_change *x, *y;
	safi_view x_parent, y_parent;
	const uint32_t n = host->view_changes(a, view, &x_parent, &x);
	const uint32_t len = (uint32_t)host->view_text(a, view).len;

	hold(host->view_name(a, view) == host->view_name(b, view), "the name of a view", view);
	hold(host->text_field(a, view) == host->text_field(b, view), "the field of a view", view);
	hold(same_text(host->view_text(a, view), host->view_text(b, view)), "the text of a view", view);
	hold(n == host->view_changes(b, view, &y_parent, &y) && x_parent == y_parent &&
	     (!n || memcmp(x, y, n * sizeof *x) == 0), "the changes of a view", view);
	for (uint32_t step = len / 3 + 1, at = 0; at < len; at += step) {
		same_sources(a, b, view, (safi_span){at, MIN(at + step, len)});
		same_sources(a, b, view, (safi_span){at, at});
	}
}

static void same_views(const safi_record *a, const safi_record *b)
{
	const safi_view *x, *y;
	const uint32_t n = host->views(a, &x);

	hold(same_text(host->view_text(a, SAFI_RAW), host->view_text(b, SAFI_RAW)), "raw bytes", 0);
	hold(n == host->views(b, &y) && host->text(a) == host->text(b), "the number of views", 0);
	for (uint32_t i = 0; i < n; i++) {
		hold(x[i] == y[i], "the number of a view", i);
		same_view(a, b, x[i]);
	}
}

/* --- notes ------------------------------------------------------------------------------------ */

static void same_list(const safi_record *a, const safi_record *b, safi_key type, safi_view in)
{
	const safi_note *x, *y;
	const safi_span *x_spans, *y_spans;
	const uint32_t n = host->notes(a, type, in, &x, &x_spans);

	hold(n == host->notes(b, type, in, &y, &y_spans) && (!n || memcmp(x, y, n * sizeof *x) == 0) &&
	     (!n || memcmp(x_spans, y_spans, n * sizeof *x_spans) == 0), "a list of notes", in);
}

static void same_notes(const safi_record *a, const safi_record *b)
{
	const safi_key *x, *y;
	const uint32_t n = host->note_types(a, &x);

	hold(n == host->note_types(b, &y) && (!n || memcmp(x, y, n * sizeof *x) == 0),
	     "the types of notes", 0);
	hold(a->notes.n == b->notes.n, "the number of notes", 0);
	for (uint32_t i = 0; i < n; i++) {
		same_list(a, b, x[i], 0);
		same_list(a, b, x[i], SAFI_RAW);
		same_list(a, b, x[i], host->text(a));
	}
	for (safi_note note = 1; note <= a->notes.n; note++) {
		hold(host->note_view(a, note) == host->note_view(b, note), "the view of a note", note);
		same_fields(a, b, note);
	}
}

/* --- all -------------------------------------------------------------------------------------- */

static void same_reason(const SafiReason *a, const SafiReason *b)
{
	hold(a->status == b->status && same_text(a->code, b->code) && same_text(a->message, b->message),
	     "a reason", 0);
}

void sample_same(const safi_record *a, const safi_record *b)
{
	safi_text x, y;
	uint64_t x_begin, x_end, y_begin, y_end;

	host = safi_host_table();
	hold(host->origin(a, &x, &x_begin, &x_end) == host->origin(b, &y, &y_begin, &y_end) &&
	     same_text(x, y) && x_begin == y_begin && x_end == y_end && a->number == b->number,
	     "the origin", 0);
	same_views(a, b);
	same_fields(a, b, 0);
	same_notes(a, b);
	same_names((safi_record *)a, (safi_record *)b);
	same_reason(&a->reason, &b->reason);
	same_reason(&a->broken, &b->broken);
	hold(same_text((safi_text){a->rendered.data, a->rendered.len},
	               (safi_text){b->rendered.data, b->rendered.len}), "what was rendered", 0);
}
