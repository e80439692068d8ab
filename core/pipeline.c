#include "pipeline.h"

#include "search.h"
#include "suggest.h"
#include "value.h"
#include <string.h>

/* Where ready pipelines are installed; the build says. */
#ifndef SAFI_PIPELINE_DIR
#error "SAFI_PIPELINE_DIR is not defined"
#endif

static void step_free(gpointer data)
{
	SafiStep *step = data;
	if (step == NULL) {
		return;
	}
	safi_config_free(step->config);
	g_free(step->label);
	g_free(step);
}

SafiPipeline *safi_pipeline_new(const char *name, const char *path)
{
	SafiPipeline *pipeline = g_new0(SafiPipeline, 1);
	pipeline->name = g_strdup(name);
	pipeline->path = g_strdup(path);
	pipeline->stages = g_ptr_array_new_with_free_func(step_free);
	pipeline->limits = (SafiLimits){ 1024, 16 << 20, 8 << 20, 64 << 20 };
	pipeline->max_failures = (SafiBudget){ G_MAXUINT64, G_MAXDOUBLE, false };
	return pipeline;
}

void safi_pipeline_free(SafiPipeline *pipeline)
{
	if (pipeline == NULL) {
		return;
	}
	step_free(pipeline->reader);
	step_free(pipeline->writer);
	g_ptr_array_unref(pipeline->stages);
	g_free(pipeline->name);
	g_free(pipeline->path);
	g_free(pipeline->to);
	g_free(pipeline);
}

bool safi_budget_parse(const char *text, SafiBudget *budget)
{
	gsize len = strlen(text);
	bool share = len > 0 && text[len - 1] == '%';
	g_autofree char *number = g_strndup(text, len - share);
	gint64 count = 0;
	double percent = 0;
	if (share ? !safi_value_real(number, &percent) : !safi_value_int(number, &count)) {
		return false;
	}
	if (count < 0 || percent < 0 || percent > 100) {
		return false;
	}
	budget->count = share ? G_MAXUINT64 : (guint64)count;
	budget->share = share ? percent / 100 : G_MAXDOUBLE;
	budget->given = true;
	return true;
}

/* --- finding a file --------------------------------------------------------------------------- */

static bool is_path(const char *word)
{
	return strchr(word, '/') != NULL || g_str_has_suffix(word, ".yaml") ||
	       g_str_has_suffix(word, ".yml");
}

/* The names of the pipelines in a directory; not their cases (NAME.test.yaml). */
static void add_names(GPtrArray *names, const char *path)
{
	g_autoptr(GPtrArray) files = safi_search_files(path, ".yaml");
	for (guint i = 0; files != NULL && i < files->len; i++) {
		const char *file = files->pdata[i];
		if (!g_str_has_suffix(file, ".test.yaml")) {
			g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".yaml")));
		}
	}
}

static void tell_not_found(const char *word, char **dirs, SafiReport *report)
{
	SafiSuggest suggest;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *file = g_strconcat(word, ".yaml", NULL), *searched = g_strjoinv(", ", dirs);
	g_autofree char *shorter = g_strconcat(word, ".yml", NULL);
	for (char **dir = dirs; *dir; dir++) {
		add_names(names, *dir);
	}
	safi_suggest_begin(&suggest, word);
	for (guint i = 0; i < names->len; i++) {
		safi_suggest_try(&suggest, names->pdata[i]);
	}
	/* Beside the person: nearer than anything installed. */
	if (g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
		suggest.name = file;
	} else if (g_file_test(shorter, G_FILE_TEST_IS_REGULAR)) {
		suggest.name = shorter;
	}
	safi_report_error(report, (SafiMark){ 0 }, "there is no pipeline '%s'", word);
	safi_report_suggest(report, &suggest);
	if (g_file_test(word, G_FILE_TEST_EXISTS)) {
		safi_report_note(report, (SafiMark){ 0 }, "'%s' is there, but is %s; a pipeline file ends "
		                 "in .yaml", word, g_file_test(word, G_FILE_TEST_IS_DIR)
		                 ? "a directory" : "no pipeline file");
	}
	if (*dirs != NULL) {
		safi_report_note(report, (SafiMark){ 0 }, "looked for %s in %s", file, searched);
	} else {
		safi_report_note(report, (SafiMark){ 0 },
		                 "SAFI_PIPELINE_PATH %s and %s is not there",
		                 g_getenv("SAFI_PIPELINE_PATH") ? "names no directory" : "is not set",
		                 SAFI_PIPELINE_DIR);
	}
}

char *safi_pipeline_find(const char *word, SafiReport *report)
{
	if (is_path(word)) {
		return g_strdup(word);
	}
	static const char *const installed[] = { SAFI_PIPELINE_DIR, NULL };
	g_auto(GStrv) dirs = safi_search_path("SAFI_PIPELINE_PATH", installed);
	g_autofree char *file = g_strconcat(word, ".yaml", NULL);
	for (char **dir = dirs; *dir; dir++) {
		g_autofree char *path = g_build_filename(*dir, file, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
			return g_steal_pointer(&path);
		}
	}
	tell_not_found(word, dirs, report);
	return NULL;
}
