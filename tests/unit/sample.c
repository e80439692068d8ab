#include "sample.h"

#include "host.h"

#include <glib.h>

enum { NOTES_AT_ONCE = 5, LONGEST = 4096 };

static const safi_host *host;
static ChainDice *dice;

static uint32_t below(uint32_t n)
{
	return dice->below(dice, n);
}

static bool chance(uint32_t percent)
{
	return below(100) < percent;
}

static safi_text random_text(void)
{
	static const char *const texts[] = {"", "a", "title", "كتاب", "two\nlines", "\"\\\"", "😀",
	                                    "a text of more than sixteen bytes"};
	return safi_str(texts[below(G_N_ELEMENTS(texts))]);
}

/* Interned ones, and such as were met in the data. */
static safi_key random_key(safi_record *record)
{
	static const char *const interned[] = {"page", "text", "title", "line"};
	char name[16];

	if (chance(50)) {
		return host->key(interned[below(G_N_ELEMENTS(interned))]);
	}
	g_snprintf(name, sizeof name, "met-%u", below(chance(80) ? 4 : 60));
	return host->name(record, safi_str(name));
}

static safi_view random_view(const safi_record *record)
{
	const uint32_t view = below(record->views.n + 1);

	return view ? view : SAFI_RAW;
}

static safi_span random_span(const safi_record *record, safi_view view)
{
	const uint32_t len = (uint32_t)host->view_text(record, view).len;
	const uint32_t a = below(len + 1), b = below(len + 1);

	return (safi_span){MIN(a, b), MAX(a, b)};
}

/* --- fields ----------------------------------------------------------------------------------- */

static safi_text random_json(const safi_record *record)
{
	static const char *const values[] = {"1", "12345678901234567890", "1.10", "\"a\\u0041\"",
	                                     "[1,\"x\",null]", "{\"a\":{}}", "null", "true", "[]"};
	const safi_text raw = host->view_text(record, SAFI_RAW);
	const safi_text value = safi_str(values[below(G_N_ELEMENTS(values))]);
	const char *found = chance(60) ? g_strstr_len(raw.ptr, (gssize)raw.len, value.ptr) : NULL;

	return found ? (safi_text){found, value.len} : value;
}

/* Of the type that is there, mostly: other values cannot be appended. */
static void put(safi_record *record, safi_note note, safi_key key, safi_put how)
{
	int32_t type = host->type(record, note, key);

	if (how != SAFI_APPEND || !type) {
		type = (int32_t)below(5);
	}
	switch (type) {
	case SAFI_TEXT:
		host->put_text(record, note, key, random_text(), how);
		break;
	case SAFI_INT:
		host->put_int(record, note, key, (int64_t)below(9) - 4, how);
		break;
	case SAFI_REAL:
		host->put_real(record, note, key, below(99) / 8.0, how);
		break;
	case SAFI_BOOL:
		host->put_bool(record, note, key, chance(50), how);
		break;
	default:
		host->put_json(record, note, key, random_json(record),
		               how == SAFI_APPEND ? SAFI_REPLACE : how);
	}
}

static void put_place(safi_record *record, safi_note note, safi_key key)
{
	const safi_view view = random_view(record);

	if (host->type(record, note, key)) {
		host->put_place(record, note, key, view, random_span(record, view));
	}
}

static void change_field(safi_record *record, safi_note note)
{
	const safi_key key = random_key(record);

	switch (below(6)) {
	case 0:
		host->erase(record, note, key);
		break;
	case 1:
		put_place(record, note, key);
		break;
	default:
		put(record, note, key, (safi_put)below(3));
	}
	/* Reading decodes and keeps, which is no change. */
	safi_text text;
	host->get_text(record, note, key, 0, &text);
}

/* --- views ------------------------------------------------------------------------------------ */

/* Takes a piece of the parent's out and puts a text in, at whole characters. */
static void rewrite(safi_record *record, safi_view parent)
{
	const safi_text from = host->view_text(record, parent), put = random_text();
	safi_span span = random_span(record, parent);
	g_autoptr(GString) text = g_string_new_len(from.ptr, (gssize)from.len);

	if (from.len > LONGEST || safi_host_table()->utf8((safi_bytes){(const uint8_t *)from.ptr,
	                                                               from.len}) < from.len) {
		return;
	}
	for (; (from.ptr[span.begin] & 0xC0) == 0x80; span.begin--) {
	}
	for (; span.end < from.len && (from.ptr[span.end] & 0xC0) == 0x80; span.end++) {
	}
	g_string_erase(text, span.begin, span.end - span.begin);
	g_string_insert_len(text, span.begin, put.ptr, (gssize)put.len);
	const safi_change change = {span.begin, span.end - span.begin, (uint32_t)put.len};
	host->view_add(record, random_key(record), parent, (safi_text){text->str, text->len}, &change,
	               1);
}

static void change_views(safi_record *record)
{
	const safi_view parent = random_view(record);
	const safi_text text = host->view_text(record, parent);

	if (chance(30) && record->views.n) {
		host->set_text_field(record, 1 + below(record->views.n),
		                     chance(20) ? 0 : random_key(record));
	} else if (chance(40)) {
		host->view_add(record, random_key(record), parent, text, NULL, 0);
	} else {
		rewrite(record, parent);
	}
}

/* --- notes ------------------------------------------------------------------------------------ */

static void put_column(safi_record *record, safi_note first, uint32_t n, safi_key key)
{
	safi_text texts[NOTES_AT_ONCE];
	int64_t ints[NOTES_AT_ONCE];
	double reals[NOTES_AT_ONCE];
	bool bools[NOTES_AT_ONCE];

	for (uint32_t i = 0; i < n; i++) {
		texts[i] = random_text();
		ints[i] = below(1000);
		reals[i] = below(1000) / 16.0;
		bools[i] = chance(50);
	}
	switch (below(4)) {
	case 0:
		host->put_texts(record, first, n, key, texts);
		break;
	case 1:
		host->put_ints(record, first, n, key, ints);
		break;
	case 2:
		host->put_reals(record, first, n, key, reals);
		break;
	default:
		host->put_bools(record, first, n, key, bools);
	}
}

static void add_notes(safi_record *record)
{
	const safi_view view = random_view(record);
	const uint32_t n = 1 + below(NOTES_AT_ONCE);
	safi_span spans[NOTES_AT_ONCE];

	for (uint32_t i = 0; i < n; i++) {
		spans[i] = random_span(record, view);
	}
	const safi_note first = host->notes_add(record, view, random_key(record), spans, n);
	if (chance(40)) {
		put_column(record, first, n, random_key(record));
	}
}

static void put_late_column(safi_record *record, safi_note first)
{
	const uint32_t wanted = 1 + below(NOTES_AT_ONCE);
	const uint32_t n = MIN(wanted, record->notes.n - first + 1);
	const safi_key key = random_key(record);

	if (!safi_notes_any_has(&record->notes, first, n, key)) {
		put_column(record, first, n, key);
	}
}

static void change_notes(safi_record *record)
{
	const safi_note note = record->notes.n ? 1 + below(record->notes.n) : 0;

	switch (note ? below(5) : 0) {
	case 0:
		add_notes(record);
		break;
	case 1:
		host->note_remove(record, note);
		break;
	case 2:
		put_late_column(record, note);
		break;
	default:
		if (safi_notes_get(&record->notes, note)) {
			change_field(record, note);
		}
	}
}

/* --- a record --------------------------------------------------------------------------------- */

void sample_begin(ChainDice *with, safi_record *record)
{
	static const char *const pieces[] = {"{\"a\":1,", "1.10", "كتاب", "\"a\\u0041\"", "\n",
	                                     "[1,\"x\",null]", "true", "\xFF"};
	g_autoptr(GString) raw = g_string_new(NULL);

	host = safi_host_table();
	dice = with;
	const bool strays = chance(20);
	for (uint32_t n = below(12); n; n--) {
		g_string_append(raw, pieces[below(G_N_ELEMENTS(pieces) - !strays)]);
	}
	if (chance(90)) {
		host->set_raw(record, (safi_bytes){(const uint8_t *)raw->str, raw->len});
		host->set_origin(record, safi_str("news.jsonl"), below(1000), below(1000));
	}
	record->number = below(100);
}

void sample_work(ChainDice *with, safi_record *record, uint32_t times)
{
	host = safi_host_table();
	dice = with;
	for (; times; times--) {
		switch (below(10)) {
		case 0: case 1: case 2: case 3:
			change_field(record, 0);
			break;
		case 4: case 5:
			change_views(record);
			break;
		case 6: case 7: case 8:
			change_notes(record);
			break;
		default:
			if (chance(20)) {
				host->write(record, (safi_bytes){(const uint8_t *)"\xFFrendered", 9});
			} else if (chance(20)) {
				host->fail(record, chance(50) ? "no-title" : "", "it has no title");
			} else if (chance(10)) {
				host->put_text(record, 0, 0, safi_str("for no field"), SAFI_REPLACE);
			}
		}
	}
}
