/* What a segment of a page can be. */
#pragma once

#include "safi.h"

enum {
	LABEL_NONE, LABEL_TITLE, LABEL_SUBTITLE, LABEL_DATE, LABEL_BYLINE, LABEL_DATELINE,
	LABEL_CAPTION, LABEL_CREDIT, LABEL_BODY, LABEL_HEADING, LABEL_LIST, LABEL_RELATED,
	LABEL_NAV, LABEL_WIDGET, LABEL_PROMO, LABEL_COMMENT, LABEL_END
};

/* The names, LABEL_TITLE first, NULL-terminated. */
extern const char *const label_names[];

/* LABEL_NONE: no label of that name. */
uint8_t label_find(safi_text name);
