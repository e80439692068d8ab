#include "engine.h"

#include "checkpoint.h"
#include "chunk.h"
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
	SafiDelivery delivery;
	SafiCrew *crew;
	SafiPosition at;      /* how far the inputs are read */
	int heard;            /* the signal that ended the reading; 0: none */
	SafiCheckpoint *checkpoint;
	bool resumed, finished; /* it goes on with another run, which was finished */
	guint64 emitted;      /* by that */
} Engine;

static void stop(Engine *engine, const GError *error)
{
	safi_ending_stop_writing(&engine->ending, error);
}

static bool is_own_file(const Engine *engine)
{
	return engine->pipeline->writer->stage->flags & SAFI_OWN_FILE;
}

/* The run cannot be what was asked for.  Takes the reason. */
static bool refuse(Engine *engine, char *reason)
{
	g_autofree char *why = reason;

	safi_ending_stop(&engine->ending, SAFI_EXIT_CONFIG, g_strdup(why));
	if (!engine->ending.place) {
		engine->ending.place = g_strdup(engine->run->checkpoint);
	}
	return false;
}

static bool refuse_to_go_on(Engine *engine, char *reason)
{
	g_autofree char *why = reason;

	return refuse(engine, g_strdup_printf("the run cannot go on from this checkpoint: %s", why));
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

static const char *output_path(const Engine *engine)
{
	const char *path = engine->run->output ? engine->run->output : engine->pipeline->to;

	return g_strcmp0(path, "-") == 0 ? NULL : path;
}

static safi_output *make_output(Engine *engine, GError **error)
{
	const char *path = output_path(engine);

	return engine->resumed
		? safi_output_reopen(path, is_own_file(engine),
		                     safi_checkpoint_output_length(engine->checkpoint), error)
		: safi_output_open(path, is_own_file(engine), error);
}

static bool open_output(Engine *engine, SafiReport *report)
{
	const SafiStep *writer = engine->pipeline->writer;
	g_autoptr(GError) error = NULL;

	if (is_own_file(engine) && !output_path(engine)) {
		safi_report_error(report, writer->mark,
		                  "writer '%s' needs a file to write to; give -o FILE",
		                  writer->label);
		return false;
	}
	engine->output = make_output(engine, &error);
	if (!engine->output && engine->resumed) {
		refuse_to_go_on(engine, g_strdup(error->message));
	} else if (!engine->output) {
		stop_at_output(engine, error);
	}
	return engine->output != NULL;
}

/* --- going on --------------------------------------------------------------------------------- */

/* Takes over what the run before has left. */
static bool take_over(Engine *engine)
{
	SafiCheckpoint *checkpoint = engine->checkpoint;
	char *reason = NULL;
	g_autoptr(GError) error = NULL;

	if (!safi_checkpoint_restore(checkpoint, &engine->course, &engine->at, engine->ending.tally,
	                             &reason)) {
		return refuse_to_go_on(engine, reason);
	}
	engine->resumed = true;
	engine->finished = safi_checkpoint_is_finished(checkpoint);
	engine->emitted = engine->ending.tally->emitted;
	const guint64 dead = safi_checkpoint_dead_length(checkpoint);
	if (!engine->finished && !safi_letters_cut(engine->ending.letters, dead, &error)) {
		return refuse_to_go_on(engine, g_strdup(error->message));
	}
	return true;
}

static bool open_checkpoint(Engine *engine)
{
	const SafiRun *run = engine->run;
	char *reason = NULL;

	if (!run->checkpoint) {
		return true;
	}
	if (!safi_checkpoint_suits(&engine->course, &reason)) {
		return refuse(engine, reason);
	}
	engine->checkpoint = safi_checkpoint_new(run->checkpoint, engine->pipeline, run,
	                                         &engine->course);
	if (!run->resume) {
		return true;
	}
	if (!safi_checkpoint_find(engine->checkpoint, &reason)) {
		return refuse_to_go_on(engine, reason);
	}
	return !engine->checkpoint->before || take_over(engine);
}

/* Everything up to a position is delivered.  What a stage holds is in no file: then the checkpoint
 * before stays.  [writer] */
static void save_checkpoint(Engine *engine, bool finished)
{
	guint64 length = 0, dead = 0;
	g_autoptr(GError) error = NULL;

	safi_delivery_call(&engine->delivery, safi_course_last(&engine->course)->stage->sync);
	if (engine->ending.status || !engine->checkpoint ||
	    atomic_load(&engine->course.held_bytes)) {
		return;
	}
	if (!safi_output_sync(engine->output, &length)) {
		stop(engine, safi_output_error(engine->output));
	} else if (!safi_letters_sync(engine->ending.letters, &dead, &error) ||
	           !safi_checkpoint_save(engine->checkpoint, &engine->course, &engine->at,
	                                 engine->ending.tally, length, dead, finished, &error)) {
		stop(engine, error);
	}
}

/* [writer] */
static void save_on_the_way(gpointer data)
{
	save_checkpoint(data, false);
}

/* [writer] */
static void save_at_the_end(gpointer data)
{
	Engine *engine = data;

	save_checkpoint(engine, !engine->at.failed && !engine->heard);
}

static void save(gpointer data, const SafiPosition *position)
{
	Engine *engine = data;

	engine->at = *position;
	safi_crew_ask(engine->crew, save_on_the_way, engine);
}

/* --- running ---------------------------------------------------------------------------------- */

/* What was read and made, against what came to an end: counted in different places. */
static void check_accounts(Engine *engine, const SafiFeed *feed)
{
	const SafiCourse *course = &engine->course;
	const SafiTally *tally = engine->ending.tally;
	guint64 emitted = engine->emitted + feed->next.n_emitted;

	for (guint i = 0; i < course->chain->len * course->workers; i++) {
		emitted += course->hands[i].n_emitted;
	}
	const bool whole = feed->at.read == tally->read && emitted == tally->emitted &&
	                   safi_tally_is_whole(tally);
	if (!engine->ending.status && !whole) {
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

/* What the writer puts before all records is there already when the run goes on.  [writer] */
static void begin_output(gpointer data)
{
	Engine *engine = data;

	safi_output_mute(engine->output, engine->resumed);
	safi_delivery_call(&engine->delivery, safi_course_last(&engine->course)->stage->begin);
	safi_output_mute(engine->output, false);
}

static void read_all(Engine *engine, SafiFeed *feed)
{
	const SafiRun *run = engine->run;

	if (run->from_dead) {
		safi_feed_replay(feed, run->from_dead);
	} else {
		safi_feed_read(feed, run->inputs, run->files_from);
	}
	engine->heard = safi_signals_heard();
	engine->at = feed->at;
	if (feed->lost) {
		refuse_to_go_on(engine, g_strdup(feed->lost));
		safi_course_stop(&engine->course);
	}
	/* What is to go on later must not be told that it is finished. */
	if (!engine->heard || !engine->checkpoint) {
		safi_feed_finish(feed);
	}
}

static void feed_all(Engine *engine, SafiRing *ring)
{
	const SafiPosition from = engine->at;
	SafiFeed feed = {.delivery = &engine->delivery, .limits = engine->pipeline->limits,
	                 .limit = engine->run->limit, .from = engine->resumed ? &from : NULL};

	safi_feed_init(&feed, &engine->course, engine->crew, ring);
	if (engine->checkpoint) {
		feed.save = save;
		feed.save_data = engine;
		feed.save_every = (gint64)(engine->run->checkpoint_every * G_USEC_PER_SEC);
	}
	if (!engine->resumed) {
		safi_feed_save(&feed);
	}
	read_all(engine, &feed);
	safi_crew_ask(engine->crew, save_at_the_end, engine);
	check_accounts(engine, &feed);
	sum_times(engine, &feed);
	safi_feed_clear(&feed);
}

static void abort_output(gpointer data)
{
	Engine *engine = data;
	const SafiInstances *writer = safi_course_last(&engine->course);

	const SafiCall outer = safi_crash_into(writer, "abort()", NULL);
	writer->stage->abort(writer->own, engine->output);
	safi_crash_out(outer);
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

static void run_crew(Engine *engine, SafiRing *ring)
{
	safi_crew_ask(engine->crew, begin_output, engine);
	if (!engine->ending.status) {
		begin_progress(engine);
		feed_all(engine, ring);
		safi_progress_end(&engine->progress);
	}
	if (engine->ending.status && safi_course_last(&engine->course)->stage->abort) {
		safi_crew_ask(engine->crew, abort_output, engine);
	}
}

static void run_course(Engine *engine)
{
	SafiCourse *course = &engine->course;
	const SafiLimits *limits = &engine->pipeline->limits;
	const SafiRingPhases phases = {course->n_phases, course->ordered};
	SafiRing *ring = safi_ring_new(phases, limits->in_flight, limits->bytes);
	g_autoptr(GError) error = NULL;

	engine->delivery = (SafiDelivery){course, &engine->ending, engine->output, &engine->progress};
	engine->crew = safi_crew_start(course, ring, &engine->delivery, &error);
	if (engine->crew) {
		run_crew(engine, ring);
		safi_crew_end(engine->crew);
	} else {
		stop(engine, error);
	}
	safi_ring_free(ring);
}

/* --- ending ----------------------------------------------------------------------------------- */

/* When the run was stopped, what is ready goes to stdout and a file goes.  When only some input
 * was not read, hours of work may be in the file: it stays, but without the name that says all is
 * in. */
static void commit_output(Engine *engine)
{
	g_autoptr(GError) error = NULL;

	if (engine->checkpoint) {
		safi_output_keep(engine->output);
	}
	if (engine->ending.status) {
		safi_output_flush(engine->output);
	} else if (!engine->at.failed && !engine->heard) {
		if (!safi_output_commit(engine->output, &error)) {
			stop(engine, error);
		}
	} else if (safi_output_leave(engine->output)) {
		safi_log(SAFI_LOG_ERROR, "%s; what was written is in %s%s",
		         engine->heard ? "stopped before the end of the input"
		                       : "not every input was read",
		         safi_output_path(engine->output),
		         engine->heard && engine->checkpoint ? "; --resume goes on from there" : "");
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
		return engine->checkpoint && ending->passing ? SAFI_EXIT_RETRY : ending->status;
	}
	if (tally->dead) {
		safi_log(SAFI_LOG_WARNING, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		         " records failed; they are in %s", tally->dead,
		         tally->read + tally->emitted, safi_letters_path(ending->letters));
	}
	if (engine->heard) {
		return 128 + engine->heard;
	}
	if (engine->at.failed) {
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

/* A run that goes on with one that was finished: at the most its output has not got its name. */
static bool is_done(Engine *engine, SafiReport *report)
{
	if (engine->finished) {
		safi_log_at(SAFI_LOG_WARNING, engine->run->checkpoint,
		            "the run was finished already; nothing is left to do");
	}
	return engine->finished &&
	       (!safi_output_is_left(output_path(engine)) || open_output(engine, report));
}

static void run_chain(Engine *engine, SafiReport *report)
{
	if (is_done(engine, report) || engine->ending.status || !open_output(engine, report)) {
		return;
	}
	if (engine->checkpoint && !safi_output_is_file(engine->output)) {
		refuse(engine, g_strdup_printf("%s is no file that could be gone on with",
		                               safi_output_name(engine->output)));
		return;
	}
	run_course(engine);
	/* What is ready goes out before a stage can end the process by being destroyed. */
	safi_output_flush(engine->output);
}

static void clear(Engine *engine)
{
	safi_output_close(engine->output);
	safi_checkpoint_free(engine->checkpoint);
	safi_ending_clear(&engine->ending);
	safi_signals_end();
}

int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report)
{
	const gint64 begun = g_get_monotonic_time();
	Engine engine;
	int status = SAFI_EXIT_CONFIG;

	safi_crash_watch();
	safi_signals_begin(safi_progress_tell, &engine.progress);
	init(&engine, pipeline, run);
	if (open_chain(&engine, report)) {
		safi_course_start(&engine.course, run->stats != NULL);
		if (open_checkpoint(&engine)) {
			run_chain(&engine, report);
		}
	}
	safi_course_clear(&engine.course);
	safi_chunk_drain();
	safi_spill_clear();
	safi_ending_close(&engine.ending);
	if (engine.output) {
		commit_output(&engine);
	}
	engine.ending.tally->nanoseconds = (g_get_monotonic_time() - begun) * 1000;
	if (run->stats && (engine.output || engine.finished)) {
		write_stats(&engine);
	}
	if (engine.output || engine.finished || engine.ending.status) {
		status = conclude(&engine);
	}
	clear(&engine);
	return status;
}
