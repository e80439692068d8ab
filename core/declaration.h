/* The rules for what a plugin declares.
 *
 * A declaration is constant data of a module nobody has vouched for: the host uses none of it
 * before it has passed here.  Nothing is kept, and nothing of the plugin's is called.  [any] */
#pragma once

#include "safi.h"
#include <glib.h>

/* Whether the host may use what a plugin declares; else the reason, to be freed.  Every pointer and
 * every size is looked at, and nothing is read past a struct's own size.  A flag of a later minor
 * version is let pass: one that may not be ignored comes with SAFI_NEED_MINOR. */
bool safi_declaration_check(const safi_plugin *declared, char **reason);

/* "reader", "stage" or "writer"; NULL if there is no such role. */
const char *safi_role_name(uint32_t role);
