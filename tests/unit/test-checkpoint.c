/* What a run that goes on finds: where it was, and whether the file that says so is whole. */
#include "checkpoint.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>

static char *folder;

static char *path_of(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static char *written(const char *name, const char *content)
{
	char *path = path_of(name);

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
	return path;
}

/* --- positions -------------------------------------------------------------------------------- */

static SafiPosition position_of(const char *first, const char *second)
{
	SafiPosition position = {0};

	safi_position_begin(&position, first);
	if (second) {
		safi_position_begin(&position, second);
	}
	return position;
}

static void test_changed(void)
{
	g_autofree char *a = written("a", "one"), *b = written("b", "two"), *none = path_of("none");
	const SafiPosition before = position_of(a, b), only = position_of(a, NULL);

	g_assert_cmpuint(before.inputs, ==, 2);
	g_assert_cmpstr(position_of(a, b).digest, ==, before.digest);
	g_assert_cmpstr(position_of(b, a).digest, !=, before.digest);
	g_assert_cmpstr(only.digest, !=, before.digest);
	g_assert_cmpstr(position_of(a, none).digest, !=, before.digest);

	g_assert_true(g_file_set_contents(b, "two and more", -1, NULL));
	g_assert_cmpstr(position_of(a, b).digest, !=, before.digest);
	g_assert_cmpstr(position_of(a, NULL).digest, ==, only.digest);

	const struct timespec times[] = {{.tv_sec = 5}, {.tv_sec = 5, .tv_nsec = 1000}};
	utimensat(AT_FDCWD, a, times, 0);
	g_assert_cmpstr(position_of(a, NULL).digest, !=, only.digest);
}

static void test_next(void)
{
	SafiPosition position = {.records = 5, .offset = 50, .read = 7};

	safi_position_begin(&position, "nowhere");
	g_assert_cmpuint(position.records, ==, 0);
	g_assert_cmpuint(position.offset, ==, 0);
	g_assert_cmpuint(position.read, ==, 7);
}

static void assert_same(const SafiPosition *a, const SafiPosition *b)
{
	g_assert_cmpuint(a->inputs, ==, b->inputs);
	g_assert_cmpstr(a->digest, ==, b->digest);
	g_assert_cmpuint(a->records, ==, b->records);
	g_assert_cmpuint(a->offset, ==, b->offset);
	g_assert_cmpuint(a->read, ==, b->read);
	g_assert_cmpint(a->failed, ==, b->failed);
}

static void test_position_file(void)
{
	g_autoptr(GKeyFile) file = g_key_file_new(), empty = g_key_file_new();
	SafiPosition position = position_of("a", "b"), loaded;

	position.records = 5;
	position.offset = G_MAXUINT64;
	position.read = 7;
	position.failed = TRUE;
	safi_position_save(&position, file);
	g_assert_true(safi_position_load(&loaded, file));
	assert_same(&position, &loaded);
	g_assert_false(safi_position_load(&loaded, empty));
}

/* --- the file --------------------------------------------------------------------------------- */

/* A run of no stages, which is enough for what does not concern them. */
typedef struct Setting {
	SafiPipeline *pipeline;
	SafiCourse course;
	SafiRun run;
	char *path;
} Setting;

static const char *const inputs[] = {"a", "b", NULL};

static void set_up(Setting *setting)
{
	*setting = (Setting){.pipeline = safi_pipeline_new("p", "p.yaml"), .path = path_of("ck"),
	                     .run = {.inputs = inputs}};
	safi_course_init(&setting->course, 1, 0);
}

static void tear_down(Setting *setting)
{
	g_unlink(setting->path);
	g_free(setting->path);
	safi_course_clear(&setting->course);
	safi_pipeline_free(setting->pipeline);
}

static SafiTally *new_tally(void)
{
	SafiTally *tally = safi_tally_new();

	safi_tally_add_stage(tally, "reader");
	safi_tally_add_stage(tally, "writer");
	return tally;
}

static SafiCheckpoint *checkpoint_of(const Setting *setting)
{
	return safi_checkpoint_new(setting->path, setting->pipeline, &setting->run, &setting->course);
}

static void save(const Setting *setting, const SafiPosition *position, const SafiTally *tally)
{
	SafiCheckpoint *checkpoint = checkpoint_of(setting);
	g_autoptr(GError) error = NULL;

	safi_checkpoint_save(checkpoint, &setting->course, position, tally, 12345, 67, true, &error);
	g_assert_no_error(error);
	safi_checkpoint_free(checkpoint);
}

/* True when it is refused; else it is what was saved. */
static bool is_refused(const Setting *setting, const SafiPosition *position,
                       const SafiTally *tally)
{
	SafiCheckpoint *checkpoint = checkpoint_of(setting);
	g_autofree char *reason = NULL;
	const bool found = safi_checkpoint_find(checkpoint, &reason);
	SafiPosition loaded;

	g_assert_true(found == !reason);
	if (found) {
		g_autoptr(SafiTally) other = new_tally();
		g_assert_true(safi_checkpoint_restore(checkpoint, &setting->course, &loaded, other,
		                                      &reason));
		assert_same(position, &loaded);
		g_assert_cmpuint(safi_checkpoint_output_length(checkpoint), ==, 12345);
		g_assert_cmpuint(safi_checkpoint_dead_length(checkpoint), ==, 67);
		g_assert_true(safi_checkpoint_is_finished(checkpoint));
		g_autofree char *json = safi_tally_json(tally), *again = safi_tally_json(other);
		g_assert_cmpstr(json, ==, again);
	}
	safi_checkpoint_free(checkpoint);
	return !found;
}

/* Without making it durable, thousands of times. */
static void put(const Setting *setting, const char *text, gsize len)
{
	FILE *file = fopen(setting->path, "w");

	g_assert_true(file && fwrite(text, 1, len, file) == len && fclose(file) == 0);
}

static void assert_reason(const Setting *setting, const char *wanted)
{
	SafiCheckpoint *checkpoint = checkpoint_of(setting);
	g_autofree char *reason = NULL;

	g_assert_false(safi_checkpoint_find(checkpoint, &reason));
	g_assert_cmpstr(reason, ==, wanted);
	safi_checkpoint_free(checkpoint);
}

static void fill(SafiPosition *position, SafiTally *tally)
{
	*position = position_of("a", "b");
	position->records = 3;
	position->read = 5;
	safi_tally_end(tally, 0, 1, SAFI_KEEP, 4, 40);
	safi_tally_end(tally, 0, 1, SAFI_FAIL, 1, 4);
	safi_counts_add(tally->reasons, "writer", "dead", safi_str("odd"), 1);
}

static void test_none(void)
{
	Setting setting;
	g_autofree char *reason = NULL;

	set_up(&setting);
	SafiCheckpoint *checkpoint = checkpoint_of(&setting);
	g_assert_true(safi_checkpoint_find(checkpoint, &reason));
	g_assert_null(checkpoint->before);
	g_assert_false(safi_checkpoint_is_finished(checkpoint));
	safi_checkpoint_free(checkpoint);
	tear_down(&setting);
}

static void test_damaged(void)
{
	Setting setting;
	SafiPosition position;
	g_autoptr(SafiTally) tally = new_tally();
	g_autofree char *text = NULL;
	gsize len;

	set_up(&setting);
	fill(&position, tally);
	save(&setting, &position, tally);
	g_assert_false(is_refused(&setting, &position, tally));
	g_assert_true(g_file_get_contents(setting.path, &text, &len, NULL));
	for (gsize at = 0; at < len; at++) {
		static const char others[] = "\0\n\xFF";
		const char kept = text[at];
		for (gsize i = 0; i < sizeof others; i++) {
			/* Last the one that differs in one bit. */
			text[at] = i + 1 < sizeof others ? others[i] : (char)(kept ^ 1);
			put(&setting, text, len);
			is_refused(&setting, &position, tally);
		}
		text[at] = kept;
	}
	tear_down(&setting);
}

static void test_cut(void)
{
	Setting setting;
	SafiPosition position;
	g_autoptr(SafiTally) tally = new_tally();
	g_autofree char *text = NULL;
	gsize len;

	set_up(&setting);
	fill(&position, tally);
	save(&setting, &position, tally);
	g_assert_true(g_file_get_contents(setting.path, &text, &len, NULL));
	for (gsize cut = 0; cut < len - 1; cut++) {
		put(&setting, text, cut);
		g_assert_true(is_refused(&setting, &position, tally));
	}
	tear_down(&setting);
}

static void test_another_run(void)
{
	static const char *const others[] = {"b", "a", NULL};
	Setting setting;
	SafiPosition position;
	g_autoptr(SafiTally) tally = new_tally();

	set_up(&setting);
	fill(&position, tally);
	save(&setting, &position, tally);
	setting.run.inputs = others;
	assert_reason(&setting, "other inputs are named");
	setting.run.inputs = inputs;
	setting.run.strict = true;
	assert_reason(&setting, "the pipeline, or what options set in it, is another");
	tear_down(&setting);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("safi-checkpoint-XXXXXX", NULL);
	g_test_add_func("/position/inputs that have changed are noticed", test_changed);
	g_test_add_func("/position/the next input begins at its beginning", test_next);
	g_test_add_func("/position/what was saved comes back", test_position_file);
	g_test_add_func("/checkpoint/where there is none the run begins", test_none);
	g_test_add_func("/checkpoint/another run's is refused", test_another_run);
	g_test_add_func("/checkpoint/damage at any byte is refused, or changes nothing", test_damaged);
	g_test_add_func("/checkpoint/one that is cut anywhere is refused", test_cut);
	const int status = g_test_run();
	for (const char *const *name = (const char *const[]){"a", "b", NULL}; *name; name++) {
		g_autofree char *path = path_of(*name);
		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
	return status;
}
