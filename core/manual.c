#include "manual.h"

#include "option.h"
#include "printable.h"

#define WIDTH 80
#define LONGEST 16384

/* --- layout ----------------------------------------------------------------------------------- */

static void heading(GString *out, const char *title)
{
	g_string_append_printf(out, "%s\n", title);
}

void safi_manual_paragraph(GString *out, guint indent, const char *text)
{
	g_autofree char *copy = g_strdup(text);
	g_autofree char *shown = NULL;
	g_auto(GStrv) words = NULL;
	guint column = 0;

	shown = safi_printable(g_strdelimit(copy, "\t\n\r", ' '), LONGEST);
	words = g_strsplit(shown, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		guint len = g_utf8_strlen(*word, -1);
		if (len == 0) {
			continue;
		}
		if (column > 0 && column + 1 + len > WIDTH) {
			g_string_append_c(out, '\n');
			column = 0;
		}
		if (column == 0) {
			g_string_append_printf(out, "%*s%s", (int)indent, "", *word);
		} else {
			g_string_append_printf(out, " %s", *word);
		}
		column += column == 0 ? indent + len : 1 + len;
	}
	g_string_append_c(out, '\n');
}

G_GNUC_PRINTF(3, 4)
static void line(GString *out, guint indent, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	safi_manual_paragraph(out, indent, text);
}

/* --- options ---------------------------------------------------------------------------------- */

static const char *type_name(uint32_t type)
{
	static const char *const names[] = {
		[SAFI_TEXT] = "text", [SAFI_INT] = "integer", [SAFI_REAL] = "number",
		[SAFI_BOOL] = "true or false", [SAFI_LIST] = "list", [SAFI_PATH] = "path",
		[SAFI_SIZE] = "size",
	};

	return names[type];
}

static void append_range(GString *facts, const safi_option *option)
{
	g_autofree char *range = safi_option_range(option);

	if (option->min != 0 || option->max != 0) {
		g_string_append_printf(facts, ", %s%s", range, option->type == SAFI_LIST ? " items" : "");
	}
}

static void append_choices(GString *facts, const safi_option *option)
{
	g_autofree char *choices = NULL;

	if (option->choices == NULL) {
		return;
	}
	choices = g_strjoinv(", ", (char **)option->choices);
	g_string_append_printf(facts, "%s one of %s", option->type == SAFI_LIST ? ", each" : ",",
	                       choices);
}

static void option_head(GString *out, const safi_option *option)
{
	g_autoptr(GString) facts = g_string_new(type_name(option->type));

	append_range(facts, option);
	append_choices(facts, option);
	if (option->fallback != NULL) {
		g_string_append_printf(facts, "; default %s",
		                       *option->fallback != '\0' ? option->fallback : "empty");
	}
	if (option->flags & SAFI_REQUIRED) {
		g_string_append(facts, "; required");
	}
	if (option->flags & SAFI_DEPRECATED) {
		g_string_append(facts, "; deprecated");
	}
	line(out, 4, "%s: %s", option->name, facts->str);
}

static void option_part(GString *out, const safi_option *option)
{
	option_head(out, option);
	safi_manual_paragraph(out, 8, option->doc);
	if (option->flags & SAFI_SECRET) {
		safi_manual_paragraph(out, 8, "Its value is never shown.");
	}
	if (option->example != NULL) {
		line(out, 8, "Example: %s: %s", option->name, option->example);
	}
}

static void options_part(GString *out, const safi_stage *stage)
{
	if (stage->options == NULL || stage->options[0] == NULL) {
		return;
	}
	heading(out, "\nOPTIONS");
	for (guint i = 0; stage->options[i] != NULL; i++) {
		if (i > 0) {
			g_string_append_c(out, '\n');
		}
		option_part(out, stage->options[i]);
	}
}

/* --- a stage ---------------------------------------------------------------------------------- */

static void declared_entry(GString *out, const char *entry)
{
	if (g_str_has_suffix(entry, "?")) {
		line(out, 4, "%.*s, if it is there", (int)strlen(entry) - 1, entry);
	} else {
		safi_manual_paragraph(out, 4, entry);
	}
}

static guint count_flagged(const safi_stage *stage, uint32_t flag)
{
	guint n = 0;

	for (guint i = 0; stage->options != NULL && stage->options[i] != NULL; i++) {
		n += (stage->options[i]->flags & flag) != 0;
	}
	return n;
}

/* What a stage reads or writes: as declared, then what options name. */
static void signature_part(GString *out, const char *title, const char *const *entries,
                           const safi_stage *stage, uint32_t flag)
{
	if ((entries == NULL || entries[0] == NULL) && count_flagged(stage, flag) == 0) {
		return;
	}
	heading(out, title);
	for (guint i = 0; entries != NULL && entries[i] != NULL; i++) {
		declared_entry(out, entries[i]);
	}
	for (guint i = 0; stage->options != NULL && stage->options[i] != NULL; i++) {
		if (stage->options[i]->flags & flag) {
			line(out, 4, "the fields that option '%s' names", stage->options[i]->name);
		}
	}
}

static void threads_part(GString *out, const safi_stage *stage)
{
	heading(out, "\nTHREADS");
	if (stage->flags & SAFI_PARALLEL) {
		safi_manual_paragraph(out, 4, "parallel: an instance for each worker, no memory between "
		                      "records");
	} else {
		safi_manual_paragraph(out, 4, "ordered: one instance, records in input order");
	}
	if (stage->flags & SAFI_HOLDS) {
		safi_manual_paragraph(out, 4, "holds records back and lets them go later");
	}
	if (stage->flags & SAFI_SPLITS) {
		safi_manual_paragraph(out, 4, "may make further records of one");
	}
	if (stage->flags & SAFI_NO_INPUT) {
		safi_manual_paragraph(out, 4, "opens a source of its own: takes no input files");
	}
	if (stage->flags & SAFI_OWN_FILE) {
		safi_manual_paragraph(out, 4, "writes a file of its own: never to stdout");
	}
}

static void stage_part(GString *out, const safi_stage *stage)
{
	heading(out, "NAME");
	line(out, 4, "%s - %s", stage->name, stage->summary);
	heading(out, "\nROLE");
	safi_manual_paragraph(out, 4, safi_role_name(stage->role));
	options_part(out, stage);
	signature_part(out, "\nREADS", stage->reads, stage, SAFI_NAMES_READ);
	signature_part(out, "\nWRITES", stage->writes, stage, SAFI_NAMES_WRITTEN);
	threads_part(out, stage);
}

/* --- a plugin --------------------------------------------------------------------------------- */

static void plugin_part(GString *out, const SafiPlugin *plugin)
{
	const safi_plugin *declared = plugin->declared;
	g_autofree char *path = safi_printable(plugin->path, LONGEST);

	heading(out, "\nPLUGIN");
	line(out, 4, "%s %s, license %s", declared->id, declared->version, declared->license);
	line(out, 4, "needs ABI %u.%u", declared->abi_major, declared->abi_minor);
	g_string_append_printf(out, "    %s\n", path);
}

void safi_manual_file(GString *out, const SafiPlugin *plugin)
{
	for (guint i = 0; plugin->declared->stages[i] != NULL; i++) {
		if (i > 0) {
			g_string_append_c(out, '\n');
		}
		stage_part(out, plugin->declared->stages[i]);
	}
	plugin_part(out, plugin);
}

void safi_manual_stage(GString *out, const SafiPlugin *plugin, const safi_stage *stage)
{
	stage_part(out, stage);
	plugin_part(out, plugin);
}
