#include "chain.h"

#include "suggest.h"
#include <string.h>

/* More are not shown, and looking for advice takes its time. */
enum { MOST_TOLD = 20 };

typedef struct Chain {
	const SafiPipeline *pipeline;
	SafiCatalog *catalog;
	SafiReport *report;
	GTree *have; /* the names written so far */
	guint told;
} Chain;

/* Calls back with each name on one side of a step, and where an option named it. */
typedef void (*NameFunc)(Chain *chain, const SafiStep *step, const char *name, SafiMark mark);

static void each_field(Chain *chain, const SafiStep *step, const safi_option *option,
                       NameFunc call)
{
	SafiMark mark = safi_config_mark(step->config, option->name);
	safi_text field;
	for (uint32_t i = 0; option->type == SAFI_LIST; i++) {
		if (!safi_config_item(step->config, option->name, i, &field)) {
			return;
		}
		g_autofree char *name = g_strconcat("field:", field.ptr, NULL);
		call(chain, step, name, safi_config_item_mark(step->config, option->name, i));
	}
	field = option->type == SAFI_TEXT ? safi_config_text(step->config, option->name) : safi_str("");
	if (field.len > 0) {
		g_autofree char *name = g_strconcat("field:", field.ptr, NULL);
		call(chain, step, name, mark);
	}
}

static void each_name(Chain *chain, const SafiStep *step, const char *const *names, uint32_t flag,
                      NameFunc call)
{
	const safi_option *const *options = step->stage->options;
	for (; names != NULL && *names != NULL; names++) {
		call(chain, step, *names, step->mark);
	}
	for (; options != NULL && *options != NULL; options++) {
		if ((*options)->flags & flag) {
			each_field(chain, step, *options, call);
		}
	}
}

static gsize kind_len(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? (gsize)(colon - name) + 1 : strlen(name);
}

static bool writes(const safi_stage *stage, const char *name)
{
	for (const char *const *p = stage->writes; p != NULL && *p != NULL; p++) {
		if (strcmp(*p, name) == 0) {
			return true;
		}
	}
	return false;
}

static bool has(const Chain *chain, const char *name)
{
	g_autofree char *any = g_strdup_printf("%.*s*", (int)kind_len(name), name);
	return g_tree_lookup(chain->have, name) != NULL || g_tree_lookup(chain->have, any) != NULL;
}

/* --- what to do about it ---------------------------------------------------------------------- */

/* The label of another step that writes the name: it stands too late. */
static const char *step_that_writes(const Chain *chain, const SafiStep *but, const char *name)
{
	const GPtrArray *stages = chain->pipeline->stages;
	for (guint i = 0; i < stages->len; i++) {
		const SafiStep *step = stages->pdata[i];
		if (step != but && writes(step->stage, name)) {
			return step->label;
		}
	}
	return NULL;
}

static const char *known_that_writes(const Chain *chain, uint32_t role, const char *name)
{
	g_autoptr(GPtrArray) names = safi_catalog_names(chain->catalog, role);
	for (guint i = 0; i < names->len; i++) {
		const safi_stage *stage = safi_catalog_find(chain->catalog, role, names->pdata[i], NULL);
		if (stage != NULL && writes(stage, name)) {
			return stage->name;
		}
	}
	return NULL;
}

/* What is compared with the names there are: only those of its kind, behind the colon. */
typedef struct Wanted {
	SafiSuggest *suggest;
	const char *name;
} Wanted;

static gboolean try_name(gpointer name, gpointer unused, gpointer data)
{
	const Wanted *wanted = data;
	gsize kind = kind_len(wanted->name);
	if (strncmp(name, wanted->name, kind) == 0) {
		safi_suggest_try(wanted->suggest, (const char *)name + kind);
	}
	return FALSE;
}

/* First what is there at this point, then what any stage could make. */
static void suggest_name(const Chain *chain, const char *name, SafiSuggest *suggest)
{
	Wanted wanted = { suggest, name };
	g_autoptr(GPtrArray) stages = safi_catalog_names(chain->catalog, SAFI_CHANGES);
	safi_suggest_begin(suggest, name + kind_len(name));
	g_tree_foreach(chain->have, try_name, &wanted);
	for (guint i = 0; i < stages->len; i++) {
		const safi_stage *stage =
			safi_catalog_find(chain->catalog, SAFI_CHANGES, stages->pdata[i], NULL);
		for (guint k = 0; stage != NULL && stage->writes != NULL && stage->writes[k]; k++) {
			try_name((gpointer)stage->writes[k], NULL, &wanted);
		}
	}
}

/* What to do, and the name that was meant where there is nothing to do but to spell it. */
static char *advice(const Chain *chain, const SafiStep *step, const char *name,
                    SafiSuggest *suggest)
{
	const char *label = step_that_writes(chain, step, name);
	const char *stage = known_that_writes(chain, SAFI_CHANGES, name);
	const char *reader = known_that_writes(chain, SAFI_READS, name);
	suggest->name = NULL;
	if (label != NULL) {
		return g_strdup_printf("; move %s before it", label);
	}
	if (stage != NULL) {
		return g_strdup_printf("; put %s before it", stage);
	}
	if (reader != NULL) {
		return g_strdup_printf("; the reader %s makes it", reader);
	}
	suggest_name(chain, name, suggest);
	return g_strdup(suggest->name ? "" : "; no stage makes it");
}

/* --- along the chain -------------------------------------------------------------------------- */

static void add(Chain *chain, const SafiStep *step, const char *name, SafiMark mark)
{
	char *copy = g_strdup(name);
	g_tree_replace(chain->have, copy, copy);
}

/* A step that works without, but for which another one in this chain comes too late. */
static void would_use(Chain *chain, const SafiStep *step, const char *optional, SafiMark mark)
{
	g_autofree char *name = g_strndup(optional, strlen(optional) - 1);
	const char *label = has(chain, name) ? NULL : step_that_writes(chain, step, name);
	if (label != NULL) {
		chain->told++;
		safi_report_warning(chain->report, mark, "%s would use %s; move %s before it",
		                    step->label, name, label);
	}
}

static void need(Chain *chain, const SafiStep *step, const char *name, SafiMark mark)
{
	/* "field:*" is whatever there is; "?" says that the step also works without. */
	if (chain->told == MOST_TOLD || g_str_has_suffix(name, ":*")) {
		return;
	}
	if (g_str_has_suffix(name, "?")) {
		would_use(chain, step, name, mark);
		return;
	}
	if (has(chain, name)) {
		return;
	}
	SafiSuggest suggest;
	g_autofree char *what_to_do = advice(chain, step, name, &suggest);
	chain->told++;
	safi_report_error(chain->report, mark, "%s needs %s%s", step->label, name, what_to_do);
	safi_report_suggest(chain->report, &suggest);
	add(chain, step, name, mark); /* told once */
}

static void check_step(Chain *chain, const SafiStep *step)
{
	each_name(chain, step, step->stage->reads, SAFI_NAMES_READ, need);
	each_name(chain, step, step->stage->writes, SAFI_NAMES_WRITTEN, add);
}

static gint by_name(gconstpointer a, gconstpointer b, gpointer unused)
{
	return strcmp(a, b);
}

void safi_chain_check(const SafiPipeline *pipeline, SafiCatalog *catalog, SafiReport *report)
{
	g_autoptr(GTree) have = g_tree_new_full(by_name, NULL, g_free, NULL);
	Chain chain = { pipeline, catalog, report, have, 0 };
	check_step(&chain, pipeline->reader);
	for (guint i = 0; i < pipeline->stages->len; i++) {
		check_step(&chain, pipeline->stages->pdata[i]);
	}
	check_step(&chain, pipeline->writer);
}
