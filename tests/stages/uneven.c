/* uneven -- costs much for a few records and little for most, and ends some as records may end.
 *
 * What happens to a record is decided by a hash of its field `by` and by nothing else, so every
 * order of work must come to the same output.  The cost is burnt, not slept: threads shall compete
 * for cores. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hash.h"

/* One record in so many costs RARE_TIMES as much as the dearest of the others. */
enum { RARE = 256, RARE_TIMES = 64, COMMON_MAX = 8 };

/* Rounds of hash_mix() that take about a microsecond. */
enum { MICROSECOND = 400 };

typedef struct Uneven {
	const safi_host *host;
	safi_key by, work;
	uint64_t seed, cost, fail_every, drop_every, split_every;
} Uneven;

/* A decision of its own for each use, so that those that fail are not also the dear ones. */
static uint64_t draw(const Uneven *uneven, uint64_t hash, const char *use)
{
	return hash_mix(hash_add(hash, safi_str(use)) + uneven->seed);
}

static bool is_chosen(const Uneven *uneven, uint64_t hash, const char *use, uint64_t every)
{
	return every && draw(uneven, hash, use) % every == 0;
}

static uint64_t burn(const Uneven *uneven, uint64_t hash)
{
	uint64_t units = draw(uneven, hash, "cost") % COMMON_MAX;

	if (is_chosen(uneven, hash, "rare", RARE)) {
		units = COMMON_MAX * RARE_TIMES;
	}
	for (uint64_t i = 0; i < units * uneven->cost * MICROSECOND; i++) {
		hash = hash_mix(hash + i);
	}
	return hash;
}

/* A part is called as its parent is, with a letter, and otherwise empty. */
static bool emit(const Uneven *uneven, safi_record *record, safi_text id, char letter)
{
	const safi_host *host = uneven->host;
	safi_record *part = host->emit(record);
	char *name = part ? host->alloc(part, id.len + 1) : NULL;

	if (!name) {
		return false;
	}
	memcpy(name, id.ptr, id.len);
	name[id.len] = letter;
	host->put_text(part, 0, uneven->by, (safi_text){name, id.len + 1}, SAFI_REPLACE);
	host->submit(part);
	return true;
}

static void split(const Uneven *uneven, safi_record *record, safi_text id, uint64_t hash)
{
	const char last = (char)('a' + draw(uneven, hash, "parts") % 3);

	for (char letter = 'a'; letter <= last && emit(uneven, record, id, letter); letter++) {
	}
}

static void put_work(const Uneven *uneven, safi_record *record, uint64_t work)
{
	char digits[17];
	const int len = snprintf(digits, sizeof digits, "%016" PRIx64, work);

	uneven->host->put_text(record, 0, uneven->work, (safi_text){digits, (size_t)len},
	                       SAFI_REPLACE);
}

static safi_status process(void *self, safi_record *record)
{
	const Uneven *uneven = self;
	safi_text id;

	if (!uneven->host->get_text(record, 0, uneven->by, 0, &id) &&
	    !uneven->host->get_json(record, 0, uneven->by, 0, &id)) {
		id = safi_str("");
	}
	const uint64_t hash = hash_add(HASH_EMPTY, id);
	put_work(uneven, record, burn(uneven, hash));
	if (is_chosen(uneven, hash, "split", uneven->split_every)) {
		split(uneven, record, id, hash);
	}
	if (is_chosen(uneven, hash, "fail", uneven->fail_every)) {
		return uneven->host->fail(record, "chosen", "its hash says that it fails");
	}
	if (is_chosen(uneven, hash, "drop", uneven->drop_every)) {
		return uneven->host->drop(record, "chosen", "its hash says that it is left out");
	}
	return SAFI_KEEP;
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Uneven *uneven = calloc(1, sizeof *uneven);

	if (uneven) {
		*uneven = (Uneven){
			.host = host,
			.by = host->key(host->opt_text(config, "by").ptr),
			.work = host->key("work"),
			.seed = (uint64_t)host->opt_int(config, "seed"),
			.cost = (uint64_t)host->opt_int(config, "cost"),
			.fail_every = (uint64_t)host->opt_int(config, "fail_every"),
			.drop_every = (uint64_t)host->opt_int(config, "drop_every"),
			.split_every = (uint64_t)host->opt_int(config, "split_every"),
		};
	}
	return uneven;
}

static void destroy(void *self)
{
	free(self);
}

static const safi_option by_option = {
	.size = sizeof by_option, .type = SAFI_TEXT, .flags = SAFI_NAMES_READ, .name = "by",
	.fallback = "id", .doc = "The field whose hash decides.",
};
static const safi_option seed_option = {
	.size = sizeof seed_option, .type = SAFI_INT, .name = "seed", .fallback = "0",
	.doc = "Other seeds choose other records.", .max = INT64_MAX,
};
static const safi_option cost_option = {
	.size = sizeof cost_option, .type = SAFI_INT, .name = "cost", .fallback = "0",
	.doc = "The unit of cost, in about a microsecond; common records cost 0 to 7, rare ones 512.",
	.max = 1000000,
};
static const safi_option fail_option = {
	.size = sizeof fail_option, .type = SAFI_INT, .name = "fail_every", .fallback = "0",
	.doc = "One record in so many fails; 0: none.", .max = INT64_MAX,
};
static const safi_option drop_option = {
	.size = sizeof drop_option, .type = SAFI_INT, .name = "drop_every", .fallback = "0",
	.doc = "One record in so many is left out; 0: none.", .max = INT64_MAX,
};
static const safi_option split_option = {
	.size = sizeof split_option, .type = SAFI_INT, .name = "split_every", .fallback = "0",
	.doc = "One record in so many is followed by one to three parts; 0: none.", .max = INT64_MAX,
};

static const safi_option *const options[] = {
	&by_option, &seed_option, &cost_option, &fail_option, &drop_option, &split_option, NULL,
};
static const char *const writes[] = {"field:work", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL | SAFI_SPLITS,
	.name = "uneven",
	.summary = "Costs much for a few records, and fails, drops or splits some.",
	.options = options,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = destroy,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.uneven", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
