/* A YAML file as a tree that remembers where each thing stood.
 *
 * Built from libyaml's events.  Refuses what libyaml lets through: duplicate keys, aliases that
 * refer to themselves, nesting over 64, more than one document, a file over 1 MiB, an expansion
 * of aliases over 100,000 nodes, more than 16 directives.  What stands behind an alias is a copy
 * with the places of the original.  [main] */
#pragma once

#include "node.h"

/* NULL when the file cannot be read or is not YAML: reported. */
SafiNode *safi_yaml_load(const char *path, SafiReport *report);
SafiNode *safi_yaml_parse(const char *path, const char *text, gsize len, SafiReport *report);
