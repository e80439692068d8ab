/* One record on its way to be a line: which of its members stay as the bytes they came in, which
 * are written anew, and what is added.
 *
 * The members that came in are told from those that are new by walking the raw bytes beside the
 * fields, which the host keeps in the order in which they were put; so nothing is searched and a
 * million members cost a million steps.  The line lives in process().  [worker] */
#pragma once

#include "items.h"
#include "splice.h"
#include "textkit/choice.h"

/* What the options say; read-only. */
typedef struct LineStyle {
	SafiChoice fields, notes;        /* to write */
	SafiChoice bare;                 /* notes without their text */
	safi_key view, under;            /* 0: the newest; none */
	bool origin_always, origin_never;
	bool replace;                    /* what safi adds takes the place of members of its name */
	bool places, points, views;
	safi_key id, origin, text, views_name;
	ItemKeys item;
} LineStyle;

/* Renders the record and returns SAFI_KEEP, or the failure it has told. */
safi_status line_write(const LineStyle *style, const safi_host *host, safi_record *record);
