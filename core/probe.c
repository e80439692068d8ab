#include "probe.h"

#include "child.h"

/* The first character of the child's answer. */
#define LOADED '+'
#define REFUSED '-'

typedef struct Look {
	const char *path;
	SafiProbeTell tell;
	SafiChild *child;
} Look;

static void at(const char *where, gpointer data)
{
	safi_child_at(((const Look *)data)->child, where);
}

static void look(SafiChild *child, GString *answer, gpointer data)
{
	Look *look = data;

	look->child = child;
	SafiPlugin *plugin = safi_plugin_load_saying(look->path, at, look);
	g_string_append_c(answer, plugin->refusal == NULL ? LOADED : REFUSED);
	if (plugin->refusal == NULL) {
		look->tell(answer, plugin);
	} else {
		g_string_append(answer, plugin->refusal);
	}
	safi_plugin_free(plugin);
}

SafiProbeResult safi_probe(const char *path, double seconds, SafiProbeTell tell, char **said)
{
	Look wanted = { path, tell, NULL };
	g_autofree char *answer = safi_child_ask(look, &wanted, seconds, said);

	if (answer == NULL) {
		return SAFI_PROBE_CRASHED;
	}
	*said = g_strdup(answer + 1);
	return answer[0] == LOADED ? SAFI_PROBE_GOOD : SAFI_PROBE_REFUSED;
}
