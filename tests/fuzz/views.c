#include "views.h"

#include "host.h"
#include "law.h"

/* Longer texts are held by a replay alone: the model of atoms is quadratic. */
enum { SPANS = 4, LONGEST_ATOMS = 256 };

static safi_span span_of(uint32_t *seed, size_t len)
{
	uint32_t ends[2];
	for (int i = 0; i < 2; i++) {
		*seed = *seed * 1664525u + 1013904223u; /* Knuth, TAOCP 2, 3.3.4 */
		ends[i] = (*seed >> 8) % (uint32_t)(len + 1);
	}
	return (safi_span){ MIN(ends[0], ends[1]), MAX(ends[0], ends[1]) };
}

static void hold_atoms(safi_record *record, safi_view view, uint32_t seed)
{
	static Atoms atoms;
	const safi_host *host = safi_host_table();
	const safi_text raw = host->view_text(record, SAFI_RAW), text = host->view_text(record, view);
	const safi_change *changes;
	safi_view parent;
	uint32_t n = host->view_changes(record, view, &parent, &changes);
	atoms_init(&atoms, raw);
	atoms_change(&atoms, changes, n, text);
	for (int i = 0; i < SPANS; i++) {
		safi_span span = span_of(&seed, text.len);
		law_source(record, view, &atoms, span);
		law_map_up(record, view, SAFI_RAW, &atoms, span);
		law_map_down(record, view, SAFI_RAW, &atoms, span_of(&seed, raw.len));
	}
}

void views_hold(safi_record *record)
{
	const safi_host *host = safi_host_table();
	const safi_text raw = host->view_text(record, SAFI_RAW);
	const safi_view *views;
	uint32_t n = host->views(record, &views), seed = (uint32_t)raw.len;
	for (size_t i = 0; i < raw.len; i++) {
		seed = seed * 31 + (uint8_t)raw.ptr[i];
	}
	for (uint32_t i = 0; i < n; i++) {
		const safi_text text = host->view_text(record, views[i]);
		law_replay(record, views[i]);
		for (int j = 0; j < SPANS; j++) {
			law_replay_span(record, views[i], span_of(&seed, text.len));
		}
		if (raw.len <= LONGEST_ATOMS && text.len <= LONGEST_ATOMS) {
			hold_atoms(record, views[i], seed);
		}
	}
}
