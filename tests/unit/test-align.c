/* The law of provenance (safi.h, safi_source), over random chains of changes against a naive model.
 *
 * SAFI_TEST_SEED and SAFI_TEST_CHAINS choose other chains than the usual 100,000.  A failure names
 * the seed of its chain: run that one alone with SAFI_TEST_CHAINS=1. */
#include "atoms.h"
#include "host.h"
#include "name.h"
#include "record.h"

#include <glib.h>

enum { VIEWS_MAX = 5, CHANGES_MAX = 256, CROWDED = 200 /* from here on texts do not grow */ };

typedef struct Chain {
	uint64_t seed, random;
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

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static uint32_t below(uint32_t n)
{
	return (uint32_t)(next_random(&chain.random) % n);
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

/* --- failures --------------------------------------------------------------------------------- */

static void tell_text(const char *what, safi_text text)
{
	g_autofree char *bytes = g_strndup(text.ptr, text.len);
	g_autofree char *readable = g_strescape(bytes, NULL);

	g_test_message("%s (%" G_GSIZE_FORMAT "): \"%s\"", what, text.len, readable);
}

static void tell_chain(void)
{
	g_test_message("SAFI_TEST_SEED=%" G_GUINT64_FORMAT, chain.seed);
	tell_text("raw", (safi_text){chain.raw, chain.raw_len});
	for (uint32_t v = 0; v < chain.n; v++) {
		const safi_change *changes;
		safi_view parent;
		const uint32_t n = host->view_changes(chain.record, chain.views[v], &parent, &changes);
		g_test_message("view %u of %d", v, chain.parents[v]);
		for (uint32_t i = 0; i < n; i++) {
			g_test_message("  at %u: %u -> %u", changes[i].from, changes[i].taken, changes[i].put);
		}
		tell_text("text", host->view_text(chain.record, chain.views[v]));
	}
}

static void hold(bool law, const char *what, uint32_t view, safi_span span)
{
	if (!law) {
		tell_chain();
		g_test_message("span [%u, %u) of view %u", span.begin, span.end, view);
		g_error("%s", what);
	}
}

/* --- the laws --------------------------------------------------------------------------------- */

static void check_source(uint32_t view, safi_span span)
{
	const Atoms *atoms = &chain.since_raw[view];
	safi_span smallest, replayed;
	safi_source source;

	hold(host->source(chain.record, chain.views[view], span, &source), "no source", view, span);
	const safi_span range = {source.begin, source.end};
	hold(range.begin <= range.end && atoms_replay(atoms, range, &replayed),
	     "the source cuts a change", view, span);
	hold(replayed.begin + source.skip == span.begin && replayed.end - source.rest == span.end,
	     "the replay of the source is not the span", view, span);
	if (atoms_cover(atoms, span, &smallest)) {
		hold(range.begin == smallest.begin && range.end == smallest.end,
		     "the source is not the smallest range", view, span);
	} else {
		hold(range.begin == range.end, "the source of nothing is something", view, span);
	}
}

/* A place between atoms is left in every text; a place inside an atom is left where the atom is. */
static void check_mapped(uint32_t view, safi_span span, bool known, safi_span expected, bool left,
                         safi_span mapped)
{
	hold(left == (!known || expected.begin < expected.end), "what is left", view, span);
	if (left && span.begin == span.end) {
		hold(mapped.begin == mapped.end, "nothing maps to something", view, span);
	} else if (left) {
		hold(mapped.begin == expected.begin && mapped.end == expected.end,
		     "not the smallest span", view, span);
	}
}

/* From a text to what it was made of, the raw bytes or its parent's text. */
static void check_map_up(uint32_t view, safi_span span, safi_view to, const Atoms *atoms)
{
	safi_span expected = {0, 0}, mapped = {7, 9};
	const bool known = atoms_cover(atoms, span, &expected);
	const bool left = host->view_map(chain.record, chain.views[view], span, to, &mapped);

	check_mapped(view, span, known, expected, left, mapped);
}

static void check_map_down(uint32_t view, safi_span span, safi_view from, const Atoms *atoms)
{
	safi_span expected = {0, 0}, mapped = {7, 9};
	const bool known = atoms_became(atoms, span, &expected);
	const bool left = host->view_map(chain.record, from, span, chain.views[view], &mapped);

	check_mapped(view, span, known, expected, left, mapped);
}

static safi_span random_span(uint32_t len)
{
	const uint32_t a = below(len + 1), b = chance(15) ? a : below(len + 1);

	return (safi_span){MIN(a, b), MAX(a, b)};
}

static void check_span(uint32_t view, safi_span span)
{
	const int parent = chain.parents[view];

	check_source(view, span);
	check_map_up(view, span, SAFI_RAW, &chain.since_raw[view]);
	if (parent >= 0) {
		check_map_up(view, span, chain.views[parent], &chain.since_parent[view]);
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
		check_map_down(view, random_span(atoms->base_len), SAFI_RAW, atoms);
		if (parent >= 0) {
			check_map_down(view, random_span(step->base_len), chain.views[parent], step);
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

static void run_chain(uint64_t seed)
{
	chain.seed = chain.random = seed;
	chain.n = 0;
	make_raw();
	safi_record_reset(chain.record);
	host->set_raw(chain.record, (safi_bytes){(const uint8_t *)chain.raw, chain.raw_len});
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

static uint64_t number_from(const char *variable, uint64_t fallback)
{
	const char *value = g_getenv(variable);

	return value ? g_ascii_strtoull(value, NULL, 10) : fallback;
}

static void the_law_holds_over_random_chains(void)
{
	const uint64_t seed = number_from("SAFI_TEST_SEED", 1);
	const uint64_t chains = number_from("SAFI_TEST_CHAINS", 100000);

	g_test_message("seed %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " chains", seed, chains);
	chain.record = safi_record_new();
	for (uint64_t i = 0; i < chains; i++) {
		run_chain(seed + i);
	}
	safi_record_free(chain.record);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	host = safi_host_table();
	names[0] = safi_name_intern("page");
	names[1] = safi_name_intern("text");
	g_test_add_func("/align/a replay of the source is the text, over random chains of changes",
	                the_law_holds_over_random_chains);
	return g_test_run();
}
