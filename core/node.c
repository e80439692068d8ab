#include "node.h"

#include <string.h>

static void free_node(gpointer node)
{
	safi_node_free(node);
}

SafiNode *safi_node_new(SafiNodeKind kind, SafiMark mark, const char *text)
{
	SafiNode *node = g_new0(SafiNode, 1);
	node->kind = kind;
	node->mark = mark;
	node->text = g_strdup(text);
	if (kind != SAFI_NODE_SCALAR) {
		node->values = g_ptr_array_new_with_free_func(free_node);
	}
	if (kind == SAFI_NODE_MAP) {
		node->keys = g_ptr_array_new_with_free_func(free_node);
	}
	return node;
}

/* Recursion ends at the depth that the loader allows, here and below. */
void safi_node_free(SafiNode *node)
{
	if (node == NULL) {
		return;
	}
	g_clear_pointer(&node->keys, g_ptr_array_unref);
	g_clear_pointer(&node->values, g_ptr_array_unref);
	g_free(node->text);
	g_free(node->tag);
	g_free(node);
}

SafiNode *safi_node_copy(const SafiNode *node)
{
	SafiNode *copy = safi_node_new(node->kind, node->mark, node->text);
	copy->quoted = node->quoted;
	copy->wrong = node->wrong;
	copy->tag = g_strdup(node->tag);
	for (guint i = 0; node->keys != NULL && i < node->keys->len; i++) {
		g_ptr_array_add(copy->keys, safi_node_copy(node->keys->pdata[i]));
	}
	for (guint i = 0; node->values != NULL && i < node->values->len; i++) {
		g_ptr_array_add(copy->values, safi_node_copy(node->values->pdata[i]));
	}
	return copy;
}

static bool find(const SafiNode *map, const char *key, guint *at)
{
	for (guint i = 0; i < map->keys->len; i++) {
		const SafiNode *name = map->keys->pdata[i];
		if (strcmp(name->text, key) == 0) {
			*at = i;
			return true;
		}
	}
	return false;
}

const SafiNode *safi_node_get(const SafiNode *map, const char *key)
{
	guint at;
	return find(map, key, &at) ? map->values->pdata[at] : NULL;
}

void safi_node_put(SafiNode *map, SafiNode *key, SafiNode *value)
{
	guint at;
	if (!find(map, key->text, &at)) {
		g_ptr_array_add(map->keys, key);
		g_ptr_array_add(map->values, value);
		return;
	}
	safi_node_free(map->keys->pdata[at]);
	safi_node_free(map->values->pdata[at]);
	map->keys->pdata[at] = key;
	map->values->pdata[at] = value;
}

bool safi_node_null(const SafiNode *node)
{
	static const char *const nothing[] = { "", "~", "null", "Null", "NULL", NULL };
	return node->kind == SAFI_NODE_SCALAR && !node->quoted && g_strv_contains(nothing, node->text);
}
