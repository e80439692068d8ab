/* Feeds a run: reads its inputs, one after the other, and sends the records off in batches; at the
 * end, what stages let go when they finish.
 *
 * An input that cannot be read is told and the next one is taken: one missing file does not end a
 * crawl, but the run's exit status will say so.  [reader], which is the main thread */
#pragma once

#include "crew.h"
#include "position.h"

typedef struct SafiFeed {
	SafiCourse *course;  /* not owned, nor are the others */
	SafiCrew *crew;
	SafiRing *ring;
	const SafiDelivery *delivery; /* for what must not be read */
	SafiLimits limits;
	guint64 limit;       /* read so many records at the most */
	SafiPosition at;     /* how far it is: all up to there is sent off, but for the batch in hand */
	const SafiPosition *from; /* where to begin; NULL: at the beginning */
	char *lost;          /* why the beginning could not be found again; NULL: it could */
	guint64 stored;      /* bytes of the inputs that were read, as they are stored */
	const safi_input *reading; /* NULL: none */

	SafiHand next;       /* the reader's instance that finds records */
	SafiBatch *batch;      /* that is being filled; NULL: none */
	guint at_most;       /* records in a batch */
	gsize most_bytes;    /* and their raw bytes */
	SafiHand *finishing; /* whose stage finishes now */

	/* Called when all up to the position is delivered, every so many microseconds; NULL: never. */
	void (*save)(gpointer data, const SafiPosition *position);
	gpointer save_data;
	gint64 save_every, save_at;
} SafiFeed;

/* The limits and what is delivered are the caller's to set. */
void safi_feed_init(SafiFeed *feed, SafiCourse *course, SafiCrew *crew, SafiRing *ring);
void safi_feed_clear(SafiFeed *feed);
/* Sends off what is in hand, waits until it is delivered, and saves. */
void safi_feed_save(SafiFeed *feed);

/* words: files, directories, "-"; list: a file that names more, or NULL; neither: stdin.  Ends
 * early when a signal asks for it. */
void safi_feed_read(SafiFeed *feed, const char *const *words, const char *list);
/* The records of a file of dead letters instead. */
void safi_feed_replay(SafiFeed *feed, const char *path);
/* Each stage's finish(), in the order of the chain, after its last record; what it lets go then
 * runs through the stages behind it. */
void safi_feed_finish(SafiFeed *feed);
