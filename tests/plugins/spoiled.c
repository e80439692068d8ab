/* A plugin with one thing wrong in what it declares: which one, its name says. */
#include "safi.h"

#include "name.h"

#include <stdio.h>

#define NOWHERE ((const void *)8)
#define ENDLESS 5000

static const char *const bad_names[] = { "field:\x1b[2J", NULL };
static const char *const empty_list[] = { NULL };
static const char *const empty_choice[] = { "one", "", NULL };
static const char *const dangling_names[] = { NOWHERE, NULL };
static const char *endless_names[ENDLESS];
static const safi_stage *endless_stages[ENDLESS];
static const safi_option *endless_options[ENDLESS];
static char megabyte[(1 << 20) + 1];

static safi_status next(void *self, safi_input *input, safi_record *record)
{
	return SAFI_END;
}

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

/* --- without a fault -------------------------------------------------------------------------- */

static safi_option option = {
	.size = sizeof option, .type = SAFI_INT, .name = "depth", .fallback = "3", .doc = "How deep.",
	.min = 1, .max = 9,
};
static safi_option other_option = {
	.size = sizeof other_option, .type = SAFI_TEXT, .name = "mode", .doc = "How.",
};
static const safi_option *options[] = { &option, &other_option, NULL };

static safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .name = "spoiled", .summary = "Changes nothing",
	.options = options, .process = process,
};
static safi_stage other_stage = {
	.size = sizeof other_stage, .role = SAFI_READS, .name = "other", .summary = "Reads nothing",
	.next = next, .process = process,
};
static const safi_stage *stages[] = { &stage, &other_stage, NULL };

static safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.spoiled", .version = "1.0", .license = "MIT", .stages = stages,
};
static const safi_plugin *declared = &plugin;

/* --- with one --------------------------------------------------------------------------------- */

#define SPOIL(name, member, ...) \
	{ name, &(member), sizeof(member), &(__typeof__(member)){ __VA_ARGS__ } }

static const struct {
	const char *name;
	void *member;
	size_t size;
	const void *value;
} faults[] = {
	SPOIL("null", declared, NULL),
	SPOIL("plugin-dangling", declared, NOWHERE),
	SPOIL("plugin-size-0", plugin.size, 0),
	SPOIL("plugin-size-max", plugin.size, UINT32_MAX),
	SPOIL("plugin-size-short", plugin.size, offsetof(safi_plugin, stages)),
	SPOIL("id-null", plugin.id, NULL),
	SPOIL("id-empty", plugin.id, ""),
	SPOIL("id-long", plugin.id, megabyte),
	SPOIL("id-control", plugin.id, "a\x1b[2J"),
	SPOIL("id-not-utf8", plugin.id, "a\xff"),
	SPOIL("id-dangling", plugin.id, (const char *)1),
	SPOIL("version-null", plugin.version, NULL),
	SPOIL("version-long", plugin.version, megabyte),
	SPOIL("license-null", plugin.license, NULL),
	SPOIL("license-control", plugin.license, "MIT\n"),
	SPOIL("stages-null", plugin.stages, NULL),
	SPOIL("stages-empty", stages[0], NULL),
	SPOIL("stages-dangling", plugin.stages, NOWHERE),
	SPOIL("stages-endless", plugin.stages, endless_stages),
	SPOIL("stage-dangling", stages[1], NOWHERE),
	SPOIL("stage-size-0", stage.size, 0),
	SPOIL("stage-size-max", stage.size, UINT32_MAX),
	SPOIL("stage-size-short", stage.size, offsetof(safi_stage, process)),
	SPOIL("stage-reserved", stage.reserved, 1),
	SPOIL("stage-name-null", stage.name, NULL),
	SPOIL("stage-name-empty", stage.name, ""),
	SPOIL("stage-name-long", stage.name, megabyte),
	SPOIL("stage-name-control", stage.name, "a\x1b[2J"),
	SPOIL("stage-name-not-utf8", stage.name, "a\xff"),
	SPOIL("stage-name-dangling", stage.name, (const char *)1),
	SPOIL("stage-twice", stages[1], &stage),
	SPOIL("role-0", stage.role, 0),
	SPOIL("role-max", stage.role, UINT32_MAX),
	SPOIL("summary-null", stage.summary, NULL),
	SPOIL("summary-long", stage.summary, megabyte),
	SPOIL("summary-control", stage.summary, "a\x1b[2J"),
	SPOIL("no-process", stage.process, NULL),
	SPOIL("no-next", other_stage.next, NULL),
	SPOIL("next-in-a-stage", stage.next, next),
	SPOIL("reads-form", stage.reads, empty_choice),
	SPOIL("reads-control", stage.reads, bad_names),
	SPOIL("reads-dangling", stage.reads, dangling_names),
	SPOIL("writes-endless", stage.writes, endless_names),
	SPOIL("options-dangling", stage.options, NOWHERE),
	SPOIL("options-endless", stage.options, endless_options),
	SPOIL("option-dangling", options[1], NOWHERE),
	SPOIL("option-size-0", option.size, 0),
	SPOIL("option-size-max", option.size, UINT32_MAX),
	SPOIL("option-size-short", option.size, offsetof(safi_option, choices)),
	SPOIL("option-name-null", option.name, NULL),
	SPOIL("option-name-empty", option.name, ""),
	SPOIL("option-name-long", option.name, megabyte),
	SPOIL("option-name-control", option.name, "a\n"),
	SPOIL("option-name-not-utf8", option.name, "a\xff"),
	SPOIL("option-name-dangling", option.name, (const char *)1),
	SPOIL("option-twice", options[1], &option),
	SPOIL("option-type", option.type, 99),
	SPOIL("doc-null", option.doc, NULL),
	SPOIL("doc-long", option.doc, megabyte),
	SPOIL("bounds-swapped", option.min, 10),
	SPOIL("bounds-of-a-text", other_option.max, 1),
	SPOIL("default-not-a-number", option.fallback, "abc"),
	SPOIL("default-out-of-bounds", option.fallback, "10"),
	SPOIL("choices-empty", other_option.choices, empty_list),
	SPOIL("choices-with-empty", other_option.choices, empty_choice),
	SPOIL("choices-dangling", other_option.choices, dangling_names),
	SPOIL("choices-endless", other_option.choices, endless_names),
};

/* What cannot be written down as constant data. */
static void fill(void)
{
	static safi_stage many_stages[ENDLESS];
	static safi_option many_options[ENDLESS];
	static char names[ENDLESS][8];

	memset(megabyte, 'x', sizeof megabyte - 1);
	for (int i = 0; i < ENDLESS; i++) {
		snprintf(names[i], sizeof names[i], "n%d", i);
		many_stages[i] = stage;
		many_stages[i].name = names[i];
		many_options[i] = option;
		many_options[i].name = names[i];
		endless_stages[i] = &many_stages[i];
		endless_options[i] = &many_options[i];
		endless_names[i] = "field:x";
	}
}

__attribute__((constructor)) static void spoil(void)
{
	fill();
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (strcmp(own_name(), faults[i].name) == 0) {
			memcpy(faults[i].member, faults[i].value, faults[i].size);
		}
	}
}

const safi_plugin *safi_plugin_entry(void)
{
	static safi_plugin copy;
	static int calls;

	calls++;
	if (strcmp(own_name(), "returns-another") == 0 && calls > 1) {
		copy = plugin;
		return &copy;
	}
	if (strcmp(own_name(), "returns-changed") == 0 && calls > 1) {
		plugin.id = "";
	}
	return declared;
}
