#include "checkpoint.h"

#include "crash.h"
#include "ledger.h"
#include "mapping.h"
#include "output.h"

#include <string.h>
#include <sys/stat.h>

/* Of what these files look like. */
#define FORMAT "1"

static const char run_group[] = "run", plugins[] = "plugins", states[] = "states",
                  output_group[] = "output", dead_group[] = "dead letters";
static const char damaged[] = "it is damaged, or not a checkpoint";

/* Over all the rest, so that no damage goes on as another place or another count.  To be freed. */
static char *sum_of(GKeyFile *file)
{
	g_key_file_remove_key(file, run_group, "sum", NULL);
	g_autofree char *text = g_key_file_to_data(file, NULL, NULL);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

/* --- what is run ------------------------------------------------------------------------------ */

static void describe_step(GString *text, const SafiStep *step)
{
	g_autofree char *options = safi_config_fingerprint(step->config);

	g_string_append_printf(text, "%s %s %d %s\n", step->label, step->stage->name, step->on_error,
	                       options);
}

/* What decides about records; the bounds of memory do not. */
static char *describe_pipeline(const SafiPipeline *pipeline, const SafiRun *run,
                               const SafiCourse *course)
{
	const SafiBudget *budget = run->max_failures.given ? &run->max_failures
	                                                   : &pipeline->max_failures;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint at = 0; at < course->chain->len; at++) {
		describe_step(text, safi_course_at(course, at)->step);
	}
	g_string_append_printf(text, "%zu %d %" G_GUINT64_FORMAT " %g %d %" G_GUINT64_FORMAT,
	                       (size_t)pipeline->limits.record, budget->given, budget->count,
	                       budget->share, run->strict, run->limit);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static char *describe_words(const SafiRun *run)
{
	g_autofree char *words = g_strjoinv("\n", (char **)run->inputs);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, words, -1);
}

static char *digest_file(const char *path)
{
	g_autofree char *content = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &content, &len, NULL)
		? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, len)
		: g_strdup("unreadable");
}

static void describe_plugins(GKeyFile *file, const SafiCourse *course)
{
	for (guint at = 0; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		g_autofree char *key = g_strdup_printf("%u", at);
		g_autofree char *digest = digest_file(where->step->plugin->path);
		g_autofree char *value = g_strconcat(where->plugin, " ", digest, NULL);
		g_key_file_set_string(file, plugins, key, value);
	}
}

SafiCheckpoint *safi_checkpoint_new(const char *path, const SafiPipeline *pipeline,
                                    const SafiRun *run, const SafiCourse *course)
{
	SafiCheckpoint *checkpoint = g_new0(SafiCheckpoint, 1);
	g_autofree char *chain = describe_pipeline(pipeline, run, course);
	g_autofree char *words = describe_words(run);
	g_autofree char *data = safi_mapping_digest();
	GKeyFile *now = g_key_file_new();

	g_key_file_set_string(now, run_group, "format", FORMAT);
	g_key_file_set_string(now, run_group, "safi", SAFI_VERSION);
	g_key_file_set_string(now, run_group, "pipeline", chain);
	g_key_file_set_string(now, run_group, "inputs", words);
	g_key_file_set_string(now, run_group, "data", data);
	describe_plugins(now, course);
	checkpoint->path = g_strdup(path);
	checkpoint->now = now;
	return checkpoint;
}

void safi_checkpoint_free(SafiCheckpoint *checkpoint)
{
	if (checkpoint) {
		g_key_file_unref(checkpoint->now);
		g_clear_pointer(&checkpoint->before, g_key_file_unref);
		g_free(checkpoint->path);
		g_free(checkpoint);
	}
}

/* --- what is remembered ----------------------------------------------------------------------- */

/* The instance of a step that has a memory over records; *state is what saves it, NULL: it offers
 * none.  NULL: it has no memory that counts. */
static void *with_memory(const SafiInstances *where, const safi_state **state)
{
	const safi_stage *stage = where->stage;
	void *self = stage->role == SAFI_WRITES && where->own ? where->own : where->selves[0];
	const safi_state *offered = stage->extension ? stage->extension("safi.state/1") : NULL;
	const bool ordered = !(stage->flags & SAFI_PARALLEL);

	*state = offered && offered->revision == 1 && SAFI_HAS(offered, load) && offered->save &&
	         offered->load ? offered : NULL;
	return ordered || stage->put ? self : NULL;
}

bool safi_checkpoint_suits(const SafiCourse *course, char **reason)
{
	for (guint at = 0; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		const safi_state *state;
		if (where->shelter && !(where->stage->flags & SAFI_PARALLEL)) {
			*reason = g_strdup_printf("stage '%s' is isolated and cannot be asked what it "
			                          "remembers", where->step->label);
			return false;
		}
		if (with_memory(where, &state) && !state) {
			*reason = g_strdup_printf("stage '%s' remembers more than the record in hand and does "
			                          "not say what (safi.state/1), so that the run could not "
			                          "go on from a checkpoint", where->step->label);
			return false;
		}
	}
	return true;
}

static bool add_state(void *to, safi_bytes bytes)
{
	g_byte_array_append(to, bytes.ptr, (guint)bytes.len);
	return true;
}

static bool save_state(GKeyFile *file, const SafiInstances *where, guint at)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree char *key = g_strdup_printf("%u", at);
	const safi_state *state;
	void *self = with_memory(where, &state);

	if (!self || !state) {
		return true;
	}
	const SafiCall outer = safi_crash_into(where, "save()", NULL);
	const bool good = state->save(self, add_state, bytes);
	safi_crash_out(outer);
	if (!good) {
		return false;
	}
	g_autofree char *text = g_base64_encode(bytes->data, bytes->len);
	g_key_file_set_string(file, states, key, text);
	return true;
}

static bool restore_state(GKeyFile *file, const SafiInstances *where, guint at)
{
	g_autofree char *key = g_strdup_printf("%u", at);
	g_autofree char *text = g_key_file_get_string(file, states, key, NULL);
	const safi_state *state;
	void *self = with_memory(where, &state);
	gsize len = 0;

	if (!self || !state) {
		return true;
	}
	g_autofree guchar *bytes = text ? g_base64_decode(text, &len) : NULL;
	const SafiCall outer = safi_crash_into(where, "load()", NULL);
	const bool good = bytes && state->load(self, (safi_bytes){bytes, len});
	safi_crash_out(outer);
	return good;
}

/* --- going on --------------------------------------------------------------------------------- */

static bool differs(const SafiCheckpoint *checkpoint, const char *group, const char *key)
{
	g_autofree char *now = g_key_file_get_string(checkpoint->now, group, key, NULL);
	g_autofree char *before = g_key_file_get_string(checkpoint->before, group, key, NULL);

	return g_strcmp0(now, before) != 0;
}

static bool is_whole(GKeyFile *file)
{
	g_autofree char *told = g_key_file_get_string(file, run_group, "sum", NULL);
	g_autofree char *sum = sum_of(file);

	return g_strcmp0(told, sum) == 0;
}

/* What is not as it was; NULL: nothing. */
static char *difference(const SafiCheckpoint *checkpoint)
{
	static const char *const keys[][2] = {
		{"format", "the checkpoint has another format"},
		{"safi", "it was made by another version of safi"},
		{"pipeline", "the pipeline, or what options set in it, is another"},
		{"inputs", "other inputs are named"},
		{"data", "a data file of a stage has changed"},
	};
	g_auto(GStrv) steps = g_key_file_get_keys(checkpoint->now, plugins, NULL, NULL);

	if (!is_whole(checkpoint->before)) {
		return g_strdup(damaged);
	}
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (differs(checkpoint, run_group, keys[i][0])) {
			return g_strdup(keys[i][1]);
		}
	}
	for (char **step = steps; step && *step; step++) {
		if (differs(checkpoint, plugins, *step)) {
			g_autofree char *name = g_key_file_get_string(checkpoint->now, plugins, *step, NULL);
			*strrchr(name, ' ') = '\0';
			return g_strdup_printf("the plugin %s is another file than it was", name);
		}
	}
	return NULL;
}

bool safi_checkpoint_find(SafiCheckpoint *checkpoint, char **reason)
{
	g_autoptr(GError) error = NULL;

	checkpoint->before = g_key_file_new();
	if (!g_key_file_load_from_file(checkpoint->before, checkpoint->path, G_KEY_FILE_NONE, &error)) {
		g_clear_pointer(&checkpoint->before, g_key_file_unref);
		if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
			return true;
		}
		*reason = error->domain == G_KEY_FILE_ERROR
			? g_strdup(damaged) : g_strdup_printf("it cannot be read: %s", error->message);
		return false;
	}
	*reason = difference(checkpoint);
	return !*reason;
}

bool safi_checkpoint_is_finished(const SafiCheckpoint *checkpoint)
{
	return checkpoint->before &&
	       g_key_file_get_boolean(checkpoint->before, run_group, "finished", NULL);
}

guint64 safi_checkpoint_output_length(const SafiCheckpoint *checkpoint)
{
	return g_key_file_get_uint64(checkpoint->before, output_group, "length", NULL);
}

guint64 safi_checkpoint_dead_length(const SafiCheckpoint *checkpoint)
{
	return g_key_file_get_uint64(checkpoint->before, dead_group, "length", NULL);
}

bool safi_checkpoint_restore(const SafiCheckpoint *checkpoint, const SafiCourse *course,
                             SafiPosition *position, SafiTally *tally, char **reason)
{
	if (!safi_position_load(position, checkpoint->before) ||
	    !safi_ledger_load(tally, checkpoint->before)) {
		*reason = g_strdup(damaged);
		return false;
	}
	for (guint at = 0; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		if (!restore_state(checkpoint->before, where, at)) {
			*reason = g_strdup_printf("stage '%s' cannot go on from what it remembers",
			                          where->step->label);
			return false;
		}
	}
	return true;
}

/* --- saving ----------------------------------------------------------------------------------- */

static bool write_file(const SafiCheckpoint *checkpoint, GError **error)
{
	gsize len = 0;
	g_autofree char *sum = sum_of(checkpoint->now);
	g_key_file_set_string(checkpoint->now, run_group, "sum", sum);
	g_autofree char *text = g_key_file_to_data(checkpoint->now, &len, NULL);
	g_autoptr(safi_output) file = safi_output_open(checkpoint->path, false, error);

	return file && (safi_output_write(file, (safi_bytes){(const uint8_t *)text, len}), true) &&
	       safi_output_commit(file, error);
}

bool safi_checkpoint_save(SafiCheckpoint *checkpoint, const SafiCourse *course,
                          const SafiPosition *position, const SafiTally *tally,
                          guint64 output_length, guint64 dead_length, bool finished,
                          GError **error)
{
	GKeyFile *file = checkpoint->now;

	for (guint at = 0; at < course->chain->len; at++) {
		const SafiInstances *where = safi_course_at(course, at);
		if (!save_state(file, where, at)) {
			g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
			            "stage '%s' cannot say what it remembers", where->step->label);
			return false;
		}
	}
	g_key_file_set_boolean(file, run_group, "finished", finished);
	g_key_file_set_uint64(file, output_group, "length", output_length);
	g_key_file_set_uint64(file, dead_group, "length", dead_length);
	safi_position_save(position, file);
	safi_ledger_save(tally, file);
	return write_file(checkpoint, error);
}
