/* Tells texts that are no plain text page by their looks, so that they are refused in words instead
 * of being read as garbage.  Pure functions, any thread. */
#pragma once

#include "safi.h"

/* Whether a text opens like a HTML page: by its first tag, or by many tags early on. */
bool text_sniff_html(safi_text text);

/* Whether there is nothing but white space. */
bool text_sniff_blank(safi_text text);
