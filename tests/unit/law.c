#include "law.h"

#include "host.h"

#include <glib.h>
#include <stdlib.h>

enum { TOLD = 400 /* bytes of a text, and changes, that are shown */ };

static const char *about = "";

void law_about(const char *what)
{
	about = what;
}

/* --- failures --------------------------------------------------------------------------------- */

static void tell_text(const char *what, safi_text text)
{
	g_autofree char *bytes = g_strndup(text.ptr, MIN(text.len, TOLD));
	g_autofree char *readable = g_strescape(bytes, NULL);

	g_printerr("%s (%" G_GSIZE_FORMAT "): \"%s\"\n", what, text.len, readable);
}

static void tell_view(const safi_record *record, safi_view view)
{
	const safi_host *host = safi_host_table();
	const safi_change *changes;
	safi_view parent;
	const uint32_t n = host->view_changes(record, view, &parent, &changes);

	g_printerr("view %u of %d\n", view, (int)parent);
	for (uint32_t i = 0; i < MIN(n, TOLD); i++) {
		g_printerr("  at %u: %u -> %u\n", changes[i].from, changes[i].taken, changes[i].put);
	}
	tell_text("text", host->view_text(record, view));
}

void law_hold(bool law, const char *what, const safi_record *record, safi_view view, safi_span span)
{
	const safi_host *host = safi_host_table();
	const safi_view *views;

	if (law) {
		return;
	}
	const uint32_t n = host->views(record, &views);
	g_printerr("%s\n", about);
	tell_text("raw", host->view_text(record, SAFI_RAW));
	for (uint32_t i = 0; i < n; i++) {
		tell_view(record, views[i]);
	}
	g_printerr("span [%u, %u) of view %u: %s\n", span.begin, span.end, view, what);
	abort();
}

/* --- against the atoms ------------------------------------------------------------------------ */

void law_source(safi_record *record, safi_view view, const Atoms *atoms, safi_span span)
{
	safi_span smallest, replayed;
	safi_source source;

	law_hold(safi_host_table()->source(record, view, span, &source), "no source", record, view,
	         span);
	const safi_span range = {source.begin, source.end};
	law_hold(range.begin <= range.end && atoms_replay(atoms, range, &replayed),
	         "the source cuts a change", record, view, span);
	law_hold(replayed.begin + source.skip == span.begin && replayed.end - source.rest == span.end,
	         "the replay of the source is not the span", record, view, span);
	if (atoms_cover(atoms, span, &smallest)) {
		law_hold(range.begin == smallest.begin && range.end == smallest.end,
		         "the source is not the smallest range", record, view, span);
	} else {
		law_hold(range.begin == range.end, "the source of nothing is something", record, view,
		         span);
	}
}

typedef struct Mapped {
	bool known, left;
	safi_span expected, got;
} Mapped;

/* A place between atoms is left in every text; a place inside an atom is left where the atom is. */
static void hold_mapped(const safi_record *record, safi_view view, safi_span span, Mapped mapped)
{
	const bool there = !mapped.known || mapped.expected.begin < mapped.expected.end;

	law_hold(mapped.left == there, "what is left", record, view, span);
	if (mapped.left && span.begin == span.end) {
		law_hold(mapped.got.begin == mapped.got.end, "nothing maps to something", record, view,
		         span);
	} else if (mapped.left) {
		law_hold(mapped.got.begin == mapped.expected.begin &&
		         mapped.got.end == mapped.expected.end, "not the smallest span", record, view,
		         span);
	}
}

void law_map_up(safi_record *record, safi_view view, safi_view to, const Atoms *atoms,
                safi_span span)
{
	Mapped mapped = {.got = {7, 9}};

	mapped.known = atoms_cover(atoms, span, &mapped.expected);
	mapped.left = safi_host_table()->view_map(record, view, span, to, &mapped.got);
	hold_mapped(record, view, span, mapped);
}

void law_map_down(safi_record *record, safi_view view, safi_view from, const Atoms *atoms,
                  safi_span span)
{
	Mapped mapped = {.got = {7, 9}};

	mapped.known = atoms_became(atoms, span, &mapped.expected);
	mapped.left = safi_host_table()->view_map(record, from, span, view, &mapped.got);
	hold_mapped(record, view, span, mapped);
}

/* --- by a replay ------------------------------------------------------------------------------ */

/* What a range of the raw bytes became, insertions at both edges included.  False: it cuts a
 * change. */
static bool replay(const safi_record *record, safi_view view, safi_span range, safi_span *became)
{
	const safi_host *host = safi_host_table();
	const safi_change *changes;
	safi_view parent;
	const uint32_t n = host->view_changes(record, view, &parent, &changes);
	int64_t before = 0, within = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t from = changes[i].from, to = from + changes[i].taken;
		const int64_t more = (int64_t)changes[i].put - changes[i].taken;
		if (from >= range.begin && to <= range.end) {
			within += more;
		} else if (to <= range.begin) {
			before += more;
		} else if (from < range.end) {
			return false;
		}
	}
	became->begin = (uint32_t)(range.begin + before);
	became->end = (uint32_t)(range.end + before + within);
	return true;
}

void law_replay_span(safi_record *record, safi_view view, safi_span span)
{
	const safi_host *host = safi_host_table();
	const size_t len = host->view_text(record, SAFI_RAW).len;
	safi_source source = {0};
	safi_span became = {0, 0};

	law_hold(host->source(record, view, span, &source), "no source", record, view, span);
	law_hold(source.begin <= source.end && source.end <= len, "the source is out of range",
	         record, view, span);
	law_hold(replay(record, view, (safi_span){source.begin, source.end}, &became),
	         "the source cuts a change", record, view, span);
	law_hold(became.begin + source.skip == span.begin && became.end - source.rest == span.end,
	         "the replay of the source is not the span", record, view, span);
}

/* Whether what stands from `at` of the raw bytes on up to the change is in the text as it is. */
static bool is_equal(safi_text raw, size_t at, size_t end, safi_text text, size_t made)
{
	return at <= end && end <= raw.len && end - at <= text.len - made &&
	       memcmp(raw.ptr + at, text.ptr + made, end - at) == 0;
}

void law_replay(safi_record *record, safi_view view)
{
	const safi_host *host = safi_host_table();
	const safi_text raw = host->view_text(record, SAFI_RAW), text = host->view_text(record, view);
	const safi_span whole = {0, (uint32_t)text.len};
	const safi_change *changes;
	safi_view parent;
	const uint32_t n = host->view_changes(record, view, &parent, &changes);
	size_t at = 0, made = 0;

	law_hold(parent == SAFI_RAW, "it is not made of the raw bytes", record, view, whole);
	law_hold(host->utf8((safi_bytes){(const uint8_t *)text.ptr, text.len}) == text.len,
	         "it is not UTF-8", record, view, whole);
	for (uint32_t i = 0; i < n; i++) {
		law_hold(is_equal(raw, at, changes[i].from, text, made), "what no change took differs",
		         record, view, whole);
		made += changes[i].from - at + changes[i].put;
		at = (size_t)changes[i].from + changes[i].taken;
		law_hold(made <= text.len && at <= raw.len, "a change is out of range", record, view,
		         whole);
	}
	law_hold(is_equal(raw, at, raw.len, text, made) && made + raw.len - at == text.len,
	         "what no change took differs", record, view, whole);
	law_replay_span(record, view, whole);
	law_replay_span(record, view, (safi_span){0, 0});
	law_replay_span(record, view, (safi_span){whole.end, whole.end});
}
