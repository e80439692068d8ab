#include "catalog.h"

#include "search.h"

#include <errno.h>

struct SafiCatalog {
	GPtrArray *plugins;  /* SafiPlugin */
	GHashTable *files;   /* the file names taken so far */
};

static const safi_stage *find_stage(const safi_plugin *declared, uint32_t role, const char *name)
{
	for (guint i = 0; declared != NULL && declared->stages[i] != NULL; i++) {
		if (declared->stages[i]->role == role && strcmp(declared->stages[i]->name, name) == 0) {
			return declared->stages[i];
		}
	}
	return NULL;
}

static void refuse_double(const SafiCatalog *catalog, SafiPlugin *plugin)
{
	const safi_stage *const *stages = plugin->declared != NULL ? plugin->declared->stages : NULL;
	const SafiPlugin *first;

	for (; stages != NULL && *stages != NULL; stages++) {
		if (safi_catalog_find(catalog, (*stages)->role, (*stages)->name, &first) != NULL) {
			plugin->refusal = g_strdup_printf("the %s '%s' is already in %s",
			                                  safi_role_name((*stages)->role), (*stages)->name,
			                                  first->path);
			plugin->declared = NULL;
			return;
		}
	}
}

static void load_file(SafiCatalog *catalog, const char *directory, const char *name)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);
	SafiPlugin *plugin;

	if (!g_hash_table_add(catalog->files, g_strdup(name))) {
		return;
	}
	plugin = safi_plugin_load(path);
	refuse_double(catalog, plugin);
	g_ptr_array_add(catalog->plugins, plugin);
}

static void load_directory(SafiCatalog *catalog, const char *directory)
{
	g_autoptr(GPtrArray) names = safi_search_files(directory, ".so");

	if (names == NULL) {
		char *reason = g_strdup_printf("cannot be read: %s", g_strerror(errno));
		g_ptr_array_add(catalog->plugins, safi_plugin_refused(directory, reason));
		return;
	}
	for (guint i = 0; i < names->len; i++) {
		load_file(catalog, directory, names->pdata[i]);
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

	catalog->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)safi_plugin_free);
	catalog->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (; *directories != NULL; directories++) {
		load_directory(catalog, *directories);
	}
	return catalog;
}

void safi_catalog_free(SafiCatalog *catalog)
{
	if (catalog == NULL) {
		return;
	}
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
		if (stage != NULL && plugin != NULL) {
			*plugin = candidate;
		}
		if (stage != NULL) {
			return stage;
		}
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

	for (guint i = 0; i < catalog->plugins->len; i++) {
		const safi_plugin *declared = ((SafiPlugin *)catalog->plugins->pdata[i])->declared;
		for (guint k = 0; declared != NULL && declared->stages[k] != NULL; k++) {
			if (role == 0 || declared->stages[k]->role == role) {
				g_ptr_array_add(names, (gpointer)declared->stages[k]->name);
			}
		}
	}
	g_ptr_array_sort(names, compare_texts);
	drop_doubles(names);
	return names;
}
