/* What a spoilt ward may tell: events in any order, of any record, with any content.
 *
 * The bytes are dice for a stage's flags, for its records and for the events; what an event holds
 * is a record's changes or the bytes as they stand.  Each record is settled at most once, in order,
 * and whatever came of it is good for use. */
#include "errand.h"
#include "host.h"
#include "log.h"
#include "pack.h"
#include "ward.h"

#include "../unit/sample.h"
#include "dice.h"
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

enum { RECORDS = 3, EVENTS = 12 };

typedef struct Run {
	SafiFlow flow;
	safi_record *records[RECORDS], *tail;
	guint settled;
	GPtrArray *emitted;
} Run;

/* --- the run ---------------------------------------------------------------------------------- */

static safi_record *emit(SafiFlow *flow, safi_record *parent)
{
	Run *run = (Run *)flow;
	safi_record *record = safi_record_new();
	g_ptr_array_add(run->emitted, record);
	safi_record_share_raw(record, parent);
	record->flow = flow;
	return record;
}

static void submit(SafiFlow *flow, safi_record *record)
{
	sample_same(record, record);
}

static void release(SafiFlow *flow, safi_record *record, safi_status status)
{
	fuzz_hold(status >= SAFI_KEEP && status <= SAFI_HOLD, "a record is let go with %d", status);
	sample_same(record, record);
}

static void tally(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by)
{
	fuzz_hold(counter.ptr != NULL, "a counter has no name");
}

static void settle(void *data, safi_record *record, safi_status status)
{
	Run *run = data;
	fuzz_hold(run->settled < RECORDS && record == run->records[run->settled],
	          "a record is settled out of order");
	fuzz_hold(status >= SAFI_KEEP && status <= SAFI_HOLD && status != SAFI_END,
	          "a record is settled with %d", status);
	sample_same(record, record);
	run->settled++;
}

static void be_silent(void *data, int32_t level, const char *place, const char *sentence)
{
}

static void run_init(Run *run, FuzzDice *bytes)
{
	*run = (Run){ .flow = { emit, submit, release, tally }, .tail = safi_record_new() };
	run->emitted = g_ptr_array_new_with_free_func((GDestroyNotify)safi_record_free);
	for (guint i = 0; i < RECORDS; i++) {
		run->records[i] = safi_record_new();
		sample_begin(&bytes->dice, run->records[i]);
		sample_work(&bytes->dice, run->records[i], fuzz_dice_below(bytes, 6));
		run->records[i]->reason = run->records[i]->broken = (SafiReason){ 0 };
		run->records[i]->flow = &run->flow;
	}
	run->tail->flow = &run->flow;
}

static void run_clear(Run *run)
{
	for (guint i = 0; i < RECORDS; i++) {
		sample_same(run->records[i], run->records[i]);
		safi_record_free(run->records[i]);
	}
	safi_record_free(run->tail);
	g_ptr_array_unref(run->emitted);
}

/* --- the ward --------------------------------------------------------------------------------- */

static void add_changes(FuzzDice *bytes, const Run *run, SafiBuffer *to)
{
	safi_record *like = safi_record_new();
	SafiPackMark before = { 0 };
	if (fuzz_dice_below(bytes, 2)) {
		SafiBuffer packed = { 0 };
		const char *reason;
		safi_pack_record(&packed, run->records[fuzz_dice_below(bytes, RECORDS)]);
		safi_unpack_record(like, (safi_bytes){ (const uint8_t *)packed.data, packed.len }, &reason);
		before = safi_pack_mark(like);
		safi_buffer_clear(&packed);
	}
	sample_work(&bytes->dice, like, fuzz_dice_below(bytes, 4));
	safi_pack_changes(to, like, before);
	safi_record_free(like);
}

static void add_bytes(FuzzDice *bytes, SafiBuffer *to)
{
	for (uint32_t n = fuzz_dice_below(bytes, 40); n > 0; n--) {
		char byte = (char)fuzz_dice_byte(bytes);
		safi_buffer_add(to, &byte, 1);
	}
	safi_wire_end(to);
}

static void add_event(FuzzDice *bytes, const Run *run, SafiBuffer *to)
{
	SafiWardEvent event = { .kind = fuzz_dice_below(bytes, 11) };
	SafiBuffer content = { 0 };
	event.status = (int32_t)fuzz_dice_below(bytes, 8) - 1;
	event.id = fuzz_dice_below(bytes, RECORDS + 2);
	if (fuzz_dice_below(bytes, 3)) {
		add_changes(bytes, run, &content);
	} else {
		add_bytes(bytes, &content);
	}
	event.len = fuzz_dice_below(bytes, 20) == 1 ? fuzz_dice_byte(bytes) : content.len;
	safi_buffer_add(to, &event, sizeof event);
	safi_buffer_add(to, content.data, content.len);
	safi_buffer_clear(&content);
}

/* All that it will ever say, at once; then it has gone. */
static void speak(FuzzDice *bytes, const Run *run, int to)
{
	static const uint32_t kinds[] = { SAFI_WARD_EVENTS, SAFI_WARD_EVENTS, SAFI_WARD_EVENTS,
		                              SAFI_WARD_SUCCESSOR };
	SafiBuffer events = { 0 };
	for (uint32_t n = fuzz_dice_below(bytes, EVENTS); n > 0; n--) {
		add_event(bytes, run, &events);
	}
	uint32_t kind = kinds[fuzz_dice_below(bytes, G_N_ELEMENTS(kinds))];
	safi_packet_send(to, kind, kind, (safi_bytes){ (const uint8_t *)events.data, events.len }, 0);
	safi_buffer_clear(&events);
	shutdown(to, SHUT_WR);
}

static void try_errand(FuzzDice *bytes, SafiLine *line)
{
	int ends[2];
	Run run;
	run_init(&run, bytes);
	fuzz_hold(safi_packet_pair(ends), "there are no sockets");
	line->ward.socket = ends[0];
	speak(bytes, &run, ends[1]);
	bool by_record = fuzz_dice_below(bytes, 3) > 0;
	SafiErrand errand = { .line = line, .records = by_record ? run.records : NULL,
		                  .n = by_record ? RECORDS : 0, .by_record = by_record,
		                  .tail = by_record ? NULL : run.tail, .settle = settle, .data = &run };
	if (by_record) {
		safi_errand_pack(&errand, RECORDS);
	}
	SafiOutcome outcome = safi_errand_run(&errand, by_record ? SAFI_WARD_PROCESS : SAFI_WARD_FINISH,
	                                      60);
	fuzz_hold(outcome != SAFI_ERRAND_LATE, "it waits for what does not come");
	fuzz_hold(outcome == SAFI_ERRAND_NONSENSE || errand.nonsense == NULL, "nonsense is believed");
	fuzz_hold(errand.settled == run.settled, "a record is settled unheard");
	close(ends[0]);
	close(ends[1]);
	g_hash_table_remove_all(line->held); /* its records go */
	g_hash_table_remove_all(line->emitted);
	run_clear(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t flags[] = { SAFI_PARALLEL, SAFI_PARALLEL | SAFI_SPLITS, 0, SAFI_SPLITS,
		                              SAFI_HOLDS, SAFI_HOLDS | SAFI_SPLITS };
	FuzzDice bytes = fuzz_dice(data, size);
	g_autoptr(SafiReport) report = safi_report_new();
	const safi_stage stage = { .size = sizeof stage, .role = SAFI_CHANGES, .name = "stage",
		                       .flags = flags[fuzz_dice_below(&bytes, G_N_ELEMENTS(flags))] };
	SafiStep step = { .label = (char *)"stage", .stage = &stage,
		              .isolation = safi_isolation_default() };
	step.config = safi_config_new(&stage, "stage", NULL, (SafiMark){ 0 }, NULL, report);
	SafiSite *site = safi_site_new("stage", "/stage.so");
	safi_config_set_owner(step.config, site);
	safi_log_set_sink(be_silent, NULL);
	SafiLine line;
	safi_line_init(&line, &step);
	try_errand(&bytes, &line);
	safi_line_clear(&line);
	safi_log_set_sink(NULL, NULL);
	safi_config_free(step.config);
	safi_site_free(site);
	return 0;
}
