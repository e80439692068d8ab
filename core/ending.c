#include "ending.h"

#include "exit.h"
#include "log.h"

enum { TOLD = 10 /* failures told one by one; the rest only in the dead letters */ };

void safi_ending_init(SafiEnding *ending, const char *dead_path, SafiBudget budget, bool strict)
{
	*ending = (SafiEnding){.budget = budget, .strict = strict};
	ending->tally = safi_tally_new();
	ending->letters = safi_letters_new(dead_path);
}

void safi_ending_close(SafiEnding *ending)
{
	g_autoptr(GError) error = NULL;

	if (!safi_letters_close(ending->letters, &error)) {
		safi_ending_stop_writing(ending, error);
	}
}

void safi_ending_clear(SafiEnding *ending)
{
	safi_letters_free(ending->letters);
	safi_tally_free(ending->tally);
	g_free(ending->place);
	g_free(ending->problem);
}

void safi_ending_stop(SafiEnding *ending, int status, char *problem)
{
	if (ending->status) {
		g_free(problem);
		return;
	}
	ending->status = status;
	ending->problem = problem;
}

void safi_ending_stop_writing(SafiEnding *ending, const GError *error)
{
	ending->passing |= !ending->status;
	safi_ending_stop(ending, SAFI_EXIT_FAILED, g_strdup(error->message));
}

/* To be freed; NULL: none. */
static char *fatal_reason(const SafiInstances *where, const safi_record *record)
{
	if (!record || record->reason.status != SAFI_FATAL) {
		return safi_site_fatal(where->site);
	}
	const safi_text code = record->reason.code, message = record->reason.message;
	return g_strdup_printf("%.*s: %.*s", (int)code.len, code.ptr, (int)message.len, message.ptr);
}

void safi_ending_fatal(SafiEnding *ending, const SafiInstances *where, safi_status status,
                       const safi_record *record)
{
	g_autofree char *reason = fatal_reason(where, record);

	if (status != SAFI_FATAL) {
		g_free(reason);
		reason = g_strdup_printf("it returned %d, which means nothing here", status);
	}
	safi_ending_stop(ending, SAFI_EXIT_FAILED,
	                 g_strdup_printf("stage '%s' cannot go on: %s", where->step->label,
	                                 reason ? reason : "it gave no reason"));
}

static char *describe(const SafiReason *reason, const char *label)
{
	return g_strdup_printf("%s: %.*s: %.*s", label, (int)reason->code.len, reason->code.ptr,
	                       (int)reason->message.len, reason->message.ptr);
}

static void tell(const safi_record *record, const char *what, guint *told, const char *where)
{
	if ((*told)++ < TOLD) {
		g_autofree char *place = safi_record_place(record);
		safi_log_at(SAFI_LOG_WARNING, place, "%s", what);
	} else if (*told == TOLD + 1) {
		safi_log(SAFI_LOG_WARNING, "%s", where);
	}
}

void safi_ending_dropped(SafiEnding *ending, const safi_record *record, const SafiInstances *where)
{
	if (where->stage->role == SAFI_READS) {
		g_autofree char *why = describe(&record->reason, where->step->label);
		g_autofree char *what = g_strconcat("left out: ", why, NULL);
		tell(record, what, &ending->unread,
		     "further records that the reader leaves out are only counted; see --stats");
	}
}

static void stop_at(SafiEnding *ending, int status, const safi_record *record, char *problem)
{
	if (!ending->status) {
		ending->place = safi_record_place(record);
	}
	safi_ending_stop(ending, status, problem);
}

/* By count at once, by share only when there were enough records to judge (the first 1,000). */
static bool over_budget(const SafiEnding *ending)
{
	const SafiTally *tally = ending->tally;
	const SafiBudget *budget = &ending->budget;

	return budget->given &&
	       (tally->dead > budget->count ||
	        (tally->read > 1000 && (double)tally->dead > budget->share * (double)tally->read));
}

static void write_letter(SafiEnding *ending, const safi_record *record, const GPtrArray *chain,
                         guint at)
{
	g_autoptr(GError) error = NULL;

	if (!safi_letters_write(ending->letters, record, chain, at, &error)) {
		safi_ending_stop_writing(ending, error);
	}
}

void safi_ending_dead(SafiEnding *ending, const safi_record *record, const GPtrArray *chain,
                      guint at)
{
	const SafiInstances *where = chain->pdata[at];
	g_autofree char *what = describe(&record->reason, where->step->label);

	write_letter(ending, record, chain, at);
	if (ending->strict) {
		stop_at(ending, SAFI_EXIT_STRICT, record, g_steal_pointer(&what));
	} else if (where->step->on_error == SAFI_ON_ERROR_STOP) {
		stop_at(ending, SAFI_EXIT_FAILED, record, g_steal_pointer(&what));
	} else {
		tell(record, what, &ending->told,
		     "further failures are told in the dead letters only");
	}
	if (over_budget(ending)) {
		safi_ending_stop(ending, SAFI_EXIT_FAILED,
		                 g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		                                 " records failed, more than max_failures allows",
		                                 ending->tally->dead, ending->tally->read));
	}
}
