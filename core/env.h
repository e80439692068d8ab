/* `!env NAME`, the one tag a pipeline file knows: the value of an environment variable as a text.
 *
 * Put in after parsing, scalar by scalar, so that a variable can never change the shape of a file.
 * [main] */
#pragma once

#include "node.h"

/* Replaces every tagged scalar of the tree; a variable that is not set, and any other tag, is an
 * error with its place. */
void safi_env_resolve(SafiNode *node, SafiReport *report);
