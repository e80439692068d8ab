#include "catalog.h"
#include "command.h"
#include "log.h"
#include "printable.h"
#include "search.h"
#include "suggest.h"

static const char usage[] =
	"usage: safi list [--all] [stages|plugins|pipelines]\n"
	"\n"
	"  stages     what a pipeline may name: role, name, plugin, summary\n"
	"  plugins    what they come from: id, version, file, stages\n"
	"  pipelines  what `safi run` finds by name: name, file, first line\n"
	"  --all      plugin files that were refused too, and why\n";

/* --- rows and columns ------------------------------------------------------------------------- */

#define LONGEST 4096

/* A row is a list of cells, shown as they are printable; NULL ends it. */
static void add_row(GPtrArray *rows, const char *const *cells)
{
	GPtrArray *row = g_ptr_array_new();

	for (; *cells != NULL; cells++) {
		g_ptr_array_add(row, safi_printable(*cells, LONGEST));
	}
	g_ptr_array_add(row, NULL);
	g_ptr_array_add(rows, g_ptr_array_free(row, FALSE));
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	char *const *left = *(char *const *const *)a;
	char *const *right = *(char *const *const *)b;
	int order = strcmp(left[0], right[0]);

	return order != 0 ? order : strcmp(left[1], right[1]);
}

static guint widest(const GPtrArray *rows, guint column)
{
	guint width = 0;

	for (guint i = 0; i < rows->len; i++) {
		width = MAX(width, (guint)g_utf8_strlen(((char **)rows->pdata[i])[column], -1));
	}
	return width;
}

/* The last column is as wide as it likes; no line ends in blanks. */
static void append_row(GString *out, char *const *row, const guint *widths, guint columns)
{
	for (guint c = 0; c + 1 < columns; c++) {
		g_string_append_printf(out, "%s%*s", row[c],
		                       (int)(widths[c] - g_utf8_strlen(row[c], -1)) + 2, "");
	}
	g_string_append(out, row[columns - 1]);
	while (g_str_has_suffix(out->str, " ")) {
		g_string_truncate(out, out->len - 1);
	}
	g_string_append_c(out, '\n');
}

static void append_rows(GString *out, GPtrArray *rows)
{
	guint columns = rows->len > 0 ? g_strv_length(rows->pdata[0]) : 0;
	guint widths[8] = { 0 };

	g_ptr_array_sort(rows, compare_rows);
	for (guint c = 0; c + 1 < columns; c++) {
		widths[c] = widest(rows, c);
	}
	for (guint i = 0; i < rows->len; i++) {
		append_row(out, rows->pdata[i], widths, columns);
	}
}

/* --- stages and plugins ----------------------------------------------------------------------- */

static void add_stages(GPtrArray *rows, const SafiPlugin *plugin)
{
	const safi_stage *const *stages = plugin->declared->stages;

	for (; *stages != NULL; stages++) {
		const char *const cells[] = { safi_role_name((*stages)->role), (*stages)->name,
		                              plugin->declared->id, (*stages)->summary, NULL };
		add_row(rows, cells);
	}
}

static void add_plugin(GPtrArray *rows, const SafiPlugin *plugin)
{
	const safi_plugin *declared = plugin->declared;
	g_autoptr(GString) stages = g_string_new(NULL);

	for (guint i = 0; declared->stages[i] != NULL; i++) {
		g_string_append_printf(stages, "%s%s %s", i > 0 ? ", " : "",
		                       safi_role_name(declared->stages[i]->role),
		                       declared->stages[i]->name);
	}

	const char *const cells[] = { declared->id, declared->version, plugin->path, stages->str,
	                              NULL };
	add_row(rows, cells);
}

static void add_refused(GPtrArray *rows, const SafiPlugin *plugin)
{
	const char *const cells[] = { "refused", plugin->path, plugin->refusal, NULL };

	add_row(rows, cells);
}

static int list_catalog(bool all, void (*add)(GPtrArray *rows, const SafiPlugin *plugin))
{
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	const GPtrArray *plugins = safi_catalog_plugins(catalog);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < plugins->len; i++) {
		const SafiPlugin *plugin = plugins->pdata[i];
		if (plugin->declared != NULL) {
			add(rows, plugin);
		} else {
			add_refused(refused, plugin);
		}
	}
	append_rows(out, rows);
	if (plugins->len == 0) {
		safi_log(SAFI_LOG_WARNING, "no plugin was found; SAFI_PLUGIN_PATH says where they are");
	}
	if (all) {
		append_rows(out, refused);
	} else if (refused->len > 0) {
		safi_log(SAFI_LOG_WARNING, "refused: %u; safi list --all says what and why", refused->len);
	}
	return safi_command_print(out->str);
}

/* --- pipelines -------------------------------------------------------------------------------- */

/* What the first line says, if it is a comment. */
static char *first_comment(const char *path)
{
	g_autofree char *text = NULL;
	char *line;

	if (!g_file_get_contents(path, &text, NULL, NULL) || text[0] != '#') {
		return g_strdup("");
	}
	line = g_strndup(text + 1, strcspn(text + 1, "\n"));
	return g_strstrip(line);
}

/* As with plugins, the first file of a name is the one that is found. */
static void add_pipelines(GPtrArray *rows, GHashTable *taken, const char *directory)
{
	g_autoptr(GPtrArray) files = safi_search_files(directory, ".yaml");

	for (guint i = 0; files != NULL && i < files->len; i++) {
		const char *file = files->pdata[i];
		g_autofree char *name = g_strndup(file, strlen(file) - strlen(".yaml"));
		g_autofree char *path = g_build_filename(directory, file, NULL);
		g_autofree char *comment = first_comment(path);
		const char *const cells[] = { name, path, comment, NULL };
		if (!g_str_has_suffix(name, ".test") && g_hash_table_add(taken, g_strdup(name))) {
			add_row(rows, cells);
		}
	}
}

static int list_pipelines(void)
{
	static const char *const usual[] = { SAFI_PIPELINE_DIR, NULL };
	g_auto(GStrv) path = safi_search_path("SAFI_PIPELINE_PATH", usual);
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_autoptr(GString) out = g_string_new(NULL);

	for (char **directory = path; *directory != NULL; directory++) {
		add_pipelines(rows, taken, *directory);
	}
	append_rows(out, rows);
	return safi_command_print(out->str);
}

/* --- the command ------------------------------------------------------------------------------ */

static int list(const char *what, bool all)
{
	static const char *const lists[] = { "stages", "plugins", "pipelines", NULL };
	SafiSuggest suggest;

	if (strcmp(what, "stages") == 0) {
		return list_catalog(all, add_stages);
	}
	if (strcmp(what, "plugins") == 0) {
		return list_catalog(all, add_plugin);
	}
	if (strcmp(what, "pipelines") == 0) {
		return list_pipelines();
	}
	safi_suggest_begin(&suggest, what);
	safi_suggest_try_all(&suggest, lists);
	return safi_command_misused(usage, "there is no list of '%s'%s", what,
	                            safi_suggest_hint(&suggest));
}

int safi_command_list(int argc, char **argv)
{
	g_auto(GStrv) words = NULL;
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
		{ "all", 'a', 0, G_OPTION_ARG_NONE, &all, NULL, NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (!safi_command_parse(entries, argv, usage, &status)) {
		return status;
	}
	if (words != NULL && words[1] != NULL) {
		return safi_command_misused(usage, "one list at a time");
	}
	return list(words != NULL ? words[0] : "stages", all);
}
