#include "draft.h"

#include "chain.h"
#include "set.h"
#include "suggest.h"
#include <string.h>

/* Far more than anyone chains; what compares every two of them stays quick. */
enum { MOST_STAGES = 256 };

SafiDraft *safi_draft_new(uint32_t role, const char *name, SafiMark mark)
{
	SafiDraft *draft = g_new0(SafiDraft, 1);
	draft->role = role;
	draft->name = g_strdup(name);
	draft->mark = mark;
	draft->label_mark = mark;
	draft->isolation = safi_isolation_default();
	return draft;
}

void safi_draft_free(SafiDraft *draft)
{
	if (draft == NULL) {
		return;
	}
	g_free(draft->name);
	g_free(draft->label);
	safi_node_free(draft->options);
	g_free(draft);
}

static void free_draft(gpointer draft)
{
	safi_draft_free(draft);
}

GPtrArray *safi_drafts_new(void)
{
	return g_ptr_array_new_with_free_func(free_draft);
}

const char *safi_role_noun(uint32_t role)
{
	static const char *const nouns[] = { "stage", "reader", "stage", "writer" };
	return nouns[role <= SAFI_WRITES ? role : 0];
}

/* --- finding stages --------------------------------------------------------------------------- */

/* There is a stage of that name, but not for this place. */
static bool tell_misplaced(const SafiDraft *draft, SafiCatalog *catalog, bool pipe,
                           SafiReport *report)
{
	static const char *const kinds[] = { "", "a reader", "a stage between reader and writer",
	                                     "a writer" };
	static const char *const places[2][4] = {
		{ "", "in 'read'", "in 'stages'", "in 'write'" },
		{ "", "first", "in the middle", "last" },
	};
	g_autoptr(GString) kind = g_string_new(NULL), where = g_string_new(NULL);
	for (uint32_t role = SAFI_READS; role <= SAFI_WRITES; role++) {
		if (!safi_catalog_has(catalog, role, draft->name)) {
			continue;
		}
		g_string_append_printf(kind, "%s%s", kind->len ? " and " : "", kinds[role]);
		g_string_append_printf(where, "%s%s", where->len ? " or " : "", places[pipe][role]);
	}
	if (kind->len == 0) {
		return false;
	}
	safi_report_error(report, draft->mark, "'%s' is %s; put it %s", draft->name, kind->str,
	                  where->str);
	return true;
}

/* A plugin of the very name that could not be used is why there is no such stage; of another
 * name, it may be. */
static void tell_refused(const SafiDraft *draft, SafiCatalog *catalog, bool guess,
                         SafiReport *report)
{
	const SafiPlugin *plugin = safi_catalog_refused(catalog, draft->name);
	guint refused;
	safi_catalog_count(catalog, &refused);
	if (plugin != NULL) {
		safi_report_note(report, (SafiMark){ plugin->path, 0, 0, 0 },
		                 "this plugin was refused: %s", plugin->refusal);
	} else if (guess && refused > 0) {
		safi_report_note(report, (SafiMark){ 0 },
		                 "some plugins were refused; safi list --all says which and why");
	}
}

/* A stage that two plugins have may not be the one that was meant. */
static void tell_rival(const SafiDraft *draft, SafiCatalog *catalog, SafiReport *report)
{
	const SafiPlugin *rival = safi_catalog_rival(catalog, draft->role, draft->name);
	if (rival == NULL) {
		return;
	}
	safi_report_warning(report, draft->mark, "the %s '%s' is taken from %s",
	                    safi_role_noun(draft->role), draft->name, draft->plugin->path);
	safi_report_note(report, (SafiMark){ rival->path, 0, 0, 0 }, "this plugin was refused: %s",
	                 rival->refusal);
}

static void tell_unknown(const SafiDraft *draft, SafiCatalog *catalog, SafiReport *report)
{
	SafiSuggest suggest;
	g_autoptr(GPtrArray) fitting = safi_catalog_names(catalog, draft->role);
	g_autoptr(GPtrArray) all = safi_catalog_names(catalog, 0);
	safi_suggest_begin(&suggest, draft->name);
	for (guint i = 0; i < fitting->len; i++) {
		safi_suggest_try(&suggest, fitting->pdata[i]);
	}
	for (guint i = 0; i < all->len; i++) {
		safi_suggest_try(&suggest, all->pdata[i]);
	}
	safi_report_error(report, draft->mark, "there is no %s '%s'%s", safi_role_noun(draft->role),
	                  draft->name, suggest.name || safi_catalog_refused(catalog, draft->name)
	                                       ? "" : "; safi list names those there are");
	safi_report_suggest(report, &suggest);
	if (strpbrk(draft->name, " \n:") != NULL) {
		safi_report_note(report, draft->mark,
		                 "one name has no blanks; is a '- ' or a ': ' missing?");
	}
	tell_refused(draft, catalog, suggest.name == NULL, report);
}

static bool find_stages(GPtrArray *drafts, SafiCatalog *catalog, bool pipe, SafiReport *report)
{
	bool all = true;
	guint refused;
	if (safi_catalog_count(catalog, &refused) == 0) {
		safi_report_error(report, (SafiMark){ 0 },
		                  "no plugin was found, so there are no stages; SAFI_PLUGIN_PATH says "
		                  "where they are");
		return false;
	}
	for (guint i = 0; i < drafts->len; i++) {
		SafiDraft *draft = drafts->pdata[i];
		draft->stage = safi_catalog_find(catalog, draft->role, draft->name, &draft->plugin);
		if (draft->stage != NULL) {
			tell_rival(draft, catalog, report);
			continue;
		}
		all = false;
		if (!tell_misplaced(draft, catalog, pipe, report)) {
			tell_unknown(draft, catalog, report);
		}
	}
	return all;
}

/* --- labels ----------------------------------------------------------------------------------- */

/* The first of n drafts that has the label. */
static const SafiDraft *labelled(const GPtrArray *drafts, guint n, const char *label)
{
	for (guint i = 0; i < n; i++) {
		const SafiDraft *draft = drafts->pdata[i];
		if (g_strcmp0(draft->label, label) == 0) {
			return draft;
		}
	}
	return NULL;
}

/* "jsonl", else "jsonl-2" and so on. */
static char *free_label(const GPtrArray *drafts, const char *name)
{
	char *label = g_strdup(name);
	for (guint n = 2; labelled(drafts, drafts->len, label) != NULL; n++) {
		g_free(label);
		label = g_strdup_printf("%s-%u", name, n);
	}
	return label;
}

static void check_given_labels(const GPtrArray *drafts, SafiReport *report)
{
	for (guint i = 0; i < drafts->len; i++) {
		const SafiDraft *draft = drafts->pdata[i];
		const SafiDraft *first = draft->label ? labelled(drafts, i, draft->label) : NULL;
		if (first == NULL) {
			continue;
		}
		safi_report_error(report, draft->label_mark, "the label '%s' is taken; choose another",
		                  draft->label);
		safi_report_note(report, first->label_mark, "by this stage");
	}
}

/* A stage is called by its name.  A reader and a writer of one name are no mistake, nor is it one
 * where labels cannot be given: then the second has a number. */
static void give_labels(GPtrArray *drafts, bool pipe, SafiReport *report)
{
	for (guint i = 0; i < drafts->len; i++) {
		SafiDraft *draft = drafts->pdata[i];
		if (draft->label != NULL) {
			continue;
		}
		const SafiDraft *first = labelled(drafts, drafts->len, draft->name);
		if (first != NULL && first->role == draft->role && !pipe) {
			safi_report_error(report, draft->mark, "two stages are called '%s'; give one a label",
			                  draft->name);
			safi_report_note(report, first->label_mark, "the other one");
		}
		draft->label = free_label(drafts, draft->name);
	}
}

/* --- the pipeline ----------------------------------------------------------------------------- */

static SafiStep *step_new(const SafiDraft *draft, const char *base, SafiReport *report)
{
	SafiStep *step = g_new0(SafiStep, 1);
	step->label = g_strdup(draft->label);
	step->stage = draft->stage;
	step->plugin = draft->plugin;
	step->on_error = draft->on_error;
	step->isolation = draft->isolation;
	step->mark = draft->mark;
	step->config = safi_config_new(draft->stage, draft->label, draft->options, draft->mark, base,
	                               report);
	return step;
}

static void add_step(SafiPipeline *pipeline, const SafiDraft *draft, SafiStep *step)
{
	if (draft->role == SAFI_READS) {
		pipeline->reader = step;
	} else if (draft->role == SAFI_WRITES) {
		pipeline->writer = step;
	} else {
		g_ptr_array_add(pipeline->stages, step);
	}
}

void safi_draft_finish(GPtrArray *drafts, SafiPipeline *pipeline, SafiCatalog *catalog,
                       const char *const *sets, SafiReport *report)
{
	bool pipe = pipeline->path == NULL;
	g_autofree char *base = pipe ? NULL : g_path_get_dirname(pipeline->path);
	if (drafts->len > MOST_STAGES) {
		const SafiDraft *beyond = drafts->pdata[MOST_STAGES];
		safi_report_error(report, beyond->mark, "a pipeline has at most %d stages", MOST_STAGES);
		return;
	}
	bool all = find_stages(drafts, catalog, pipe, report);
	check_given_labels(drafts, report);
	give_labels(drafts, pipe, report);
	safi_set_apply(sets, drafts, report);
	for (guint i = 0; i < drafts->len; i++) {
		const SafiDraft *draft = drafts->pdata[i];
		if (draft->stage != NULL) {
			add_step(pipeline, draft, step_new(draft, base, report));
		}
	}
	/* What an unknown stage would write is unknown too. */
	if (all && pipeline->reader != NULL && pipeline->writer != NULL) {
		safi_chain_check(pipeline, catalog, report);
	}
}
