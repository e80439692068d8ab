#include "engine.h"

#include "crash.h"
#include "feed.h"
#include "log.h"
#include "signals.h"
#include "spill.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct Engine {
	const SafiPipeline *pipeline;
	const SafiRun *run;
	SafiCourse course;
	SafiEnding ending;
	safi_output *output;
	SafiProgress progress;
	bool input_failed;
	int heard;            /* the signal that ended the reading; 0: none */
} Engine;

static void stop(Engine *engine, const GError *error)
{
	safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED, g_strdup(error->message));
}

/* --- starting --------------------------------------------------------------------------------- */

/* All steps, so that every refusal is told in one go. */
static bool open_step(Engine *engine, const SafiStep *step, SafiReport *report)
{
	safi_tally_add_stage(engine->ending.tally, step->label);
	return safi_course_add(&engine->course, step, report);
}

static bool open_chain(Engine *engine, SafiReport *report)
{
	const SafiPipeline *pipeline = engine->pipeline;
	bool good = open_step(engine, pipeline->reader, report);

	for (guint i = 0; i < pipeline->stages->len; i++) {
		good &= open_step(engine, pipeline->stages->pdata[i], report);
	}
	return open_step(engine, pipeline->writer, report) && good;
}

/* The command line is its own place, a file that the pipeline names has a line. */
static void stop_at_output(Engine *engine, const GError *error)
{
	const SafiMark mark = engine->pipeline->to_mark;

	stop(engine, error);
	if (!engine->run->output && mark.path) {
		engine->ending.place =
			g_strdup_printf("%s:%u:%u", mark.path, mark.line, mark.column);
	}
}

static bool open_output(Engine *engine, SafiReport *report)
{
	const SafiStep *writer = engine->pipeline->writer;
	const char *path = engine->run->output ? engine->run->output : engine->pipeline->to;
	const bool own = (writer->stage->flags & SAFI_OWN_FILE) != 0;
	g_autoptr(GError) error = NULL;

	if (g_strcmp0(path, "-") == 0) {
		path = NULL;
	}
	if (own && !path) {
		safi_report_error(report, writer->mark,
		                  "writer '%s' needs a file to write to; give -o FILE",
		                  writer->label);
		return false;
	}
	engine->output = safi_output_open(path, own, &error);
	if (!engine->output) {
		stop_at_output(engine, error);
	}
	return engine->output != NULL;
}

/* --- running ---------------------------------------------------------------------------------- */

/* What was read and made, against what came to an end: counted in different places. */
static void check_accounts(Engine *engine, guint64 read)
{
	const SafiCourse *course = &engine->course;
	const SafiTally *tally = engine->ending.tally;
	guint64 emitted = 0;

	for (guint i = 0; i < course->chain->len * course->workers; i++) {
		emitted += course->hands[i].n_emitted;
	}
	if (!engine->ending.status &&
	    (read != tally->read || emitted != tally->emitted || !safi_tally_is_whole(tally))) {
		safi_ending_stop(&engine->ending, SAFI_EXIT_FAILED,
		                 g_strdup("the accounts do not add up: a record was lost"));
	}
}

static void sum_times(Engine *engine, const SafiFeed *feed)
{
	const SafiCourse *course = &engine->course;

	for (guint at = 0; at < course->chain->len; at++) {
		SafiStageTally *stage = safi_tally_stage(engine->ending.tally, at);
		stage->nanoseconds = at ? 0 : feed->next.nanoseconds;
		for (guint worker = 0; worker < safi_course_at(course, at)->n; worker++) {
			stage->nanoseconds += safi_course_hand(course, at, worker)->nanoseconds;
		}
	}
}

static void feed_all(Engine *engine, SafiRing *ring, const SafiDelivery *delivery)
{
	SafiFeed feed = {.delivery = delivery, .limits = engine->pipeline->limits,
	                 .limit = engine->run->limit};

	feed.crew = safi_crew_start(&engine->course, ring, delivery);
	safi_feed_init(&feed, &engine->course, feed.crew, ring);
	if (engine->run->from_dead) {
		safi_feed_replay(&feed, engine->run->from_dead);
	} else {
		safi_feed_read(&feed, engine->run->inputs);
	}
	engine->heard = safi_signals_heard();
	safi_feed_finish(&feed);
	safi_crew_end(feed.crew);
	engine->input_failed = feed.failed;
	check_accounts(engine, feed.read + feed.next.n_emitted);
	sum_times(engine, &feed);
	safi_feed_clear(&feed);
}

/* Not where the records themselves appear. */
static void begin_progress(Engine *engine)
{
	const SafiRun *run = engine->run;
	const char *const from_dead[] = {run->from_dead, NULL};
	const bool clean = *safi_output_path(engine->output) || !isatty(STDOUT_FILENO);

	safi_progress_begin(&engine->progress,
	                    safi_progress_total(run->from_dead ? from_dead : run->inputs),
	                    clean && !run->quiet);
}

static void run_course(Engine *engine)
{
	SafiCourse *course = &engine->course;
	const SafiLimits *limits = &engine->pipeline->limits;
	const SafiDelivery delivery = {course, &engine->ending, engine->output, &engine->progress};
	const safi_stage *writer = safi_course_last(course)->stage;

	safi_course_start(course, engine->run->stats != NULL);
	SafiRing *ring = safi_ring_new((SafiRingPhases){course->n_phases, course->ordered},
	                               limits->in_flight, limits->bytes);
	safi_delivery_call(&delivery, writer->begin);
	if (!engine->ending.status) {
		begin_progress(engine);
		feed_all(engine, ring, &delivery);
		safi_progress_end(&engine->progress);
	}
	safi_ring_free(ring);
	safi_delivery_call(&delivery, writer->sync);
	if (engine->ending.status && writer->abort) {
		writer->abort(safi_course_last(course)->own, engine->output);
	}
}

/* --- ending ----------------------------------------------------------------------------------- */

/* When the run was stopped, what is ready goes to stdout and a file goes.  When only some input
 * was not read, hours of work may be in the file: it stays, but without the name that says all is
 * in. */
static void commit_output(Engine *engine)
{
	g_autoptr(GError) error = NULL;

	if (engine->ending.status) {
		safi_output_flush(engine->output);
	} else if (!engine->input_failed && !engine->heard) {
		if (!safi_output_commit(engine->output, &error)) {
			stop(engine, error);
		}
	} else if (safi_output_leave(engine->output)) {
		safi_log(SAFI_LOG_ERROR, "%s; what was written is in %s",
		         engine->heard ? "stopped before the end of the input"
		                       : "not every input was read",
		         safi_output_path(engine->output));
	}
	const GError *failed = safi_output_error(engine->output);
	if (failed) {
		stop(engine, failed);
	}
}

static void write_stats(Engine *engine)
{
	const char *path = engine->run->stats;
	const bool to_people = g_str_equal(path, "-");
	g_autofree char *json = to_people ? safi_tally_table(engine->ending.tally)
	                                  : safi_tally_json(engine->ending.tally);
	g_autoptr(GError) error = NULL;
	g_autoptr(safi_output) file = NULL;

	if (to_people) {
		fputs(json, stderr);
		return;
	}
	file = safi_output_open(path, false, &error);
	if (file) {
		safi_output_write(file, (safi_bytes){(const uint8_t *)json, strlen(json)});
		safi_output_commit(file, &error);
	}
	if (error) {
		stop(engine, error);
	}
}

/* Whoever read our output has had enough: no error to talk of. */
static bool is_closed_pipe(const Engine *engine)
{
	const GError *error = engine->output ? safi_output_error(engine->output) : NULL;

	return error && error->code == G_FILE_ERROR_PIPE && safi_signals_pipe_kills();
}

/* The last word on stderr, and the exit status. */
static int conclude(Engine *engine)
{
	const SafiEnding *ending = &engine->ending;
	const SafiTally *tally = ending->tally;

	if (is_closed_pipe(engine)) {
		return 128 + SIGPIPE;
	}
	if (ending->status) {
		safi_log_at(SAFI_LOG_ERROR, ending->place, "%s", ending->problem);
		return ending->status;
	}
	if (tally->dead) {
		safi_log(SAFI_LOG_WARNING, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		         " records failed; they are in %s", tally->dead,
		         tally->read + tally->emitted, safi_letters_path(ending->letters));
	}
	if (engine->heard) {
		return 128 + engine->heard;
	}
	if (engine->input_failed) {
		return SAFI_EXIT_FAILED;
	}
	return tally->dead ? SAFI_EXIT_DEAD : SAFI_EXIT_OK;
}

char *safi_engine_dead_path(const SafiPipeline *pipeline, const SafiRun *run)
{
	return run->dead ? g_strdup(run->dead) : g_strconcat(pipeline->name, ".dead.jsonl", NULL);
}

static void init(Engine *engine, const SafiPipeline *pipeline, const SafiRun *run)
{
	g_autofree char *dead = safi_engine_dead_path(pipeline, run);
	const SafiBudget *budget = run->max_failures.given ? &run->max_failures
	                                                   : &pipeline->max_failures;

	*engine = (Engine){.pipeline = pipeline, .run = run};
	safi_course_init(&engine->course, run->workers, pipeline->limits.held);
	safi_ending_init(&engine->ending, dead, *budget, run->strict);
}

int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report)
{
	Engine engine;
	int status = SAFI_EXIT_CONFIG;

	safi_crash_watch();
	safi_signals_begin(safi_progress_tell, &engine.progress);
	init(&engine, pipeline, run);
	if (open_chain(&engine, report) && open_output(&engine, report)) {
		run_course(&engine);
		/* What is ready goes out before a stage can end the process by being destroyed. */
		safi_output_flush(engine.output);
	}
	safi_course_clear(&engine.course);
	safi_chunk_drain();
	safi_spill_clear();
	safi_ending_close(&engine.ending);
	if (engine.output) {
		commit_output(&engine);
		if (run->stats) {
			write_stats(&engine);
		}
	}
	if (engine.output || engine.ending.status) {
		status = conclude(&engine);
	}
	safi_output_close(engine.output);
	safi_ending_clear(&engine.ending);
	safi_signals_end();
	return status;
}
