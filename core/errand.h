/* What a ward (ward.h) is asked to do with some records, and what it tells of it: checked, for the
 * stage may have spoilt its process, and then done here.
 *
 * What concerns one record is done when all of it is there and good, or not at all, but for the
 * changes of held records, which fail by themselves.  A line to a ward belongs to one worker; an
 * errand is a value and lasts as long as the question.  [worker] */
#pragma once

#include "nursery.h"
#include "record.h"
#include "shelter.h"

/* A record that the stage has: held, or emitted and not submitted. */
typedef struct SafiLodger {
	uint64_t id, parent;
	safi_record *record;  /* NULL: not made yet */
} SafiLodger;

typedef struct SafiLine {
	const SafiStep *step;
	SafiWardId ward;
	SafiBuffer request, events;
	size_t taken, looked; /* of events: what is done with, and where the next one begins */
	uint64_t last_id;
	GHashTable *held;     /* by their ids: SafiLodger */
	GHashTable *emitted;  /* by their numbers in the ward; of the record in hand */
	safi_record *scratch; /* for what may turn out to be no record */
	/* Of an ordered stage: what it has done since its snapshot, to do it again if need be. */
	SafiBuffer log;
	uint32_t n_logged;
	uint64_t heir, snapshot; /* which of its line works, and which snapshot is the last */
	gint64 dead;             /* the process that it has succeeded */
	bool used;               /* there is something to remember */
	bool has_snapshot;       /* was asked for, of the one that works now */
	gint64 snapshot_at, snapshot_took; /* microseconds */
} SafiLine;

GHashTable *safi_lodgers_new(void);

void safi_line_init(SafiLine *line, const SafiStep *step);
void safi_line_clear(SafiLine *line);
/* To a fresh ward: the log is empty, nothing is emitted. */
void safi_line_begin(SafiLine *line);
bool safi_line_keeps_log(const SafiLine *line);

typedef enum {
	SAFI_ERRAND_DONE,
	SAFI_ERRAND_CRASHED,   /* the ward has gone */
	SAFI_ERRAND_SUCCEEDED, /* it has gone, and its snapshot has taken over */
	SAFI_ERRAND_LATE,
	SAFI_ERRAND_NONSENSE,  /* and why is said */
} SafiOutcome;

typedef struct SafiErrand {
	SafiLine *line;
	safi_record *const *records;
	guint n, settled;
	uint64_t first_id;     /* of records[0]; the others follow */
	size_t settled_bytes;  /* of the request, without its head */
	safi_record *tail;     /* of finish() */
	bool by_record, done;  /* whether it is to settle records */
	safi_status status;    /* the last one */
	const char *nonsense;
	SafiShelterSettle settle;
	void *data;
} SafiErrand;

/* Puts as many of the errand's records into the request as fit, and `most` at the most; returns how
 * many, and n is that.  0: there is no memory for the first, or it is too large. */
guint safi_errand_pack(SafiErrand *errand, guint most);

/* Asks for the work and listens to the end of it.  Seconds for each record, or for all. */
SafiOutcome safi_errand_run(SafiErrand *errand, uint32_t what, double seconds);

/* Asks a successor to do again what the log says. */
SafiOutcome safi_line_repeat(SafiLine *line);
/* Waits for the successor of a ward that was ended. */
bool safi_line_await_heir(SafiLine *line);
