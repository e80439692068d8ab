#include "catalog.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

struct SafiCatalog {
	GPtrArray *plugins;  /* SafiPlugin */
	GHashTable *files;   /* the file names taken so far */
};

static const safi_stage *find_stage(const safi_plugin *declared, uint32_t role, const char *name)
{
	for (guint i = 0; declared != NULL && declared->stages[i] != NULL; i++)
		if (declared->stages[i]->role == role && strcmp(declared->stages[i]->name, name) == 0)
			return declared->stages[i];
	return NULL;
}

static void refuse_double(const SafiCatalog *catalog, SafiPlugin *plugin)
{
	const safi_stage *const *stages = plugin->declared != NULL ? plugin->declared->stages : NULL;
	const SafiPlugin *first;

	for (; stages != NULL && *stages != NULL; stages++)
		if (safi_catalog_find(catalog, (*stages)->role, (*stages)->name, &first) != NULL) {
			plugin->refusal = g_strdup_printf("the %s '%s' is already in %s",
			                                  safi_role_name((*stages)->role), (*stages)->name,
			                                  first->path);
			plugin->declared = NULL;
			return;
		}
}

const SafiPlugin *safi_catalog_load(SafiCatalog *catalog, const char *path)
{
	SafiPlugin *plugin = safi_plugin_load(path);

	refuse_double(catalog, plugin);
	g_ptr_array_add(catalog->plugins, plugin);
	return plugin;
}

static int is_module(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && g_str_has_suffix(entry->d_name, ".so");
}

/* Sorted by bytes, so that a run depends neither on the file system nor on the locale. */
static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_file(SafiCatalog *catalog, const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	if (g_hash_table_add(catalog->files, g_strdup(name)))
		safi_catalog_load(catalog, path);
}

static void load_directory(SafiCatalog *catalog, const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_module, compare_entries);

	if (n < 0) {
		char *reason = g_strdup_printf("cannot be read: %s", g_strerror(errno));
		g_ptr_array_add(catalog->plugins, safi_plugin_refused(directory, reason));
		return;
	}
	for (int i = 0; i < n; i++) {
		load_file(catalog, directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

char **safi_catalog_path(void)
{
	GPtrArray *path = g_ptr_array_new();
	const char *named = g_getenv("SAFI_PLUGIN_PATH");
	g_auto(GStrv) parts = g_strsplit(named != NULL ? named : "", ":", -1);
	g_autofree char *own = g_build_filename(g_get_user_data_dir(), "safi", "plugins", NULL);
	const char *const usual[] = { own, SAFI_PLUGIN_DIR };

	/* An empty part would be the current directory. */
	for (char **part = parts; *part != NULL; part++)
		if (**part != '\0')
			g_ptr_array_add(path, g_canonicalize_filename(*part, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(usual); i++)
		if (g_file_test(usual[i], G_FILE_TEST_IS_DIR))
			g_ptr_array_add(path, g_strdup(usual[i]));
	g_ptr_array_add(path, NULL);
	return (char **)g_ptr_array_free(path, FALSE);
}

SafiCatalog *safi_catalog_new(void)
{
	g_auto(GStrv) path = safi_catalog_path();

	return safi_catalog_new_from((const char *const *)path);
}

SafiCatalog *safi_catalog_new_from(const char *const *directories)
{
	SafiCatalog *catalog = g_new0(SafiCatalog, 1);

	catalog->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)safi_plugin_free);
	catalog->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (; *directories != NULL; directories++)
		load_directory(catalog, *directories);
	return catalog;
}

void safi_catalog_free(SafiCatalog *catalog)
{
	if (catalog == NULL)
		return;
	g_ptr_array_unref(catalog->plugins);
	g_hash_table_unref(catalog->files);
	g_free(catalog);
}

const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin)
{
	for (guint i = 0; i < catalog->plugins->len; i++) {
		const SafiPlugin *candidate = catalog->plugins->pdata[i];
		const safi_stage *stage = find_stage(candidate->declared, role, name);
		if (stage != NULL && plugin != NULL)
			*plugin = candidate;
		if (stage != NULL)
			return stage;
	}
	return NULL;
}

const GPtrArray *safi_catalog_plugins(const SafiCatalog *catalog)
{
	return catalog->plugins;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void drop_doubles(GPtrArray *names)
{
	guint kept = 0;

	for (guint i = 0; i < names->len; i++)
		if (kept == 0 || strcmp(names->pdata[kept - 1], names->pdata[i]) != 0)
			names->pdata[kept++] = names->pdata[i];
	g_ptr_array_set_size(names, kept);
}

GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < catalog->plugins->len; i++) {
		const safi_plugin *declared = ((SafiPlugin *)catalog->plugins->pdata[i])->declared;
		for (guint k = 0; declared != NULL && declared->stages[k] != NULL; k++)
			if (role == 0 || declared->stages[k]->role == role)
				g_ptr_array_add(names, (gpointer)declared->stages[k]->name);
	}
	g_ptr_array_sort(names, compare_texts);
	drop_doubles(names);
	return names;
}
