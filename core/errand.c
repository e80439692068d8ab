#include "errand.h"

#include "host.h"
#include "log.h"
#include "pack.h"
#include "ward.h"

enum {
	MOST_BYTES = 1 << 18, /* of records at once */
	HEIR_SECONDS = 10,    /* for a successor to come forward: it only wakes up */
	MOST_ANSWER = 256 << 20 /* bytes of what the stage did with one record; kept until it is done */
};

/* --- the line --------------------------------------------------------------------------------- */

GHashTable *safi_lodgers_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
}

static void lodge(GHashTable *lodgers, uint64_t id, uint64_t parent, safi_record *record)
{
	SafiLodger *lodger = g_new(SafiLodger, 1);

	*lodger = (SafiLodger){id, parent, record};
	g_hash_table_replace(lodgers, &lodger->id, lodger);
}

void safi_line_init(SafiLine *line, const SafiStep *step)
{
	*line = (SafiLine){.step = step, .ward = {.socket = -1}};
	line->held = safi_lodgers_new();
	line->emitted = safi_lodgers_new();
	line->scratch = safi_record_new();
}

void safi_line_clear(SafiLine *line)
{
	g_hash_table_unref(line->held);
	g_hash_table_unref(line->emitted);
	safi_record_free(line->scratch);
	safi_buffer_clear(&line->request);
	safi_buffer_clear(&line->events);
	safi_buffer_clear(&line->log);
}

bool safi_line_keeps_log(const SafiLine *line)
{
	return !(line->step->stage->flags & SAFI_PARALLEL);
}

static void forget_log(SafiLine *line)
{
	line->log.len = 0; /* keeps its memory: it will be as long again */
	line->log.failed = false;
	line->n_logged = 0;
}

void safi_line_begin(SafiLine *line)
{
	g_hash_table_remove_all(line->emitted);
	forget_log(line);
	line->heir = line->snapshot = 0;
	line->used = line->has_snapshot = false;
}

/* --- events: are they good? ------------------------------------------------------------------- */

static bool is_nonsense(SafiErrand *errand, const char *what)
{
	errand->nonsense = errand->nonsense ? errand->nonsense : what;
	return false;
}

/* The record of an id that the stage may work with: in hand, held or the tail. */
static safi_record *record_of(const SafiErrand *errand, uint64_t id)
{
	const SafiLodger *held = g_hash_table_lookup(errand->line->held, &id);

	if (errand->by_record && id == errand->first_id + errand->settled) {
		return errand->records[errand->settled];
	}
	return id ? (held ? held->record : NULL) : errand->tail;
}

static safi_bytes content_of(const SafiWardEvent *event)
{
	return (safi_bytes){(const uint8_t *)(event + 1), event->len};
}

static bool is_status(const SafiErrand *errand, safi_status status)
{
	return (status >= SAFI_KEEP && status <= SAFI_FATAL) ||
	       (status == SAFI_HOLD && errand->line->step->stage->flags & SAFI_HOLDS);
}

/* The item of the record in hand, in the request. */
static SafiWardItem item_of(const SafiErrand *errand, const char **at)
{
	SafiWardItem item;

	*at = errand->line->request.data + sizeof(SafiWardRequest) + errand->settled_bytes;
	memcpy(&item, *at, sizeof item);
	return item;
}

/* Some of what was nonsense may be in it: it gets back what it was. */
static void restore(SafiErrand *errand, safi_record *record)
{
	const char *at, *reason;
	const SafiWardItem item = item_of(errand, &at);

	safi_record_rewind(record);
	safi_unpack_trusted(record, (safi_bytes){(const uint8_t *)at + sizeof item, item.len}, &reason);
}

static bool check_settled(SafiErrand *errand, const SafiWardEvent *event)
{
	safi_record *record = errand->by_record ? errand->records[errand->settled] : NULL;
	const char *reason = NULL;

	if (!record || event->id != errand->first_id + errand->settled) {
		return is_nonsense(errand, "it is done with a record that it does not have");
	}
	if (event->status == SAFI_HOLD && is_status(errand, event->status)) {
		return true; /* what has changed comes when it is let go */
	}
	if (safi_unpack_changes(record, content_of(event), &reason)) {
		return true;
	}
	restore(errand, record);
	return is_nonsense(errand, reason);
}

static bool check_emitted(SafiErrand *errand, const SafiWardEvent *event)
{
	uint64_t number = 0;

	if (event->len != sizeof number || !record_of(errand, event->id) ||
	    !(errand->line->step->stage->flags & SAFI_SPLITS)) {
		return is_nonsense(errand, "it emits a record where none may be");
	}
	memcpy(&number, event + 1, sizeof number);
	lodge(errand->line->emitted, number, event->id, NULL);
	return true;
}

static bool check_submitted(SafiErrand *errand, const SafiWardEvent *event)
{
	const SafiLodger *emitted = g_hash_table_lookup(errand->line->emitted, &event->id);
	const safi_record *with_raw = emitted && !emitted->record ? record_of(errand, emitted->parent)
	                                                          : emitted ? emitted->record : NULL;
	safi_record *scratch = errand->line->scratch;
	const char *reason = NULL;

	if (!with_raw) {
		return is_nonsense(errand, "it submits a record that it has not emitted");
	}
	safi_record_share_raw(scratch, with_raw);
	const bool good = safi_unpack_changes(scratch, content_of(event), &reason);
	safi_record_reset(scratch);
	return good || is_nonsense(errand, reason);
}

static bool check_texts(SafiErrand *errand, const SafiWardEvent *event, guint n)
{
	SafiWire wire = safi_wire_open(content_of(event));

	for (; n; n--) {
		safi_wire_text(&wire);
	}
	return safi_wire_close(&wire) || is_nonsense(errand, wire.reason);
}

/* Nothing is done of a record's events before all of them were found good, but for the changes of
 * held records: those fail by themselves. */
static bool check(SafiErrand *errand, const SafiWardEvent *event)
{
	switch (event->kind) {
	case SAFI_WARD_SETTLED:
		return check_settled(errand, event);
	case SAFI_WARD_EMITTED:
		return check_emitted(errand, event);
	case SAFI_WARD_SUBMITTED:
		return check_submitted(errand, event);
	case SAFI_WARD_RELEASED:
		return g_hash_table_contains(errand->line->held, &event->id) ||
		       is_nonsense(errand, "it lets go of a record that it does not hold");
	case SAFI_WARD_TALLIED:
	case SAFI_WARD_FATAL:
		return check_texts(errand, event, 1);
	case SAFI_WARD_LOGGED:
		return check_texts(errand, event, 2);
	case SAFI_WARD_DONE:
		return !errand->by_record || is_nonsense(errand, "it is done with what it has not begun");
	case SAFI_WARD_KEPT:
		return event->id > errand->line->snapshot;
	default:
		return is_nonsense(errand, "it says what nobody understands");
	}
}

/* --- what they do ----------------------------------------------------------------------------- */

static char *text_of(SafiWire *wire)
{
	const safi_text text = safi_wire_text(wire);

	return g_strndup(text.ptr, text.len);
}

static void emit(const SafiErrand *errand, const SafiWardEvent *event)
{
	safi_record *parent = record_of(errand, event->id);
	uint64_t number;

	memcpy(&number, event + 1, sizeof number);
	SafiLodger *emitted = g_hash_table_lookup(errand->line->emitted, &number);
	if (parent && emitted) {
		emitted->record = parent->flow->emit(parent->flow, parent);
	}
}

static void submit(const SafiErrand *errand, const SafiWardEvent *event)
{
	const SafiLodger *emitted = g_hash_table_lookup(errand->line->emitted, &event->id);
	safi_record *record = emitted ? emitted->record : NULL;
	const char *reason;

	if (record) {
		g_hash_table_remove(errand->line->emitted, &event->id);
		safi_unpack_changes(record, content_of(event), &reason);
		record->flow->submit(record->flow, record);
	}
}

static void release(const SafiErrand *errand, const SafiWardEvent *event)
{
	const SafiLodger *held = g_hash_table_lookup(errand->line->held, &event->id);
	safi_record *record = held ? held->record : NULL;
	const char *reason = NULL;

	if (!record) { /* let go of twice */
		return;
	}
	g_hash_table_remove(errand->line->held, &event->id);
	if (!safi_unpack_changes(record, content_of(event), &reason)) {
		safi_record_break(record, "stage-crashed", reason);
	}
	record->flow->release(record->flow, record,
	                      is_status(errand, event->status) ? event->status : SAFI_FAIL);
}

static void tally(const SafiErrand *errand, const SafiWardEvent *event)
{
	SafiWire wire = safi_wire_open(content_of(event));
	g_autofree char *counter = text_of(&wire);
	safi_record *record = errand->by_record ? errand->records[errand->settled] : errand->tail;

	if (record) {
		record->flow->tally(record->flow, record, safi_str(counter), (int64_t)event->id);
	}
}

static void say(const SafiErrand *errand, const SafiWardEvent *event)
{
	SafiWire wire = safi_wire_open(content_of(event));
	g_autofree char *first = text_of(&wire);

	if (event->kind == SAFI_WARD_FATAL) {
		safi_site_set_fatal(safi_config_owner(errand->line->step->config), first);
	} else {
		g_autofree char *sentence = text_of(&wire);
		safi_log_at(event->status, *first ? first : NULL, "%s", sentence);
	}
}

/* What is done is done again if need be. */
static void log_settled(SafiErrand *errand)
{
	const char *at;
	const SafiWardItem item = item_of(errand, &at);

	if (safi_line_keeps_log(errand->line)) {
		safi_buffer_add(&errand->line->log, at, sizeof item + item.len);
		errand->line->n_logged++;
	}
	errand->line->used = true;
	errand->settled_bytes += sizeof item + item.len;
}

static void settle(SafiErrand *errand, const SafiWardEvent *event)
{
	safi_record *record = errand->records[errand->settled];
	safi_status status = event->status;

	if (!is_status(errand, status)) {
		g_autofree char *why = g_strdup_printf("returned %d, which means nothing here", status);
		status = safi_record_set_reason(record, SAFI_FAIL, "stage-crashed", why);
	}
	if (status == SAFI_HOLD) {
		lodge(errand->line->held, event->id, 0, record);
	}
	log_settled(errand);
	g_hash_table_remove_all(errand->line->emitted);
	errand->settled++;
	errand->status = status;
	errand->done = errand->settled == errand->n || status == SAFI_FATAL;
	errand->settle(errand->data, record, status);
}

static void keep(SafiLine *line, const SafiWardEvent *event)
{
	forget_log(line);
	line->snapshot = event->id;
	line->snapshot_took = event->status;
	line->snapshot_at = g_get_monotonic_time();
}

static void perform(SafiErrand *errand, const SafiWardEvent *event)
{
	switch (event->kind) {
	case SAFI_WARD_SETTLED:
		settle(errand, event);
		break;
	case SAFI_WARD_EMITTED:
		emit(errand, event);
		break;
	case SAFI_WARD_SUBMITTED:
		submit(errand, event);
		break;
	case SAFI_WARD_RELEASED:
		release(errand, event);
		break;
	case SAFI_WARD_TALLIED:
		tally(errand, event);
		break;
	case SAFI_WARD_DONE:
		errand->status = event->status;
		errand->done = true;
		break;
	case SAFI_WARD_KEPT:
		keep(errand->line, event);
		break;
	default:
		say(errand, event);
	}
}

/* --- listening -------------------------------------------------------------------------------- */

static const char too_much[] = "it gives back more than 256 MiB for one record";

/* The next whole event; NULL: it has not come, or is nonsense. */
static const SafiWardEvent *next_event(SafiErrand *errand)
{
	SafiLine *line = errand->line;
	const SafiWardEvent *event = (const void *)(line->events.data + line->looked);
	const size_t there = line->events.len - line->looked;

	if (there < sizeof *event) {
		return NULL;
	}
	if (event->len % 8 || event->len > MOST_ANSWER) {
		is_nonsense(errand, too_much);
		return NULL;
	}
	if (there - sizeof *event < event->len) {
		return NULL;
	}
	line->looked += sizeof *event + event->len;
	return event;
}

typedef bool (*Look)(SafiErrand *errand, const SafiWardEvent *event);

static bool do_event(SafiErrand *errand, const SafiWardEvent *event)
{
	perform(errand, event);
	return true;
}

/* All events up to where we have looked. */
static bool each_event(SafiErrand *errand, Look look)
{
	const SafiLine *line = errand->line;

	for (size_t at = line->taken; at < line->looked;) {
		const SafiWardEvent *event = (const void *)(line->events.data + at);
		if (!look(errand, event)) {
			return false;
		}
		at += sizeof *event + event->len;
	}
	return true;
}

/* What has come whole: all that concerns one record at a time, when it is settled; at the end of
 * the run each by itself, for they may be many. */
static void take_events(SafiErrand *errand)
{
	SafiLine *line = errand->line;
	const SafiWardEvent *event;

	while (!errand->done && (event = next_event(errand))) {
		if (errand->by_record && event->kind != SAFI_WARD_SETTLED) {
			continue;
		}
		if (!each_event(errand, check)) {
			return;
		}
		each_event(errand, do_event);
		line->taken = line->looked;
	}
	if (line->taken > SAFI_PACKET_MOST || line->taken == line->events.len) {
		line->events.len -= line->taken;
		memmove(line->events.data, line->events.data + line->taken, line->events.len);
		line->looked -= line->taken;
		line->taken = 0;
	}
	if (line->events.len > MOST_ANSWER) {
		is_nonsense(errand, too_much);
	}
}

static gint64 after(double seconds)
{
	return g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
}

/* The ward has died, and what it was before goes on.  If it was kept only now, nothing of what is
 * in the log needs to be done again. */
static SafiOutcome accept_heir(SafiLine *line, size_t at)
{
	SafiWardHeir heir;

	if (line->events.len - at != sizeof heir) {
		return SAFI_ERRAND_NONSENSE;
	}
	memcpy(&heir, line->events.data + at, sizeof heir);
	line->heir++;
	line->has_snapshot = false;
	line->dead = line->ward.process;
	line->ward.process = heir.process;
	if (heir.snapshot > line->snapshot) {
		forget_log(line);
		line->snapshot = heir.snapshot;
	}
	return SAFI_ERRAND_SUCCEEDED;
}

bool safi_line_await_heir(SafiLine *line)
{
	const gint64 deadline = after(HEIR_SECONDS);
	uint32_t kind = 0;

	while (kind != SAFI_WARD_SUCCESSOR) {
		safi_buffer_reset(&line->events);
		const SafiPacketResult result = safi_packet_receive(line->ward.socket, &kind,
		                                                    &line->events, deadline);
		if (result == SAFI_PACKET_LATE || result == SAFI_PACKET_ENDED) {
			return false;
		}
	}
	return accept_heir(line, 0) == SAFI_ERRAND_SUCCEEDED;
}

static SafiOutcome outcome_of(SafiPacketResult result)
{
	static const SafiOutcome outcomes[] = {
		[SAFI_PACKET_GOOD] = SAFI_ERRAND_DONE, [SAFI_PACKET_LATE] = SAFI_ERRAND_LATE,
		[SAFI_PACKET_ENDED] = SAFI_ERRAND_CRASHED, [SAFI_PACKET_BAD] = SAFI_ERRAND_NONSENSE,
	};
	return outcomes[result];
}

/* Until the errand is done.  What a record may take begins anew whenever one is settled. */
static SafiOutcome hear(SafiErrand *errand, double seconds)
{
	SafiLine *line = errand->line;
	gint64 deadline = after(seconds);

	while (!errand->done) {
		const size_t before = line->events.len;
		const guint settled = errand->settled;
		uint32_t kind;
		const SafiPacketResult result = safi_packet_receive(line->ward.socket, &kind,
		                                                    &line->events, deadline);
		if (result != SAFI_PACKET_GOOD) {
			return outcome_of(result);
		}
		if (kind == SAFI_WARD_SUCCESSOR) {
			return accept_heir(line, before);
		}
		take_events(errand);
		if (errand->nonsense) {
			return SAFI_ERRAND_NONSENSE;
		}
		if (errand->settled > settled) {
			deadline = after(seconds);
		}
	}
	return SAFI_ERRAND_DONE;
}

/* --- asking ----------------------------------------------------------------------------------- */

static void begin_request(SafiLine *line)
{
	const SafiWardRequest head = {0};

	safi_buffer_reset(&line->request);
	safi_buffer_add(&line->request, &head, sizeof head);
}

/* False when there is no memory for it, or it is too large. */
static bool add_record(SafiBuffer *request, uint64_t id, const safi_record *record)
{
	SafiWardItem item = {id, 0};
	const size_t at = request->len;

	safi_buffer_add(request, &item, sizeof item);
	safi_pack_record(request, record);
	if (request->failed) {
		request->failed = false;
		request->len = at;
		return false;
	}
	item.len = request->len - at - sizeof item;
	memcpy(request->data + at, &item, sizeof item);
	return true;
}

guint safi_errand_pack(SafiErrand *errand, guint most)
{
	SafiLine *line = errand->line;
	guint n = 0;

	begin_request(line);
	errand->first_id = line->last_id + 1;
	while (n < MIN(errand->n, most) && line->request.len < MOST_BYTES &&
	       add_record(&line->request, line->last_id + 1, errand->records[n])) {
		line->last_id++;
		n++;
	}
	errand->n = n;
	return n;
}

SafiOutcome safi_errand_run(SafiErrand *errand, uint32_t what, double seconds)
{
	SafiLine *line = errand->line;
	SafiBuffer *request = &line->request;
	SafiWardRequest head = {what, errand->n, line->heir, 0};

	if (!errand->by_record && !request->len) {
		begin_request(line);
	}
	line->taken = line->looked = 0;
	line->has_snapshot |= (what & SAFI_WARD_SNAPSHOT) != 0;
	safi_buffer_reset(&line->events);
	if (request->failed) {
		return SAFI_ERRAND_CRASHED;
	}
	head.len = request->len - sizeof head;
	memcpy(request->data, &head, sizeof head);
	const safi_bytes message = {(const uint8_t *)request->data, request->len};
	const SafiPacketResult result = safi_packet_send(line->ward.socket, SAFI_WARD_REQUEST,
	                                                 SAFI_WARD_MORE, message, after(seconds));
	return result == SAFI_PACKET_GOOD ? hear(errand, seconds) : outcome_of(result);
}

SafiOutcome safi_line_repeat(SafiLine *line)
{
	SafiErrand errand = {.line = line, .n = line->n_logged};

	begin_request(line);
	safi_buffer_add(&line->request, line->log.data, line->log.len);
	if (!line->n_logged) {
		return SAFI_ERRAND_DONE;
	}
	return line->log.failed
		? SAFI_ERRAND_CRASHED
		: safi_errand_run(&errand, SAFI_WARD_AGAIN,
		                  line->step->isolation.seconds * line->n_logged);
}
