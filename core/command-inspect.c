#include "catalog.h"
#include "command.h"
#include "manual.h"
#include "printable.h"
#include "probe.h"
#include "suggest.h"

#include <stdio.h>

static const char usage[] =
	"usage: safi inspect STAGE|FILE.so\n"
	"\n"
	"Says what a stage does, its options, what it reads and writes, and its plugin.\n"
	"A plugin file is looked into in a process of its own, so that nothing in it does harm.\n";

static int inspect_file(const char *path)
{
	g_autofree char *refusal = NULL;
	g_autofree char *told = safi_probe(path, SAFI_PROBE_SECONDS, safi_manual_file, &refusal);
	g_autofree char *shown = safi_printable(path, G_MAXSIZE);

	if (told != NULL) {
		return safi_command_print(told);
	}
	fprintf(stderr, "safi: %s: %s\n", shown, refusal);
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
			fprintf(stderr, "safi: %s: %s\n", plugin->path, plugin->refusal);
		}
	}
}

static int no_such_stage(const SafiCatalog *catalog, const char *name)
{
	g_autofree char *shown = safi_printable(name, 64);
	g_autoptr(GPtrArray) names = safi_catalog_names(catalog, 0);
	SafiSuggest suggest;

	safi_suggest_begin(&suggest, name);
	for (guint i = 0; i < names->len; i++) {
		safi_suggest_try(&suggest, names->pdata[i]);
	}
	fprintf(stderr, "safi: there is no stage '%s'%s\n", shown, safi_suggest_hint(&suggest));
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
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		return safi_command_print(usage);
	}
	if (argc < 2 || argv[1][0] == '-') {
		return safi_command_misused(usage, "inspect needs a stage or a plugin file");
	}
	if (argc > 2) {
		return safi_command_misused(usage, "inspect takes one stage or plugin file");
	}
	if (strchr(argv[1], '/') != NULL || g_str_has_suffix(argv[1], ".so")) {
		return inspect_file(argv[1]);
	}
	return inspect_stage(argv[1]);
}
