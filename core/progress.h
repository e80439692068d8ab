/* What a run shows of itself while it goes on.
 *
 * The engine counts, on whichever thread; a thread of its own shows the counts as the status below
 * all messages (log.h), if stderr is a terminal and somebody may want to see them; and at SIGUSR1 a
 * line tells them, whatever the run is doing.  The caller owns the struct; init to {0}. */
#pragma once

#include "pace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct SafiProgress {
	/* To be counted up: */
	_Atomic uint64_t records; /* read */
	_Atomic uint64_t bytes;   /* read, as they are stored: packed ones */
	_Atomic uint64_t written, dropped, dead;
	/* Its own: */
	uint64_t total;           /* bytes to be read; 0: not known */
	gint64 begun;
	_Atomic int64_t rate;     /* bytes a second, lately; negative: nobody keeps it */
	SafiPace pace;
	GThread *shows;           /* NULL: nothing is shown */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;
} SafiProgress;

/* Counts without waiting for anybody.  [any] */
static inline void safi_progress_count(_Atomic uint64_t *count, uint64_t by)
{
	atomic_fetch_add_explicit(count, by, memory_order_relaxed);
}

/* How many bytes these inputs are: the words of the command line, none: stdin.  0: not known, since
 * not all are files.  [main] */
uint64_t safi_progress_total(const char *const *words);

/* From now on time goes by.  `wanted`: neither is the run to be quiet nor do its records go to the
 * terminal themselves.  End it before what the struct lies in goes.  [main] */
void safi_progress_begin(SafiProgress *progress, uint64_t total, bool wanted);
void safi_progress_end(SafiProgress *progress);

/* "safi: note: 1,234 records, ..." on stderr, for safi_signals_begin().  [any], in handlers too */
void safi_progress_tell(void *progress);
