/* A plugin without a fault: one stage of each role that needs no more than the header. */
#include "safi.h"

static safi_status next(void *self, safi_input *input, safi_record *record)
{
	return SAFI_END;
}

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

static const safi_stage reader = {
	.size = sizeof reader, .role = SAFI_READS, .flags = SAFI_PARALLEL, .name = "good",
	.summary = "Reads nothing", .next = next, .process = process,
};

static const safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL, .name = "good",
	.summary = "Changes nothing", .process = process,
};

static const safi_stage writer = {
	.size = sizeof writer, .role = SAFI_WRITES, .name = "good-writer",
	.summary = "Writes nothing", .process = process,
};

static const safi_stage *const stages[] = { &reader, &stage, &writer, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.good", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
