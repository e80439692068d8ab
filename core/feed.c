#include "feed.h"

#include "crash.h"
#include "input.h"
#include "inputs.h"
#include "log.h"
#include "replay.h"
#include "signals.h"

enum {
	/* A batch is worth handing over, and small enough to stay in a core's cache ... */
	BATCH_BYTES = 128 * 1024,
	/* ... and where a stage is isolated, worth sending to another process and back: what fits into
	 * one packet (packet.h). */
	BATCH_BYTES_ISOLATED = 176 * 1024,
	/* It leaves no worker alone with a long one, in nanoseconds. */
	BATCH_TIME = 4 * 1000 * 1000,
};

void safi_feed_init(SafiFeed *feed, SafiCourse *course, SafiCrew *crew, SafiRing *ring)
{
	const SafiInstances *reader = safi_course_at(course, 0);

	feed->course = course;
	feed->crew = crew;
	feed->ring = ring;
	/* Several batches a worker must fit into what may be in flight. */
	feed->at_most = CLAMP(feed->limits.in_flight / (4 * course->workers), 1, SAFI_BATCH_RECORDS);
	feed->most_bytes = course->isolated ? BATCH_BYTES_ISOLATED : BATCH_BYTES;
	safi_hand_init(&feed->next, reader, reader->own, 0);
}

void safi_feed_clear(SafiFeed *feed)
{
	safi_hand_clear(&feed->next);
	g_free(feed->lost);
}

/* --- batches ---------------------------------------------------------------------------------- */

static SafiBatch *batch_to_fill(SafiFeed *feed)
{
	if (!feed->batch) {
		feed->batch = safi_ring_batch(feed->ring);
	}
	return feed->batch;
}

static void send_off(SafiFeed *feed)
{
	SafiBatch *batch = feed->batch;

	feed->batch = NULL;
	if (batch && (batch->items->len || batch->ends->len)) {
		safi_crew_push(feed->crew, batch);
	} else if (batch) {
		safi_ring_return(feed->ring, batch);
	}
}

static void add(SafiFeed *feed, safi_record *record)
{
	SafiBatch *batch = batch_to_fill(feed);

	batch->bytes += record->views.raw.len;
	g_ptr_array_add(batch->items, record);
}

static bool is_full(const SafiFeed *feed)
{
	const SafiBatch *batch = feed->batch;

	return batch && (batch->items->len + batch->ends->len >= feed->at_most ||
	                 batch->items->len * safi_course_cost(feed->course) >= BATCH_TIME ||
	                 batch->bytes >= feed->most_bytes);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void fail_reading(SafiFeed *feed, const char *path, const char *why)
{
	safi_log_at(SAFI_LOG_ERROR, g_str_equal(path, "-") ? "stdin" : path, "cannot be read: %s", why);
	feed->at.failed = TRUE;
}

/* next() gave a status of the input's own: a record that is too long, or an error. */
static void take_fault(SafiFeed *feed, safi_record *record, const safi_input *input)
{
	const SafiInputFault *fault = safi_input_fault(input);

	if (record->reason.status || !fault->code) {
		return;
	}
	safi_record_set_raw(record, fault->head, NULL);
	safi_record_set_origin(record, safi_input_name(input), fault->begin, fault->end);
	safi_record_set_reason(record, SAFI_FAIL, fault->code, fault->message);
}

/* A status after which there is nothing to do with the record. */
static bool end_of_input(SafiFeed *feed, safi_record *record, const safi_input *input,
                         safi_status status)
{
	if (status != SAFI_END && status != SAFI_FATAL) {
		return false;
	}
	const SafiInputFault *fault = input ? safi_input_fault(input) : NULL;
	if (status == SAFI_FATAL && fault && fault->code) {
		fail_reading(feed, safi_input_name(input).ptr, fault->message);
	} else if (status == SAFI_FATAL) {
		return false;
	}
	safi_batch_give(feed->batch, record);
	return true;
}

static bool may_read(const SafiFeed *feed)
{
	return !feed->lost && feed->at.read < feed->limit && !safi_course_is_stopped(feed->course) &&
	       !safi_signals_heard();
}

/* Where next() sends the record; with KEEP to process(), like all that it emitted. */
static void settle(SafiFeed *feed, safi_record *record, safi_status status)
{
	if (status != SAFI_KEEP || record->broken.status) {
		safi_hand_settle(&feed->next, record, status);
	}
	add(feed, record);
	for (GList *link; (link = g_queue_pop_head_link(&feed->next.emitted));) {
		add(feed, link->data);
	}
}

/* A stage cannot go on: the run stops where this takes the place of a record. */
static safi_record *stop(safi_record *record, guint at, safi_status status)
{
	record->phase = SAFI_PHASE_ENDED;
	record->outcome = status;
	record->at = at;
	return record;
}

static safi_record *take(SafiFeed *feed, safi_input *input)
{
	SafiBatch *batch = batch_to_fill(feed);

	if (!batch->spent->len) {
		safi_ring_lend(feed->ring, batch);
	}
	safi_record *record = safi_batch_take(batch);

	record->owns_raw = feed->course->copies_raw;
	record->flow = &feed->next.flow;
	record->input = input;
	feed->next.batch = feed->batch;
	return record;
}

static safi_status call_next(SafiFeed *feed, safi_input *input, safi_record *record)
{
	const SafiInstances *reader = feed->next.where;

	if (input) {
		safi_input_begin_record(input);
	}
	const gint64 begin = safi_hand_now(&feed->next);
	const SafiCall outer = safi_crash_into(reader, "next()", NULL);
	const safi_status status = reader->stage->next(reader->own, input, record);
	safi_crash_out(outer);
	feed->next.nanoseconds += safi_hand_now(&feed->next) - begin;
	return status;
}

/* False at the end of the input; NULL: the reader has a source of its own. */
static bool read_record(SafiFeed *feed, safi_input *input)
{
	safi_record *record = take(feed, input);
	const safi_status status = call_next(feed, input, record);

	if (end_of_input(feed, record, input, status)) {
		return false;
	}
	if (status == SAFI_FAIL && input) {
		take_fault(feed, record, input);
	}
	record->input = NULL;
	if (status > SAFI_FAIL) {
		add(feed, stop(record, 0, status));
		return false;
	}
	record->number = ++feed->at.read;
	feed->at.records++;
	feed->at.offset = input ? safi_input_offset(input) : 0;
	settle(feed, record, status);
	return true;
}

static void show_progress(SafiFeed *feed)
{
	SafiProgress *progress = feed->delivery->progress;
	guint64 done = 0, size = 0;

	if (feed->reading) {
		safi_input_progress(feed->reading, &done, &size);
	}
	atomic_store_explicit(&progress->records, feed->at.read, memory_order_relaxed);
	atomic_store_explicit(&progress->bytes, feed->stored + done, memory_order_relaxed);
}

void safi_feed_save(SafiFeed *feed)
{
	send_off(feed);
	safi_crew_drain(feed->crew);
	if (feed->save && !safi_course_is_stopped(feed->course)) {
		feed->save(feed->save_data, &feed->at);
		feed->save_at = g_get_monotonic_time() + feed->save_every;
	}
}

static void send_off_full(SafiFeed *feed)
{
	if (!is_full(feed)) {
		return;
	}
	send_off(feed);
	show_progress(feed);
	if (feed->save && g_get_monotonic_time() >= feed->save_at) {
		safi_feed_save(feed);
	}
}

static void read_input(SafiFeed *feed, safi_input *input)
{
	guint64 done = 0, size = 0;

	feed->reading = input;
	while (may_read(feed) && read_record(feed, input)) {
		send_off_full(feed);
	}
	if (input) {
		safi_input_progress(input, &done, &size);
		feed->stored += done;
	}
	feed->reading = NULL;
	show_progress(feed);
}

/* The record that is being read is in no batch yet. */
static void wait_for_input(void *data)
{
	SafiFeed *feed = data;

	if (feed->batch && feed->batch->items->len) {
		send_off(feed);
		feed->next.batch = batch_to_fill(feed);
	}
	show_progress(feed);
	safi_crew_flush(feed->crew);
}

/* Reading what the run itself writes would never end. */
static bool is_own(const SafiFeed *feed, const safi_input *input)
{
	struct stat file;

	return (safi_output_stat(feed->delivery->output, &file) && safi_input_is_file(input, &file)) ||
	       (safi_letters_stat(feed->delivery->ending->letters, &file) &&
	        safi_input_is_file(input, &file));
}

static void lose(SafiFeed *feed, const char *path, const char *why)
{
	feed->lost = g_strdup_printf("%s: %s", path ? path : "the reader's source", why);
}

static safi_status pass_over_one(SafiFeed *feed, safi_input *input)
{
	safi_record *record = take(feed, input);
	const safi_status status = call_next(feed, input, record);

	safi_batch_give(feed->batch, record);
	for (GList *link; (link = g_queue_pop_head_link(&feed->next.emitted));) {
		safi_batch_give(feed->batch, link->data);
	}
	return status;
}

/* Finds the records again that were read before.  The reader sees them as it did, for what it knows
 * of the input it knows from them; nobody else does.  False: they are not there. */
static bool pass_over(SafiFeed *feed, safi_input *input, const char *path)
{
	const SafiPosition *to = feed->from;
	safi_status status = SAFI_KEEP;

	if (!to) {
		return true;
	}
	feed->from = NULL;
	for (guint64 i = 0; i < to->records && status <= SAFI_FAIL; i++) {
		status = pass_over_one(feed, input);
	}
	feed->next.n_emitted = 0;
	if (status > SAFI_FAIL || (input && to->records && safi_input_offset(input) != to->offset)) {
		lose(feed, path, "what was read of it cannot be found again");
	}
	return !feed->lost;
}

/* Whether an input is to be read, or the run before was through with it. */
static bool is_reached(SafiFeed *feed, const char *path)
{
	if (!feed->save) {
		return true; /* nobody will ask */
	}
	safi_position_begin(&feed->at, path);
	if (!feed->from || feed->at.inputs > feed->from->inputs) {
		feed->from = NULL;
		return true;
	}
	if (feed->at.inputs < feed->from->inputs) {
		return false;
	}
	if (strcmp(feed->at.digest, feed->from->digest) != 0) {
		lose(feed, path, "it, or an input before it, is not what it was");
		return false;
	}
	feed->at = *feed->from;
	return true;
}

static void read_path(SafiFeed *feed, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(safi_input) input = safi_input_open(path, feed->limits.record, &error);

	if (!input) {
		if (!safi_signals_heard()) {
			fail_reading(feed, path, error->message);
		}
		return;
	}
	if (is_own(feed, input)) {
		safi_log_at(SAFI_LOG_WARNING, path, "is written by this run, so it is not read");
		return;
	}
	safi_input_set_wake(input, safi_signals_wake_fd());
	safi_input_on_wait(input, wait_for_input, feed);
	if (pass_over(feed, input, path)) {
		read_input(feed, input);
	}
}

static void read_paths(SafiFeed *feed, const char *const *words, const char *list)
{
	g_autoptr(GError) unopened = NULL;
	g_autoptr(SafiInputs) inputs = safi_inputs_new(words, list, &unopened);
	bool more = inputs != NULL;

	if (inputs) {
		safi_inputs_set_wake(inputs, safi_signals_wake_fd());
	} else {
		fail_reading(feed, list, unopened->message);
	}
	while (more && may_read(feed)) {
		g_autoptr(GError) error = NULL;
		const char *path = safi_inputs_next(inputs, &error);
		more = path != NULL;
		if (!more || !is_reached(feed, path)) {
			continue;
		}
		if (error) {
			fail_reading(feed, path, error->message);
		} else {
			read_path(feed, path);
		}
	}
	if (!feed->from || feed->at.inputs >= feed->from->inputs || feed->lost) {
		return;
	}
	if (safi_signals_heard()) {
		feed->at = *feed->from; /* nothing was read: the place is still that of the run before */
	} else {
		lose(feed, "the inputs", "there are fewer than there were");
	}
}

void safi_feed_read(SafiFeed *feed, const char *const *words, const char *list)
{
	if (safi_course_at(feed->course, 0)->stage->flags & SAFI_NO_INPUT) {
		feed->at = feed->from ? *feed->from : feed->at;
		if (pass_over(feed, NULL, NULL)) {
			read_input(feed, NULL);
		}
	} else {
		read_paths(feed, words, list);
	}
	send_off(feed);
	safi_crew_drain(feed->crew);
}

static void replay_letter(SafiFeed *feed, safi_record *record, safi_status status)
{
	feed->at.read++;
	settle(feed, record, status);
	send_off_full(feed);
}

static void replay_letters(SafiFeed *feed, SafiReplay *replay)
{
	safi_status status = SAFI_KEEP;

	safi_input_set_wake(safi_replay_input(replay), safi_signals_wake_fd());
	while (may_read(feed) && status <= SAFI_FAIL) {
		safi_record *record = take(feed, NULL);
		status = safi_replay_next(replay, record);
		if (status <= SAFI_FAIL) {
			replay_letter(feed, record, status);
		} else if (!end_of_input(feed, record, safi_replay_input(replay), status)) {
			add(feed, stop(record, 0, status));
		}
	}
}

void safi_feed_replay(SafiFeed *feed, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SafiReplay) replay = safi_replay_open(path, feed->limits.record, &error);

	if (replay) {
		replay_letters(feed, replay);
	} else {
		fail_reading(feed, path, error->message);
	}
	send_off(feed);
	safi_crew_drain(feed->crew);
}

/* --- finishing -------------------------------------------------------------------------------- */

static SafiBatch *batch_behind(SafiFeed *feed, guint phase)
{
	SafiBatch *batch = batch_to_fill(feed);

	batch->phase = phase;
	return batch;
}

static void send_behind(SafiFeed *feed)
{
	if (feed->batch) {
		feed->batch->phase++;
		send_off(feed);
	}
}

/* What a stage that finishes lets go sets out from behind it. */
static void set_out(gpointer data, SafiBatch *batch, safi_record *record)
{
	SafiFeed *feed = data;
	const guint phase = batch->phase;

	batch->bytes += record->views.raw.len;
	safi_course_arrive(feed->course, batch, record);
	if (is_full(feed)) {
		send_behind(feed);
		feed->finishing->batch = batch_behind(feed, phase);
	}
}

static void finish_hand(SafiFeed *feed, SafiHand *hand, bool ordered)
{
	safi_record *tail = ordered ? safi_batch_take(hand->batch) : NULL;
	const safi_status status = safi_hand_finish(hand, tail);

	if (status != SAFI_KEEP) {
		safi_record *place = tail ? tail : safi_batch_take(hand->batch);
		safi_course_arrive(feed->course, hand->batch, stop(place, hand->at, status));
	} else if (tail) {
		safi_batch_give(hand->batch, tail);
	}
}

static void finish_stage(SafiFeed *feed, guint at)
{
	const SafiInstances *where = safi_course_at(feed->course, at);
	const bool ordered = !(where->stage->flags & SAFI_PARALLEL);

	for (guint i = 0; i < where->n && !safi_course_is_stopped(feed->course); i++) {
		SafiHand *hand = safi_course_hand(feed->course, at, i);
		feed->finishing = hand;
		hand->finishing = true;
		hand->arrive = set_out;
		hand->arrive_data = feed;
		hand->batch = batch_behind(feed, safi_course_phase(feed->course, at));
		if (where->stage->finish) {
			finish_hand(feed, hand, ordered);
		}
		safi_hand_fail_forgotten(hand);
		send_behind(feed);
		safi_crew_drain(feed->crew);
	}
}

void safi_feed_finish(SafiFeed *feed)
{
	for (guint at = 0; at < feed->course->chain->len; at++) {
		finish_stage(feed, at);
	}
}
