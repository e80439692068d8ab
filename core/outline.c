#include "outline.h"

#include "manual.h"
#include "value.h"

#include <string.h>

/* Calls back for each step, reader and writer too. */
static void each_step(const SafiPipeline *pipeline, GString *to,
                      void (*call)(GString *to, const SafiStep *step))
{
	call(to, pipeline->reader);
	for (guint i = 0; i < pipeline->stages->len; i++) {
		call(to, pipeline->stages->pdata[i]);
	}
	call(to, pipeline->writer);
}

static void add_link(GString *to, const SafiStep *step)
{
	g_string_append_printf(to, "%s%s", step->stage->role == SAFI_READS ? "" : " -> ", step->label);
}

/* " (strip-boilerplate; keep: title, body)": the stage, where the label does not say it, and what
 * is not as it has it by itself. */
static void add_options(GString *to, const SafiStep *step)
{
	const safi_option *const *options = step->stage->options;
	const char *before = " (";
	if (strcmp(step->label, step->stage->name) != 0) {
		g_string_append_printf(to, "%s%s", before, step->stage->name);
		before = "; ";
	}
	for (; options != NULL && *options != NULL; options++) {
		g_autofree char *value = safi_config_shown(step->config, (*options)->name);
		if (value != NULL) {
			g_string_append_printf(to, "%s%s: %s", before, (*options)->name, value);
			before = "; ";
		}
	}
	g_string_append(to, before[0] == ';' ? ")" : "");
}

/* "normalize repairs a text without loss: ..."; a summary is a sentence that begins with a verb. */
static void add_step(GString *to, const SafiStep *step)
{
	const char *summary = step->stage->summary;
	bool verb = g_ascii_isupper(summary[0]) && g_ascii_islower(summary[1]);
	g_string_append(to, step->label);
	add_options(to, step);
	g_string_append_printf(to, " %c%s", verb ? g_ascii_tolower(summary[0]) : summary[0],
	                       summary + 1);
	g_string_append(to, g_str_has_suffix(summary, ".") ? " " : ". ");
}

static void add_isolation(GString *to, const SafiStep *step)
{
	const SafiIsolation *isolation = &step->isolation;
	g_autofree char *memory = safi_value_size_text((gint64)isolation->memory);
	if (isolation->on) {
		g_string_append_printf(to, "%s runs in a process of its own and may take %g s for a record "
		                       "and %s of memory. ", step->label, isolation->seconds, memory);
	}
}

static void add_output(GString *to, const SafiPipeline *pipeline)
{
	if (pipeline->to != NULL) {
		g_string_append_printf(to, "The output goes to %s. ", pipeline->to);
	} else if (pipeline->writer->stage->flags & SAFI_OWN_FILE) {
		g_string_append(to, "The output goes to the file that -o names. ");
	} else {
		g_string_append(to, "The output goes to stdout. ");
	}
}

static void add_exception(GString *to, const SafiStep *step)
{
	static const char *const ends[] = {
		[SAFI_ON_ERROR_KEEP] = "goes on as it was", [SAFI_ON_ERROR_DROP] = "is left out",
		[SAFI_ON_ERROR_STOP] = "ends the run",
	};
	if (step->on_error != SAFI_ON_ERROR_DEAD) {
		g_string_append_printf(to, "; one that fails at %s %s", step->label,
		                       ends[step->on_error]);
	}
}

static void add_failures(GString *to, const SafiPipeline *pipeline)
{
	const SafiBudget *budget = &pipeline->max_failures;
	g_autofree char *longest = safi_value_size_text((gint64)pipeline->limits.record);
	g_string_append_printf(to, "A record that fails, or is longer than %s, becomes a dead letter "
	                       "in %s.dead.jsonl, and the others go on", longest, pipeline->name);
	each_step(pipeline, to, add_exception);
	g_string_append_c(to, '.');
	if (budget->given && budget->count != G_MAXUINT64) {
		g_string_append_printf(to, " The run gives up when more than %" G_GUINT64_FORMAT
		                       " records failed.", budget->count);
	} else if (budget->given) {
		g_string_append_printf(to, " The run gives up when more than %g%% of the records failed.",
		                       budget->share * 100);
	}
}

void safi_outline_add(GString *to, const SafiPipeline *pipeline)
{
	g_autoptr(GString) words = g_string_new(NULL);
	g_string_append_printf(to, "%s: ok: ", pipeline->path ? pipeline->path : pipeline->name);
	each_step(pipeline, to, add_link);
	g_string_append_c(to, '\n');
	each_step(pipeline, words, add_step);
	each_step(pipeline, words, add_isolation);
	add_output(words, pipeline);
	add_failures(words, pipeline);
	safi_manual_paragraph(to, 4, words->str);
}
