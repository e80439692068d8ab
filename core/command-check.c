/* safi check PIPELINE...: says whether each would run, and runs nothing. */
#include "command.h"

#include "outline.h"
#include "trial.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: safi check [--deep] [--set STAGE.OPTION=VALUE] [--format text|json] PIPELINE...\n"
	"\n"
	"Says what is wrong with each pipeline, all of it and where, and runs nothing; of a good one\n"
	"what it will do.  PIPELINE is a file, or the name of one in SAFI_PIPELINE_PATH or among the\n"
	"installed ones.  --format json is for editors: what is wrong goes to stdout, one JSON object\n"
	"a line (severity, file, line, column, end_line, end_column, span in bytes, message,\n"
	"suggestion, notes).\n"
	"\n"
	"It reads no file but the pipeline and the plugins.  --deep opens and closes each stage too,\n"
	"which finds what only that shows: a list that is not there, an encoding nobody knows.\n"
	"Exit status: 0 nothing is wrong, 78 something is.\n";

/* How to check, and where what is said goes: to stderr for people, to `out` for programs. */
typedef struct Check {
	SafiCatalog *catalog;
	const char *const *sets;
	bool json, deep;
	GString *out;
} Check;

static bool is_good(const Check *how, const SafiPipeline *pipeline, SafiReport *report)
{
	return pipeline != NULL &&
	       (!how->deep || (safi_trial(pipeline, how->catalog, report) &&
	                       safi_trial_open(pipeline, report)));
}

static bool check(const Check *how, const char *word)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *path = safi_pipeline_find(word, report);
	g_autoptr(SafiPipeline) pipeline =
		path ? safi_pipeline_load(path, how->catalog, how->sets, report) : NULL;
	bool good = is_good(how, pipeline, report);

	if (how->json) {
		g_autofree char *lines = safi_report_json(report);
		g_string_append(how->out, lines);
		return good;
	}
	safi_report_print(report, stderr);
	if (good) {
		safi_outline_add(how->out, pipeline);
	}
	return good;
}

static int check_all(char **words, const char *const *sets, bool json, bool deep)
{
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	g_autoptr(GString) out = g_string_new(NULL);
	const Check how = { catalog, sets, json, deep, out };
	bool good = true;

	for (; *words != NULL; words++) {
		good &= check(&how, *words);
	}
	int printed = safi_command_print(out->str);
	return printed != SAFI_EXIT_OK || good ? printed : SAFI_EXIT_CONFIG;
}

int safi_command_check(int argc, char **argv)
{
	g_auto(GStrv) words = NULL, sets = NULL;
	g_autofree char *format = NULL;
	gboolean deep = FALSE;
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &sets, NULL, NULL },
		{ "deep", 0, 0, G_OPTION_ARG_NONE, &deep, NULL, NULL },
		{ "format", 0, 0, G_OPTION_ARG_FILENAME, &format, NULL, NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (!safi_command_parse(entries, argv, usage, &status)) {
		return status;
	}
	if (words == NULL) {
		return safi_command_misused(usage, "no pipeline was given");
	}
	if (format != NULL && strcmp(format, "text") != 0 && strcmp(format, "json") != 0) {
		return safi_command_misused(usage, "--format is text or json, not '%s'", format);
	}
	return check_all(words, (const char *const *)sets, g_strcmp0(format, "json") == 0,
	                 deep);
}
