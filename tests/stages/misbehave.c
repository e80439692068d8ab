/* misbehave -- does to its process what the field `deed` of a record says, and leaves the others as
 * they are but for a field `seen`.  For a process of its own. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "safi.h"

typedef struct Stage {
	const safi_host *host;
	safi_key deed, seen;
} Stage;

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Stage *stage = calloc(1, sizeof *stage);

	if (stage) {
		*stage = (Stage){host, host->key("deed"), host->key("seen")};
	}
	return stage;
}

static void crash(void)
{
	raise(SIGSEGV);
}

static void spin(void)
{
	for (volatile unsigned i = 0;; i++) {
	}
}

static void wait_for_ever(void)
{
	for (;;) {
		pause();
	}
}

static void take_four_gibibytes(void)
{
	for (int i = 0; i < 64; i++) {
		char *piece = malloc(64 << 20);
		if (!piece) {
			abort();
		}
		memset(piece, i, 64 << 20);
	}
}

static void close_everything(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		close(fd);
	}
}

static void write_everywhere(void)
{
	char nonsense[4096];

	memset(nonsense, 0xAA, sizeof nonsense);
	for (int fd = 0; fd < 1024; fd++) {
		if (write(fd, nonsense, sizeof nonsense) < 0) {
			continue;
		}
	}
}

static void leave(void)
{
	exit(0);
}

typedef struct Deed {
	const char *name;
	void (*done)(void);
} Deed;

static const Deed deeds[] = {
	{"crash", crash},
	{"abort", abort},
	{"exit", leave},
	{"spin", spin},
	{"wait", wait_for_ever},
	{"take", take_four_gibibytes},
	{"close", close_everything},
	{"write", write_everywhere},
};

static safi_status process(void *self, safi_record *record)
{
	const Stage *stage = self;
	safi_text word;

	if (!stage->host->get_text(record, 0, stage->deed, 0, &word)) {
		stage->host->put_bool(record, 0, stage->seen, true, SAFI_REPLACE);
		return SAFI_KEEP;
	}
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		if (word.len == strlen(deeds[i].name) && !memcmp(word.ptr, deeds[i].name, word.len)) {
			deeds[i].done();
		}
	}
	return 99;
}

static const char *const reads[] = {"field:deed?", NULL};
static const char *const writes[] = {"field:seen", NULL};

static const safi_stage parallel = {
	.size = sizeof parallel,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL,
	.name = "misbehave",
	.summary = "Does to its process what a record says.",
	.reads = reads,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = free,
};

static const safi_stage ordered = {
	.size = sizeof ordered,
	.role = SAFI_CHANGES,
	.name = "misbehave-in-turn",
	.summary = "The same, in input order.",
	.reads = reads,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = free,
};

static const safi_stage *const stages[] = {&parallel, &ordered, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "test.misbehave",
	.version = "1.0.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
