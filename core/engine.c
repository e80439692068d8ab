#include "engine.h"

#include "crash.h"
#include "feed.h"
#include "log.h"

#include <stdio.h>

typedef struct Engine {
	const SafiPipeline *pipeline;
	const SafiRun *run;
	SafiCourse course;
	safi_output *output;
	bool input_failed;
} Engine;

static void stop(Engine *engine, const GError *error)
{
	safi_ending_stop(&engine->course.ending, SAFI_EXIT_FAILED, g_strdup(error->message));
}

/* --- starting --------------------------------------------------------------------------------- */

/* All steps, so that every refusal is told in one go. */
static bool open_chain(Engine *engine, SafiReport *report)
{
	const SafiPipeline *pipeline = engine->pipeline;
	bool good = safi_course_add(&engine->course, pipeline->reader, report);

	for (guint i = 0; i < pipeline->stages->len; i++) {
		good &= safi_course_add(&engine->course, pipeline->stages->pdata[i], report);
	}
	return safi_course_add(&engine->course, pipeline->writer, report) && good;
}

/* The command line is its own place, a file that the pipeline names has a line. */
static void stop_at_output(Engine *engine, const GError *error)
{
	const SafiMark mark = engine->pipeline->to_mark;

	stop(engine, error);
	if (!engine->run->output && mark.path) {
		engine->course.ending.place =
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

/* begin or sync of the writer, which may be NULL. */
static void call_writer(SafiCourse *course, safi_status (*call)(void *self, safi_output *output))
{
	if (call && !course->ending.status) {
		const SafiCall outer = safi_crash_into(safi_course_last(course), "begin() or sync()", NULL);
		safi_status status = call(safi_course_last(course)->own, course->output);
		safi_crash_out(outer);
		if (status != SAFI_KEEP) {
			safi_course_stop(course, course->chain->len - 1, status);
		}
	}
	safi_course_check_output(course);
}

static void run_course(Engine *engine)
{
	SafiCourse *course = &engine->course;
	const safi_stage *writer = safi_course_last(course)->stage;

	safi_course_start(course, engine->output);
	call_writer(course, writer->begin);
	engine->input_failed = !safi_feed(course, engine->run->inputs, engine->run->files_from,
	                                  engine->run->limit);
	for (guint at = 0; at < course->chain->len; at++) {
		safi_course_finish(course, at);
	}
	if (!course->ending.status && !safi_tally_is_whole(course->ending.tally)) {
		safi_ending_stop(&course->ending, SAFI_EXIT_FAILED,
		                 g_strdup("the accounts do not add up: a record was lost"));
	}
	call_writer(course, writer->sync);
	if (course->ending.status && writer->abort) {
		writer->abort(safi_course_last(course)->own, engine->output);
	}
}

/* --- ending ----------------------------------------------------------------------------------- */

/* When the run was stopped, what is ready goes to stdout and a file goes.  When only some input
 * could not be read, hours of work may be in the file: it stays, but without the name that says
 * all is in. */
static void commit_output(Engine *engine)
{
	g_autoptr(GError) error = NULL;

	if (engine->course.ending.status) {
		safi_output_flush(engine->output);
	} else if (!engine->input_failed) {
		if (!safi_output_commit(engine->output, &error)) {
			stop(engine, error);
		}
	} else if (safi_output_leave(engine->output)) {
		safi_log(SAFI_LOG_ERROR, "not every input was read; what was written is in %s",
		         safi_output_path(engine->output));
	}
	safi_course_check_output(&engine->course);
}

static void write_stats(Engine *engine)
{
	const char *path = engine->run->stats;
	g_autofree char *json = safi_tally_json(engine->course.ending.tally);
	g_autoptr(GError) error = NULL;
	g_autoptr(safi_output) file = NULL;

	if (g_str_equal(path, "-")) {
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

/* The last word on stderr, and the exit status. */
static int conclude(Engine *engine)
{
	const SafiEnding *ending = &engine->course.ending;
	const SafiTally *tally = ending->tally;

	if (ending->status) {
		safi_log_at(SAFI_LOG_ERROR, ending->place, "%s", ending->problem);
		return ending->status;
	}
	if (tally->dead) {
		safi_log(SAFI_LOG_WARNING, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		         " records failed; they are in %s", tally->dead,
		         tally->read + tally->emitted, safi_letters_path(ending->letters));
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
	safi_course_init(&engine->course, pipeline->limits, run->workers);
	safi_ending_init(&engine->course.ending, dead, *budget, run->strict);
}

int safi_engine_run(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report)
{
	Engine engine;
	int status = SAFI_EXIT_CONFIG;

	safi_crash_watch();
	init(&engine, pipeline, run);
	if (open_chain(&engine, report) && open_output(&engine, report)) {
		run_course(&engine);
		/* What is ready goes out before a stage can end the process by being destroyed. */
		safi_output_flush(engine.output);
	}
	safi_course_clear(&engine.course);
	safi_ending_close(&engine.course.ending);
	if (engine.output) {
		commit_output(&engine);
		if (run->stats) {
			write_stats(&engine);
		}
	}
	if (engine.output || engine.course.ending.status) {
		status = conclude(&engine);
	}
	safi_output_close(engine.output);
	safi_ending_clear(&engine.course.ending);
	return status;
}
