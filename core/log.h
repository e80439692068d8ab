/* What is said to people while a command goes on: one line each on stderr, never on stdout, in the
 * form of message.h; and, on a terminal, a status below them that is rewritten in place.  [any] */
#pragma once

#include "safi.h"

#include <glib.h>

/* Messages above this level are left out; SAFI_LOG_WARNING at first.  [main] */
void safi_log_set_level(int32_t level);

/* Where messages go instead of to stderr, such as to the process that this one works for; place may
 * be NULL.  [main] of a process without other threads. */
typedef void (*SafiLogSink)(void *data, int32_t level, const char *place, const char *sentence);
void safi_log_set_sink(SafiLogSink sink, void *data);

/* "safi: warning: ..." */
void safi_log(int32_t level, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* "news.txt: warning: ..."; the place is a file or a record of one. */
void safi_log_at(int32_t level, const char *place, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Shows a line of plain text, shorter than the terminal is wide, as the status; messages go above
 * it.  NULL: none any more. */
void safi_log_set_status(const char *text);
/* Takes the status off the screen, for those who write to stderr themselves.  Also in a signal
 * handler. */
void safi_log_wipe_status(void);
