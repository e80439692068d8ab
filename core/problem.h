/* What is wrong with a pipeline, all of it in one go, in order of place.
 *
 * A SafiReport collects problems while a file is read and checked, and prints them as
 *
 *     news.yaml:14:7: error: stage 'x' has no option 'min_lenght'; did you mean 'min_length'?
 *        14 |       min_lenght: 200
 *           |       ^~~~~~~~~~
 *
 * It owns the text of each file added to it, for the excerpts.  [main] */
#pragma once

#include "mark.h"
#include "suggest.h"
#include <stdbool.h>
#include <stdio.h>

typedef struct SafiReport SafiReport;

SafiReport *safi_report_new(void);
void safi_report_free(SafiReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiReport, safi_report_free)

/* Makes the text of a file known, for the excerpts; copied.  Returns the path to use in marks. */
const char *safi_report_add_file(SafiReport *report, const char *path, const char *text, gsize len);

/* An error; the sentence is copied, without a full stop.  Where the mark has an alias, a note says
 * so. */
void safi_report_error(SafiReport *report, SafiMark mark, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
void safi_report_warning(SafiReport *report, SafiMark mark, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* A second place that belongs to the last error ("first given here"). */
void safi_report_note(SafiReport *report, SafiMark mark, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* The name that was meant, if one is near: belongs to the last error or warning, and is told behind
 * its sentence. */
void safi_report_suggest(SafiReport *report, const SafiSuggest *suggest);

/* How many errors so far. */
guint safi_report_errors(const SafiReport *report);

/* Prints all in order of place, at most 20, then how many more there were. */
void safi_report_print(const SafiReport *report, FILE *to);
/* For editors and other programs: JSON Lines, all problems in order of place, of very many the
 * first 1,000.  Free the result.
 *
 *     {"severity":"error","file":"news.yaml","line":14,"column":7,"end_line":14,"end_column":17,
 *      "span":[201,211],"message":"stage 'x' has no option 'min_lenght'","suggestion":"min_length",
 *      "notes":[{"severity":"note",...}]}
 *
 * Lines and columns count from 1, columns in characters; span is in bytes of the file from 0, half
 * open.  What concerns a whole file has no line, what concerns none has no file. */
char *safi_report_json(const SafiReport *report);
