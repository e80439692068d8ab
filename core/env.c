#include "env.h"

#include <string.h>

static void suggest_variable(const char *name, SafiReport *report)
{
	g_auto(GStrv) names = g_listenv();
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, name);
	safi_suggest_try_all(&suggest, (const char *const *)names);
	safi_report_suggest(report, &suggest);
}

/* The value of the variable, or NULL: reported. */
static const char *look_up(const SafiNode *node, SafiReport *report)
{
	const char *value = g_getenv(node->text);
	if (node->text[0] == '\0') {
		safi_report_error(report, node->mark, "!env wants the name of a variable");
	} else if (value == NULL) {
		safi_report_error(report, node->mark, "the environment variable '%s' is not set",
		                  node->text);
		suggest_variable(node->text, report);
	} else if (!g_utf8_validate(value, -1, NULL)) {
		safi_report_error(report, node->mark, "the environment variable '%s' is not UTF-8",
		                  node->text);
	} else {
		return value;
	}
	return NULL;
}

static void resolve_text(SafiNode *node, SafiReport *report)
{
	const char *value = look_up(node, report);
	if (value == NULL) {
		node->wrong = true;
		return;
	}
	g_free(node->text);
	node->text = g_strdup(value);
	node->quoted = true; /* a text, even an empty one */
}

static void tell_unknown_tag(const SafiNode *node, SafiReport *report)
{
	static const char yaml[] = "tag:yaml.org,2002:"; /* "!!str", as libyaml gives it */
	bool own = g_str_has_prefix(node->tag, yaml);
	SafiSuggest suggest;
	safi_report_error(report, node->mark,
	                  "the tag '%s%s' is not known here; the only one is !env NAME",
	                  own ? "!!" : "", own ? node->tag + strlen(yaml) : node->tag);
	safi_suggest_begin(&suggest, node->tag);
	safi_suggest_try(&suggest, "!env");
	safi_report_suggest(report, &suggest);
}

static void resolve_tag(SafiNode *node, SafiReport *report)
{
	if (node->tag == NULL) {
		return;
	}
	if (strcmp(node->tag, "!env") == 0 && node->kind == SAFI_NODE_SCALAR) {
		resolve_text(node, report);
	} else {
		tell_unknown_tag(node, report);
		node->wrong = true;
	}
	g_clear_pointer(&node->tag, g_free);
}

void safi_env_resolve(SafiNode *node, SafiReport *report)
{
	resolve_tag(node, report);
	for (guint i = 0; node->keys != NULL && i < node->keys->len; i++) {
		SafiNode *key = node->keys->pdata[i];
		if (key->tag != NULL) {
			safi_report_error(report, key->mark, "a key may not have a tag");
		}
	}
	for (guint i = 0; node->values != NULL && i < node->values->len; i++) {
		safi_env_resolve(node->values->pdata[i], report);
	}
}
