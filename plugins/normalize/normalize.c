/* The stage `normalize`: puts right what can be put right in the newest text without loss, and
 * adds it anew, under the same name, with every change told.  repair.h does the work. */
#include "repair.h"

#include <stdlib.h>

typedef struct Normalize {
	const safi_host *host;
	SafiRepair repair;
} Normalize;

typedef struct Room {
	const safi_host *host;
	safi_record *record;
} Room;

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Normalize *self = calloc(1, sizeof *self);

	if (!self) {
		host->refuse(config, NULL, "out of memory");
		return NULL;
	}
	self->host = host;
	return self;
}

static void destroy(void *instance)
{
	Normalize *self = instance;

	if (self) {
		safi_repair_clear(&self->repair);
		free(self);
	}
}

static char *room(void *context, size_t capacity)
{
	Room *room_in = context;

	return room_in->host->room(room_in->record, capacity);
}

static safi_status process(void *instance, safi_record *record)
{
	Normalize *self = instance;
	const safi_host *host = self->host;
	Room context = { host, record };
	safi_view text = host->text(record);
	safi_text out;

	if (!text) {
		return SAFI_KEEP;
	}
	if (!safi_repair_run(&self->repair, host->view_text(record, text), room, &context, &out)) {
		return host->fail(record, "out-of-memory", "no memory to repair the text in");
	}
	if (self->repair.n) {
		host->view_add(record, host->view_name(record, text), text, out,
		               self->repair.changes, (uint32_t)self->repair.n);
	}
	safi_repair_shrink(&self->repair);
	return SAFI_KEEP;
}

static const char *const profiles[] = { "repair", NULL };

static const safi_option profile = {
	.size = sizeof profile, .type = SAFI_TEXT, .name = "profile", .fallback = "repair",
	.doc = "What to do: repair changes only what no reader of the text would miss.",
	.choices = profiles
};

static const safi_option *const options[] = { &profile, NULL };
static const char *const reads[] = { "view:page?", NULL };
static const char *const writes[] = { "view:page", NULL };

static const safi_stage normalize = {
	.size = sizeof normalize, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL,
	.name = "normalize",
	.summary = "Repairs a text without loss: NFC, spaces, line ends, controls, Arabic forms.",
	.options = options, .reads = reads, .writes = writes,
	.create = create, .process = process, .destroy = destroy
};

static const safi_stage *const stages[] = { &normalize, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "safi.normalize", .version = "0.1.0", .license = "MIT", .stages = stages
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
