#include "crew.h"

#include "chunk.h"
#include "crash.h"
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

static gpointer run_writer(gpointer data)
{
	SafiCrew *crew = data;

	begin_thread();
	for (bool over = false; !over;) {
		if (!deliver(crew, true, &over) && !over) {
			safi_delivery_flush(crew->delivery);
		}
	}
	safi_chunk_drain();
	return NULL;
}

SafiCrew *safi_crew_start(SafiCourse *course, SafiRing *ring, const SafiDelivery *delivery)
{
	SafiCrew *crew = g_new0(SafiCrew, 1);

	*crew = (SafiCrew){.course = course, .ring = ring, .delivery = delivery};
	crew->n = course->workers > 1 ? course->workers : 0;
	crew->workers = g_new0(Worker, crew->n);
	for (guint i = 0; i < crew->n; i++) {
		Worker *worker = &crew->workers[i];
		*worker = (Worker){.crew = crew, .number = i};
		worker->thread = g_thread_new("worker", run_worker, worker);
	}
	crew->writer = crew->n ? g_thread_new("writer", run_writer, crew) : NULL;
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
	g_free(crew->workers);
	g_free(crew);
}

static void work_alone(SafiCrew *crew)
{
	bool over;

	for (SafiBatch *batch; (batch = safi_ring_take(crew->ring, false));) {
		work_on(crew, batch, 0);
	}
	while (deliver(crew, false, &over)) {
	}
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
