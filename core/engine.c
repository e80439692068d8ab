#include "engine.h"

#include "ending.h"
#include "input.h"
#include "inputs.h"
#include "log.h"
#include "output.h"

#include <stdio.h>

typedef struct Hand Hand;

/* The chain is the reader, the stages between, the writer: chain[0] ... chain[n - 1]. */
typedef struct Engine {
	const SafiPipeline *pipeline;
	const SafiRun *run;
	GPtrArray *chain;       /* SafiInstances */
	Hand *hands;            /* chain->len times workers */
	SafiEnding ending;
	safi_output *output;
	bool input_failed;      /* an input could not be read: the run ends with 1 */
	bool copies_raw;        /* some stage holds records: they must not keep whole blocks */
	safi_record *idle;      /* records to use again */
	GPtrArray *records;     /* all that were ever made */
	GQueue held;            /* by their links, in order of holding */
	size_t held_bytes;
} Engine;

/* An instance as the host's table sees it.  It lasts as long as the instance, since a record that is
 * held leads back to it; an instance is never entered twice at once. */
struct Hand {
	SafiFlow flow;
	Engine *engine;
	guint at;       /* in the chain */
	guint worker;   /* whose record it has */
	bool finishing;
	GQueue emitted; /* submitted, to go on after the record in hand */
};

static void run_record(Engine *engine, safi_record *record, guint at, guint worker);

static SafiInstances *step_at(const Engine *engine, guint at)
{
	return engine->chain->pdata[at];
}

/* --- records to use again ---------------------------------------------------------------------- */

static safi_record *take_record(Engine *engine)
{
	safi_record *record = engine->idle;

	if (record) {
		engine->idle = record->next;
		record->next = NULL;
	} else {
		record = safi_record_new();
		g_ptr_array_add(engine->records, record);
	}
	record->link.data = record;
	record->owns_raw = engine->copies_raw;
	return record;
}

static void give_back(Engine *engine, safi_record *record)
{
	safi_record_reset(record);
	record->next = engine->idle;
	engine->idle = record;
}

/* --- ends -------------------------------------------------------------------------------------- */

static void end_dropped(Engine *engine, safi_record *record, guint at)
{
	if (!record->reason.code.ptr) {
		safi_record_set_reason(record, SAFI_DROP, "dropped", "");
	}
	safi_ending_dropped(&engine->ending, &record->reason, step_at(engine, at)->step->label);
	give_back(engine, record);
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
static bool survives_failure(Engine *engine, safi_record *record, guint at)
{
	const SafiInstances *where = step_at(engine, at);
	const SafiReason *reason = failure(record);

	switch (where->step->on_error) {
	case SAFI_ON_ERROR_KEEP:
		safi_ending_kept(&engine->ending, reason, where->step->label);
		record->reason = record->broken = (SafiReason){0};
		return true;
	case SAFI_ON_ERROR_DROP:
		safi_ending_dropped(&engine->ending, reason, where->step->label);
		break;
	default:
		safi_ending_dead(&engine->ending, record, reason, where);
	}
	give_back(engine, record);
	return false;
}

static void stop_for_fatal(Engine *engine, guint at, safi_status status)
{
	const SafiInstances *where = step_at(engine, at);
	g_autofree char *reason = safi_site_fatal(where->site);

	if (status != SAFI_FATAL) {
		g_free(reason);
		reason = g_strdup_printf("it returned %d, which means nothing here", status);
	}
	safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED,
	                 g_strdup_printf("stage '%s' cannot go on: %s", where->step->label,
	                                 reason ? reason : "it gave no reason"));
}

/* --- the writer -------------------------------------------------------------------------------- */

static void stop_for_output(Engine *engine)
{
	const GError *error = safi_output_error(engine->output);

	if (error) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
	}
}

/* Puts out what the writer made of a record.  False when the record has found another end. */
static bool put_out(Engine *engine, safi_record *record, guint last)
{
	const SafiInstances *writer = step_at(engine, last);
	const safi_bytes rendered = {(const uint8_t *)record->rendered.data, record->rendered.len};
	safi_status status = SAFI_KEEP;

	if (writer->stage->put) {
		status = writer->stage->put(writer->own, engine->output, record, rendered);
	} else {
		safi_output_write(engine->output, rendered);
	}
	stop_for_output(engine);
	if (record->broken.status || status == SAFI_FAIL) {
		return survives_failure(engine, record, last);
	}
	if (status == SAFI_DROP) {
		end_dropped(engine, record, last);
		return false;
	}
	if (status != SAFI_KEEP) {
		stop_for_fatal(engine, last, status);
	}
	return true;
}

static void end_written(Engine *engine, safi_record *record)
{
	if (put_out(engine, record, engine->chain->len - 1)) {
		safi_ending_written(&engine->ending);
		give_back(engine, record);
	}
}

/* --- what a stage may do with the record in hand ------------------------------------------------ */

static safi_record *emit(SafiFlow *flow, safi_record *parent)
{
	Hand *hand = (Hand *)flow;

	if (!(step_at(hand->engine, hand->at)->stage->flags & SAFI_SPLITS)) {
		return NULL;
	}
	safi_record *record = take_record(hand->engine);
	safi_record_share_raw(record, parent);
	record->flow = flow;
	record->phase = SAFI_PHASE_EMITTED;
	return record;
}

static void submit(SafiFlow *flow, safi_record *record)
{
	Hand *hand = (Hand *)flow;

	if (record->phase != SAFI_PHASE_EMITTED) {
		return;
	}
	record->phase = SAFI_PHASE_MOVING;
	hand->engine->ending.tally->emitted++;
	if (hand->finishing) {
		run_record(hand->engine, record, hand->at + 1, hand->worker);
	} else {
		g_queue_push_tail_link(&hand->emitted, &record->link);
	}
}

static void settle(Engine *engine, safi_record *record, guint at, guint worker,
                   safi_status status);

static void release(SafiFlow *flow, safi_record *record, safi_status status)
{
	Hand *hand = (Hand *)flow;
	Engine *engine = hand->engine;

	/* Only the stage that holds a record may let it go. */
	if (record->phase != SAFI_PHASE_HELD || record->held_at != hand->at) {
		return;
	}
	g_queue_unlink(&engine->held, &record->link);
	engine->held_bytes -= record->held_bytes;
	record->phase = SAFI_PHASE_MOVING;
	settle(engine, record, hand->at, hand->worker,
	       status == SAFI_HOLD ? SAFI_KEEP : status);
}

static void tally(SafiFlow *flow, const char *counter, int64_t by)
{
	Hand *hand = (Hand *)flow;

	safi_tally_count(hand->engine->ending.tally,
	                 step_at(hand->engine, hand->at)->step->label, "counter",
	                 safi_str(counter), by);
}

static Hand *hand_of(Engine *engine, guint at, guint worker)
{
	const bool alone = step_at(engine, at)->n == 1;
	Hand *hand = &engine->hands[at * engine->run->workers + (alone ? 0 : worker)];

	hand->worker = worker;
	return hand;
}

static void make_hands(Engine *engine)
{
	const guint workers = engine->run->workers;

	engine->hands = g_new(Hand, engine->chain->len * workers);
	for (guint i = 0; i < engine->chain->len * workers; i++) {
		engine->hands[i] = (Hand){
			.flow = {emit, submit, release, tally},
			.engine = engine,
			.at = i / workers,
			.emitted = G_QUEUE_INIT,
		};
	}
}

/* --- through the chain ------------------------------------------------------------------------- */

static void hold(Engine *engine, safi_record *record, guint at)
{
	const SafiInstances *where = step_at(engine, at);

	record->phase = SAFI_PHASE_HELD;
	record->held_at = at;
	record->held_bytes = safi_record_size(record);
	engine->held_bytes += record->held_bytes;
	g_queue_push_tail_link(&engine->held, &record->link);
	if (!(where->stage->flags & SAFI_HOLDS)) {
		stop_for_fatal(engine, at, SAFI_HOLD);
	} else if (engine->held_bytes > engine->pipeline->limits.held) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED,
		                 g_strdup_printf("stage '%s' holds more than limits.held, %zu bytes",
		                                 where->step->label,
		                                 engine->pipeline->limits.held));
	}
}

/* Sends a record where the status of a stage says. */
static void settle(Engine *engine, safi_record *record, guint at, guint worker, safi_status status)
{
	if (record->broken.status && status != SAFI_FATAL) {
		status = SAFI_FAIL;
	}
	switch (status) {
	case SAFI_KEEP:
		run_record(engine, record, at + 1, worker);
		break;
	case SAFI_DROP:
		end_dropped(engine, record, at);
		break;
	case SAFI_FAIL:
		if (survives_failure(engine, record, at)) {
			run_record(engine, record, at + 1, worker);
		}
		break;
	case SAFI_HOLD:
		hold(engine, record, at);
		break;
	default:
		stop_for_fatal(engine, at, status);
		give_back(engine, record);
	}
}

/* The record, then those that a stage made of it, on through the rest of the chain. */
static void settle_with_emitted(Engine *engine, safi_record *record, Hand *hand,
                                safi_status status)
{
	const guint worker = hand->worker;

	settle(engine, record, hand->at, worker, status);
	for (GList *link; (link = g_queue_pop_head_link(&hand->emitted));) {
		run_record(engine, link->data, hand->at + 1, worker);
	}
}

static void run_record(Engine *engine, safi_record *record, guint at, guint worker)
{
	for (; at < engine->chain->len; at++) {
		const SafiInstances *where = step_at(engine, at);
		Hand *hand = hand_of(engine, at, worker);
		safi_status status = SAFI_KEEP;

		if (engine->ending.status) {
			give_back(engine, record);
			return;
		}
		record->flow = &hand->flow;
		if (where->stage->process) {
			status = where->stage->process(safi_instances_self(where, worker), record);
		}
		if (status != SAFI_KEEP || record->broken.status || hand->emitted.length) {
			settle_with_emitted(engine, record, hand, status);
			return;
		}
	}
	end_written(engine, record);
}

/* --- reading ----------------------------------------------------------------------------------- */

static void fail_reading(Engine *engine, const char *what)
{
	safi_log(SAFI_LOG_ERROR, "%s", what);
	engine->input_failed = true;
}

/* next() gave a status of the input's own: a record that is too long, or an error. */
static void take_fault(Engine *engine, safi_record *record, const safi_input *input)
{
	const SafiInputFault *fault = safi_input_fault(input);

	if (record->reason.status || !fault->code) {
		return;
	}
	safi_record_set_raw(record, fault->head, NULL);
	safi_record_set_origin(record, safi_input_name(input), fault->begin, fault->end);
	safi_record_set_reason(record, SAFI_FAIL, fault->code, fault->message);
}

static bool end_of_input(Engine *engine, safi_record *record, const safi_input *input,
                         safi_status status)
{
	if (status == SAFI_END) {
		give_back(engine, record);
		return true;
	}
	if (status != SAFI_FATAL) {
		return false;
	}
	const SafiInputFault *fault = input ? safi_input_fault(input) : NULL;
	if (fault && fault->code) {
		g_autofree char *what = g_strdup_printf(
			"cannot read %s at byte %" G_GUINT64_FORMAT ": %s",
			safi_input_name(input).ptr, fault->begin, fault->message);
		fail_reading(engine, what);
	} else {
		stop_for_fatal(engine, 0, status);
	}
	give_back(engine, record);
	return true;
}

static bool may_read(const Engine *engine)
{
	return !engine->ending.status &&
	       (!engine->run->limit || engine->ending.tally->read < engine->run->limit);
}

/* All records of one input; NULL: the reader has a source of its own. */
static void read_input(Engine *engine, safi_input *input)
{
	const SafiInstances *reader = step_at(engine, 0);

	while (may_read(engine)) {
		safi_record *record = take_record(engine);
		record->flow = &hand_of(engine, 0, 0)->flow;
		record->input = input;
		if (input) {
			safi_input_begin_record(input);
		}
		safi_status status = reader->stage->next(reader->own, input, record);
		if (end_of_input(engine, record, input, status)) {
			return;
		}
		const guint worker = engine->ending.tally->read % engine->run->workers;
		record->number = ++engine->ending.tally->read;
		if (status == SAFI_FAIL && input) {
			take_fault(engine, record, input);
		}
		record->input = NULL;
		if (status == SAFI_KEEP && !record->broken.status) {
			run_record(engine, record, 0, worker);
		} else {
			settle(engine, record, 0, worker, status);
		}
	}
}

static void flush_output(void *data)
{
	Engine *engine = data;

	safi_output_flush(engine->output);
	stop_for_output(engine);
}

static void read_path(Engine *engine, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(safi_input) input = safi_input_open(path, engine->pipeline->limits.record, &error);

	if (!input) {
		g_autofree char *what = g_strdup_printf("cannot read %s: %s", path, error->message);
		fail_reading(engine, what);
		return;
	}
	if (!(step_at(engine, engine->chain->len - 1)->stage->flags & SAFI_OWN_FILE)) {
		safi_input_on_wait(input, flush_output, engine);
	}
	read_input(engine, input);
}

static void read_all(Engine *engine)
{
	g_autoptr(SafiInputs) inputs = safi_inputs_new(engine->run->inputs);
	bool more = true;

	if (step_at(engine, 0)->stage->flags & SAFI_NO_INPUT) {
		read_input(engine, NULL);
		return;
	}
	while (more && may_read(engine)) {
		g_autoptr(GError) error = NULL;
		const char *path = safi_inputs_next(inputs, &error);
		if (error) {
			g_autofree char *what = g_strdup_printf("cannot read %s", error->message);
			fail_reading(engine, what);
		} else if (path) {
			read_path(engine, path);
		} else {
			more = false;
		}
	}
}

/* --- finishing --------------------------------------------------------------------------------- */

static void finish_instance(Engine *engine, guint at, guint worker, safi_record *tail)
{
	const SafiInstances *where = step_at(engine, at);
	Hand *hand = hand_of(engine, at, worker);

	hand->finishing = true;
	if (tail) {
		tail->flow = &hand->flow;
	}
	safi_status status = where->stage->finish(where->selves[worker], tail);
	if (status != SAFI_KEEP) {
		stop_for_fatal(engine, at, status);
	}
}

/* What a stage still holds when it has finished would be lost: it is told, record by record. */
static void fail_forgotten(Engine *engine, guint at)
{
	for (GList *link = engine->held.head, *next; link; link = next) {
		safi_record *record = link->data;
		next = link->next;
		if (record->held_at == at) {
			g_queue_unlink(&engine->held, link);
			engine->held_bytes -= record->held_bytes;
			safi_record_break(record, "never-released",
			                  "the stage held the record and never let it go");
			settle(engine, record, at, 0, SAFI_FAIL);
		}
	}
}

static void finish_stage(Engine *engine, guint at)
{
	const SafiInstances *where = step_at(engine, at);
	const bool ordered = !(where->stage->flags & SAFI_PARALLEL);

	for (guint worker = 0; where->stage->finish && worker < where->n; worker++) {
		safi_record *tail = ordered ? take_record(engine) : NULL;
		if (!engine->ending.status) {
			finish_instance(engine, at, worker, tail);
		}
		if (tail) {
			give_back(engine, tail);
		}
	}
	if (!engine->ending.status) {
		fail_forgotten(engine, at);
	}
}

static void sync_output(Engine *engine)
{
	const SafiInstances *writer = step_at(engine, engine->chain->len - 1);

	if (!engine->ending.status && writer->stage->sync) {
		safi_status status = writer->stage->sync(writer->own, engine->output);
		if (status != SAFI_KEEP) {
			stop_for_fatal(engine, engine->chain->len - 1, status);
		}
	}
	if (engine->ending.status && writer->stage->abort) {
		writer->stage->abort(writer->own, engine->output);
	}
}

static void commit_output(Engine *engine)
{
	g_autoptr(GError) error = NULL;

	if (engine->ending.status) {
		/* To stdout goes what was ready; a file does not get its name. */
		safi_output_flush(engine->output);
	} else if (!safi_output_commit(engine->output, &error)) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
	}
}

/* --- a whole run ------------------------------------------------------------------------------- */

static bool open_step(Engine *engine, const SafiStep *step, SafiReport *report)
{
	SafiInstances *instances = safi_instances_open(step, engine->run->workers, report);

	if (instances) {
		g_ptr_array_add(engine->chain, instances);
		engine->copies_raw |= (step->stage->flags & SAFI_HOLDS) != 0;
	}
	return instances != NULL;
}

static bool open_chain(Engine *engine, SafiReport *report)
{
	bool good = open_step(engine, engine->pipeline->reader, report);

	for (guint i = 0; i < engine->pipeline->stages->len; i++) {
		good = open_step(engine, engine->pipeline->stages->pdata[i], report) && good;
	}
	return open_step(engine, engine->pipeline->writer, report) && good;
}

static bool open_output(Engine *engine, SafiReport *report)
{
	const SafiStep *writer = engine->pipeline->writer;
	const char *path = engine->run->output ? engine->run->output : engine->pipeline->to;
	const bool own = (writer->stage->flags & SAFI_OWN_FILE) != 0;
	g_autoptr(GError) error = NULL;

	if (path && g_str_equal(path, "-")) {
		path = NULL;
	}
	if (own && !path) {
		safi_report_error(report, writer->mark,
		                  "writer '%s' needs a file to write to: give -o FILE", writer->label);
		return false;
	}
	engine->output = safi_output_open(path, own, &error);
	if (!engine->output) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
	}
	return engine->output != NULL;
}

static void begin_output(Engine *engine)
{
	const SafiInstances *writer = step_at(engine, engine->chain->len - 1);

	if (writer->stage->begin) {
		safi_status status = writer->stage->begin(writer->own, engine->output);
		if (status != SAFI_KEEP) {
			stop_for_fatal(engine, engine->chain->len - 1, status);
		}
	}
	stop_for_output(engine);
}

static void run_chain(Engine *engine)
{
	begin_output(engine);
	read_all(engine);
	for (guint at = 0; at < engine->chain->len; at++) {
		finish_stage(engine, at);
	}
	if (!engine->ending.status && !safi_tally_is_whole(engine->ending.tally)) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED,
		                 g_strdup("the accounts do not add up: a record was lost"));
	}
	sync_output(engine);
}

static void write_stats(Engine *engine)
{
	g_autofree char *json = safi_tally_json(engine->ending.tally);
	g_autoptr(GError) error = NULL;

	if (g_str_equal(engine->run->stats, "-")) {
		fputs(json, stderr);
	} else if (!g_file_set_contents(engine->run->stats, json, -1, &error)) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
	}
}

static int exit_status(Engine *engine)
{
	const SafiTally *tally = engine->ending.tally;

	if (engine->ending.status) {
		safi_log(SAFI_LOG_ERROR, "%s", engine->ending.problem);
		return engine->ending.status;
	}
	if (tally->dead) {
		safi_log(SAFI_LOG_WARNING, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		         " records failed; they are in %s", tally->dead,
		         tally->read + tally->emitted, safi_letters_path(engine->ending.letters));
	}
	if (engine->input_failed) {
		return SAFI_EXIT_FAILED;
	}
	return tally->dead ? SAFI_EXIT_DEAD : SAFI_EXIT_OK;
}

static void close_chain(Engine *engine)
{
	/* Instances go before the records that they may still hold. */
	g_clear_pointer(&engine->chain, g_ptr_array_unref);
	g_clear_pointer(&engine->records, g_ptr_array_unref);
	g_clear_pointer(&engine->hands, g_free);
}

int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report)
{
	Engine engine = {.pipeline = pipeline, .run = run, .held = G_QUEUE_INIT};
	g_autofree char *dead = run->dead ? g_strdup(run->dead)
	                                  : g_strconcat(pipeline->name, ".dead.jsonl", NULL);

	engine.chain = g_ptr_array_new_with_free_func((GDestroyNotify)safi_instances_close);
	engine.records = g_ptr_array_new_with_free_func((GDestroyNotify)safi_record_free);
	safi_ending_init(&engine.ending, dead,
	                 run->max_failures.given ? run->max_failures : pipeline->max_failures,
	                 run->strict);
	bool refused = !open_chain(&engine, report) || !open_output(&engine, report);
	if (!refused) {
		make_hands(&engine);
		run_chain(&engine);
	}
	close_chain(&engine);
	if (engine.output) {
		commit_output(&engine);
	}
	if (!refused && run->stats) {
		write_stats(&engine);
	}
	int status = refused && !engine.ending.status ? SAFI_EXIT_CONFIG : exit_status(&engine);
	safi_output_close(engine.output);
	if (!safi_ending_clear(&engine.ending) && !status) {
		status = SAFI_EXIT_FAILED;
	}
	return status;
}
