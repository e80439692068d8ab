#include "course.h"

/* --- setting out ------------------------------------------------------------------------------ */

void safi_course_init(SafiCourse *course, guint workers, gsize most_held)
{
	*course = (SafiCourse){.workers = workers, .most_held = most_held};
	atomic_init(&course->last, G_MAXUINT64);
	course->chain = g_ptr_array_new_with_free_func((GDestroyNotify)safi_instances_close);
}

bool safi_course_add(SafiCourse *course, const SafiStep *step, SafiReport *report)
{
	SafiInstances *instances = safi_instances_open_isolated(step, course->workers, report);

	if (instances) {
		g_ptr_array_add(course->chain, instances);
		course->isolated |= instances->shelter != NULL;
		course->copies_raw |= (step->stage->flags & SAFI_HOLDS) != 0;
	}
	return instances != NULL;
}

static bool is_ordered(const SafiCourse *course, guint at)
{
	return !(safi_course_at(course, at)->stage->flags & SAFI_PARALLEL);
}

/* An isolated one has a phase of its own, since many records at a time are given to it. */
static bool is_alone(const SafiCourse *course, guint at)
{
	return is_ordered(course, at) || safi_course_at(course, at)->shelter;
}

static void make_phases(SafiCourse *course)
{
	const guint n = course->chain->len;

	course->phase_begins = g_new0(guint, n + 1);
	course->ordered = g_new0(bool, n + 1);
	for (guint at = 0; at < n; at++) {
		if (at == 0 || is_alone(course, at) || is_alone(course, at - 1)) {
			course->ordered[course->n_phases] = is_ordered(course, at);
			course->phase_begins[course->n_phases++] = at;
		}
	}
	course->phase_begins[course->n_phases] = n;
}

void safi_course_start(SafiCourse *course, bool timed)
{
	course->hands = g_new0(SafiHand, course->chain->len * course->workers);
	for (guint at = 0; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		for (guint worker = 0; worker < where->n; worker++) {
			SafiHand *hand = safi_course_hand(course, at, worker);
			safi_hand_init(hand, where, where->selves[worker], at);
			hand->worker = worker;
			hand->timed = timed;
			hand->held_bytes = &course->held_bytes;
			hand->most_held = course->most_held;
			hand->arrive = safi_course_arrive;
			hand->arrive_data = course;
		}
	}
	make_phases(course);
}

/* Instances go before the records that they may still hold. */
void safi_course_clear(SafiCourse *course)
{
	const guint n = course->hands ? course->chain->len * course->workers : 0;

	g_clear_pointer(&course->chain, g_ptr_array_unref);
	for (guint i = 0; i < n; i++) {
		safi_hand_clear(&course->hands[i]);
	}
	g_clear_pointer(&course->hands, g_free);
	g_clear_pointer(&course->phase_begins, g_free);
	g_clear_pointer(&course->ordered, g_free);
}

SafiInstances *safi_course_at(const SafiCourse *course, guint at)
{
	return course->chain->pdata[at];
}

SafiInstances *safi_course_last(const SafiCourse *course)
{
	return safi_course_at(course, course->chain->len - 1);
}

SafiHand *safi_course_hand(const SafiCourse *course, guint at, guint worker)
{
	const bool alone = safi_course_at(course, at)->n == 1;

	return &course->hands[at * course->workers + (alone ? 0 : worker)];
}

guint safi_course_phase(const SafiCourse *course, guint at)
{
	guint phase = 0;

	while (course->phase_begins[phase + 1] <= at) {
		phase++;
	}
	return phase;
}

/* --- coming to an end ------------------------------------------------------------------------- */

static void count(const SafiCourse *course, guint at, const char *what, safi_text code, gint64 by,
                  SafiCounts **counts)
{
	if (!*counts) {
		*counts = safi_counts_new();
	}
	safi_counts_add(*counts, safi_course_at(course, at)->step->label, what, code, by);
}

guint64 safi_course_count(const SafiCourse *course, const safi_record *record, SafiCounts **counts)
{
	guint64 kept = 0;

	for (const SafiEvent *event = record->trail.first; event; event = event->next) {
		if (event->kind == SAFI_EVENT_COUNTED) {
			count(course, event->at, "counter", event->code, event->by, counts);
		} else if (event->kind == SAFI_EVENT_KEPT) {
			count(course, event->at, "kept", event->code, 1, counts);
			kept++;
		}
	}
	if (record->outcome == SAFI_DROP || record->outcome == SAFI_FAIL) {
		count(course, record->at, record->outcome == SAFI_DROP ? "dropped" : "dead",
		      record->reason.code, 1, counts);
	}
	return kept;
}

/* Whether the writer's thread must see the record itself: to put it out, to tell of it, to write
 * its dead letter.  Of most it is enough to know that they were written. */
static bool must_be_seen(const SafiCourse *course, const safi_record *record)
{
	switch (record->outcome) {
	case SAFI_KEEP:
		return safi_course_last(course)->stage->put != NULL;
	case SAFI_DROP:
		return record->at == 0;
	default:
		return true;
	}
}

static void end(const SafiCourse *course, SafiBatch *batch, safi_record *record)
{
	const bool seen = must_be_seen(course, record);

	if (record->phase != SAFI_PHASE_ENDED) {
		record->phase = SAFI_PHASE_ENDED;
		record->outcome = SAFI_KEEP;
		record->at = course->chain->len - 1;
	}
	if (!seen) {
		/* Of one that the writer stage itself emitted. */
		safi_buffer_add(&batch->rendered, record->rendered.data, record->rendered.len);
	}
	SafiEnd *added = safi_batch_end(batch, record, seen);
	if (!seen) {
		added->kept += safi_course_count(course, record, &added->counts);
		safi_batch_give(batch, record);
	}
}

void safi_course_arrive(gpointer data, SafiBatch *batch, safi_record *record)
{
	const SafiCourse *course = data;

	if (batch->phase + 1 < course->n_phases) {
		g_ptr_array_add(batch->items, record);
	} else {
		end(course, batch, record);
	}
}

/* --- running ---------------------------------------------------------------------------------- */

typedef struct Work {
	SafiCourse *course;
	SafiBatch *batch;
	guint worker;
	guint end;     /* of the phase: the first step behind it */
	bool stopped;  /* by a record of this batch: those behind it do not count */
} Work;

/* The last stage renders into the batch, without a copy, where the host writes what it rendered. */
static void render(SafiHand *hand, safi_record *record)
{
	SafiBatch *batch = hand->batch;
	const SafiBuffer own = record->rendered;
	const size_t before = batch->rendered.len;

	record->rendered = batch->rendered;
	safi_hand_process(hand, record);
	batch->rendered = record->rendered;
	record->rendered = own;
	if (record->phase != SAFI_PHASE_MOVING) {
		batch->rendered.len = before;
		batch->rendered.failed = false;
	}
}

static void step(const Work *work, safi_record *record, GQueue *emitted)
{
	SafiHand *hand = safi_course_hand(work->course, record->at, work->worker);

	hand->batch = work->batch;
	if (hand->at + 1 == work->course->chain->len && !hand->where->stage->put) {
		render(hand, record);
	} else {
		safi_hand_process(hand, record);
	}
	*emitted = hand->emitted;
	hand->emitted = (GQueue)G_QUEUE_INIT;
}

/* To the end of the phase, or to its own; then what stages made of it, likewise, in order. */
static void run(Work *work, safi_record *record)
{
	GQueue emitted = G_QUEUE_INIT;

	while (record->phase == SAFI_PHASE_MOVING && record->at < work->end && !emitted.length) {
		step(work, record, &emitted);
	}
	if (emitted.length) {
		run(work, record);
		for (GList *link; (link = g_queue_pop_head_link(&emitted));) {
			run(work, link->data);
		}
	} else if (record->phase != SAFI_PHASE_HELD) {
		work->stopped |= record->phase == SAFI_PHASE_ENDED && record->outcome >= SAFI_FATAL;
		safi_course_arrive(work->course, work->batch, record);
	}
}

/* Records that have ended pass between those that an isolated stage is given. */
typedef struct Isolated {
	Work *work;
	SafiHand *hand;
	const GPtrArray *taken;
	guint at;
} Isolated;

static void pass_ended(Isolated *isolated, const safi_record *until)
{
	for (; isolated->at < isolated->taken->len; isolated->at++) {
		safi_record *record = isolated->taken->pdata[isolated->at];
		if (record == until || isolated->work->stopped) {
			return;
		}
		run(isolated->work, record);
	}
}

static void go_on(void *data, safi_record *record)
{
	Isolated *isolated = data;
	GQueue emitted = isolated->hand->emitted;

	isolated->hand->emitted = (GQueue)G_QUEUE_INIT;
	pass_ended(isolated, record);
	isolated->at++;
	run(isolated->work, record);
	for (GList *link; (link = g_queue_pop_head_link(&emitted));) {
		run(isolated->work, link->data);
	}
}

/* Gives an isolated stage all at once; returns how many were run. */
static guint run_isolated(Work *work, const GPtrArray *taken)
{
	const guint at = work->end - 1;
	SafiHand *hand = safi_course_hand(work->course, at, work->worker);
	Isolated isolated = {work, hand, taken, 0};
	g_autoptr(GPtrArray) moving = g_ptr_array_sized_new(taken->len);

	for (guint i = 0; i < taken->len; i++) {
		const safi_record *record = taken->pdata[i];
		if (record->phase == SAFI_PHASE_MOVING && record->at == at) {
			g_ptr_array_add(moving, taken->pdata[i]);
		}
	}
	hand->batch = work->batch;
	safi_hand_process_all(hand, (safi_record *const *)moving->pdata, moving->len, go_on,
	                      &isolated);
	pass_ended(&isolated, NULL);
	return isolated.at;
}

static guint run_here(Work *work, const GPtrArray *taken)
{
	guint at = 0;

	while (at < taken->len && !work->stopped &&
	       work->batch->number <= atomic_load(&work->course->last)) {
		run(work, taken->pdata[at++]);
	}
	return at;
}

/* Batches before it may still be on their way, and count. */
static void stop_behind(SafiCourse *course, guint64 number)
{
	unsigned long long last = atomic_load(&course->last);

	while (number < last && !atomic_compare_exchange_weak(&course->last, &last, number)) {
	}
}

void safi_course_stop(SafiCourse *course)
{
	stop_behind(course, 0);
}

bool safi_course_is_stopped(const SafiCourse *course)
{
	return atomic_load(&course->last) != G_MAXUINT64;
}

gint64 safi_course_cost(const SafiCourse *course)
{
	return atomic_load_explicit(&course->cost, memory_order_relaxed);
}

/* A moving mean; that two threads may overwrite each other's does no harm. */
static void note_cost(SafiCourse *course, guint n, gint64 begin)
{
	if (n) {
		const gint64 cost = (safi_hand_clock() - begin) / n;
		const gint64 before = safi_course_cost(course);
		atomic_store_explicit(&course->cost, before + (cost - before) / 4,
		                      memory_order_relaxed);
	}
}

void safi_course_run(SafiCourse *course, SafiBatch *batch, guint worker)
{
	const gint64 begin = safi_hand_clock();
	const guint at = course->phase_begins[batch->phase];
	Work work = {course, batch, worker, course->phase_begins[batch->phase + 1], false};
	GPtrArray *taken = batch->items;
	guint done = 0;

	batch->items = batch->taken;
	batch->taken = taken;
	if (batch->number <= atomic_load(&course->last)) {
		done = safi_course_at(course, at)->shelter ? run_isolated(&work, taken)
		                                           : run_here(&work, taken);
	}
	/* What lies behind a record that stops the run does not count. */
	for (; done < taken->len; done++) {
		safi_batch_give(batch, taken->pdata[done]);
	}
	note_cost(course, taken->len, begin);
	g_ptr_array_set_size(taken, 0);
	if (work.stopped) {
		stop_behind(course, batch->number);
	}
}
