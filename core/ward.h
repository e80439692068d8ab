/* A process in which an isolated stage works: it takes records, calls the stage as the engine would
 * have, and tells what the stage did with them.  What both sides say to each other is here, too.
 *
 * A ward knows nothing of where a record goes: it numbers none, and what it tells is believed only
 * once it was checked.  It lives until its socket closes.  [main] of a process of its own. */
#pragma once

#include "instances.h"
#include "packet.h"

/* Kinds of packets. */
enum {
	SAFI_WARD_REQUEST = 1,   /* to the ward: the first of a request */
	SAFI_WARD_MORE = 2,      /* ... and the others */
	SAFI_WARD_EVENTS = 3,    /* from the ward */
	SAFI_WARD_SUCCESSOR = 4, /* from its snapshot, which has taken over: the ward has died */
};

/* A request: this, and n items. */
typedef struct SafiWardRequest {
	uint32_t what, n;
	uint64_t heir;           /* for which in the line of successors it is, from 0 */
	uint64_t len;            /* of all items */
} SafiWardRequest;

/* What a successor says of itself. */
typedef struct SafiWardHeir {
	int64_t process;
	uint64_t snapshot;       /* the number of the snapshot that it is */
} SafiWardHeir;

enum {
	SAFI_WARD_PROCESS = 1,
	SAFI_WARD_FINISH = 2,    /* no items */
	SAFI_WARD_AGAIN = 3,     /* as PROCESS, and tells only that it is done: the rest is known */
	SAFI_WARD_SNAPSHOT = 1u << 8 /* beside it: keep a copy of the process as it is before */
};

/* An item: this, and the record as pack.h has it. */
typedef struct SafiWardItem {
	uint64_t id, len;
} SafiWardItem;

/* An event: this, and what the kind says, to a multiple of 8. */
typedef struct SafiWardEvent {
	uint32_t kind;
	int32_t status;
	uint64_t id;  /* of the record that it concerns; of TALLY: by how much */
	uint64_t len;
} SafiWardEvent;

enum {
	SAFI_WARD_SETTLED = 1,   /* status; what changed, unless it is held */
	SAFI_WARD_EMITTED = 2,   /* a record of that one (0: the tail): a number for it, 8 bytes */
	SAFI_WARD_SUBMITTED = 3, /* id is that number; what is in it */
	SAFI_WARD_RELEASED = 4,  /* status; what changed */
	SAFI_WARD_TALLIED = 5,   /* the counter */
	SAFI_WARD_LOGGED = 6,    /* status is the level; place and sentence */
	SAFI_WARD_FATAL = 7,     /* the reason */
	SAFI_WARD_DONE = 8,      /* status; of FINISH and AGAIN, at the end */
	SAFI_WARD_KEPT = 9       /* a snapshot; id is its number, status the microseconds it took */
};

/* How a ward ends that cannot be heard any more. */
enum { SAFI_WARD_LOST = 111 };

/* Never returns. */
G_NORETURN void safi_ward_work(int socket, const SafiInstances *instances, double seconds);
