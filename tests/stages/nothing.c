/* nothing -- a stage that does nothing to its records, to measure what it costs to get them to one;
 * and the same in input order. */
#include "safi.h"

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

static const safi_stage parallel = {
	.size = sizeof parallel,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL,
	.name = "nothing",
	.summary = "Does nothing.",
	.process = process,
};

static const safi_stage ordered = {
	.size = sizeof ordered,
	.role = SAFI_CHANGES,
	.name = "nothing-in-turn",
	.summary = "Does nothing, in input order.",
	.process = process,
};

static const safi_stage *const stages[] = {&parallel, &ordered, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "test.nothing",
	.version = "1.0.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
