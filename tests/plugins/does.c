/* A plugin that does what it must not, and where: its name is WHERE-DEED, such as open-abort.  Its
 * stage does so as well if its option says so. */
#include "safi.h"

#include "name.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile bool forever = true;

static void end_well(void)
{
	exit(0);
}

static void end_badly(void)
{
	exit(3);
}

static void end_at_once(void)
{
	_exit(0);
}

static void read_nowhere(void)
{
	static const int *volatile nowhere = (const int *)8;

	forever = *nowhere != 0;
}

static void hang(void)
{
	while (forever) {
		pause();
	}
}

static int deeper(const volatile char *above)
{
	volatile char here[4096];

	here[0] = *above;
	return forever ? deeper(here) + here[0] : 0;
}

static void overflow(void)
{
	deeper("");
}

static void kill_itself(void)
{
	raise(SIGKILL);
}

static void print(void)
{
	printf("This is not for anyone.\n");
	fflush(stdout);
	fprintf(stderr, "Nor is this.\n");
}

static void close_all(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		close(fd);
	}
}

static void act_as(const char *name, const char *where)
{
	static const struct {
		const char *name;
		void (*act)(void);
	} deeds[] = {
		{ "abort", abort }, { "exit0", end_well }, { "exit3", end_badly }, { "quit", end_at_once },
		{ "segfault", read_nowhere }, { "loop", hang }, { "overflow", overflow },
		{ "kill", kill_itself }, { "print", print }, { "close", close_all },
	};
	size_t len = strlen(where);

	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		if (strncmp(name, where, len) == 0 && strcmp(name + len, deeds[i].name) == 0) {
			deeds[i].act();
		}
	}
}

static void act(const char *where)
{
	act_as(own_name(), where);
}

__attribute__((constructor)) static void start(void)
{
	act("constructor-");
}

static void *open_model(const safi_host *host, const safi_config *config)
{
	act("open-");
	return NULL;
}

static const char *given; /* the option; NULL: none */

static void act_by_option(const char *where)
{
	act(where);
	if (given != NULL) {
		act_as(given, where);
	}
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	given = host->opt_text(config, "deed").ptr;
	act_by_option("create-");
	return strcmp(own_name(), "create-nothing") == 0 ? NULL : (void *)&forever;
}

static safi_status process(void *self, safi_record *record)
{
	act_by_option("process-");
	return SAFI_KEEP;
}

static safi_status finish(void *self, safi_record *tail)
{
	act_by_option("finish-");
	return SAFI_KEEP;
}

static void destroy(void *self)
{
	act_by_option("destroy-");
}

static const safi_option deed = {
	.size = sizeof deed, .type = SAFI_TEXT, .name = "deed", .doc = "WHERE-DEED.",
};
static const safi_option *const options[] = { &deed, NULL };

static const safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL, .name = "hostile",
	.summary = "Does what it must not", .options = options, .open = open_model,
	.create = create, .process = process, .finish = finish, .destroy = destroy,
};

static const safi_stage *const stages[] = { &stage, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.does", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	act("entry-");
	return &plugin;
}
