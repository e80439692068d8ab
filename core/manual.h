/* What a stage says of itself, laid out for a terminal as a manual page is.
 *
 * Everything is taken from what safi_declaration_check() has found good; texts are
 * shown without control characters.  [any] */
#pragma once

#include "plugin.h"

/* All stages of a plugin, then the plugin. */
void safi_manual_file(GString *out, const SafiPlugin *plugin);
/* One stage, then the plugin it is in. */
void safi_manual_stage(GString *out, const SafiPlugin *plugin, const safi_stage *stage);

/* A text's words in lines of 80 characters, each behind so many blanks: its own line breaks and
 * further blanks go. */
void safi_manual_paragraph(GString *out, guint indent, const char *text);
