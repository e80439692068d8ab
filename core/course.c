#include "course.h"

#include "crash.h"
#include "exit.h"

/* An instance as the host's table sees it.  It lasts as long as the instance, since a record
 * that is held leads back to it; an instance is never entered twice at once. */
struct SafiHand {
	SafiFlow flow;
	SafiCourse *course;
	guint at;       /* in the chain */
	guint worker;   /* whose record it has */
	bool finishing;
	GQueue emitted; /* submitted, to go on after the record in hand */
};

/* --- setting out ------------------------------------------------------------------------------ */

void safi_course_init(SafiCourse *course, SafiLimits limits, guint workers)
{
	*course = (SafiCourse){.limits = limits, .workers = workers, .held = G_QUEUE_INIT};
	course->chain = g_ptr_array_new_with_free_func((GDestroyNotify)safi_instances_close);
	course->records = g_ptr_array_new_with_free_func((GDestroyNotify)safi_record_free);
}

bool safi_course_add(SafiCourse *course, const SafiStep *step, SafiReport *report)
{
	SafiInstances *instances = safi_instances_open(step, course->workers, report);

	if (instances) {
		g_ptr_array_add(course->chain, instances);
		course->copies_raw |= (step->stage->flags & SAFI_HOLDS) != 0;
	}
	return instances != NULL;
}

void safi_course_clear(SafiCourse *course)
{
	/* Instances go before the records that they may still hold. */
	g_clear_pointer(&course->chain, g_ptr_array_unref);
	g_clear_pointer(&course->records, g_ptr_array_unref);
	g_clear_pointer(&course->hands, g_free);
}

SafiInstances *safi_course_at(const SafiCourse *course, guint at)
{
	return course->chain->pdata[at];
}

SafiInstances *safi_course_last(const SafiCourse *course)
{
	return safi_course_at(course, course->chain->len - 1);
}

static SafiHand *hand_of(SafiCourse *course, guint at, guint worker)
{
	const bool alone = safi_course_at(course, at)->n == 1;
	SafiHand *hand = &course->hands[at * course->workers + (alone ? 0 : worker)];

	hand->worker = worker;
	return hand;
}

/* --- records to use again --------------------------------------------------------------------- */

safi_record *safi_course_take(SafiCourse *course)
{
	safi_record *record = course->idle;

	if (record) {
		course->idle = record->next;
		record->next = NULL;
	} else {
		record = safi_record_new();
		g_ptr_array_add(course->records, record);
	}
	record->link.data = record;
	record->owns_raw = course->copies_raw;
	record->flow = &hand_of(course, 0, 0)->flow;
	return record;
}

void safi_course_give_back(SafiCourse *course, safi_record *record)
{
	safi_record_reset(record);
	record->next = course->idle;
	course->idle = record;
}

/* --- ends ------------------------------------------------------------------------------------- */

static void end_dropped(SafiCourse *course, safi_record *record, guint at)
{
	if (!record->reason.code.ptr) {
		safi_record_set_reason(record, SAFI_DROP, "dropped", "");
	}
	safi_ending_dropped(&course->ending, record, &record->reason, safi_course_at(course, at));
	safi_course_give_back(course, record);
}

/* The reason why a record failed: what broke it first, else what the stage said. */
static const SafiReason *failure(safi_record *record)
{
	if (record->broken.status) {
		return &record->broken;
	}
	if (record->reason.status != SAFI_FAIL) {
		record->reason.status = 0;
		safi_record_set_reason(record, SAFI_FAIL, "failed", "the stage gave no reason");
	}
	return &record->reason;
}

/* False when the record is at its end; with on_error: keep it goes on. */
static bool survives_failure(SafiCourse *course, safi_record *record, guint at)
{
	const SafiInstances *where = safi_course_at(course, at);
	const SafiReason *reason = failure(record);

	switch (where->step->on_error) {
	case SAFI_ON_ERROR_KEEP:
		safi_ending_kept(&course->ending, reason, where->step->label);
		record->reason = record->broken = (SafiReason){0};
		return true;
	case SAFI_ON_ERROR_DROP:
		safi_ending_dropped(&course->ending, record, reason, where);
		break;
	default:
		safi_ending_dead(&course->ending, record, reason, where);
	}
	safi_course_give_back(course, record);
	return false;
}

void safi_course_stop(SafiCourse *course, guint at, safi_status status)
{
	const SafiInstances *where = safi_course_at(course, at);
	g_autofree char *reason = safi_site_fatal(where->site);

	if (status != SAFI_FATAL) {
		g_free(reason);
		reason = g_strdup_printf("it returned %d, which means nothing here", status);
	}
	safi_ending_stop(&course->ending, SAFI_EXIT_FAILED,
	                 g_strdup_printf("stage '%s' cannot go on: %s", where->step->label,
	                                 reason ? reason : "it gave no reason"));
}

/* --- the writer ------------------------------------------------------------------------------- */

void safi_course_check_output(SafiCourse *course)
{
	const GError *error = safi_output_error(course->output);

	if (error) {
		safi_ending_stop(&course->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
	}
}

/* Puts out what the writer made of a record.  False when the record has found another end. */
static bool put_out(SafiCourse *course, safi_record *record, guint last)
{
	const SafiInstances *writer = safi_course_at(course, last);
	const safi_bytes rendered = {(const uint8_t *)record->rendered.data, record->rendered.len};
	safi_status status = SAFI_KEEP;

	if (writer->stage->put) {
		const SafiCall outer = safi_crash_into(writer, "put()", record);
		status = writer->stage->put(writer->own, course->output, record, rendered);
		safi_crash_out(outer);
	} else {
		safi_output_write(course->output, rendered);
	}
	safi_course_check_output(course);
	if (record->broken.status || status == SAFI_FAIL) {
		return survives_failure(course, record, last);
	}
	if (status == SAFI_DROP) {
		end_dropped(course, record, last);
		return false;
	}
	if (status != SAFI_KEEP) {
		safi_course_stop(course, last, status);
		safi_course_give_back(course, record);
	}
	return status == SAFI_KEEP;
}

static void end_written(SafiCourse *course, safi_record *record)
{
	if (put_out(course, record, course->chain->len - 1)) {
		safi_ending_written(&course->ending);
		safi_course_give_back(course, record);
	}
}

/* --- what a stage may do with the record in hand ---------------------------------------------- */

static safi_record *emit(SafiFlow *flow, safi_record *parent)
{
	SafiHand *hand = (SafiHand *)flow;

	if (!(safi_course_at(hand->course, hand->at)->stage->flags & SAFI_SPLITS)) {
		return NULL;
	}
	safi_record *record = safi_course_take(hand->course);
	safi_record_share_raw(record, parent);
	record->flow = flow;
	record->phase = SAFI_PHASE_EMITTED;
	return record;
}

/* A record that was emitted, to the stages that follow; or, where the stage that made it also said
 * that it failed or should be left out, to that end, in the name of that stage. */
static void send_on(SafiHand *hand, safi_record *record, guint worker)
{
	safi_course_settle(hand->course, record, hand->at, worker, record->reason.status);
}

static void submit(SafiFlow *flow, safi_record *record)
{
	SafiHand *hand = (SafiHand *)flow;

	if (record->phase != SAFI_PHASE_EMITTED) {
		return;
	}
	record->phase = SAFI_PHASE_MOVING;
	hand->course->ending.tally->emitted++;
	if (hand->finishing) {
		send_on(hand, record, hand->worker);
	} else {
		g_queue_push_tail_link(&hand->emitted, &record->link);
	}
}

static void release(SafiFlow *flow, safi_record *record, safi_status status)
{
	SafiHand *hand = (SafiHand *)flow;
	SafiCourse *course = hand->course;

	/* Only the stage that holds a record may let it go. */
	if (record->phase != SAFI_PHASE_HELD || record->held_at != hand->at) {
		return;
	}
	g_queue_unlink(&course->held, &record->link);
	course->held_bytes -= record->held_bytes;
	record->phase = SAFI_PHASE_MOVING;
	safi_course_settle(course, record, hand->at, hand->worker,
	                   status == SAFI_HOLD ? SAFI_KEEP : status);
}

static void tally(SafiFlow *flow, const char *counter, int64_t by)
{
	SafiHand *hand = (SafiHand *)flow;

	safi_tally_count(hand->course->ending.tally,
	                 safi_course_at(hand->course, hand->at)->step->label, "counter",
	                 safi_str(counter), by);
}

void safi_course_start(SafiCourse *course, safi_output *output)
{
	const guint n = course->chain->len * course->workers;

	course->output = output;
	course->hands = g_new(SafiHand, n);
	for (guint i = 0; i < n; i++) {
		course->hands[i] = (SafiHand){
			.flow = {emit, submit, release, tally},
			.course = course,
			.at = i / course->workers,
			.emitted = G_QUEUE_INIT,
		};
	}
}

/* --- through the chain ------------------------------------------------------------------------ */

static void hold(SafiCourse *course, safi_record *record, guint at)
{
	const SafiInstances *where = safi_course_at(course, at);

	record->phase = SAFI_PHASE_HELD;
	record->held_at = at;
	record->held_bytes = safi_record_size(record);
	course->held_bytes += record->held_bytes;
	g_queue_push_tail_link(&course->held, &record->link);
	if (!(where->stage->flags & SAFI_HOLDS)) {
		safi_course_stop(course, at, SAFI_HOLD);
	} else if (course->held_bytes > course->limits.held) {
		safi_ending_stop(&course->ending, SAFI_EXIT_FAILED,
		                 g_strdup_printf("stage '%s' holds more than limits.held, %zu bytes; "
		                                 "raise it in the pipeline",
		                                 where->step->label,
		                                 course->limits.held));
	}
}

/* Sends a record where the status of a stage says. */
void safi_course_settle(SafiCourse *course, safi_record *record, guint at, guint worker,
                        safi_status status)
{
	/* One that is broken and held fails when it is let go, for until then the stage has it. */
	if (record->broken.status && status != SAFI_FATAL && status != SAFI_HOLD) {
		status = SAFI_FAIL;
	}
	switch (status) {
	case SAFI_KEEP:
		safi_course_run(course, record, at + 1, worker);
		break;
	case SAFI_DROP:
		end_dropped(course, record, at);
		break;
	case SAFI_FAIL:
		if (survives_failure(course, record, at)) {
			safi_course_run(course, record, at + 1, worker);
		}
		break;
	case SAFI_HOLD:
		hold(course, record, at);
		break;
	default:
		safi_course_stop(course, at, status);
		safi_course_give_back(course, record);
	}
}

/* The record, then those that a stage made of it, on through the rest of the chain. */
static void settle_with_emitted(SafiCourse *course, safi_record *record, SafiHand *hand,
                                safi_status status)
{
	const guint worker = hand->worker;

	safi_course_settle(course, record, hand->at, worker, status);
	for (GList *link; (link = g_queue_pop_head_link(&hand->emitted));) {
		send_on(hand, link->data, worker);
	}
}

void safi_course_run(SafiCourse *course, safi_record *record, guint at, guint worker)
{
	for (; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		SafiHand *hand = hand_of(course, at, worker);
		safi_status status = SAFI_KEEP;

		if (course->ending.status) {
			safi_course_give_back(course, record);
			return;
		}
		record->flow = &hand->flow;
		record->reason = (SafiReason){0};
		if (where->stage->process) {
			const SafiCall outer = safi_crash_into(where, "process()", record);
			status = where->stage->process(safi_instances_self(where, worker), record);
			safi_crash_out(outer);
		}
		if (status != SAFI_KEEP || record->broken.status || hand->emitted.length) {
			settle_with_emitted(course, record, hand, status);
			return;
		}
	}
	end_written(course, record);
}

/* --- finishing -------------------------------------------------------------------------------- */

static void finish_instance(SafiCourse *course, guint at, guint worker, safi_record *tail)
{
	const SafiInstances *where = safi_course_at(course, at);
	SafiHand *hand = hand_of(course, at, worker);

	hand->finishing = true;
	if (tail) {
		tail->flow = &hand->flow;
	}
	const SafiCall outer = safi_crash_into(where, "finish()", NULL);
	safi_status status = where->stage->finish(where->selves[worker], tail);
	safi_crash_out(outer);
	if (status != SAFI_KEEP) {
		safi_course_stop(course, at, status);
	}
}

/* What a stage still holds when it has finished would be lost: it is told, record by record.  First
 * all are taken out of the queue, for what one of them meets downstream may release others. */
static void fail_forgotten(SafiCourse *course, guint at)
{
	GQueue forgotten = G_QUEUE_INIT;

	for (GList *link = course->held.head, *next; link; link = next) {
		safi_record *record = link->data;
		next = link->next;
		if (record->held_at == at) {
			g_queue_unlink(&course->held, link);
			course->held_bytes -= record->held_bytes;
			record->phase = SAFI_PHASE_MOVING;
			g_queue_push_tail_link(&forgotten, link);
		}
	}
	for (GList *link; (link = g_queue_pop_head_link(&forgotten));) {
		safi_record_break(link->data, "never-released",
		                  "the stage held the record and never let it go");
		safi_course_settle(course, link->data, at, 0, SAFI_FAIL);
	}
}

void safi_course_finish(SafiCourse *course, guint at)
{
	const SafiInstances *where = safi_course_at(course, at);
	const bool ordered = !(where->stage->flags & SAFI_PARALLEL);

	for (guint worker = 0; where->stage->finish && worker < where->n; worker++) {
		safi_record *tail = ordered ? safi_course_take(course) : NULL;
		if (!course->ending.status) {
			finish_instance(course, at, worker, tail);
		}
		if (tail) {
			safi_course_give_back(course, tail);
		}
	}
	if (!course->ending.status) {
		fail_forgotten(course, at);
	}
}
