#include "hand.h"

#include "crash.h"
#include "shelter.h"
#include "spill.h"

#include <time.h>

/* --- where a status sends a record ------------------------------------------------------------ */

static void end(SafiHand *hand, safi_record *record, safi_status outcome)
{
	record->phase = SAFI_PHASE_ENDED;
	record->outcome = outcome;
	record->at = hand->at;
}

/* The reason why a record failed: what broke it first, else what the stage said. */
static void give_reason(safi_record *record)
{
	if (record->broken.status) {
		record->reason = record->broken;
		record->broken = (SafiReason){0};
	} else if (record->reason.status != SAFI_FAIL) {
		safi_record_set_reason(record, SAFI_FAIL, "failed", "the stage gave no reason");
	}
}

static void fail(SafiHand *hand, safi_record *record)
{
	give_reason(record);
	switch (hand->where->step->on_error) {
	case SAFI_ON_ERROR_KEEP:
		safi_trail_add(&record->trail, &record->arena, SAFI_EVENT_KEPT, hand->at,
		               record->reason.code, record->reason.message);
		record->reason = (SafiReason){0};
		record->at = hand->at + 1;
		break;
	case SAFI_ON_ERROR_DROP:
		end(hand, record, SAFI_DROP);
		break;
	default:
		end(hand, record, SAFI_FAIL);
	}
}

static void drop(SafiHand *hand, safi_record *record)
{
	if (!record->reason.code.ptr) {
		safi_record_set_reason(record, SAFI_DROP, "dropped", "");
	}
	end(hand, record, SAFI_DROP);
}

/* From now on what is read goes into a file, and so does what is held of it.  False: it cannot. */
static bool spill(const SafiHand *hand)
{
	g_autoptr(GError) error = NULL;

	if (safi_spill_begin(&error)) {
		return true;
	}
	safi_host_table()->fatal(hand->where->step->config, "held", error->message);
	return false;
}

static void hold(SafiHand *hand, safi_record *record)
{
	if (!(hand->where->stage->flags & SAFI_HOLDS)) {
		end(hand, record, SAFI_HOLD); /* it may not: the run stops */
		return;
	}
	if (atomic_load(hand->held_bytes) > hand->most_held && !spill(hand)) {
		end(hand, record, SAFI_FATAL);
		return;
	}
	safi_trail_add(&record->trail, &record->arena, SAFI_EVENT_HELD, hand->at, safi_str(""),
	               safi_str(""));
	record->phase = SAFI_PHASE_HELD;
	record->held_bytes = safi_record_size(record);
	atomic_fetch_add(hand->held_bytes, record->held_bytes);
	safi_held_add(&hand->held, record);
}

void safi_hand_settle(SafiHand *hand, safi_record *record, safi_status status)
{
	record->at = hand->at;
	/* One that is broken and held fails when it is let go, for until then the stage has it. */
	if (record->broken.status && status != SAFI_FATAL && status != SAFI_HOLD) {
		status = SAFI_FAIL;
	}
	switch (status) {
	case SAFI_KEEP:
		record->at++;
		break;
	case SAFI_DROP:
		drop(hand, record);
		break;
	case SAFI_FAIL:
		fail(hand, record);
		break;
	case SAFI_HOLD:
		hold(hand, record);
		break;
	default:
		end(hand, record, status);
	}
}

/* --- what a stage may do with the record in hand ---------------------------------------------- */

static safi_record *emit(SafiFlow *flow, safi_record *parent)
{
	SafiHand *hand = (SafiHand *)flow;

	if (!(hand->where->stage->flags & SAFI_SPLITS)) {
		return NULL;
	}
	safi_record *record = safi_batch_take(hand->batch);
	safi_record_share_raw(record, parent);
	safi_trail_inherit(&record->trail, &record->arena, &parent->trail);
	safi_trail_add(&record->trail, &record->arena, SAFI_EVENT_EMITTED, hand->at, safi_str(""),
	               safi_str(""));
	record->flow = flow;
	record->phase = SAFI_PHASE_EMITTED;
	record->born = hand->at + 1;
	g_queue_push_tail_link(&hand->unsent, &record->link);
	return record;
}

/* A record that was emitted goes to the stages that follow; or, where the stage that made it also
 * said that it failed or should be left out, to that end, in the name of that stage. */
static void submit(SafiFlow *flow, safi_record *record)
{
	SafiHand *hand = (SafiHand *)flow;

	if (record->phase != SAFI_PHASE_EMITTED) {
		return;
	}
	hand->n_emitted++;
	g_queue_unlink(&hand->unsent, &record->link);
	record->phase = SAFI_PHASE_MOVING;
	safi_hand_settle(hand, record, record->reason.status);
	if (hand->finishing) {
		hand->arrive(hand->arrive_data, hand->batch, record);
	} else {
		g_queue_push_tail_link(&hand->emitted, &record->link);
	}
}

static void let_go(SafiHand *hand, safi_record *record, safi_status status)
{
	safi_held_remove(&hand->held, record);
	if (atomic_fetch_sub(hand->held_bytes, record->held_bytes) < hand->most_held / 2) {
		safi_spill_end();
	}
	record->phase = SAFI_PHASE_MOVING;
	safi_hand_settle(hand, record, status == SAFI_HOLD ? SAFI_KEEP : status);
	hand->arrive(hand->arrive_data, hand->batch, record);
}

/* Only the stage that holds a record may let it go. */
static void release(SafiFlow *flow, safi_record *record, safi_status status)
{
	SafiHand *hand = (SafiHand *)flow;

	if (record->phase == SAFI_PHASE_HELD && record->at == hand->at) {
		let_go(hand, record, status);
	}
}

static void tally(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by)
{
	const SafiHand *hand = (SafiHand *)flow;

	if (!safi_trail_count(&record->trail, &record->arena, hand->at, counter, by)) {
		safi_record_break(record, "out-of-memory", "no memory for a counter");
	}
}

bool safi_hand_has(const SafiInstances *where, const safi_record *record)
{
	const SafiHand *hand = (const SafiHand *)record->flow;

	return hand && hand->where == where &&
	       (record->phase == SAFI_PHASE_EMITTED || record->phase == SAFI_PHASE_HELD);
}

/* --- running it ------------------------------------------------------------------------------- */

void safi_hand_init(SafiHand *hand, const SafiInstances *where, void *self, guint at)
{
	*hand = (SafiHand){.flow = {emit, submit, release, tally},
	                   .where = where, .self = self, .at = at};
	safi_held_init(&hand->held);
}

/* What a stage never let go belongs to nobody else. */
void safi_hand_clear(SafiHand *hand)
{
	if (hand->where) {
		safi_held_clear(&hand->held);
	}
	for (GList *link; (link = g_queue_pop_head_link(&hand->unsent));) {
		safi_record_free(link->data);
	}
}

gint64 safi_hand_clock(void)
{
	struct timespec time = {0};

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * G_GINT64_CONSTANT(1000000000) + time.tv_nsec;
}

gint64 safi_hand_now(const SafiHand *hand)
{
	return hand->timed ? safi_hand_clock() : 0;
}

void safi_hand_process(SafiHand *hand, safi_record *record)
{
	safi_status status = SAFI_KEEP;

	record->flow = &hand->flow;
	record->reason = (SafiReason){0};
	if (hand->where->stage->process) {
		const gint64 begin = safi_hand_now(hand);
		const SafiCall outer = safi_crash_into(hand->where, "process()", record);
		status = hand->where->stage->process(hand->self, record);
		safi_crash_out(outer);
		hand->nanoseconds += safi_hand_now(hand) - begin;
	}
	safi_hand_settle(hand, record, status);
}

typedef struct Isolated {
	SafiHand *hand;
	guint n; /* so many are settled */
	void (*settled)(void *data, safi_record *record);
	void *data;
} Isolated;

static void settle_isolated(void *data, safi_record *record, safi_status status)
{
	Isolated *isolated = data;

	isolated->n++;
	safi_hand_settle(isolated->hand, record, status);
	isolated->settled(isolated->data, record);
}

void safi_hand_process_all(SafiHand *hand, safi_record *const *records, guint n,
                           void (*settled)(void *data, safi_record *record), void *data)
{
	Isolated isolated = {.hand = hand, .settled = settled, .data = data};
	const gint64 begin = safi_hand_now(hand);

	for (guint i = 0; i < n; i++) {
		records[i]->flow = &hand->flow;
		records[i]->reason = (SafiReason){0};
	}
	if (!safi_shelter_process(hand->where->shelter, hand->worker, records, n, settle_isolated,
	                          &isolated) && isolated.n < n) {
		settle_isolated(&isolated, records[isolated.n], SAFI_FATAL);
	}
	hand->nanoseconds += safi_hand_now(hand) - begin;
}

safi_status safi_hand_finish(SafiHand *hand, safi_record *tail)
{
	const gint64 begin = safi_hand_now(hand);
	const SafiCall outer = safi_crash_into(hand->where, "finish()", NULL);

	if (tail) {
		tail->flow = &hand->flow;
	}
	const safi_status status =
		hand->where->shelter ? safi_shelter_finish(hand->where->shelter, hand->worker, tail)
		                     : hand->where->stage->finish(hand->self, tail);
	safi_crash_out(outer);
	hand->nanoseconds += safi_hand_now(hand) - begin;
	return status;
}

void safi_hand_fail_forgotten(SafiHand *hand)
{
	for (safi_record *record; (record = safi_held_first(&hand->held));) {
		safi_record_break(record, "never-released",
		                  "the stage held the record and never let it go");
		let_go(hand, record, SAFI_FAIL);
	}
}
