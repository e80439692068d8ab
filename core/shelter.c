#include "shelter.h"

#include "errand.h"
#include "host.h"
#include "log.h"
#include "ward.h"

enum {
	MOST_RECORDS = 256,         /* at once */
	PAUSE = 5000,               /* microseconds of work that are sent at once; more gains nothing */
	WORTH_A_SNAPSHOT = 4 << 20, /* bytes of log; and it may take a twentieth of the time, ... */
	SHARE = 20,
	LOG_MOST = 64 << 20       /* ... but for such a log */
};

typedef struct Worker {
	SafiLine line;
	guint at_once;            /* records that are worth a request */
} Worker;

struct SafiShelter {
	const SafiStep *step;
	SafiNursery *nursery;
	Worker *workers;
	guint n;
	bool told_lost;
};

static const char crashed[] = "stage-crashed", timed_out[] = "stage-timeout";

SafiShelter *safi_shelter_open(const SafiStep *step, guint workers, SafiReport *report)
{
	SafiNursery *nursery = safi_nursery_open(step, report);

	if (!nursery) {
		return NULL;
	}
	SafiShelter *shelter = g_new0(SafiShelter, 1);
	shelter->step = step;
	shelter->nursery = nursery;
	shelter->n = step->stage->flags & SAFI_PARALLEL ? workers : 1;
	shelter->workers = g_new0(Worker, shelter->n);
	for (guint i = 0; i < shelter->n; i++) {
		safi_line_init(&shelter->workers[i].line, step);
		shelter->workers[i].at_once = 1;
	}
	return shelter;
}

void safi_shelter_close(SafiShelter *shelter)
{
	if (!shelter) {
		return;
	}
	for (guint i = 0; i < shelter->n; i++) {
		SafiLine *line = &shelter->workers[i].line;
		SafiWardEnd how;
		if (line->ward.socket >= 0) {
			g_free(safi_nursery_end(shelter->nursery, &line->ward, &how));
		}
		safi_line_clear(line);
	}
	safi_nursery_close(shelter->nursery);
	g_free(shelter->workers);
	g_free(shelter);
}

/* Whether there is a ward, old or new; false: the nursery is no more, and that is told. */
static bool reach(SafiShelter *shelter, SafiLine *line)
{
	g_autofree char *problem = NULL;

	if (line->ward.socket >= 0) {
		return true;
	}
	safi_line_begin(line);
	if (safi_nursery_fork(shelter->nursery, &line->ward, &problem)) {
		return true;
	}
	g_autofree char *reason = g_strdup_printf("%s: %s", crashed, problem);
	safi_site_set_fatal(safi_config_owner(shelter->step->config), reason);
	return false;
}

/* --- crashes ---------------------------------------------------------------------------------- */

static gint by_id(gconstpointer a, gconstpointer b)
{
	const SafiLodger *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What the stage held is in no process any more. */
static void fail_held(SafiLine *line)
{
	GList *held = g_list_sort(g_hash_table_get_values(line->held), by_id);
	GHashTable *before = line->held;

	line->held = safi_lodgers_new();
	for (GList *link = held; link; link = link->next) {
		safi_record *record = ((SafiLodger *)link->data)->record;
		safi_record_break(record, crashed, "the stage held it when its process was lost");
		record->flow->release(record->flow, record, SAFI_FAIL);
	}
	g_list_free(held);
	g_hash_table_unref(before);
}

/* An ordered stage begins anew, and may say otherwise than it would have. */
static void lose_memory(SafiShelter *shelter, SafiLine *line)
{
	if (!safi_line_keeps_log(line) || !line->used) {
		return;
	}
	if (!shelter->told_lost) {
		safi_log(SAFI_LOG_WARNING, "stage '%s' has lost what it knew of the records before",
		         shelter->step->label);
	}
	shelter->told_lost = true;
	fail_held(line);
}

/* The snapshot takes over from what works now, or has already. */
static bool succeed(SafiShelter *shelter, SafiLine *line, SafiOutcome outcome, char **ending,
                    SafiWardEnd *how)
{
	SafiWardId dead = line->ward;
	const bool done = outcome == SAFI_ERRAND_SUCCEEDED;

	dead.process = done ? line->dead : dead.process;
	*ending = safi_nursery_end_one(shelter->nursery, &dead, how);
	return (done || safi_line_await_heir(line)) && safi_line_repeat(line) == SAFI_ERRAND_DONE;
}

/* Ends what works now, as far as it has not ended.  Its snapshot takes over, if there is one, and
 * is brought to where it was.  How it ended, to be freed. */
static char *recover(SafiShelter *shelter, SafiLine *line, SafiOutcome outcome, SafiWardEnd *how)
{
	char *ending = NULL;
	SafiWardEnd unheard;

	g_hash_table_remove_all(line->emitted);
	if (outcome == SAFI_ERRAND_SUCCEEDED ||
	    (outcome != SAFI_ERRAND_CRASHED && line->has_snapshot)) {
		if (succeed(shelter, line, outcome, &ending, how)) {
			return ending;
		}
	}
	g_autofree char *last = safi_nursery_end(shelter->nursery, &line->ward,
	                                         ending ? &unheard : how);
	lose_memory(shelter, line);
	return ending ? ending : g_steal_pointer(&last);
}

/* Why the ward had to end, as a sentence to be freed; in *code, which it was. */
static char *explain(const SafiErrand *errand, SafiOutcome outcome, const char *ending,
                     SafiWardEnd how, const char **code)
{
	const SafiStep *step = errand->line->step;

	*code = outcome == SAFI_ERRAND_LATE || how == SAFI_WARD_TIRED ? timed_out : crashed;
	if (*code == timed_out) {
		return g_strdup_printf("took more than %g s; its plugin is %s", step->isolation.seconds,
		                       step->plugin->path);
	}
	if (outcome == SAFI_ERRAND_NONSENSE) {
		return g_strdup_printf("gave back nonsense: %s; its plugin is %s",
		                       errand->nonsense ? errand->nonsense : "nobody understands it",
		                       step->plugin->path);
	}
	return g_strdup_printf("%s; its plugin is %s", ending, step->plugin->path);
}

static void fail(const SafiErrand *errand, const char *code, const char *message)
{
	safi_record *record = errand->records[0];

	errand->settle(errand->data, record,
	               safi_record_set_reason(record, SAFI_FAIL, code, message));
}

/* After what was no good end.  The one record that was asked for is the culprit.  Returns how many
 * are settled now. */
static guint clear_up(SafiShelter *shelter, const SafiErrand *errand, SafiOutcome outcome)
{
	const char *code;
	SafiWardEnd how;
	g_autofree char *ending = recover(shelter, errand->line, outcome, &how);
	g_autofree char *why = explain(errand, outcome, ending, how, &code);

	if (errand->n == 1 && !errand->settled) {
		fail(errand, code, why);
		return 1;
	}
	return errand->settled;
}

/* --- work ------------------------------------------------------------------------------------- */

static bool is_snapshot_due(const SafiLine *line)
{
	const gint64 now = g_get_monotonic_time();

	return !line->has_snapshot || line->log.len > LOG_MOST ||
	       (line->log.len > WORTH_A_SNAPSHOT &&
	        now - line->snapshot_at > SHARE * line->snapshot_took);
}

static void adapt(Worker *worker, gint64 took)
{
	if (took < PAUSE) {
		worker->at_once = MIN(worker->at_once * 2, MOST_RECORDS);
	} else if (took > 4 * PAUSE) {
		worker->at_once = MAX(worker->at_once / 2, 1);
	}
}

/* `wary`: of so many one is a culprit, so they are taken one by one. */
static guint process_some(SafiShelter *shelter, Worker *worker, SafiErrand *errand, guint *wary)
{
	const gint64 begin = g_get_monotonic_time();
	uint32_t what = SAFI_WARD_PROCESS;

	if (!safi_errand_pack(errand, *wary ? 1 : worker->at_once)) {
		fail(errand, "not-isolated", "it is too large to be given to another process");
		*wary -= *wary > 0;
		return 1;
	}
	if (safi_line_keeps_log(errand->line) && (*wary || is_snapshot_due(errand->line))) {
		what |= SAFI_WARD_SNAPSHOT;
	}
	const SafiOutcome outcome = safi_errand_run(errand, what, shelter->step->isolation.seconds);
	if (outcome == SAFI_ERRAND_DONE) {
		adapt(worker, g_get_monotonic_time() - begin);
		*wary -= MIN(*wary, errand->settled);
		return errand->settled;
	}
	const guint settled = clear_up(shelter, errand, outcome);
	*wary = MAX(*wary, errand->n) - settled;
	return settled;
}

bool safi_shelter_process(SafiShelter *shelter, guint worker, safi_record *const *records, guint n,
                          SafiShelterSettle settle, void *data)
{
	Worker *mine = &shelter->workers[shelter->n > 1 ? worker : 0];
	guint at = 0, wary = 0;

	while (at < n) {
		SafiErrand errand = {.line = &mine->line, .records = records + at, .n = n - at,
		                     .by_record = true, .settle = settle, .data = data};
		if (!reach(shelter, &mine->line)) {
			return false;
		}
		at += process_some(shelter, mine, &errand, &wary);
		if (errand.status == SAFI_FATAL) {
			return true;
		}
	}
	return true;
}

safi_status safi_shelter_finish(SafiShelter *shelter, guint worker, safi_record *tail)
{
	SafiLine *line = &shelter->workers[shelter->n > 1 ? worker : 0].line;
	SafiErrand errand = {.line = line, .tail = tail};
	const double seconds = shelter->step->isolation.seconds * (1 + g_hash_table_size(line->held));
	const char *code;
	SafiWardEnd how;

	if (!shelter->step->stage->finish) {
		return SAFI_KEEP;
	}
	if (!reach(shelter, line)) {
		return SAFI_FATAL;
	}
	safi_buffer_reset(&line->request);
	const SafiOutcome outcome = safi_errand_run(&errand, SAFI_WARD_FINISH, seconds);
	if (outcome == SAFI_ERRAND_DONE) {
		return errand.status;
	}
	g_autofree char *ending = safi_nursery_end(shelter->nursery, &line->ward, &how);
	g_autofree char *why = explain(&errand, outcome, ending, how, &code);
	g_autofree char *reason = g_strdup_printf("%s: in finish() it %s", code, why);
	safi_site_set_fatal(safi_config_owner(shelter->step->config), reason);
	return SAFI_FATAL;
}
