#include "step-law.h"

#include "fuzz.h"

#include <math.h>
#include <string.h>

static bool is_choice(const safi_option *option, const char *text)
{
	return option->choices == NULL || g_strv_contains(option->choices, text);
}

static bool is_within(const safi_option *option, double number)
{
	return (option->min == 0 && option->max == 0) ||
	       (number >= (double)option->min && number <= (double)option->max);
}

static void hold_text(const safi_option *option, const safi_config *config)
{
	safi_text text = safi_config_text(config, option->name);
	if (text.ptr == NULL) {
		fuzz_hold(text.len == 0 && option->fallback == NULL, "'%s' lost its default", option->name);
		return;
	}
	fuzz_hold(strlen(text.ptr) == text.len && g_utf8_validate(text.ptr, -1, NULL),
	          "'%s' is no text", option->name);
	fuzz_hold(option->type == SAFI_PATH ? text.len > 0 : is_choice(option, text.ptr),
	          "'%s' is '%s'", option->name, text.ptr);
}

static void hold_number(const safi_option *option, const safi_config *config)
{
	bool real = option->type == SAFI_REAL;
	double number = real ? safi_config_real(config, option->name)
	                     : (double)safi_config_int(config, option->name);
	bool unset = number == 0 && option->fallback == NULL;
	fuzz_hold(isfinite(number) && (unset || is_within(option, number)), "'%s' is %g", option->name,
	          number);
}

static void hold_list(const safi_option *option, const safi_config *config)
{
	uint32_t n = 0;
	safi_text item;
	while (safi_config_item(config, option->name, n, &item)) {
		fuzz_hold(item.len > 0 && strlen(item.ptr) == item.len && is_choice(option, item.ptr),
		          "item %u of '%s' is '%s'", n, option->name, item.ptr);
		n++;
	}
	fuzz_hold((n == 0 && option->fallback == NULL) || is_within(option, n), "'%s' has %u items",
	          option->name, n);
}

/* Where it was given: in this file, or by a word of --set, which has no lines. */
static void hold_mark(const Told *told, SafiMark mark)
{
	if (mark.path != NULL && strcmp(mark.path, told->path) == 0) {
		told_mark(told, mark);
	} else {
		fuzz_hold(mark.line == 0, "line %u of something else", mark.line);
	}
}

void step_law_options(const Told *told, const safi_stage *stage, const safi_config *config)
{
	for (const safi_option *const *p = stage->options; p != NULL && *p != NULL; p++) {
		const safi_option *option = *p;
		hold_mark(told, safi_config_mark(config, option->name));
		switch (option->type) {
		case SAFI_TEXT:
		case SAFI_PATH:
			hold_text(option, config);
			break;
		case SAFI_BOOL:
			safi_config_bool(config, option->name);
			break;
		case SAFI_LIST:
			hold_list(option, config);
			break;
		default:
			hold_number(option, config);
		}
	}
	fuzz_hold(!safi_config_refused(config), "asking for declared options refuses the stage");
}

static void hold_step(const Told *told, const SafiStep *step, uint32_t role, GHashTable *labels)
{
	fuzz_hold(step != NULL && step->stage->role == role, "a step is not of its role");
	fuzz_hold(*step->label && g_hash_table_add(labels, step->label),
	          "the label '%s' is there twice", step->label);
	hold_mark(told, step->mark);
	step_law_options(told, step->stage, step->config);
}

static void hold_pipeline(const Told *told, const SafiPipeline *pipeline)
{
	g_autoptr(GHashTable) labels = g_hash_table_new(g_str_hash, g_str_equal);
	const SafiLimits *limits = &pipeline->limits;
	hold_step(told, pipeline->reader, SAFI_READS, labels);
	for (guint i = 0; i < pipeline->stages->len; i++) {
		hold_step(told, pipeline->stages->pdata[i], SAFI_CHANGES, labels);
	}
	hold_step(told, pipeline->writer, SAFI_WRITES, labels);
	fuzz_hold(limits->in_flight > 0 && limits->bytes > 0 && limits->record > 0 && limits->held > 0,
	          "a limit is 0");
	fuzz_hold(limits->record <= 1 << 30, "a record may be %zu long", limits->record);
	double share = pipeline->max_failures.share;
	fuzz_hold((share >= 0 && share <= 1) || share == G_MAXDOUBLE, "a share of %g", share);
}

void step_law_outcome(const Told *told, const SafiPipeline *pipeline, const SafiReport *report)
{
	guint errors = safi_report_errors(report);
	told_report(told, report);
	fuzz_hold((pipeline == NULL) == (errors > 0), "%u errors, and %s pipeline", errors,
	          pipeline ? "a" : "no");
	if (pipeline != NULL) {
		hold_pipeline(told, pipeline);
	}
}
