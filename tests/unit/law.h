/* The law of provenance (safi.h, safi_source), held over the views of a record.
 *
 * What is asked of the host is compared with a model of atoms, and with a replay of the recorded
 * changes.  A broken law tells the record and aborts, so that a fuzzer takes it for a finding. */
#pragma once

#include "atoms.h"
#include "record.h"

/* What a failure names first, such as how to run it again; not copied. */
void law_about(const char *what);

/* Tells the record and aborts, unless the law holds. */
void law_hold(bool law, const char *what, const safi_record *record, safi_view view,
              safi_span span);

/* The source of a span of the view, whose atoms over the raw bytes these are. */
void law_source(safi_record *record, safi_view view, const Atoms *atoms, safi_span span);
/* Up: where a span of the view is in what it was made of (`to`: SAFI_RAW or its parent), over which
 * these atoms lie.  Down: the other way, from a span of `from`. */
void law_map_up(safi_record *record, safi_view view, safi_view to, const Atoms *atoms,
                safi_span span);
void law_map_down(safi_record *record, safi_view view, safi_view from, const Atoms *atoms,
                  safi_span span);

/* Of a view that was made of the raw bytes, however long: its changes are in order and replay to
 * its text, and so does the source of a span of it. */
void law_replay(safi_record *record, safi_view view);
void law_replay_span(safi_record *record, safi_view view, safi_span span);
