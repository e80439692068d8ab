/* A third party's plugin as the ABI tests see it: through its two functions every public type can
 * be reached, so that what abidw writes down of it is the whole ABI.  It also works: the field
 * "sample" says what the host it runs on has to offer. */
#include "safi.h"

#include <stdlib.h>

typedef struct Sample {
	const safi_host *host;
	safi_key field;
	safi_text word;
} Sample;

static const safi_option word = {
	.size = sizeof word, .type = SAFI_TEXT, .name = "word", .fallback = "plain",
	.doc = "What to put into the field where the host offers nothing newer.",
};

static const safi_option *const options[] = { &word, NULL };
static const char *const writes[] = { "field:sample", NULL };

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Sample *self = calloc(1, sizeof *self);

	if (self == NULL) {
		return NULL;
	}
	self->host = host;
	self->field = host->key("sample");
	self->word = host->opt_text(config, "word");
#ifdef SAMPLE_KNOWS_NEWER /* built with a header in which 1.1 has appended it */
	if (SAFI_HAS(host, newer)) {
		self->word = safi_str(host->newer());
	}
#endif
	return self;
}

static safi_status process(void *data, safi_record *record)
{
	Sample *self = (Sample *)data;

	self->host->put_text(record, 0, self->field, self->word, SAFI_REPLACE);
	return SAFI_KEEP;
}

static const safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL, .name = "sample",
	.summary = "Says what the host has to offer", .options = options, .writes = writes,
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

/* Reached by name only, through extension(); so it needs a function of its own here. */
SAFI_EXPORT const safi_state *safi_sample_state(void);
const safi_state *safi_sample_state(void)
{
	return NULL;
}
