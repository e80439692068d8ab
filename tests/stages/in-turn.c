/* in-turn -- an ordered stage that tells each record its turn, and what went before it.
 *
 * Field `turn` counts the records as the stage sees them; `before` is a running hash of their ids,
 * so that two records that changed places are seen in every later one.  Both are the state that a
 * checkpoint keeps ("safi.state/1"); a run that goes on without it starts again at 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hash.h"

typedef struct Turns {
	uint64_t turn, hash;
} Turns;

typedef struct InTurn {
	const safi_host *host;
	safi_key by, turn, before;
	Turns turns;
} InTurn;

static safi_status process(void *self, safi_record *record)
{
	InTurn *in_turn = self;
	const safi_host *host = in_turn->host;
	char digits[17];
	safi_text id;

	if (!host->get_text(record, 0, in_turn->by, 0, &id) &&
	    !host->get_json(record, 0, in_turn->by, 0, &id)) {
		id = safi_str("");
	}
	const int len = snprintf(digits, sizeof digits, "%016" PRIx64, in_turn->turns.hash);
	host->put_int(record, 0, in_turn->turn, (int64_t)++in_turn->turns.turn, SAFI_REPLACE);
	host->put_text(record, 0, in_turn->before, (safi_text){digits, (size_t)len}, SAFI_REPLACE);
	in_turn->turns.hash = hash_add(hash_add(in_turn->turns.hash, id), safi_str("\n"));
	return SAFI_KEEP;
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	InTurn *in_turn = calloc(1, sizeof *in_turn);

	if (in_turn) {
		in_turn->host = host;
		in_turn->by = host->key(host->opt_text(config, "by").ptr);
		in_turn->turn = host->key("turn");
		in_turn->before = host->key("before");
		in_turn->turns.hash = HASH_EMPTY;
	}
	return in_turn;
}

static void destroy(void *self)
{
	free(self);
}

/* --- what a checkpoint keeps ------------------------------------------------------------------ */

static bool save(void *self, bool (*put)(void *to, safi_bytes), void *to)
{
	const InTurn *in_turn = self;

	return put(to, (safi_bytes){(const uint8_t *)&in_turn->turns, sizeof in_turn->turns});
}

static bool load(void *self, safi_bytes bytes)
{
	InTurn *in_turn = self;

	if (bytes.len != sizeof in_turn->turns) {
		return false;
	}
	memcpy(&in_turn->turns, bytes.ptr, bytes.len);
	return true;
}

static const safi_state state = {
	.size = sizeof state, .revision = 1, .save = save, .load = load,
};

static const void *extension(const char *id)
{
	return strcmp(id, "safi.state/1") == 0 ? &state : NULL;
}

/* --- the stage -------------------------------------------------------------------------------- */

static const safi_option by_option = {
	.size = sizeof by_option, .type = SAFI_TEXT, .flags = SAFI_NAMES_READ, .name = "by",
	.fallback = "id", .doc = "The field that names a record.",
};

static const safi_option *const options[] = {&by_option, NULL};
static const char *const writes[] = {"field:turn", "field:before", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.name = "in-turn",
	.summary = "Numbers the records as they come by.",
	.options = options,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = destroy,
	.extension = extension,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.in-turn", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
