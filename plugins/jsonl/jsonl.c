#include "jsonl.h"

static const safi_stage *const stages[] = { &jsonl_reader, &jsonl_writer, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "safi.jsonl",
	.version = "0.1.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
