#include "set.h"

#include "suggest.h"
#include <string.h>

/* One word, taken apart. */
typedef struct Set {
	char *stage, *option;
	const char *value;
	SafiMark mark;
} Set;

static void set_clear(Set *set)
{
	g_free(set->stage);
	g_free(set->option);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Set, set_clear)

/* The word is its own place: "--set dedup.threshold: error: ...".  Its value may be a secret. */
static SafiMark mark_of(const char *word, SafiReport *report)
{
	g_autofree char *named = g_strndup(word, strcspn(word, "="));
	g_autofree char *shown = g_strconcat("--set ", named, NULL);
	return (SafiMark){ safi_report_add_file(report, shown, "", 0), 0, 0, 0 };
}

static bool take_apart(const char *word, Set *set, SafiReport *report)
{
	const char *equals = strchr(word, '='), *dot = strchr(word, '.');
	if (equals == NULL || dot == NULL || dot > equals || dot == word || dot + 1 == equals) {
		safi_report_error(report, set->mark, "is not STAGE.OPTION=VALUE");
		return false;
	}
	if (!g_utf8_validate(word, -1, NULL)) {
		safi_report_error(report, set->mark, "is not UTF-8");
		return false;
	}
	set->stage = g_strndup(word, (gsize)(dot - word));
	set->option = g_strndup(dot + 1, (gsize)(equals - dot - 1));
	set->value = equals + 1;
	return true;
}

static bool matches(const SafiDraft *draft, const char *word)
{
	return (draft->role == SAFI_READS && strcmp(word, "read") == 0) ||
	       (draft->role == SAFI_WRITES && strcmp(word, "write") == 0) ||
	       strcmp(word, draft->label) == 0 || strcmp(word, draft->name) == 0;
}

/* How to say which one: a reader and a writer have words of their own. */
static const char *own_word(const SafiDraft *draft)
{
	return draft->role == SAFI_READS    ? "read"
	       : draft->role == SAFI_WRITES ? "write"
	                                    : draft->label;
}

/* "; it has read, normalize, write": how each may be named. */
static char *all_words(const GPtrArray *drafts)
{
	g_autoptr(GString) all = g_string_new("; it has ");
	for (guint i = 0; i < drafts->len; i++) {
		g_string_append_printf(all, "%s%s", i > 0 ? ", " : "", own_word(drafts->pdata[i]));
	}
	return g_strdup(all->str);
}

static void tell_none(const Set *set, const GPtrArray *drafts, SafiReport *report)
{
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, set->stage);
	for (guint i = 0; i < drafts->len; i++) {
		const SafiDraft *draft = drafts->pdata[i];
		safi_suggest_try(&suggest, draft->label);
		safi_suggest_try(&suggest, draft->name);
	}
	safi_suggest_try(&suggest, "read");
	safi_suggest_try(&suggest, "write");
	g_autofree char *all = suggest.name ? g_strdup("") : all_words(drafts);
	safi_report_error(report, set->mark, "this pipeline has no stage '%s'%s", set->stage, all);
	safi_report_suggest(report, &suggest);
}

static SafiDraft *find(const Set *set, const GPtrArray *drafts, SafiReport *report)
{
	SafiDraft *found = NULL;
	for (guint i = 0; i < drafts->len; i++) {
		SafiDraft *draft = drafts->pdata[i];
		if (!matches(draft, set->stage)) {
			continue;
		}
		if (found != NULL) {
			safi_report_error(report, set->mark, "'%s' may be '%s' or '%s' here; say which",
			                  set->stage, own_word(found), own_word(draft));
			return NULL;
		}
		found = draft;
	}
	if (found == NULL) {
		tell_none(set, drafts, report);
	}
	return found;
}

static bool is_path(const safi_stage *stage, const char *name)
{
	const safi_option *const *options = stage ? stage->options : NULL;
	for (; options != NULL && *options != NULL; options++) {
		if (strcmp((*options)->name, name) == 0) {
			return (*options)->type == SAFI_PATH;
		}
	}
	return false;
}

static void put(const Set *set, SafiDraft *draft)
{
	bool path = *set->value && is_path(draft->stage, set->option);
	g_autofree char *value =
		path ? g_canonicalize_filename(set->value, NULL) : g_strdup(set->value);
	SafiNode *text = safi_node_new(SAFI_NODE_SCALAR, set->mark, value);
	text->quoted = true; /* a text, even an empty one */
	if (draft->options == NULL || safi_node_null(draft->options)) {
		safi_node_free(draft->options);
		draft->options = safi_node_new(SAFI_NODE_MAP, draft->mark, NULL);
	}
	/* What is no map is told as that, once. */
	if (draft->options->kind == SAFI_NODE_MAP) {
		safi_node_put(draft->options, safi_node_new(SAFI_NODE_SCALAR, set->mark, set->option),
		              text);
	} else {
		safi_node_free(text);
	}
}

void safi_set_apply(const char *const *words, GPtrArray *drafts, SafiReport *report)
{
	for (; words != NULL && *words != NULL; words++) {
		g_auto(Set) set = { .mark = mark_of(*words, report) };
		SafiDraft *draft =
			take_apart(*words, &set, report) ? find(&set, drafts, report) : NULL;
		if (draft != NULL) {
			put(&set, draft);
		}
	}
}
