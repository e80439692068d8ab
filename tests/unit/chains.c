#include "chains.h"

#include "host.h"
#include "law.h"
#include "name.h"

#include <glib.h>

enum { VIEWS_MAX = 5, CHANGES_MAX = 256, CROWDED = 200 /* from here on texts do not grow */ };

typedef struct Chain {
	ChainDice *dice;
	safi_record *record;
	uint32_t n;
	safi_view views[VIEWS_MAX];   /* ours are numbered from 0 */
	int parents[VIEWS_MAX];       /* -1: the raw bytes */
	Atoms since_raw[VIEWS_MAX];   /* atoms over the raw bytes ... */
	Atoms since_parent[VIEWS_MAX]; /* ... and over the parent's text */
	char raw[64 * 4];
	uint32_t raw_len;
} Chain;

static const safi_host *host;
static safi_key names[2];
static Chain chain;

/* --- chance ----------------------------------------------------------------------------------- */

static uint32_t below(uint32_t n)
{
	return chain.dice->below(chain.dice, n);
}

static bool chance(uint32_t percent)
{
	return below(100) < percent;
}

static const char *random_piece(void)
{
	static const char *const pieces[] = {"a", "b", " ", "\n", "é", "م", "ن", "\u200f", "ﷺ", "😀"};

	return pieces[below(G_N_ELEMENTS(pieces))];
}

/* --- texts and changes ------------------------------------------------------------------------ */

/* A whole character, or one byte that belongs to none. */
static uint32_t unit_len(safi_text text, uint32_t at)
{
	const gunichar c = g_utf8_get_char_validated(text.ptr + at, text.len - at);

	return c >= (gunichar)-2 ? 1 : (uint32_t)g_unichar_to_utf8(c, NULL);
}

static bool is_stray(safi_text text, uint32_t at)
{
	return g_utf8_get_char_validated(text.ptr + at, text.len - at) >= (gunichar)-2;
}

static void make_raw(void)
{
	const uint32_t n = below(61);
	const bool strays = chance(25);

	chain.raw_len = 0;
	while (chain.raw_len < n) {
		const char *piece = strays && chance(20) ? "\xFF" : random_piece();
		memcpy(chain.raw + chain.raw_len, piece, strlen(piece));
		chain.raw_len += strlen(piece);
	}
}

typedef struct Draft {
	safi_text parent;
	safi_change changes[CHANGES_MAX];
	uint32_t n;
	char text[ATOMS_MAX];
	uint32_t len;
	uint32_t from; /* so much of the parent is done */
} Draft;

static void keep_unit(Draft *draft)
{
	const uint32_t len = unit_len(draft->parent, draft->from);

	memcpy(draft->text + draft->len, draft->parent.ptr + draft->from, len);
	draft->len += len;
	draft->from += len;
}

/* Leaves equal bytes at either end out of a change: it may then begin or end within a character. */
static void trim(Draft *draft, safi_change *change, uint32_t put_at)
{
	const char *taken = draft->parent.ptr + change->from, *put = draft->text + put_at;

	while (change->taken && change->put && *taken == *put) {
		change->from++, change->taken--, change->put--;
		taken++, put++;
	}
	while (change->taken && change->put && taken[change->taken - 1] == put[change->put - 1]) {
		change->taken--, change->put--;
	}
}

static void change_units(Draft *draft, uint32_t units, uint32_t pieces)
{
	safi_change change = {.from = draft->from};
	const uint32_t put_at = draft->len;

	for (; units && draft->from < draft->parent.len; units--) {
		draft->from += unit_len(draft->parent, draft->from);
	}
	for (; pieces && draft->len < CROWDED; pieces--) {
		const char *piece = random_piece();
		memcpy(draft->text + draft->len, piece, strlen(piece));
		draft->len += strlen(piece);
	}
	change.taken = draft->from - change.from;
	change.put = draft->len - put_at;
	if (chance(25)) {
		trim(draft, &change, put_at);
	}
	/* A change of nothing into nothing is odd but allowed. */
	if (change.taken || change.put || chance(5)) {
		draft->changes[draft->n++] = change;
	}
}

/* How often there is a change, in per cent, is itself left to chance: none, few, at every place. */
static void make_changes(Draft *draft)
{
	static const uint32_t frequencies[] = {0, 3, 15, 50, 100};
	const uint32_t frequency = frequencies[below(G_N_ELEMENTS(frequencies))];

	while (draft->from < draft->parent.len) {
		const bool must = is_stray(draft->parent, draft->from);
		if (draft->n + 2 > CHANGES_MAX - 1 || !(must || chance(frequency))) {
			keep_unit(draft);
		} else if (!must && chance(33)) {
			change_units(draft, 0, 1 + below(3)); /* insertion */
			if (chance(50)) {
				keep_unit(draft);
			}
		} else {
			change_units(draft, 1 + below(4), chance(40) ? 0 : 1 + below(3));
		}
	}
	if (chance(frequency)) {
		change_units(draft, 0, 1 + below(2));
	}
}

static void make_draft(Draft *draft, safi_text parent)
{
	draft->parent = parent;
	draft->n = draft->len = draft->from = 0;
	if (chance(4)) {
		change_units(draft, UINT32_MAX, 0); /* all of it goes */
	} else if (chance(4)) {
		change_units(draft, UINT32_MAX, 1 + below(4)); /* all of it becomes something else */
	} else {
		make_changes(draft);
	}
}

/* --- the laws --------------------------------------------------------------------------------- */

static safi_span random_span(uint32_t len)
{
	const uint32_t a = below(len + 1), b = chance(15) ? a : below(len + 1);

	return (safi_span){MIN(a, b), MAX(a, b)};
}

static void check_span(uint32_t view, safi_span span)
{
	const int parent = chain.parents[view];

	law_source(chain.record, chain.views[view], &chain.since_raw[view], span);
	law_map_up(chain.record, chain.views[view], SAFI_RAW, &chain.since_raw[view], span);
	if (parent >= 0) {
		law_map_up(chain.record, chain.views[view], chain.views[parent],
		           &chain.since_parent[view], span);
	}
}

static void check_view(uint32_t view)
{
	const Atoms *atoms = &chain.since_raw[view], *step = &chain.since_parent[view];
	const int parent = chain.parents[view];
	const safi_text text = host->view_text(chain.record, chain.views[view]);

	g_assert_cmpmem(text.ptr, text.len, atoms->text, atoms->len);
	check_span(view, (safi_span){0, atoms->len});
	check_span(view, (safi_span){0, 0});
	check_span(view, (safi_span){atoms->len, atoms->len});
	for (int i = 0; i < 4; i++) {
		check_span(view, random_span(atoms->len));
		law_map_down(chain.record, chain.views[view], SAFI_RAW, atoms,
		             random_span(atoms->base_len));
		if (parent >= 0) {
			law_map_down(chain.record, chain.views[view], chain.views[parent], step,
			             random_span(step->base_len));
		}
	}
}

/* --- chains ----------------------------------------------------------------------------------- */

static safi_text to_add(const Draft *draft)
{
	if (chance(50)) {
		return (safi_text){draft->text, draft->len};
	}
	char *room = host->room(chain.record, draft->len + below(20));
	memcpy(room, draft->text, draft->len);
	return (safi_text){room, draft->len};
}

/* Whether the host gave the parent back, as it should when nothing changed, not even the name. */
static bool gave_parent(int parent, safi_key name, const Draft *draft, safi_view got)
{
	const bool same = parent >= 0 && !draft->n &&
	                  host->view_name(chain.record, chain.views[parent]) == name;

	g_assert_cmpuint(same, ==, parent >= 0 && got == chain.views[parent]);
	return same;
}

static void add_atoms(uint32_t view, int parent, const Draft *draft)
{
	const safi_text after = {draft->text, draft->len};

	atoms_init(&chain.since_parent[view], draft->parent);
	if (parent < 0) {
		atoms_init(&chain.since_raw[view], draft->parent);
	} else {
		atoms_copy(&chain.since_raw[view], &chain.since_raw[parent]);
	}
	atoms_change(&chain.since_parent[view], draft->changes, draft->n, after);
	atoms_change(&chain.since_raw[view], draft->changes, draft->n, after);
}

static void add_view(void)
{
	static Draft draft;
	const uint32_t v = chain.n;
	const int parent = v && chance(80) ? (int)v - 1 : (int)below(v + 1) - 1;
	const safi_view above = parent < 0 ? SAFI_RAW : chain.views[parent];
	const safi_key name = names[below(2)];

	make_draft(&draft, host->view_text(chain.record, above));
	const safi_view added = host->view_add(chain.record, name, above, to_add(&draft),
	                                       draft.changes, draft.n);
	g_assert_cmpuint(added, !=, 0);
	if (!gave_parent(parent, name, &draft, added)) {
		add_atoms(v, parent, &draft);
		chain.views[v] = added;
		chain.parents[v] = parent;
		chain.n++;
	}
}

static void begin(ChainDice *dice)
{
	if (!chain.record) {
		host = safi_host_table();
		names[0] = safi_name_intern("page");
		names[1] = safi_name_intern("text");
		chain.record = safi_record_new();
	}
	chain.dice = dice;
	chain.n = 0;
	make_raw();
	safi_record_reset(chain.record);
	host->set_raw(chain.record, (safi_bytes){(const uint8_t *)chain.raw, chain.raw_len});
}

void chain_run(ChainDice *dice)
{
	begin(dice);
	for (uint32_t depth = 1 + below(VIEWS_MAX); depth; depth--) {
		add_view();
		/* What was asked for early must not be wrong later. */
		if (chance(25)) {
			check_view(below(chain.n));
		}
	}
	for (uint32_t v = 0; v < chain.n; v++) {
		check_view(v);
	}
	g_assert_cmpint(chain.record->broken.status, ==, 0);
}
