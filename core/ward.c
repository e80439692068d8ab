#include "ward.h"

#include "log.h"
#include "pack.h"
#include "sandbox.h"
#include "snapshot.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { FLUSHED = SAFI_PACKET_MOST - 4096 /* bytes of events that go at once */ };

/* A record of a ward's own. */
typedef struct Guest {
	safi_record record;
	uint64_t id;
	SafiPackMark before;
} Guest;

typedef struct Ward {
	SafiFlow flow;
	int socket;
	const SafiInstances *instances;
	double seconds;
	SafiSnapshot snapshot;
	Guest *in_hand;        /* where a leak checker finds it when the stage ends the process */
	uint64_t heir, n_snapshots, n_emitted;
	bool muted, told_fatal;
	pthread_mutex_t lock;  /* of events: log() and fatal() may come from any thread */
	SafiBuffer request, events;
	GHashTable *held, *emitted; /* sets of Guest; emitted and not submitted */
	GPtrArray *idle;
} Ward;

/* --- telling ---------------------------------------------------------------------------------- */

static void flush(Ward *ward)
{
	const safi_bytes events = {(const uint8_t *)ward->events.data, ward->events.len};

	if (ward->events.failed ||
	    (events.len && safi_packet_send(ward->socket, SAFI_WARD_EVENTS, SAFI_WARD_EVENTS, events,
	                                    G_MAXINT64) != SAFI_PACKET_GOOD)) {
		_exit(SAFI_WARD_LOST); /* nobody hears it */
	}
	safi_buffer_reset(&ward->events);
}

/* The head, whose length end_event() fills in.  Holds the lock until then. */
static size_t begin_event(Ward *ward, uint32_t kind, int32_t status, uint64_t id)
{
	const SafiWardEvent event = {kind, status, id, 0};

	pthread_mutex_lock(&ward->lock);
	const size_t at = ward->events.len;
	safi_buffer_add(&ward->events, &event, sizeof event);
	return at;
}

static void end_event(Ward *ward, size_t at)
{
	safi_wire_end(&ward->events);
	const uint64_t len = ward->events.len - at - sizeof(SafiWardEvent);
	if (ward->muted) {
		ward->events.len = at;
	} else if (!ward->events.failed) {
		memcpy(ward->events.data + at + offsetof(SafiWardEvent, len), &len, sizeof len);
	}
	if (ward->events.len > FLUSHED || ward->events.failed) {
		flush(ward);
	}
	pthread_mutex_unlock(&ward->lock);
}

static void tell_log(void *data, int32_t level, const char *place, const char *sentence)
{
	Ward *ward = data;
	const size_t at = begin_event(ward, SAFI_WARD_LOGGED, level, 0);

	safi_wire_add_text(&ward->events, safi_str(place ? place : ""));
	safi_wire_add_text(&ward->events, safi_str(sentence));
	end_event(ward, at);
}

/* What fatal() said, once. */
static void tell_fatal(Ward *ward)
{
	g_autofree char *reason = ward->told_fatal ? NULL : safi_site_fatal(ward->instances->site);

	if (reason) {
		const size_t at = begin_event(ward, SAFI_WARD_FATAL, 0, 0);
		safi_wire_add_text(&ward->events, safi_str(reason));
		end_event(ward, at);
		ward->told_fatal = true;
	}
}

static void tell_record(Ward *ward, uint32_t kind, safi_status status, const Guest *guest)
{
	const size_t at = begin_event(ward, kind, status, guest->id);

	safi_pack_changes(&ward->events, &guest->record, guest->before);
	end_event(ward, at);
}

/* --- records ---------------------------------------------------------------------------------- */

static Guest *take(Ward *ward)
{
	GPtrArray *idle = ward->idle;
	Guest *guest = idle->len ? g_ptr_array_steal_index_fast(idle, idle->len - 1)
	                         : g_new0(Guest, 1);

	guest->record.flow = &ward->flow;
	return guest;
}

static void give_back(Ward *ward, Guest *guest)
{
	safi_record_reset(&guest->record);
	g_ptr_array_add(ward->idle, guest);
}

/* The record is the first member. */
static Guest *guest_of(safi_record *record)
{
	return (Guest *)record;
}

/* --- what a stage may do with the record in hand ---------------------------------------------- */

static safi_record *emit(SafiFlow *flow, safi_record *parent)
{
	Ward *ward = (Ward *)flow;

	if (!(ward->instances->stage->flags & SAFI_SPLITS)) {
		return NULL;
	}
	Guest *guest = take(ward);
	safi_record_share_raw(&guest->record, parent);
	guest->id = ++ward->n_emitted;
	guest->before = (SafiPackMark){0};
	g_hash_table_add(ward->emitted, guest);
	const size_t at = begin_event(ward, SAFI_WARD_EMITTED, 0, guest_of(parent)->id);
	safi_wire_add_u64(&ward->events, guest->id);
	end_event(ward, at);
	return &guest->record;
}

static void submit(SafiFlow *flow, safi_record *record)
{
	Ward *ward = (Ward *)flow;
	Guest *guest = guest_of(record);

	if (g_hash_table_remove(ward->emitted, guest)) {
		tell_record(ward, SAFI_WARD_SUBMITTED, SAFI_KEEP, guest);
		give_back(ward, guest);
	}
}

static void release(SafiFlow *flow, safi_record *record, safi_status status)
{
	Ward *ward = (Ward *)flow;
	Guest *guest = guest_of(record);

	if (g_hash_table_remove(ward->held, guest)) {
		tell_record(ward, SAFI_WARD_RELEASED, status, guest);
		give_back(ward, guest);
	}
}

static void tally(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by)
{
	Ward *ward = (Ward *)flow;
	const size_t at = begin_event(ward, SAFI_WARD_TALLIED, 0, (uint64_t)by);

	safi_wire_add_text(&ward->events, counter);
	end_event(ward, at);
}

/* --- work ------------------------------------------------------------------------------------- */

/* What the stage emitted and did not submit came to nothing. */
static void forget_emitted(Ward *ward)
{
	GHashTableIter emitted;
	gpointer guest;

	g_hash_table_iter_init(&emitted, ward->emitted);
	while (g_hash_table_iter_next(&emitted, &guest, NULL)) {
		give_back(ward, guest);
		g_hash_table_iter_remove(&emitted);
	}
}

static void settle(Ward *ward, Guest *guest, safi_status status)
{
	forget_emitted(ward);
	tell_fatal(ward);
	if (status == SAFI_HOLD && ward->instances->stage->flags & SAFI_HOLDS) {
		const size_t at = begin_event(ward, SAFI_WARD_SETTLED, status, guest->id);
		end_event(ward, at);
		g_hash_table_add(ward->held, guest);
	} else {
		tell_record(ward, SAFI_WARD_SETTLED, status, guest);
		give_back(ward, guest);
	}
}

/* Whether the stage can go on. */
static bool process(Ward *ward, uint64_t id, safi_bytes packed)
{
	const SafiInstances *instances = ward->instances;
	Guest *guest = take(ward);
	const char *reason;
	safi_status status = SAFI_FAIL;

	guest->id = id;
	ward->in_hand = guest;
	const bool good = safi_unpack_trusted(&guest->record, packed, &reason);
	guest->before = safi_pack_mark(&guest->record);
	if (!good) {
		safi_record_break(&guest->record, "not-isolated", reason);
	} else {
		status = instances->stage->process(instances->selves[0], &guest->record);
	}
	settle(ward, guest, status);
	return status != SAFI_FATAL;
}

static void process_all(Ward *ward, const SafiWardRequest *request)
{
	const uint8_t *at = (const uint8_t *)ward->request.data + sizeof *request;
	bool goes_on = true;

	for (uint32_t i = 0; goes_on && i < request->n; i++) {
		SafiWardItem item;
		memcpy(&item, at, sizeof item);
		at += sizeof item;
		goes_on = process(ward, item.id, (safi_bytes){at, item.len});
		at += item.len;
	}
}

static void tell_done(Ward *ward, safi_status status)
{
	ward->muted = false;
	tell_fatal(ward);
	const size_t at = begin_event(ward, SAFI_WARD_DONE, status, 0);
	end_event(ward, at);
}

static void finish(Ward *ward)
{
	const safi_stage *stage = ward->instances->stage;
	Guest *tail = stage->flags & SAFI_PARALLEL ? NULL : take(ward);

	if (tail) {
		tail->id = 0;
	}
	const safi_status status = stage->finish(ward->instances->selves[0],
	                                         tail ? &tail->record : NULL);
	forget_emitted(ward);
	if (tail) {
		give_back(ward, tail);
	}
	tell_done(ward, status);
}

static void take_over(Ward *ward)
{
	const SafiWardHeir self = {getpid(), ward->n_snapshots};

	ward->heir++;
	if (safi_packet_send(ward->socket, SAFI_WARD_SUCCESSOR, SAFI_WARD_SUCCESSOR,
	                     (safi_bytes){(const uint8_t *)&self, sizeof self}, G_MAXINT64) !=
	    SAFI_PACKET_GOOD) {
		_exit(SAFI_WARD_LOST);
	}
}

/* False in the one that has taken over: then whoever asked will ask again. */
static bool keep_snapshot(Ward *ward)
{
	const gint64 begin = g_get_monotonic_time();

	ward->n_snapshots++;
	if (!safi_snapshot_take(&ward->snapshot)) {
		take_over(ward);
		return false;
	}
	if (ward->snapshot.copy) {
		const gint64 taken = MIN(g_get_monotonic_time() - begin, G_MAXINT32);
		end_event(ward, begin_event(ward, SAFI_WARD_KEPT, (int32_t)taken, ward->n_snapshots));
	}
	return true;
}

static void answer(Ward *ward, const SafiWardRequest *request)
{
	if (request->what & SAFI_WARD_SNAPSHOT && !keep_snapshot(ward)) {
		return;
	}
	safi_sandbox_allow_cpu(ward->seconds * (request->n + 1.0 + g_hash_table_size(ward->held)));
	switch (request->what & ~(uint32_t)SAFI_WARD_SNAPSHOT) {
	case SAFI_WARD_FINISH:
		finish(ward);
		break;
	case SAFI_WARD_AGAIN:
		ward->muted = true;
		process_all(ward, request);
		tell_done(ward, SAFI_KEEP);
		break;
	default:
		process_all(ward, request);
	}
	pthread_mutex_lock(&ward->lock);
	flush(ward);
	pthread_mutex_unlock(&ward->lock);
}

static uint32_t receive(Ward *ward)
{
	uint32_t kind;

	if (safi_packet_receive(ward->socket, &kind, &ward->request, G_MAXINT64) != SAFI_PACKET_GOOD) {
		_exit(EXIT_SUCCESS);
	}
	return kind;
}

/* The first packet of a request for this one.  What was meant for one that has died is passed over,
 * and so is the rest of it. */
static SafiWardRequest await(Ward *ward)
{
	SafiWardRequest request = {0};

	do {
		safi_buffer_reset(&ward->request);
		if (receive(ward) == SAFI_WARD_REQUEST) {
			memcpy(&request, ward->request.data, sizeof request);
		}
	} while (!request.what || request.heir != ward->heir);
	return request;
}

/* All of a request, into ward->request. */
static SafiWardRequest listen(Ward *ward)
{
	const SafiWardRequest request = await(ward);

	while (ward->request.len < sizeof request + request.len) {
		receive(ward);
	}
	return request;
}

/* A stage that calls exit() ends at once: what the run wants done at its end is not for here. */
static void end_at_once(int status, void *unused)
{
	_exit(status);
}

void safi_ward_work(int socket, const SafiInstances *instances, double seconds)
{
	Ward ward = {
		.flow = {emit, submit, release, tally},
		.socket = socket,
		.instances = instances,
		.seconds = seconds,
		.held = g_hash_table_new(NULL, NULL),
		.emitted = g_hash_table_new(NULL, NULL),
		.idle = g_ptr_array_new(),
	};

	on_exit(end_at_once, NULL);
	pthread_mutex_init(&ward.lock, NULL);
	safi_log_set_sink(tell_log, &ward);
	for (;;) {
		const SafiWardRequest request = listen(&ward);
		answer(&ward, &request);
	}
}
