#include "trial.h"

#include "child.h"
#include "instances.h"

/* What the child does for each stage that goes well: instances as a run makes them, but one. */
static void open_step(SafiChild *child, GString *answer, gpointer data)
{
	const SafiStep *step = data;
	g_autoptr(SafiReport) unheard = safi_report_new();

	safi_child_at(child, step->stage->open ? "in open() or create()" : "in create()");
	SafiInstances *instances = safi_instances_open(step, 1, unheard);
	if (instances != NULL) {
		safi_child_at(child, "in destroy() or close()");
		safi_instances_close(instances);
		g_string_append(answer, "opened");
	}
}

static bool is_opened(const SafiStep *step)
{
	return step->stage->open != NULL || step->stage->create != NULL;
}

static bool try_step(SafiStep *step, SafiCatalog *catalog, SafiReport *report)
{
	g_autofree char *ending = NULL, *options = safi_config_fingerprint(step->config);

	if (!is_opened(step) || safi_catalog_is_tried(catalog, step->stage, options)) {
		return true;
	}
	g_autofree char *answer = safi_child_ask(open_step, step, safi_child_seconds(), &ending);
	if (answer == NULL) {
		safi_report_error(report, step->mark, "stage '%s' %s; its plugin is %s", step->label,
		                  ending, step->plugin->path);
	} else if (*answer != '\0') {
		safi_catalog_set_tried(catalog, step->stage, options);
	}
	return answer != NULL;
}

bool safi_trial(const SafiPipeline *pipeline, SafiCatalog *catalog, SafiReport *report)
{
	bool good = try_step(pipeline->reader, catalog, report);

	for (guint i = 0; i < pipeline->stages->len; i++) {
		good &= try_step(pipeline->stages->pdata[i], catalog, report);
	}
	return try_step(pipeline->writer, catalog, report) && good;
}

static bool open_here(const SafiStep *step, SafiReport *report)
{
	SafiInstances *instances = safi_instances_open(step, 1, report);

	safi_instances_close(instances);
	return instances != NULL;
}

bool safi_trial_open(const SafiPipeline *pipeline, SafiReport *report)
{
	bool good = open_here(pipeline->reader, report);

	for (guint i = 0; i < pipeline->stages->len; i++) {
		good &= open_here(pipeline->stages->pdata[i], report);
	}
	return open_here(pipeline->writer, report) && good;
}
