/* thread-rules -- a reader, two stages and a writer that hold the host to the head of safi.h.
 *
 * Each says an error that begins with "rule broken" and stops the run when it is called where it
 * may not be: create and the like only on the main thread, next() always on one thread, all of the
 * writer's own functions on one thread and in their order, process() never twice at once for an
 * instance or for a record, finish() after the last record, ordered stages and the writer in input
 * order.  finish() tells as a warning how many records it had seen, so that a test can count that
 * none was left out.  What two threads may do at once is told apart only if they do: `linger` makes
 * them meet. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "safi.h"

typedef struct Ruled {
	const safi_host *host;
	const safi_config *config;
	safi_key page, id;
	struct timespec linger;
	atomic_bool entered;
	bool finished, ordered, begun, ended;
	uint64_t seen, last;
} Ruled;

/* --- the rules -------------------------------------------------------------------------------- */

/* Of a role that belongs to one thread: which one it is, once it is known. */
typedef struct Owner {
	bool known;
	pthread_t thread;
} Owner;

/* As many records as can be in process() at once: one a thread, and one a stage that lets go. */
enum { MOST = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Owner reader, writer;
static const safi_record *in_hand[MOST];
static size_t n_in_hand;

static safi_status broken(const Ruled *ruled, const char *rule)
{
	char said[256];

	snprintf(said, sizeof said, "rule broken: %s", rule);
	ruled->host->log(ruled->config, NULL, SAFI_LOG_ERROR, said);
	return ruled->host->fatal(ruled->config, "rule-broken", rule);
}

static bool is_main(void)
{
	return syscall(SYS_gettid) == getpid();
}

static bool is_owner(Owner *owner)
{
	pthread_mutex_lock(&lock);
	if (!owner->known) {
		*owner = (Owner){true, pthread_self()};
	}
	const bool same = pthread_equal(owner->thread, pthread_self());
	pthread_mutex_unlock(&lock);
	return same;
}

/* False when somebody else has it. */
static bool take_in_hand(const safi_record *record)
{
	size_t at = 0;

	pthread_mutex_lock(&lock);
	while (at < n_in_hand && in_hand[at] != record) {
		at++;
	}
	const bool free = at == n_in_hand && n_in_hand < MOST;
	if (free) {
		in_hand[n_in_hand++] = record;
	}
	pthread_mutex_unlock(&lock);
	return free;
}

static void put_down(const safi_record *record)
{
	pthread_mutex_lock(&lock);
	for (size_t at = 0; at < n_in_hand; at++) {
		if (in_hand[at] == record) {
			in_hand[at] = in_hand[--n_in_hand];
		}
	}
	pthread_mutex_unlock(&lock);
}

static bool is_in_order(Ruled *ruled, const safi_record *record)
{
	uint64_t begin = 0, end;
	safi_text name;

	ruled->host->origin(record, &name, &begin, &end);
	const bool in_order = begin >= ruled->last;
	ruled->last = begin;
	return in_order;
}

/* --- instances -------------------------------------------------------------------------------- */

static void *open_model(const safi_host *host, const safi_config *config)
{
	static int model;

	if (!is_main()) {
		host->refuse(config, NULL, "rule broken: open() is not on the main thread");
		return NULL;
	}
	return &model;
}

static void close_model(void *model)
{
	if (!is_main()) {
		abort();
	}
}

static Ruled *create(const safi_host *host, const safi_config *config)
{
	Ruled *ruled = is_main() ? calloc(1, sizeof *ruled) : NULL;

	if (!ruled) {
		host->refuse(config, NULL, "rule broken: create() is not on the main thread");
		return NULL;
	}
	const int64_t linger = host->opt_int(config, "linger");
	ruled->host = host;
	ruled->config = config;
	ruled->page = host->key("page");
	ruled->id = host->key("id");
	ruled->linger = (struct timespec){linger / 1000000, linger % 1000000 * 1000};
	return ruled;
}

static void *create_parallel(const safi_host *host, const safi_config *config, const void *model)
{
	return create(host, config);
}

static void *create_ordered(const safi_host *host, const safi_config *config, const void *model)
{
	Ruled *ruled = create(host, config);

	if (ruled) {
		ruled->ordered = true;
	}
	return ruled;
}

static void destroy(void *self)
{
	Ruled *ruled = self;

	if (!is_main()) {
		broken(ruled, "destroy() is not on the main thread");
	}
	if (atomic_load(&ruled->entered)) {
		broken(ruled, "destroy() during another function");
	}
	free(ruled);
}

/* --- entering and leaving --------------------------------------------------------------------- */

/* KEEP if nothing is wrong with entering now, with this record. */
static safi_status enter(Ruled *ruled, const safi_record *record)
{
	if (atomic_exchange(&ruled->entered, true)) {
		return broken(ruled, "two at once for one instance");
	}
	if (ruled->finished) {
		return broken(ruled, "a record after finish()");
	}
	if (!take_in_hand(record)) {
		return broken(ruled, "two at once for one record");
	}
	nanosleep(&ruled->linger, NULL);
	ruled->seen++;
	return SAFI_KEEP;
}

static safi_status leave(Ruled *ruled, const safi_record *record, safi_status status)
{
	put_down(record);
	atomic_store(&ruled->entered, false);
	return status;
}

static safi_status finish(void *self, safi_record *tail)
{
	Ruled *ruled = self;
	char said[64];

	if (atomic_exchange(&ruled->entered, true)) {
		return broken(ruled, "finish() during another function");
	}
	if (ruled->finished) {
		return broken(ruled, "finish() twice");
	}
	if (ruled->ordered != (tail != NULL)) {
		return broken(ruled, "the tail is for ordered stages, and only for them");
	}
	ruled->finished = true;
	snprintf(said, sizeof said, "finished after %llu records", (unsigned long long)ruled->seen);
	ruled->host->log(ruled->config, NULL, SAFI_LOG_WARNING, said);
	atomic_store(&ruled->entered, false);
	return SAFI_KEEP;
}

/* --- the reader: lines ------------------------------------------------------------------------ */

static safi_status next(void *self, safi_input *input, safi_record *record)
{
	Ruled *ruled = self;
	safi_bytes line;

	if (!is_owner(&reader)) {
		return broken(ruled, "next() on two threads");
	}
	safi_status status = enter(ruled, record);
	if (status != SAFI_KEEP) {
		return status;
	}
	status = ruled->host->read_line(input, &line);
	if (status == SAFI_KEEP) {
		ruled->host->set_raw(record, line);
	}
	return leave(ruled, record, status);
}

static safi_status read_record(void *self, safi_record *record)
{
	Ruled *ruled = self;
	const safi_host *host = ruled->host;
	const safi_status status = enter(ruled, record);
	uint64_t begin = 0, end;
	safi_text name;

	if (status != SAFI_KEEP) {
		return status;
	}
	const safi_bytes raw = host->raw(record);
	host->origin(record, &name, &begin, &end);
	host->put_int(record, 0, ruled->id, (int64_t)begin, SAFI_REPLACE);
	host->view_add(record, ruled->page, SAFI_RAW, (safi_text){(const char *)raw.ptr, raw.len},
	               NULL, 0);
	return leave(ruled, record, SAFI_KEEP);
}

/* --- the stages between ----------------------------------------------------------------------- */

static safi_status process(void *self, safi_record *record)
{
	Ruled *ruled = self;
	safi_status status = enter(ruled, record);

	if (status != SAFI_KEEP) {
		return status;
	}
	if (ruled->ordered && !is_in_order(ruled, record)) {
		status = broken(ruled, "an ordered stage out of order");
	}
	return leave(ruled, record, status);
}

/* --- the writer ------------------------------------------------------------------------------- */

static safi_status render(void *self, safi_record *record)
{
	Ruled *ruled = self;
	const safi_host *host = ruled->host;
	const safi_status status = enter(ruled, record);

	if (status != SAFI_KEEP) {
		return status;
	}
	const safi_text text = host->view_text(record, host->text(record));
	host->write(record, (safi_bytes){(const uint8_t *)text.ptr, text.len});
	host->write(record, (safi_bytes){(const uint8_t *)"\n", 1});
	return leave(ruled, record, SAFI_KEEP);
}

static safi_status begin(void *self, safi_output *output)
{
	Ruled *ruled = self;

	if (!is_owner(&writer) || ruled->begun) {
		return broken(ruled, "begin() on two threads, or twice");
	}
	ruled->begun = true;
	return SAFI_KEEP;
}

static safi_status put(void *self, safi_output *output, safi_record *record, safi_bytes rendered)
{
	Ruled *ruled = self;

	if (!is_owner(&writer)) {
		return broken(ruled, "the writer's own functions on two threads");
	}
	if (!ruled->begun || ruled->ended) {
		return broken(ruled, "put() before begin(), or after abort()");
	}
	const safi_status status = enter(ruled, record);
	if (status != SAFI_KEEP) {
		return status;
	}
	if (!is_in_order(ruled, record)) {
		return leave(ruled, record, broken(ruled, "put() out of order"));
	}
	ruled->host->output(output, rendered);
	return leave(ruled, record, SAFI_KEEP);
}

static safi_status sync_output(void *self, safi_output *output)
{
	Ruled *ruled = self;

	if (!is_owner(&writer) || !ruled->begun || ruled->ended) {
		return broken(ruled, "sync() on two threads, before begin() or after abort()");
	}
	return SAFI_KEEP;
}

static void abort_output(void *self, safi_output *output)
{
	Ruled *ruled = self;

	if (!is_owner(&writer) || ruled->ended) {
		broken(ruled, "abort() on two threads, or twice");
	}
	ruled->ended = true;
}

/* --- what there is ---------------------------------------------------------------------------- */

static const safi_option linger_option = {
	.size = sizeof linger_option, .type = SAFI_INT, .name = "linger", .fallback = "0",
	.doc = "How many microseconds a record takes.", .max = 1000000,
};

static const safi_option *const options[] = {&linger_option, NULL};
static const char *const writes[] = {"view:page", "field:id", NULL};

static const safi_stage lines = {
	.size = sizeof lines,
	.role = SAFI_READS,
	.flags = SAFI_PARALLEL,
	.name = "ruled-lines",
	.summary = "Reads lines, and watches over the thread rules.",
	.options = options,
	.writes = writes,
	.open = open_model,
	.create = create_parallel,
	.next = next,
	.process = read_record,
	.finish = finish,
	.destroy = destroy,
	.close = close_model,
};

static const safi_stage parallel = {
	.size = sizeof parallel,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL,
	.name = "ruled",
	.summary = "Watches over the thread rules of a parallel stage.",
	.options = options,
	.open = open_model,
	.create = create_parallel,
	.process = process,
	.finish = finish,
	.destroy = destroy,
	.close = close_model,
};

static const safi_stage ordered = {
	.size = sizeof ordered,
	.role = SAFI_CHANGES,
	.name = "ruled-in-order",
	.summary = "Watches over the thread rules of an ordered stage.",
	.options = options,
	.open = open_model,
	.create = create_ordered,
	.process = process,
	.finish = finish,
	.destroy = destroy,
	.close = close_model,
};

static const safi_stage out = {
	.size = sizeof out,
	.role = SAFI_WRITES,
	.flags = SAFI_PARALLEL,
	.name = "ruled-out",
	.summary = "Writes texts as lines, and watches over the thread rules.",
	.options = options,
	.open = open_model,
	.create = create_parallel,
	.process = render,
	.finish = finish,
	.destroy = destroy,
	.close = close_model,
	.begin = begin,
	.put = put,
	.sync = sync_output,
	.abort = abort_output,
};

static const safi_stage *const stages[] = {&lines, &parallel, &ordered, &out, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.thread-rules", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
