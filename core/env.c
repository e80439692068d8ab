#include "env.h"

#include <string.h>

/* The value of the variable, or NULL: reported. */
static const char *look_up(const SafiNode *node, SafiReport *report)
{
	const char *value = g_getenv(node->text);
	if (node->text[0] == '\0') {
		safi_report_error(report, node->mark, "!env wants the name of a variable");
	} else if (value == NULL) {
		safi_report_error(report, node->mark, "the environment variable '%s' is not set",
		                  node->text);
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

static void resolve_tag(SafiNode *node, SafiReport *report)
{
	if (node->tag == NULL) {
		return;
	}
	if (strcmp(node->tag, "!env") == 0 && node->kind == SAFI_NODE_SCALAR) {
		resolve_text(node, report);
	} else {
		safi_report_error(report, node->mark,
		                  "the tag '%s' is not known here; the only one is !env NAME", node->tag);
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
