#include "crew.h"

#include "chunk.h"
#include "crash.h"
#include "lock.h"
#include "signals.h"

typedef struct Worker {
	SafiCrew *crew;
	guint number;
	GThread *thread;
} Worker;

struct SafiCrew {
	SafiCourse *course;
	SafiRing *ring;
	const SafiDelivery *delivery;
	Worker *workers; /* none: the feeder is alone */
	guint n;
	GThread *writer;
	pthread_mutex_t lock;      /* of the errand */
	pthread_cond_t done;
	void (*errand)(gpointer data);
	gpointer errand_data;
};

/* Through as many phases as it can go now. */
static void work_on(SafiCrew *crew, SafiBatch *batch, guint worker)
{
	do {
		safi_course_run(crew->course, batch, worker);
	} while (safi_ring_advance(crew->ring, batch));
}

static bool deliver(SafiCrew *crew, bool wait, bool *over)
{
	SafiBatch *batch = safi_ring_first(crew->ring, wait, over);

	if (batch) {
		safi_delivery_batch(crew->delivery, batch);
		safi_ring_pop(crew->ring, batch);
	}
	return batch != NULL;
}

static void begin_thread(void)
{
	safi_signals_leave_to_main();
	safi_crash_watch_thread();
}

static gpointer run_worker(gpointer data)
{
	const Worker *worker = data;

	begin_thread();
	for (SafiBatch *batch; (batch = safi_ring_take(worker->crew->ring, true));) {
		work_on(worker->crew, batch, worker->number);
	}
	safi_chunk_drain();
	return NULL;
}

static bool run_errand(SafiCrew *crew)
{
	SAFI_LOCK(&crew->lock);

	if (!crew->errand) {
		return false;
	}
	crew->errand(crew->errand_data);
	crew->errand = NULL;
	pthread_cond_signal(&crew->done);
	return true;
}

static gpointer run_writer(gpointer data)
{
	SafiCrew *crew = data;

	begin_thread();
	for (bool over = false; !over;) {
		if (!deliver(crew, true, &over) && !over && !run_errand(crew)) {
			safi_delivery_flush(crew->delivery);
		}
	}
	safi_chunk_drain();
	return NULL;
}

/* Fewer workers than there could be do as well; none do not. */
static bool start_threads(SafiCrew *crew, guint most, GError **error)
{
	crew->writer = g_thread_try_new("writer", run_writer, crew, error);
	for (guint i = 0; crew->writer && i < most; i++) {
		Worker *worker = &crew->workers[i];
		*worker = (Worker){.crew = crew, .number = i};
		worker->thread = g_thread_try_new("worker", run_worker, worker, i ? NULL : error);
		if (!worker->thread) {
			break;
		}
		crew->n++;
	}
	return crew->n > 0;
}

SafiCrew *safi_crew_start(SafiCourse *course, SafiRing *ring, const SafiDelivery *delivery,
                          GError **error)
{
	SafiCrew *crew = g_new0(SafiCrew, 1);

	*crew = (SafiCrew){.course = course, .ring = ring, .delivery = delivery};
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->done, NULL);
	if (course->workers > 1) {
		crew->workers = g_new0(Worker, course->workers);
		if (!start_threads(crew, course->workers, error)) {
			g_clear_pointer(&crew, safi_crew_end);
		}
	}
	return crew;
}

void safi_crew_end(SafiCrew *crew)
{
	safi_ring_close(crew->ring);
	for (guint i = 0; i < crew->n; i++) {
		g_thread_join(crew->workers[i].thread);
	}
	if (crew->writer) {
		g_thread_join(crew->writer);
	}
	pthread_mutex_destroy(&crew->lock);
	pthread_cond_destroy(&crew->done);
	g_free(crew->workers);
	g_free(crew);
}

/* What cannot go on because too much is rendered can when that is delivered. */
static void work_alone(SafiCrew *crew)
{
	bool over;

	do {
		for (SafiBatch *batch; (batch = safi_ring_take(crew->ring, false));) {
			work_on(crew, batch, 0);
		}
	} while (deliver(crew, false, &over));
}

void safi_crew_push(SafiCrew *crew, SafiBatch *batch)
{
	safi_ring_wait(crew->ring);
	safi_ring_push(crew->ring, batch);
	if (!crew->n) {
		work_alone(crew);
	}
}

void safi_crew_drain(SafiCrew *crew)
{
	safi_ring_drain(crew->ring);
}

void safi_crew_flush(SafiCrew *crew)
{
	if (crew->n) {
		safi_ring_nudge(crew->ring);
	} else {
		safi_delivery_flush(crew->delivery);
	}
}

void safi_crew_ask(SafiCrew *crew, void (*errand)(gpointer data), gpointer data)
{
	safi_crew_drain(crew);
	if (!crew->n) {
		errand(data);
		return;
	}
	SAFI_LOCK(&crew->lock);
	crew->errand = errand;
	crew->errand_data = data;
	safi_ring_nudge(crew->ring);
	while (crew->errand) {
		pthread_cond_wait(&crew->done, &crew->lock);
	}
}
