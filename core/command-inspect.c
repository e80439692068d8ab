#include "catalog.h"
#include "child.h"
#include "command.h"
#include "log.h"
#include "manual.h"
#include "probe.h"
#include "suggest.h"
#include "verdicts.h"

static const char usage[] =
	"usage: safi inspect STAGE|FILE.so\n"
	"\n"
	"Says what a stage does, its options, what it reads and writes, and its plugin.\n"
	"A plugin file is looked into in a process of its own, so that nothing in it does harm.\n";

/* Looks anew, and what was found earlier is forgotten. */
static int inspect_file(const char *path)
{
	g_autofree char *said = NULL, *full = g_canonicalize_filename(path, NULL);
	g_autoptr(SafiVerdicts) verdicts = safi_verdicts_load();

	safi_verdicts_put(verdicts, full, NULL);
	safi_verdicts_save(verdicts);
	if (safi_probe(path, safi_child_seconds(), safi_manual_file, &said) == SAFI_PROBE_GOOD) {
		return safi_command_print(said);
	}
	safi_log_at(SAFI_LOG_ERROR, path, "%s", said);
	return SAFI_EXIT_CONFIG;
}

static int no_such_stage(const SafiCatalog *catalog, const char *name)
{
	g_autoptr(GPtrArray) names = safi_catalog_names(catalog, 0);
	SafiSuggest suggest;

	safi_suggest_begin(&suggest, name);
	for (guint i = 0; i < names->len; i++) {
		safi_suggest_try(&suggest, names->pdata[i]);
	}
	safi_log(SAFI_LOG_ERROR, "there is no stage '%s'%s", name, safi_suggest_hint(&suggest));
	if (g_file_test(name, G_FILE_TEST_EXISTS)) {
		safi_log_at(SAFI_LOG_ERROR, name, "is there, but is no plugin; a plugin file ends in .so, "
		            "and safi check looks at a pipeline");
	}
	/* It may be missing because its plugin was refused. */
	const SafiPlugin *refused = safi_catalog_refused(catalog, name);
	if (refused != NULL) {
		safi_log_at(SAFI_LOG_ERROR, refused->path, "%s", refused->refusal);
	}
	return SAFI_EXIT_CONFIG;
}

static int inspect_stage(const char *name)
{
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	g_autoptr(GString) pages = g_string_new(NULL);

	for (uint32_t role = SAFI_READS; role <= SAFI_WRITES; role++) {
		const SafiPlugin *plugin;
		const safi_stage *stage = safi_catalog_find(catalog, role, name, &plugin);
		if (stage == NULL) {
			continue;
		}
		if (pages->len > 0) {
			g_string_append_c(pages, '\n');
		}
		safi_manual_stage(pages, plugin, stage);
	}
	return pages->len > 0 ? safi_command_print(pages->str) : no_such_stage(catalog, name);
}

int safi_command_inspect(int argc, char **argv)
{
	g_auto(GStrv) words = NULL;
	const GOptionEntry entries[] = {
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (!safi_command_parse(entries, argv, usage, &status)) {
		return status;
	}
	if (words == NULL || words[1] != NULL) {
		return safi_command_misused(usage, "inspect takes one stage or plugin file");
	}
	if (strchr(words[0], '/') != NULL || g_str_has_suffix(words[0], ".so")) {
		return inspect_file(words[0]);
	}
	return inspect_stage(words[0]);
}
