/* The words of `safi pipe` behind a bar, with words of --set behind a form feed; without the bar
 * the options of a stage that declares one of each type, as YAML. */
#include "told.h"
#include "env.h"
#include "fuzz.h"
#include "step-law.h"
#include "../unit/fake-catalog.h"

static const char *const words[] = { "title", "body", "list", NULL };
static const safi_option *const all_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "profile", .fallback = "title", .choices = words),
	OPTION(.type = SAFI_TEXT, .name = "text"),
	OPTION(.type = SAFI_INT, .name = "int", .fallback = "3", .min = 1, .max = 500),
	OPTION(.type = SAFI_INT, .name = "most", .min = INT64_MIN, .max = -1),
	OPTION(.type = SAFI_INT, .name = "any"),
	OPTION(.type = SAFI_REAL, .name = "real", .fallback = "0.8", .min = 0, .max = 1),
	OPTION(.type = SAFI_REAL, .name = "free"),
	OPTION(.type = SAFI_BOOL, .name = "bool", .fallback = "no"),
	OPTION(.type = SAFI_LIST, .name = "keep", .fallback = "title, body", .min = 1, .max = 3,
	       .choices = words),
	OPTION(.type = SAFI_LIST, .name = "list"),
	OPTION(.type = SAFI_PATH, .name = "path"),
	OPTION(.type = SAFI_SIZE, .name = "size", .fallback = "64KiB", .min = 1024, .max = 1 << 30),
	OPTION(.type = SAFI_INT, .name = "token", .flags = SAFI_SECRET),
	OPTION(.type = SAFI_INT, .name = "old", .flags = SAFI_DEPRECATED, .doc = "say int"),
	OPTION(.type = SAFI_TEXT, .name = "field", .flags = SAFI_REQUIRED, .example = "body"),
	NULL,
};
static const safi_stage all = { .size = sizeof all, .name = "all", .options = all_options };

/* A text that was given and not complained of is what was given, whatever it looks like. */
static void hold_given(const SafiNode *root, const safi_config *config)
{
	const SafiNode *text = safi_node_get(root, "text");
	if (text != NULL) {
		fuzz_hold(safi_config_given(config, "text"), "'text' was given");
		fuzz_hold(strcmp(safi_config_text(config, "text").ptr, text->text) == 0,
		          "'%s' became '%s'", text->text, safi_config_text(config, "text").ptr);
	}
	const char *path = safi_config_text(config, "path").ptr;
	fuzz_hold(path == NULL || *path == '/', "the path '%s' is relative", path);
}

static void try_options(safi_bytes file)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", (const char *)file.ptr, file.len, report);
	Told told;
	if (root == NULL) {
		return;
	}
	SafiMark place = { root->mark.path, 0, 0, 0 };
	told_init(&told, "a.yaml", file);
	safi_env_resolve(root, report);
	g_autoptr(safi_config) config = safi_config_new(&all, "all", root, place, "/data", report);
	step_law_options(&told, &all, config);
	if (safi_report_errors(report) == 0) {
		hold_given(root, config);
	}
	told_report(&told, report);
	told_clear(&told);
}

static void try_words(safi_bytes file)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_auto(GStrv) sets = fuzz_words(&file);
	g_autofree char *pipe = g_strndup((const char *)file.ptr, file.len);
	g_autoptr(SafiPipeline) pipeline =
		safi_pipeline_parse(pipe, NULL, (const char *const *)sets, report);
	Told told;
	told_init(&told, "pipe", (safi_bytes){ (const uint8_t *)pipe, strlen(pipe) });
	step_law_outcome(&told, pipeline, report);
	told_clear(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	safi_bytes file = { data, size };
	if (size > 0 && data[0] == '|') {
		try_words((safi_bytes){ data + 1, size - 1 });
	} else {
		try_options(file);
	}
	return 0;
}
