/* A tree of lists, maps and texts that a person wrote, each with its place.
 *
 * Scalars are texts; who takes one gives it a type (value.h).  A tree is as deep as its maker
 * allows, 64 for YAML, so it is walked by recursion.  A node owns its text and the nodes below it.
 * [main] */
#pragma once

#include "problem.h"

typedef enum { SAFI_NODE_SCALAR, SAFI_NODE_LIST, SAFI_NODE_MAP } SafiNodeKind;

typedef struct SafiNode SafiNode;
struct SafiNode {
	SafiNodeKind kind;
	SafiMark mark;
	char *text;        /* scalar: its value, 0-terminated (a NUL in it is refused) */
	bool quoted;       /* scalar: was in quotation marks */
	bool wrong;        /* reported already: who takes it says no more */
	char *tag;         /* "!env" and the like; NULL: none */
	GPtrArray *keys;   /* map: SafiNode scalars, in order */
	GPtrArray *values; /* map and list: SafiNode */
};

/* A node made by hand; text is for a scalar and is copied.  Lists and maps begin empty. */
SafiNode *safi_node_new(SafiNodeKind kind, SafiMark mark, const char *text);
SafiNode *safi_node_copy(const SafiNode *node);
void safi_node_free(SafiNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiNode, safi_node_free)

/* The value of a key of a map, or NULL. */
const SafiNode *safi_node_get(const SafiNode *map, const char *key);
/* Sets a key of a map, in place of what it had.  Takes both nodes. */
void safi_node_put(SafiNode *map, SafiNode *key, SafiNode *value);
/* Whether nothing was written where a value goes: left empty, ~ or null, without quotes. */
bool safi_node_null(const SafiNode *node);
