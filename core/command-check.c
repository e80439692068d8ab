/* safi check PIPELINE...: says whether each would run, and runs nothing. */
#include "command.h"

#include "pipeline.h"
#include <stdio.h>
#include <sysexits.h>

static void print_good(const SafiPipeline *pipeline)
{
	printf("%s: ok: %s", pipeline->path, pipeline->reader->label);
	for (guint i = 0; i < pipeline->stages->len; i++)
		printf(" -> %s", ((const SafiStep *)pipeline->stages->pdata[i])->label);
	printf(" -> %s\n", pipeline->writer->label);
}

static bool check(const char *word, SafiCatalog *catalog, const char *const *sets)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *path = safi_pipeline_find(word, report);
	g_autoptr(SafiPipeline) pipeline =
		path ? safi_pipeline_load(path, catalog, sets, report) : NULL;
	safi_report_print(report, stderr);
	if (pipeline != NULL)
		print_good(pipeline);
	return pipeline != NULL;
}

static int usage(const char *why)
{
	fprintf(stderr, "safi check: %s; see 'safi check --help'\n", why);
	return EX_USAGE;
}

static int check_all(char **words, const char *const *sets)
{
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	bool good = true;
	for (; *words != NULL; words++)
		good &= check(*words, catalog, sets);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "safi check: cannot write to stdout\n");
		return EXIT_FAILURE;
	}
	return good ? EXIT_SUCCESS : EX_CONFIG;
}

int safi_command_check(int argc, char **argv)
{
	g_auto(GStrv) words = NULL, sets = NULL;
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sets, "Set an option of a stage",
		  "STAGE.OPTION=VALUE" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GOptionContext) context = g_option_context_new("PIPELINE...");
	g_set_prgname("safi check");
	g_option_context_set_summary(context, "Says whether each pipeline would run, and runs nothing: "
	                             "0 all would, 78 one would not.");
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage(error->message);
	if (words == NULL)
		return usage("which pipeline?");
	return check_all(words, (const char *const *)sets);
}
