/* safi check PIPELINE...: says whether each would run, and runs nothing. */
#include "command.h"

#include "pipeline.h"

#include <stdio.h>

static const char usage[] =
	"usage: safi check [--set STAGE.OPTION=VALUE] PIPELINE...\n"
	"\n"
	"Says what is wrong with each pipeline, all of it and where, and runs nothing; for a good one\n"
	"its chain.  PIPELINE is a file, or the name of one in SAFI_PIPELINE_PATH or among the\n"
	"installed ones.  Exit status: 0 all would run, 78 one would not.\n";

static void add_chain(GString *out, const SafiPipeline *pipeline)
{
	g_string_append_printf(out, "%s: ok: %s", pipeline->path, pipeline->reader->label);
	for (guint i = 0; i < pipeline->stages->len; i++) {
		const SafiStep *step = pipeline->stages->pdata[i];
		g_string_append_printf(out, " -> %s", step->label);
	}
	g_string_append_printf(out, " -> %s\n", pipeline->writer->label);
}

static bool check(const char *word, SafiCatalog *catalog, const char *const *sets, GString *out)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *path = safi_pipeline_find(word, report);
	g_autoptr(SafiPipeline) pipeline =
		path ? safi_pipeline_load(path, catalog, sets, report) : NULL;

	safi_report_print(report, stderr);
	if (pipeline != NULL) {
		add_chain(out, pipeline);
	}
	return pipeline != NULL;
}

static int check_all(char **words, const char *const *sets)
{
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	g_autoptr(GString) out = g_string_new(NULL);
	bool good = true;

	for (; *words != NULL; words++) {
		good &= check(*words, catalog, sets, out);
	}
	int printed = safi_command_print(out->str);
	return printed != SAFI_EXIT_OK || good ? printed : SAFI_EXIT_CONFIG;
}

int safi_command_check(int argc, char **argv)
{
	g_auto(GStrv) words = NULL, sets = NULL;
	gboolean help = FALSE;
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, NULL, NULL },
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		return safi_command_misused(usage, "%s", error->message);
	}
	if (help) {
		return safi_command_print(usage);
	}
	if (words == NULL) {
		return safi_command_misused(usage, "no pipeline was given");
	}
	return check_all(words, (const char *const *)sets);
}
