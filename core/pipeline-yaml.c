/* The YAML form of a pipeline: the tree of a file taken apart into drafts. */
#include "draft.h"
#include "env.h"
#include "suggest.h"
#include "value.h"

#include <string.h>

enum { LONGEST_LABEL = 64 };

/* What is being filled, and where mistakes go. */
typedef struct Form {
	SafiPipeline *pipeline;
	GPtrArray *drafts;
	SafiReport *report;
} Form;

/* --- small parts ------------------------------------------------------------------------------ */

static void tell_unknown_key(const Form *form, const SafiNode *key, const char *const *known)
{
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, key->text);
	safi_suggest_try_all(&suggest, known);
	g_autofree char *all = g_strjoinv(", ", (char **)known);
	safi_report_error(form->report, key->mark, "unknown key '%s'%s%s", key->text,
	                  suggest.name ? "" : "; the keys here are ", suggest.name ? "" : all);
	safi_report_suggest(form->report, &suggest);
}

static void check_keys(const Form *form, const SafiNode *map, const char *const *known)
{
	for (guint i = 0; i < map->keys->len; i++) {
		const SafiNode *key = map->keys->pdata[i];
		if (!g_strv_contains(known, key->text)) {
			tell_unknown_key(form, key, known);
		}
	}
}

/* The text of a node, or NULL: reported. */
static const char *take_text(const Form *form, const SafiNode *node, const char *key,
                             const char *wanted)
{
	if (node->wrong) {
		return NULL;
	}
	if (node->kind == SAFI_NODE_SCALAR && !safi_node_null(node) && *node->text) {
		return node->text;
	}
	safi_report_error(form->report, node->mark, "'%s' wants %s", key, wanted);
	return NULL;
}

/* --- stages ----------------------------------------------------------------------------------- */

/* --set and messages name a stage by its label, so it is one plain word. */
static bool is_label(const char *text)
{
	const char *p = text;
	while (*p != '\0') {
		gunichar c = g_utf8_get_char(p);
		if (!g_unichar_isalnum(c) && !g_unichar_ismark(c) && c != '-' && c != '_') {
			return false;
		}
		p = g_utf8_next_char(p);
	}
	return g_utf8_strlen(text, -1) <= LONGEST_LABEL && strcmp(text, "read") != 0 &&
	       strcmp(text, "write") != 0;
}

static void take_label(const Form *form, SafiDraft *draft, const SafiNode *node)
{
	const char *text = take_text(form, node, "label", "a name");
	if (text == NULL) {
		return;
	}
	if (!is_label(text)) {
		safi_report_error(form->report, node->mark,
		                  "a label has letters, digits, - and _, at most %d, and is neither 'read' "
		                  "nor 'write'", LONGEST_LABEL);
	}
	g_free(draft->label); /* given twice: told already */
	draft->label = g_strdup(text);
	draft->label_mark = node->mark;
}

static void check_on_error(const Form *form, const SafiDraft *draft, const SafiNode *node)
{
	if (draft->role == SAFI_WRITES && draft->on_error == SAFI_ON_ERROR_KEEP) {
		safi_report_error(form->report, node->mark, "a writer cannot keep a record that it could "
		                  "not write; on_error is dead, drop or stop here");
	}
}

static void take_on_error(const Form *form, SafiDraft *draft, const SafiNode *node)
{
	static const char *const words[] = {
		[SAFI_ON_ERROR_DEAD] = "dead", [SAFI_ON_ERROR_KEEP] = "keep",
		[SAFI_ON_ERROR_DROP] = "drop", [SAFI_ON_ERROR_STOP] = "stop", NULL,
	};
	const char *text = take_text(form, node, "on_error", "one of dead, keep, drop, stop");
	if (text == NULL) {
		return;
	}
	for (guint i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			draft->on_error = (SafiOnError)i;
			check_on_error(form, draft, node);
			return;
		}
	}
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, text);
	safi_suggest_try_all(&suggest, words);
	safi_report_error(form->report, node->mark,
	                  "'on_error' wants one of dead, keep, drop, stop, not '%s'", text);
	safi_report_suggest(form->report, &suggest);
}

static void take_seconds(const Form *form, SafiIsolation *isolation, const SafiNode *node)
{
	static const char wanted[] = "a number of seconds from 0.01 to 86400";
	const char *text = take_text(form, node, "seconds", wanted);
	double seconds = 0;
	if (text == NULL) {
		return;
	}
	if (!safi_value_real(text, &seconds) || seconds < 0.01 || seconds > 86400) {
		safi_report_error(form->report, node->mark, "'seconds' wants %s, not '%s'", wanted, text);
	} else {
		isolation->seconds = seconds;
	}
}

static void take_memory(const Form *form, SafiIsolation *isolation, const SafiNode *node)
{
	static const char wanted[] = "a size from 1MiB to 1TiB, such as 1GiB";
	const char *text = take_text(form, node, "memory", wanted);
	gint64 memory = 0;
	if (text == NULL) {
		return;
	}
	if (!safi_value_size(text, &memory) || memory < 1 << 20 || memory > (gint64)1 << 40) {
		safi_report_error(form->report, node->mark, "'memory' wants %s, not '%s'", wanted, text);
	} else {
		isolation->memory = (gsize)memory;
	}
}

static void take_isolation_map(const Form *form, SafiIsolation *isolation, const SafiNode *map)
{
	static const char *const known[] = { "seconds", "memory", NULL };
	const SafiNode *seconds = safi_node_get(map, "seconds"), *memory = safi_node_get(map, "memory");
	isolation->on = true;
	check_keys(form, map, known);
	if (seconds != NULL) {
		take_seconds(form, isolation, seconds);
	}
	if (memory != NULL) {
		take_memory(form, isolation, memory);
	}
}

static void take_isolation(const Form *form, SafiDraft *draft, const SafiNode *node)
{
	const bool scalar = node->kind == SAFI_NODE_SCALAR;
	if (node->wrong) {
		return;
	}
	if (node->kind == SAFI_NODE_MAP) {
		take_isolation_map(form, &draft->isolation, node);
	} else if (!scalar || !safi_value_bool(node->text, &draft->isolation.on)) {
		safi_report_error(form->report, node->mark, "'isolate' wants true, false or a map, such as "
		                  "{seconds: 10, memory: 1GiB}");
	}
	if (draft->isolation.on && draft->role != SAFI_CHANGES) {
		safi_report_error(form->report, node->mark, "a %s cannot be isolated; only a stage between "
		                  "reader and writer can", safi_role_noun(draft->role));
	}
}

/* Relative to the pipeline file, as every path in it is. */
static void take_to(const Form *form, const SafiNode *node)
{
	const char *text = take_text(form, node, "to", "the path of a file");
	if (text == NULL) {
		return;
	}
	g_autofree char *base = g_path_get_dirname(form->pipeline->path);
	g_free(form->pipeline->to); /* given twice: told already */
	form->pipeline->to_mark = node->mark;
	form->pipeline->to = g_path_is_absolute(text) || strcmp(base, ".") == 0
	                             ? g_strdup(text)
	                             : g_build_filename(base, text, NULL);
}

static const char *const *keys_beside(uint32_t role)
{
	static const char *const stage[] = { "label", "on_error", "isolate", NULL };
	static const char *const writer[] = { "label", "on_error", "isolate", "to", NULL };
	return role == SAFI_WRITES ? writer : stage;
}

static void take_beside(const Form *form, SafiDraft *draft, const SafiNode *key,
                        const SafiNode *value)
{
	if (strcmp(key->text, "label") == 0) {
		take_label(form, draft, value);
	} else if (strcmp(key->text, "on_error") == 0) {
		take_on_error(form, draft, value);
	} else if (strcmp(key->text, "isolate") == 0) {
		take_isolation(form, draft, value);
	} else {
		take_to(form, value);
	}
}

static bool is_stage(const SafiNode *key, SafiCatalog *catalog)
{
	for (uint32_t role = SAFI_READS; role <= SAFI_WRITES; role++) {
		if (safi_catalog_has(catalog, role, key->text)) {
			return true;
		}
	}
	return false;
}

/* Which key of an item names its stage: of those that stand for nothing else the first that is one,
 * else the first.  Returns the number of keys if there is none. */
static guint stage_key(const SafiNode *item, const char *const *beside, SafiCatalog *catalog)
{
	guint n = item->keys->len, first = n;
	for (guint i = n; i-- > 0;) {
		if (!g_strv_contains(beside, ((SafiNode *)item->keys->pdata[i])->text)) {
			first = i;
		}
	}
	for (guint i = first; i < n; i++) {
		const SafiNode *key = item->keys->pdata[i];
		if (!g_strv_contains(beside, key->text) && is_stage(key, catalog)) {
			return i;
		}
	}
	return first;
}

static bool is_option(const char *name, uint32_t role, const char *stage, SafiCatalog *catalog)
{
	const safi_stage *found = safi_catalog_find(catalog, role, stage, NULL);
	const safi_option *const *options = found != NULL ? found->options : NULL;
	while (options != NULL && *options != NULL && strcmp((*options)->name, name) != 0) {
		options++;
	}
	return options != NULL && *options != NULL;
}

/* What belongs beside a stage and stands among its options is told, and not told again as an option
 * that there is not. */
static void move_out(const Form *form, const SafiDraft *draft, const char *const *beside,
                     SafiCatalog *catalog)
{
	SafiNode *options = draft->options;
	for (guint i = 0; options->kind == SAFI_NODE_MAP && i < options->keys->len;) {
		const SafiNode *key = options->keys->pdata[i];
		if (!g_strv_contains(beside, key->text) ||
		    is_option(key->text, draft->role, draft->name, catalog)) {
			i++;
			continue;
		}
		safi_report_error(form->report, key->mark,
		                  "'%s' stands beside '%s', not among its options", key->text, draft->name);
		g_ptr_array_remove_index(options->keys, i);
		g_ptr_array_remove_index(options->values, i);
	}
}

static void tell_second(const Form *form, const SafiNode *key, const SafiDraft *draft,
                        const char *const *beside, SafiCatalog *catalog)
{
	if (is_stage(key, catalog)) {
		safi_report_error(form->report, key->mark, "'%s' stands in the item of '%s'; each stage "
		                  "is an item of its own", key->text, draft->name);
	} else if (is_option(key->text, draft->role, draft->name, catalog)) {
		safi_report_error(form->report, key->mark, "'%s' is an option of '%s' and belongs below "
		                  "it, indented further: {%s: {%s: ...}}", key->text, draft->name,
		                  draft->name, key->text);
	} else {
		tell_unknown_key(form, key, beside);
	}
}

static void tell_no_name(const Form *form, uint32_t role, const SafiNode *item)
{
	safi_report_error(form->report, item->mark, "the name of a %s belongs here, or {name: {option: "
	                  "value}}", safi_role_noun(role));
}

static void take_map(const Form *form, uint32_t role, const SafiNode *item, SafiCatalog *catalog)
{
	const char *const *beside = keys_beside(role);
	guint at = stage_key(item, beside, catalog);
	if (at == item->keys->len) {
		tell_no_name(form, role, item);
		return;
	}
	const SafiNode *name = item->keys->pdata[at];
	SafiDraft *draft = safi_draft_new(role, name->text, name->mark);
	draft->options = safi_node_copy(item->values->pdata[at]);
	move_out(form, draft, beside, catalog);
	g_ptr_array_add(form->drafts, draft);
	for (guint i = 0; i < item->keys->len; i++) {
		const SafiNode *key = item->keys->pdata[i];
		if (i == at) {
			continue;
		}
		if (g_strv_contains(beside, key->text)) {
			take_beside(form, draft, key, item->values->pdata[i]);
		} else {
			tell_second(form, key, draft, beside, catalog);
		}
	}
}

/* A name, or a map of a name and its options with label and the like beside it. */
static void take_item(const Form *form, uint32_t role, const SafiNode *item, SafiCatalog *catalog)
{
	if (item->wrong) {
		return;
	}
	if (item->kind == SAFI_NODE_MAP) {
		take_map(form, role, item, catalog);
	} else if (item->kind == SAFI_NODE_SCALAR && !safi_node_null(item)) {
		g_ptr_array_add(form->drafts, safi_draft_new(role, item->text, item->mark));
	} else {
		tell_no_name(form, role, item);
	}
}

static void take_stages(const Form *form, const SafiNode *stages, SafiCatalog *catalog)
{
	if (stages == NULL || stages->wrong || safi_node_null(stages)) {
		return;
	}
	if (stages->kind != SAFI_NODE_LIST) {
		safi_report_error(form->report, stages->mark,
		                  "'stages' wants a list: one line for each, beginning with '- '");
		return;
	}
	for (guint i = 0; i < stages->values->len; i++) {
		take_item(form, SAFI_CHANGES, stages->values->pdata[i], catalog);
	}
}

/* --- limits ----------------------------------------------------------------------------------- */

typedef struct Limit {
	const char *key;
	gsize offset;
	bool (*parse)(const char *text, gint64 *value);
	gint64 max; /* what spans of 32 bits and an address space can hold, with room to spare */
	const char *wanted;
} Limit;

static const Limit limits[] = {
	{ "in_flight", offsetof(SafiLimits, in_flight), safi_value_int, 1 << 20,
	  "a number of records from 1 to 1048576" },
	{ "bytes", offsetof(SafiLimits, bytes), safi_value_size, G_GINT64_CONSTANT(1) << 40,
	  "a size from 1B to 1TiB, such as 16MiB" },
	{ "record", offsetof(SafiLimits, record), safi_value_size, 1 << 30,
	  "a size from 1B to 1GiB, such as 8MiB" },
	{ "held", offsetof(SafiLimits, held), safi_value_size, G_GINT64_CONSTANT(1) << 40,
	  "a size from 1B to 1TiB, such as 64MiB" },
};

static void take_limit(const Form *form, const Limit *limit, const SafiNode *node)
{
	gint64 value = 0;
	const char *text = take_text(form, node, limit->key, limit->wanted);
	if (text == NULL) {
		return;
	}
	if (!limit->parse(text, &value) || value < 1 || value > limit->max) {
		safi_report_error(form->report, node->mark, "'%s' wants %s, not '%s'", limit->key,
		                  limit->wanted, text);
	} else {
		G_STRUCT_MEMBER(gsize, &form->pipeline->limits, limit->offset) = (gsize)value;
	}
}

static void take_limits(const Form *form, const SafiNode *map)
{
	static const char *const known[] = { "in_flight", "bytes", "record", "held", NULL };
	if (map == NULL || map->wrong || safi_node_null(map)) {
		return;
	}
	if (map->kind != SAFI_NODE_MAP) {
		safi_report_error(form->report, map->mark,
		                  "'limits' wants a map, such as {in_flight: 1024}");
		return;
	}
	check_keys(form, map, known);
	for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
		const SafiNode *node = safi_node_get(map, limits[i].key);
		if (node != NULL) {
			take_limit(form, &limits[i], node);
		}
	}
}

static void take_budget(const Form *form, const SafiNode *node)
{
	static const char wanted[] = "a number of records or a share of them, such as 100 or 1%";
	const char *text = node ? take_text(form, node, "max_failures", wanted) : NULL;
	if (text != NULL && !safi_budget_parse(text, &form->pipeline->max_failures)) {
		safi_report_error(form->report, node->mark, "'max_failures' wants %s, not '%s'", wanted,
		                  text);
	}
}

/* --- the file --------------------------------------------------------------------------------- */

/* False when the file is of a version that may mean other things by the same words. */
static bool check_version(const Form *form, const SafiNode *root)
{
	const SafiNode *node = safi_node_get(root, "safi");
	const char *text = node ? take_text(form, node, "safi", "the version of the format: 1") : NULL;
	if (node == NULL) {
		safi_report_error(form->report, (SafiMark){ root->mark.path, 0, 0, 0 },
		                  "the version of the format is missing; begin the file with 'safi: 1'");
	}
	if (text == NULL || strcmp(text, "1") == 0) {
		return true;
	}
	safi_report_error(form->report, node->mark,
	                  "format version '%s' is not known; this safi reads version 1", text);
	return false;
}

static void take_end(const Form *form, const SafiNode *root, uint32_t role, const char *key,
                     SafiCatalog *catalog)
{
	const SafiNode *node = safi_node_get(root, key);
	if (node != NULL) {
		take_item(form, role, node, catalog);
	} else {
		safi_report_error(form->report, (SafiMark){ root->mark.path, 0, 0, 0 },
		                  "'%s' is missing; it names the %s, such as '%s: %s'", key,
		                  safi_role_noun(role), key, role == SAFI_READS ? "text" : "jsonl");
	}
}

static void take_root(const Form *form, const SafiNode *root, SafiCatalog *catalog)
{
	static const char *const known[] = { "safi", "read", "stages", "write", "limits",
	                                     "max_failures", NULL };
	check_keys(form, root, known);
	take_end(form, root, SAFI_READS, "read", catalog);
	take_stages(form, safi_node_get(root, "stages"), catalog);
	take_end(form, root, SAFI_WRITES, "write", catalog);
	take_limits(form, safi_node_get(root, "limits"));
	take_budget(form, safi_node_get(root, "max_failures"));
}

static char *stem(const char *path)
{
	char *name = g_path_get_basename(path), *dot = strrchr(name, '.');
	if (dot != NULL && dot != name) {
		*dot = '\0';
	}
	return name;
}

SafiPipeline *safi_pipeline_load(const char *path, SafiCatalog *catalog, const char *const *sets,
                                 SafiReport *report)
{
	guint before = safi_report_errors(report);
	g_autofree char *name = stem(path);
	g_autoptr(SafiNode) root = safi_yaml_load(path, report);
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_new(name, path);
	g_autoptr(GPtrArray) drafts = safi_drafts_new();
	Form form = { pipeline, drafts, report };
	if (root == NULL) {
		return NULL;
	}
	safi_env_resolve(root, report);
	if (root->kind != SAFI_NODE_MAP) {
		safi_report_error(report, root->mark,
		                  "a pipeline is a map with the keys safi, read, stages and write");
	} else if (check_version(&form, root)) {
		take_root(&form, root, catalog);
		safi_draft_finish(drafts, pipeline, catalog, sets, report);
	}
	return safi_report_errors(report) == before ? g_steal_pointer(&pipeline) : NULL;
}
