#include "instances.h"

#include "aside.h"
#include "crash.h"
#include "shelter.h"

static bool has_own(const safi_stage *stage)
{
	return stage->role == SAFI_READS || stage->begin || stage->put || stage->sync || stage->abort;
}

/* What create() gives, and NULL is fine where there is no create(). */
static bool create(SafiInstances *instances, void **self)
{
	if (!instances->stage->create) {
		return true;
	}
	*self = instances->stage->create(safi_host_table(), instances->step->config,
	                                 instances->model);
	return *self != NULL;
}

static bool open_all(SafiInstances *instances)
{
	const safi_stage *stage = instances->stage;
	const safi_config *config = instances->step->config;

	if (stage->open) {
		instances->model = stage->open(safi_host_table(), config);
		instances->opened = true;
	}
	/* Asking for an option that is not declared refuses a stage too, whatever it returned. */
	bool good = !safi_config_refused(config);
	for (guint i = 0; good && i < instances->n; i++) {
		good = create(instances, &instances->selves[i]);
	}
	if (good && has_own(stage)) {
		good = create(instances, &instances->own);
	}
	return good && !safi_config_refused(config);
}

static SafiInstances *instances_new(const SafiStep *step, guint workers)
{
	SafiInstances *instances = g_new0(SafiInstances, 1);

	instances->step = step;
	instances->stage = step->stage;
	instances->n = step->stage->flags & SAFI_PARALLEL ? workers : 1;
	instances->selves = g_new0(void *, instances->n);
	instances->site = safi_site_new(step->label, step->plugin->path);
	instances->plugin = g_strdup_printf("%s %s", step->plugin->declared->id,
	                                    step->plugin->declared->version);
	safi_config_set_owner(step->config, instances->site);
	return instances;
}

SafiInstances *safi_instances_open_isolated(const SafiStep *step, guint workers,
                                            SafiReport *report)
{
	if (!step->isolation.on) {
		return safi_instances_open(step, workers, report);
	}
	SafiInstances *instances = instances_new(step, workers);
	instances->shelter = safi_shelter_open(step, workers, report);
	if (!instances->shelter) {
		g_clear_pointer(&instances, safi_instances_close);
	}
	return instances;
}

SafiInstances *safi_instances_open(const SafiStep *step, guint workers, SafiReport *report)
{
	SafiInstances *instances = instances_new(step, workers);
	SafiAside aside;

	safi_aside_begin(&aside);
	const SafiCall outer = safi_crash_into(instances, "open() or create()", NULL);
	const bool good = open_all(instances);
	safi_crash_out(outer);
	safi_aside_end(&aside);
	if (good) {
		return instances;
	}
	if (!safi_config_refused(step->config)) {
		g_autofree char *reason = safi_site_fatal(instances->site);
		safi_report_error(report, step->mark, "stage '%s' could not be made: %s; its plugin is %s",
		                  step->label, reason ? reason : "it gave no reason", step->plugin->path);
	}
	safi_instances_close(instances);
	return NULL;
}

static void destroy(const SafiInstances *instances, void *self)
{
	if (self && instances->stage->destroy) {
		instances->stage->destroy(self);
	}
}

static void close_all(const SafiInstances *instances)
{
	const SafiCall outer = safi_crash_into(instances, "destroy() or close()", NULL);

	destroy(instances, instances->own);
	for (guint i = 0; i < instances->n; i++) {
		destroy(instances, instances->selves[i]);
	}
	if (instances->opened && instances->model && instances->stage->close) {
		instances->stage->close(instances->model);
	}
	safi_crash_out(outer);
}

void safi_instances_close(SafiInstances *instances)
{
	if (!instances) {
		return;
	}
	close_all(instances);
	safi_shelter_close(instances->shelter);
	safi_site_free(instances->site);
	g_free(instances->selves);
	g_free(instances->plugin);
	g_free(instances);
}

void *safi_instances_self(const SafiInstances *instances, guint worker)
{
	return instances->selves[instances->n > 1 ? worker : 0];
}
