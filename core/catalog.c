#include "catalog.h"

#include "aside.h"
#include "child.h"
#include "probe.h"
#include "search.h"
#include "verdicts.h"

#include <errno.h>

/* A stage as the verdict on its file names it: "reader:text", and behind a ! the fingerprint of the
 * options with which it was last opened without harm. */
typedef struct Known {
	uint32_t role;
	char *name, *tried; /* tried NULL: never */
} Known;

/* A file of the search path. */
typedef struct Entry {
	SafiPlugin *plugin;
	GArray *known; /* Known; none where nobody could look inside */
	bool file;     /* not a directory that cannot be read */
} Entry;

struct SafiCatalog {
	GPtrArray *entries;
	GPtrArray *plugins;  /* the same, as SafiPlugin */
	GHashTable *files;   /* the file names taken so far */
	SafiVerdicts *verdicts;
};

/* --- verdicts --------------------------------------------------------------------------------- */

/* What begins a verdict.  Why a file is refused is found out anew each time, since what it lacks
 * may have been installed; but not that it crashed, or hung for so many seconds. */
#define GOOD '+'
#define CRASHED '!'

static void known_clear(gpointer data)
{
	Known *known = data;

	g_free(known->name);
	g_free(known->tried);
}

static void entry_free(gpointer data)
{
	Entry *entry = data;

	safi_plugin_free(entry->plugin);
	g_array_unref(entry->known);
	g_free(entry);
}

static Entry *entry_new(SafiPlugin *plugin)
{
	Entry *entry = g_new0(Entry, 1);

	entry->plugin = plugin;
	entry->known = g_array_new(FALSE, FALSE, sizeof(Known));
	g_array_set_clear_func(entry->known, known_clear);
	return entry;
}

static uint32_t role_named(const char *name)
{
	uint32_t role = SAFI_READS;

	while (role <= SAFI_WRITES && strcmp(safi_role_name(role), name) != 0) {
		role++;
	}
	return role;
}

static void take_names(Entry *entry, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word != NULL; word++) {
		g_auto(GStrv) parts = g_strsplit_set(*word, ":!", -1);
		if (g_strv_length(parts) >= 2) {
			const Known known = { role_named(parts[0]), g_strdup(parts[1]), g_strdup(parts[2]) };
			g_array_append_val(entry->known, known);
		}
	}
}

static void tell_names(GString *out, const SafiPlugin *plugin)
{
	for (const safi_stage *const *stages = plugin->declared->stages; *stages != NULL; stages++) {
		g_string_append_printf(out, "%s%s:%s", out->len > 1 ? " " : "",
		                       safi_role_name((*stages)->role), (*stages)->name);
	}
}

static char *verdict_of(const Entry *entry)
{
	GString *verdict = g_string_new(NULL);

	g_string_append_c(verdict, GOOD);
	for (guint i = 0; i < entry->known->len; i++) {
		const Known *known = &g_array_index(entry->known, Known, i);
		g_string_append_printf(verdict, "%s%s:%s%s%s", i > 0 ? " " : "",
		                       safi_role_name(known->role), known->name,
		                       known->tried ? "!" : "", known->tried ? known->tried : "");
	}
	return g_string_free(verdict, FALSE);
}

static void remember(const SafiCatalog *catalog, const Entry *entry, const char *verdict)
{
	safi_verdicts_put(catalog->verdicts, entry->plugin->path, verdict);
}

/* Nobody has looked at the file as it is now. */
static void look(const SafiCatalog *catalog, Entry *entry)
{
	g_autofree char *said = NULL, *verdict = NULL;
	double seconds = safi_child_seconds();

	switch (safi_probe(entry->plugin->path, seconds, tell_names, &said)) {
	case SAFI_PROBE_GOOD:
		take_names(entry, said);
		verdict = verdict_of(entry);
		break;
	case SAFI_PROBE_CRASHED:
		verdict = g_strdup_printf("%c%g %s", CRASHED, seconds, said);
		/* fall through */
	default:
		entry->plugin->refusal = g_steal_pointer(&said);
	}
	remember(catalog, entry, verdict);
}

/* That it crashed or hung earlier; no longer true where it is given more time now. */
static const char *crashed_before(const char *verdict)
{
	char *reason;
	double seconds;

	if (verdict == NULL || verdict[0] != CRASHED) {
		return NULL;
	}
	seconds = g_ascii_strtod(verdict + 1, &reason);
	return *reason == ' ' && safi_child_seconds() <= seconds ? reason + 1 : NULL;
}

static void judge(const SafiCatalog *catalog, Entry *entry)
{
	const char *verdict = safi_verdicts_get(catalog->verdicts, entry->plugin->path);
	const char *crashed = crashed_before(verdict);

	if (verdict != NULL && verdict[0] == GOOD) {
		take_names(entry, verdict + 1);
	} else if (crashed != NULL) {
		entry->plugin->refusal = g_strdup_printf("%s; that was earlier, safi inspect %s looks "
		                                         "again", crashed, entry->plugin->path);
	} else {
		look(catalog, entry);
	}
}

/* --- finding files ---------------------------------------------------------------------------- */

static const Entry *entry_with(const SafiCatalog *catalog, uint32_t role, const char *name,
                               bool refused)
{
	for (guint i = 0; i < catalog->entries->len; i++) {
		const Entry *entry = catalog->entries->pdata[i];
		for (guint k = 0; k < entry->known->len; k++) {
			const Known *known = &g_array_index(entry->known, Known, k);
			if ((role == 0 || known->role == role) && strcmp(known->name, name) == 0 &&
			    (entry->plugin->refusal != NULL) == refused) {
				return entry;
			}
		}
	}
	return NULL;
}

static void refuse_double(const SafiCatalog *catalog, Entry *entry)
{
	for (guint i = 0; entry->plugin->refusal == NULL && i < entry->known->len; i++) {
		const Known *known = &g_array_index(entry->known, Known, i);
		const Entry *first = entry_with(catalog, known->role, known->name, false);
		if (first != NULL) {
			entry->plugin->refusal = g_strdup_printf(
				"the %s '%s' is already in %s; remove one, or give both files one name, and the "
				"first on the path is taken", safi_role_name(known->role), known->name,
				first->plugin->path);
		}
	}
}

static void add(SafiCatalog *catalog, Entry *entry)
{
	g_ptr_array_add(catalog->entries, entry);
	g_ptr_array_add(catalog->plugins, entry->plugin);
}

static void add_file(SafiCatalog *catalog, const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	if (!g_hash_table_add(catalog->files, g_strdup(name))) {
		return;
	}
	Entry *entry = entry_new(safi_plugin_refused(path, NULL));
	entry->file = true;
	judge(catalog, entry);
	refuse_double(catalog, entry);
	add(catalog, entry);
}

static void add_directory(SafiCatalog *catalog, const char *directory)
{
	g_autoptr(GPtrArray) names = safi_search_files(directory, ".so");

	if (names == NULL) {
		char *reason = g_strdup_printf("cannot be read: %s", g_strerror(errno));
		add(catalog, entry_new(safi_plugin_refused(directory, reason)));
		return;
	}
	for (guint i = 0; i < names->len; i++) {
		add_file(catalog, directory, names->pdata[i]);
	}
}

char **safi_catalog_path(void)
{
	g_autofree char *own = g_build_filename(g_get_user_data_dir(), "safi", "plugins", NULL);
	const char *const usual[] = { own, SAFI_PLUGIN_DIR, NULL };

	return safi_search_path("SAFI_PLUGIN_PATH", usual);
}

SafiCatalog *safi_catalog_new(void)
{
	g_auto(GStrv) path = safi_catalog_path();

	return safi_catalog_new_from((const char *const *)path);
}

SafiCatalog *safi_catalog_new_from(const char *const *directories)
{
	SafiCatalog *catalog = g_new0(SafiCatalog, 1);

	catalog->entries = g_ptr_array_new_with_free_func(entry_free);
	catalog->plugins = g_ptr_array_new();
	catalog->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	catalog->verdicts = safi_verdicts_load();
	for (; *directories != NULL; directories++) {
		add_directory(catalog, *directories);
	}
	safi_verdicts_save(catalog->verdicts);
	return catalog;
}

void safi_catalog_free(SafiCatalog *catalog)
{
	if (catalog == NULL) {
		return;
	}
	safi_verdicts_free(catalog->verdicts);
	g_ptr_array_unref(catalog->plugins);
	g_ptr_array_unref(catalog->entries);
	g_hash_table_unref(catalog->files);
	g_free(catalog);
}

/* --- loading ---------------------------------------------------------------------------------- */

/* Whether it has the stages that it had for whoever looked into it. */
static bool is_known(const Entry *entry, const SafiPlugin *loaded)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GString) known = g_string_new(NULL);

	tell_names(names, loaded);
	for (guint i = 0; i < entry->known->len; i++) {
		const Known *stage = &g_array_index(entry->known, Known, i);
		g_string_append_printf(known, "%s%s:%s", i > 0 ? " " : "", safi_role_name(stage->role),
		                       stage->name);
	}
	return strcmp(names->str, known->str) == 0;
}

/* A file that was good for a child may still be refused here: what it needs may have gone since. */
static void load(const SafiCatalog *catalog, const Entry *entry)
{
	SafiPlugin *plugin = entry->plugin;

	if (plugin->declared != NULL || plugin->refusal != NULL) {
		return;
	}
	SafiAside aside;
	safi_aside_begin(&aside);
	g_autoptr(SafiPlugin) loaded = safi_plugin_load(plugin->path);
	safi_aside_end(&aside);
	if (loaded->declared != NULL && !is_known(entry, loaded)) {
		loaded->declared = NULL;
		loaded->refusal = g_strdup("is another file than the one that was looked into; try again");
	}
	plugin->declared = loaded->declared;
	plugin->refusal = g_steal_pointer(&loaded->refusal);
	if (plugin->declared == NULL) {
		remember(catalog, entry, NULL);
		safi_verdicts_save(catalog->verdicts);
	}
}

static const safi_stage *stage_of(const safi_plugin *declared, uint32_t role, const char *name)
{
	for (guint i = 0; declared != NULL && declared->stages[i] != NULL; i++) {
		if (declared->stages[i]->role == role && strcmp(declared->stages[i]->name, name) == 0) {
			return declared->stages[i];
		}
	}
	return NULL;
}

/* --- asking ----------------------------------------------------------------------------------- */

bool safi_catalog_has(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	return entry_with(catalog, role, name, false) != NULL;
}

const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin)
{
	const Entry *entry = entry_with(catalog, role, name, false);

	if (entry == NULL) {
		return NULL;
	}
	load(catalog, entry);
	if (plugin != NULL) {
		*plugin = entry->plugin;
	}
	return stage_of(entry->plugin->declared, role, name);
}

const SafiPlugin *safi_catalog_refused(const SafiCatalog *catalog, const char *name)
{
	const Entry *entry = entry_with(catalog, 0, name, true);
	g_autofree char *file = g_strconcat(name, ".so", NULL);

	for (guint i = 0; entry == NULL && i < catalog->entries->len; i++) {
		const Entry *other = catalog->entries->pdata[i];
		g_autofree char *base = g_path_get_basename(other->plugin->path);
		if (other->plugin->refusal != NULL && strcmp(base, file) == 0) {
			entry = other;
		}
	}
	return entry != NULL ? entry->plugin : NULL;
}

const SafiPlugin *safi_catalog_rival(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	const Entry *entry = entry_with(catalog, role, name, true);

	return entry != NULL ? entry->plugin : NULL;
}

const GPtrArray *safi_catalog_plugins(const SafiCatalog *catalog)
{
	for (guint i = 0; i < catalog->entries->len; i++) {
		load(catalog, catalog->entries->pdata[i]);
	}
	return catalog->plugins;
}

guint safi_catalog_count(const SafiCatalog *catalog, guint *refused)
{
	guint files = 0;

	*refused = 0;
	for (guint i = 0; i < catalog->entries->len; i++) {
		const Entry *entry = catalog->entries->pdata[i];
		*refused += entry->plugin->refusal != NULL;
		files += entry->file;
	}
	return files;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void drop_doubles(GPtrArray *names)
{
	guint kept = 0;

	for (guint i = 0; i < names->len; i++) {
		if (kept == 0 || strcmp(names->pdata[kept - 1], names->pdata[i]) != 0) {
			names->pdata[kept++] = names->pdata[i];
		}
	}
	g_ptr_array_set_size(names, kept);
}

GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < catalog->entries->len; i++) {
		const Entry *entry = catalog->entries->pdata[i];
		for (guint k = 0; entry->plugin->refusal == NULL && k < entry->known->len; k++) {
			const Known *known = &g_array_index(entry->known, Known, k);
			if (role == 0 || known->role == role) {
				g_ptr_array_add(names, known->name);
			}
		}
	}
	g_ptr_array_sort(names, compare_texts);
	drop_doubles(names);
	return names;
}

/* --- stages that were opened before ----------------------------------------------------------- */

static Known *known_stage(const SafiCatalog *catalog, const safi_stage *stage, const Entry **entry)
{
	*entry = entry_with(catalog, stage->role, stage->name, false);
	for (guint i = 0; *entry != NULL && i < (*entry)->known->len; i++) {
		Known *known = &g_array_index((*entry)->known, Known, i);
		if (known->role == stage->role && strcmp(known->name, stage->name) == 0) {
			return known;
		}
	}
	return NULL;
}

bool safi_catalog_is_tried(const SafiCatalog *catalog, const safi_stage *stage,
                           const char *fingerprint)
{
	const Entry *entry;
	const Known *known = known_stage(catalog, stage, &entry);

	return known != NULL && g_strcmp0(known->tried, fingerprint) == 0;
}

void safi_catalog_set_tried(SafiCatalog *catalog, const safi_stage *stage, const char *fingerprint)
{
	const Entry *entry;
	Known *known = known_stage(catalog, stage, &entry);

	if (known != NULL) {
		g_free(known->tried);
		known->tried = g_strdup(fingerprint);
		g_autofree char *verdict = verdict_of(entry);
		remember(catalog, entry, verdict);
		safi_verdicts_save(catalog->verdicts);
	}
}
