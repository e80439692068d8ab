/* A YAML file as a tree that remembers where each thing stood.
 *
 * Built from libyaml's events.  Refuses what libyaml lets through: duplicate keys, aliases that
 * refer to themselves, nesting over 64, more than one document, a file over 1 MiB, an expansion
 * of aliases over 100,000 nodes.  Scalars are texts; who takes one gives it a type.
 * The tree owns its nodes; nodes own their text.  [main] */
#pragma once

#include "problem.h"

typedef enum { SAFI_NODE_SCALAR, SAFI_NODE_LIST, SAFI_NODE_MAP } SafiNodeKind;

typedef struct SafiNode SafiNode;
struct SafiNode {
	SafiNodeKind kind;
	SafiMark mark;
	char *text;        /* scalar: its value, 0-terminated (a NUL in it is refused) */
	bool quoted;       /* scalar: was in quotation marks */
	char *tag;         /* "!env" and the like; NULL: none */
	GPtrArray *keys;   /* map: SafiNode scalars, in order */
	GPtrArray *values; /* map and list: SafiNode */
};

/* NULL when the file cannot be read or is not YAML: reported. */
SafiNode *safi_yaml_load(const char *path, SafiReport *report);
SafiNode *safi_yaml_parse(const char *path, const char *text, gsize len, SafiReport *report);
void safi_node_free(SafiNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiNode, safi_node_free)

/* The value of a key of a map, or NULL. */
const SafiNode *safi_node_get(const SafiNode *map, const char *key);
