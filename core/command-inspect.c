#include "catalog.h"
#include "command.h"
#include "log.h"
#include "manual.h"
#include "probe.h"
#include "suggest.h"

static const char usage[] =
	"usage: safi inspect STAGE|FILE.so\n"
	"\n"
	"Says what a stage does, its options, what it reads and writes, and its plugin.\n"
	"A plugin file is looked into in a process of its own, so that nothing in it does harm.\n";

static int inspect_file(const char *path)
{
	g_autofree char *refusal = NULL;
	g_autofree char *told = safi_probe(path, SAFI_PROBE_SECONDS, safi_manual_file, &refusal);

	if (told != NULL) {
		return safi_command_print(told);
	}
	safi_log_at(SAFI_LOG_ERROR, path, "%s", refusal);
	return SAFI_EXIT_CONFIG;
}

/* A stage may be missing because the file of its name was refused. */
static void tell_refused(const SafiCatalog *catalog, const char *name)
{
	const GPtrArray *plugins = safi_catalog_plugins(catalog);
	g_autofree char *file = g_strconcat(name, ".so", NULL);

	for (guint i = 0; i < plugins->len; i++) {
		const SafiPlugin *plugin = plugins->pdata[i];
		g_autofree char *base = g_path_get_basename(plugin->path);
		if (plugin->refusal != NULL && strcmp(base, file) == 0) {
			safi_log_at(SAFI_LOG_ERROR, plugin->path, "%s", plugin->refusal);
		}
	}
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
	tell_refused(catalog, name);
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
