/* A record: raw bytes with an origin, and what stages made of them: fields, views, notes.
 *
 * A record belongs to one thread at a time and is used again after a reset; its arena holds all
 * that it owns but the raw bytes, which it shares with the input (a reference to the input's
 * block).  The host's table (host.c) is the way in for plugins; the engine uses these functions
 * too. */
#pragma once

#include "block.h"
#include "buffer.h"
#include "flow.h"
#include "name.h"
#include "notes.h"
#include "trail.h"

#include <glib.h>

/* Why a record did not come through, as the stage said it. */
typedef struct SafiReason {
	safi_status status; /* SAFI_FAIL or SAFI_DROP; 0: none */
	safi_text code, message;
} SafiReason;

typedef enum {
	SAFI_PHASE_MOVING,  /* on its way, or in a stage's hand */
	SAFI_PHASE_EMITTED, /* made by a stage, not yet submitted */
	SAFI_PHASE_HELD,
	SAFI_PHASE_ENDED
} SafiPhase;

struct safi_record {
	SafiArena arena;
	SafiNames names;
	SafiFields fields;
	SafiViews views;
	SafiNotes notes;
	SafiBuffer rendered;  /* what the writer made of it */

	SafiBlock *block;     /* a reference to where the raw bytes lie; NULL: there are none */
	bool cut;             /* the raw bytes are not all of it: next() failed, or memory ended */
	bool owns_raw;        /* copies raw bytes, so that one held record does not keep a block */
	safi_text origin_name;
	uint64_t origin_begin, origin_end;
	uint64_t number;      /* from 1, in input order; emitted ones have their parent's */

	SafiReason reason;    /* from fail() or drop() */
	SafiReason broken;    /* the first put, add or alloc that failed */

	SafiTrail trail;      /* what happened to it on its way */

	SafiFlow *flow;       /* the engine's: where it is and what may be done with it */
	safi_input *input;    /* while next() fills the record */
	/* The engine's own: */
	SafiPhase phase;
	guint born;           /* the first step of the chain that it came to: 0 if it was read */
	guint at;             /* the step it comes to next; where it is held, or has ended */
	safi_status outcome;  /* of one that has ended: KEEP is written; else as a stage returns it */
	size_t held_bytes;    /* while it is held: in memory, and where among those held */
	guint held_index;
	GList link;           /* in a queue of emitted records */
};

safi_record *safi_record_new(void);
void safi_record_free(safi_record *record);
void safi_record_reset(safi_record *record);
/* Empties it, but it stays where it is on its way. */
void safi_record_rewind(safi_record *record);

/* Where it came from, for a message: "news.jsonl: record 2 (bytes 15 to 23)".  NULL: it is not
 * known yet.  Free the result. */
char *safi_record_place(const safi_record *record);

/* Bytes in memory that go with the record. */
size_t safi_record_size(const safi_record *record);

/* Takes a reference to the block, if any and the record may; else copies the bytes into one. */
void safi_record_set_raw(safi_record *record, safi_bytes raw, SafiBlock *block);
void safi_record_set_origin(safi_record *record, safi_text name, uint64_t begin, uint64_t end);
/* The raw bytes, origin and number of another record; the bytes are shared. */
void safi_record_share_raw(safi_record *record, const safi_record *from);

/* Notes the reason; the last one said counts.  Returns the status. */
safi_status safi_record_set_reason(safi_record *record, safi_status status, const char *code,
                                   const char *message);
/* Marks the record as broken: it will fail, whatever its stage returns.  Returns false. */
bool safi_record_break(safi_record *record, const char *code, const char *message);

/* The fields of the record (note 0) or of a note, to change them; NULL if there is none of that
 * number.  With `make`, a note that has none gets a map. */
SafiFields *safi_record_fields(safi_record *record, safi_note note, bool make);
/* A field of the record or a feature of a note; *scratch serves columns.  NULL: none. */
SafiField *safi_record_field(const safi_record *record, safi_note note, safi_key key,
                             SafiField *scratch);
