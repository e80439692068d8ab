#include "delivery.h"

#include "crash.h"
#include "exit.h"
#include "signals.h"

/* The output failed, if it did. */
static void check_output(const SafiDelivery *delivery)
{
	const GError *error = safi_output_error(delivery->output);

	if (error) {
		safi_ending_stop_writing(delivery->ending, error);
	}
}

/* A stage returned what means that it cannot go on. */
static void stop_at_stage(const SafiDelivery *delivery, guint at, safi_status status)
{
	safi_ending_fatal(delivery->ending, safi_course_at(delivery->course, at), status);
}

/* --- the ends of a batch ---------------------------------------------------------------------- */

/* What the writer says of a record that came all the way. */
static void judge(const SafiDelivery *delivery, SafiEnd *end, safi_status status)
{
	SafiHand *hand = safi_course_hand(delivery->course, end->at, 0);
	safi_record *record = end->record;

	safi_hand_settle(hand, record, status);
	end->outcome = record->phase == SAFI_PHASE_ENDED ? record->outcome : SAFI_KEEP;
}

static void put(const SafiDelivery *delivery, SafiEnd *end)
{
	const SafiInstances *writer = safi_course_last(delivery->course);
	safi_record *record = end->record;
	const safi_bytes rendered = {(const uint8_t *)record->rendered.data, record->rendered.len};

	record->phase = SAFI_PHASE_MOVING;
	record->reason = (SafiReason){0};
	const SafiCall outer = safi_crash_into(writer, "put()", record);
	const safi_status status = writer->stage->put(writer->own, delivery->output, record, rendered);
	safi_crash_out(outer);
	check_output(delivery);
	if (status == SAFI_HOLD) {
		end->outcome = status; /* there is nothing to hold it back from */
	} else {
		judge(delivery, end, status);
	}
}

static void show(const SafiDelivery *delivery, const SafiEnd *end)
{
	SafiProgress *progress = delivery->progress;

	safi_progress_count(end->outcome == SAFI_KEEP   ? &progress->written
	                    : end->outcome == SAFI_DROP ? &progress->dropped
	                                                : &progress->dead, end->n);
}

static void account(const SafiDelivery *delivery, const SafiEnd *end)
{
	SafiEnding *ending = delivery->ending;

	if (ending->status && end->outcome == SAFI_KEEP && end->record) {
		return; /* its put() has just failed for good */
	}
	safi_tally_end(ending->tally, end->born, end->at, end->outcome, end->n, end->bytes);
	ending->tally->kept += end->kept;
	safi_counts_merge(ending->tally->reasons, end->counts);
	show(delivery, end);
}

/* One that the writer's thread has to see itself. */
static void deliver_record(const SafiDelivery *delivery, SafiEnd *end)
{
	const SafiInstances *where = safi_course_at(delivery->course, end->at);

	if (end->outcome == SAFI_KEEP) {
		put(delivery, end);
	}
	if (end->outcome >= SAFI_FATAL) {
		stop_at_stage(delivery, end->at, end->outcome);
		return;
	}
	end->kept = safi_course_count(delivery->course, end->record, &end->counts);
	account(delivery, end);
	if (end->outcome == SAFI_DROP) {
		safi_ending_dropped(delivery->ending, end->record, where);
	} else if (end->outcome == SAFI_FAIL) {
		safi_ending_dead(delivery->ending, end->record, delivery->course->chain, end->at);
	}
}

static void write_up_to(const SafiDelivery *delivery, const SafiBatch *batch, gsize *from, gsize to)
{
	if (to > *from) {
		const uint8_t *bytes = (const uint8_t *)batch->rendered.data + *from;
		safi_output_write(delivery->output, (safi_bytes){bytes, to - *from});
		check_output(delivery);
	}
	*from = to;
}

/* The workers have nothing to do any more, nor has a reader that waits for input. */
static void stop_if_ended(const SafiDelivery *delivery)
{
	if (delivery->ending->status) {
		safi_course_stop(delivery->course);
		safi_signals_wake();
	}
}

void safi_delivery_batch(const SafiDelivery *delivery, SafiBatch *batch)
{
	gsize written = 0, seen = 0;

	for (guint i = 0; i < batch->ends->len && !delivery->ending->status; i++) {
		SafiEnd *end = &g_array_index(batch->ends, SafiEnd, i);
		seen = end->rendered;
		if (!end->record) {
			account(delivery, end);
			continue;
		}
		write_up_to(delivery, batch, &written, seen);
		if (!delivery->ending->status) {
			deliver_record(delivery, end);
		}
	}
	if (!delivery->ending->status) {
		write_up_to(delivery, batch, &written, seen);
	}
	stop_if_ended(delivery);
}

void safi_delivery_flush(const SafiDelivery *delivery)
{
	safi_output_flush(delivery->output);
	check_output(delivery);
	stop_if_ended(delivery);
}

/* --- the writer's own ------------------------------------------------------------------------- */

void safi_delivery_call(const SafiDelivery *delivery,
                        safi_status (*call)(void *self, safi_output *output))
{
	const SafiInstances *writer = safi_course_last(delivery->course);

	if (call && !delivery->ending->status) {
		const SafiCall outer = safi_crash_into(writer, "begin() or sync()", NULL);
		const safi_status status = call(writer->own, delivery->output);
		safi_crash_out(outer);
		if (status != SAFI_KEEP) {
			stop_at_stage(delivery, delivery->course->chain->len - 1, status);
		}
	}
	check_output(delivery);
}
