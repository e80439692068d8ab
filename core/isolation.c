#include "isolation.h"

#include "pipeline.h"

#include <string.h>

SafiIsolation safi_isolation_default(void)
{
	return (SafiIsolation){false, 10, (gsize)1 << 30};
}

/* DIR of DIR/core/safi, whose plugins are in DIR/plugins. */
static char *built_plugins(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
	g_autofree char *above = folder ? g_path_get_dirname(folder) : NULL;

	return above ? g_build_filename(above, "plugins", NULL) : NULL;
}

bool safi_isolation_is_own(const SafiPlugin *plugin)
{
	g_autofree char *folder = g_path_get_dirname(plugin->path);
	g_autofree char *file = g_path_get_basename(plugin->path);
	g_autofree char *id = g_strdup_printf("%s.so", plugin->declared->id);
	g_autofree char *own = g_strconcat("safi.", file, NULL);
	g_autofree char *built = built_plugins();

	return strcmp(id, own) == 0 &&
	       (strcmp(folder, SAFI_PLUGIN_DIR) == 0 || g_strcmp0(folder, built) == 0);
}

bool safi_isolation_apply(SafiPipeline *pipeline, const char *word)
{
	const bool all = g_strcmp0(word, "all") == 0, third = g_strcmp0(word, "third-party") == 0;

	if (!word) {
		return true;
	}
	if (!all && !third && strcmp(word, "none") != 0) {
		return false;
	}
	for (guint i = 0; i < pipeline->stages->len; i++) {
		SafiStep *step = pipeline->stages->pdata[i];
		step->isolation.on = all || (third && !safi_isolation_is_own(step->plugin));
	}
	return true;
}
