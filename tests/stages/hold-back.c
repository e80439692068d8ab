/* hold-back -- holds every so-manieth record and lets it go some records later.
 *
 * What is still held when the last record has gone by leaves in finish(), in the order in which it
 * came. */
#include <stdlib.h>

#include "safi.h"

typedef struct Held {
	safi_record *record;
	uint64_t until; /* the turn of the record before which it goes */
} Held;

typedef struct HoldBack {
	const safi_host *host;
	uint64_t every, lag, turn;
	Held *held;        /* a ring */
	uint64_t capacity, first, next;
} HoldBack;

static void release_first(HoldBack *back)
{
	back->host->release(back->held[back->first++ % back->capacity].record, SAFI_KEEP);
}

static safi_status process(void *self, safi_record *record)
{
	HoldBack *back = self;

	back->turn++;
	while (back->first < back->next &&
	       back->held[back->first % back->capacity].until <= back->turn) {
		release_first(back);
	}
	if (back->turn % back->every) {
		return SAFI_KEEP;
	}
	back->held[back->next++ % back->capacity] = (Held){record, back->turn + back->lag};
	return SAFI_HOLD;
}

static safi_status finish(void *self, safi_record *tail)
{
	HoldBack *back = self;

	while (back->first < back->next) {
		release_first(back);
	}
	return SAFI_KEEP;
}

static void destroy(void *self)
{
	HoldBack *back = self;

	free(back->held);
	free(back);
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	HoldBack *back = calloc(1, sizeof *back);

	if (!back) {
		return NULL;
	}
	back->host = host;
	back->every = (uint64_t)host->opt_int(config, "every");
	back->lag = (uint64_t)host->opt_int(config, "lag");
	back->capacity = back->lag / back->every + 1;
	back->held = calloc(back->capacity, sizeof *back->held);
	if (!back->held) {
		destroy(back);
		return NULL;
	}
	return back;
}

static const safi_option every_option = {
	.size = sizeof every_option, .type = SAFI_INT, .name = "every", .fallback = "3",
	.doc = "One record in so many is held.", .min = 1, .max = 1000000,
};
static const safi_option lag_option = {
	.size = sizeof lag_option, .type = SAFI_INT, .name = "lag", .fallback = "5",
	.doc = "It goes before the record that comes so many later.", .min = 1, .max = 1000000,
};

static const safi_option *const options[] = {&every_option, &lag_option, NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_HOLDS,
	.name = "hold-back",
	.summary = "Holds some records and lets them go a little later.",
	.options = options,
	.create = create,
	.process = process,
	.finish = finish,
	.destroy = destroy,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.hold-back", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
