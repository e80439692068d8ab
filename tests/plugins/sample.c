/* A stage with an option of each type, for what can be wrong with the value of one.  It keeps every
 * n-th record. */
#include "safi.h"

#include <stdlib.h>

typedef struct Sample {
	const safi_host *host;
	int64_t every, seen;
} Sample;

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Sample *self = calloc(1, sizeof *self);
	safi_bytes list;
	if (self == NULL || (host->opt_given(config, "list") && !host->data(config, "list", &list))) {
		free(self);
		return NULL;
	}
	self->host = host;
	self->every = host->opt_int(config, "every");
	return self;
}

static safi_status process(void *instance, safi_record *record)
{
	Sample *self = instance;
	return self->seen++ % self->every == 0
		? SAFI_KEEP : self->host->drop(record, "not-in-sample", "not the n-th record");
}

#define OPTION(...) (&(const safi_option){ .size = sizeof(safi_option), __VA_ARGS__ })

static const safi_option *const options[] = {
	OPTION(.type = SAFI_INT, .name = "every", .fallback = "1", .min = 1, .max = 1000,
	       .doc = "Keeps one of so many records."),
	OPTION(.type = SAFI_INT, .name = "nth", .flags = SAFI_DEPRECATED,
	       .doc = "say `every` instead."),
	OPTION(.type = SAFI_INT, .name = "seed", .doc = "Where to start."),
	OPTION(.type = SAFI_REAL, .name = "share", .min = 0, .max = 1, .doc = "Keeps such a share."),
	OPTION(.type = SAFI_BOOL, .name = "loud", .doc = "Says what it leaves out."),
	OPTION(.type = SAFI_SIZE, .name = "room", .min = 1024, .max = 1 << 20,
	       .doc = "Memory for the sample."),
	OPTION(.type = SAFI_LIST, .name = "names", .min = 1, .max = 3, .doc = "What to look for."),
	OPTION(.type = SAFI_PATH, .name = "list", .doc = "A file of what to look for."),
	OPTION(.type = SAFI_INT, .name = "token", .flags = SAFI_SECRET, .doc = "A number to keep."),
	NULL,
};

static const safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .name = "sample",
	.summary = "Keeps every n-th record.", .options = options,
	.create = create, .process = process, .destroy = free,
};

static const safi_stage *const stages[] = { &stage, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.sample", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
