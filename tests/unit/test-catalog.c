#include "catalog.h"

#include <glib/gstdio.h>

/* A directory for one test, with copies of test plugins in it. */
typedef struct Place {
	char *directory;
} Place;

static void place_make(Place *place, gconstpointer unused)
{
	place->directory = g_dir_make_tmp("safi-catalog-XXXXXX", NULL);
	g_assert_nonnull(place->directory);
}

static void place_remove(Place *place, gconstpointer unused)
{
	g_autoptr(GDir) dir = g_dir_open(place->directory, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(place->directory, name, NULL);
		g_remove(path);
	}
	g_rmdir(place->directory);
	g_free(place->directory);
}

static char *built(const char *name)
{
	return g_strdup_printf("%s/%s.so", g_getenv("SAFI_TEST_PLUGINS"), name);
}

static char *put(const Place *place, const char *name, const char *as)
{
	g_autofree char *from = built(name);
	char *to = g_build_filename(place->directory, as, NULL);
	char *bytes;
	gsize len;

	g_assert_true(g_file_get_contents(from, &bytes, &len, NULL));
	g_assert_true(g_file_set_contents(to, bytes, len, NULL));
	g_free(bytes);
	return to;
}

static SafiCatalog *read_place(const Place *place)
{
	const char *const directories[] = { place->directory, NULL };

	return safi_catalog_new_from(directories);
}

static const SafiPlugin *plugin_at(const SafiCatalog *catalog, guint i)
{
	const GPtrArray *plugins = safi_catalog_plugins(catalog);

	g_assert_cmpuint(i, <, plugins->len);
	return plugins->pdata[i];
}

static void check_refusal(const char *name, const char *reason)
{
	g_autofree char *path = built(name);
	g_autoptr(SafiPlugin) plugin = safi_plugin_load(path);

	g_assert_null(plugin->declared);
	g_assert_cmpstr(plugin->refusal, ==, reason);
}

/* --- finding --------------------------------------------------------------------------------- */

static void test_finds(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "good", "good.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);
	const SafiPlugin *plugin = NULL;
	const safi_stage *stage = safi_catalog_find(catalog, SAFI_READS, "good", &plugin);

	g_assert_cmpstr(stage->summary, ==, "Reads nothing");
	g_assert_cmpstr(plugin->path, ==, path);
	g_assert_cmpstr(plugin->declared->id, ==, "test.good");
	g_assert_cmpstr(safi_catalog_find(catalog, SAFI_CHANGES, "good", NULL)->summary, ==,
	                "Changes nothing");
	g_assert_null(safi_catalog_find(catalog, SAFI_WRITES, "good", NULL));
	g_assert_null(safi_catalog_find(catalog, SAFI_READS, "better", NULL));
}

static void test_names(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "good", "good.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);
	g_autoptr(GPtrArray) all = safi_catalog_names(catalog, 0);
	g_autoptr(GPtrArray) writers = safi_catalog_names(catalog, SAFI_WRITES);

	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpstr(all->pdata[0], ==, "good");
	g_assert_cmpstr(all->pdata[1], ==, "good-writer");
	g_assert_cmpuint(writers->len, ==, 1);
	g_assert_cmpstr(writers->pdata[0], ==, "good-writer");
}

static void test_order(Place *place, gconstpointer unused)
{
	g_autofree char *z = put(place, "no-entry", "z.so");
	g_autofree char *a = put(place, "no-entry", "a.so");
	g_autofree char *m = put(place, "no-entry", "M.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);

	g_assert_cmpstr(plugin_at(catalog, 0)->path, ==, m);
	g_assert_cmpstr(plugin_at(catalog, 1)->path, ==, a);
	g_assert_cmpstr(plugin_at(catalog, 2)->path, ==, z);
}

static void test_others(Place *place, gconstpointer unused)
{
	g_autofree char *text = put(place, "good", "good.so.bak");
	g_autofree char *hidden = put(place, "good", ".good.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);

	g_assert_cmpuint(safi_catalog_plugins(catalog)->len, ==, 0);
}

static void test_shadow(Place *place, gconstpointer unused)
{
	Place second;
	place_make(&second, NULL);
	g_autofree char *first_path = put(place, "good", "good.so");
	g_autofree char *second_path = put(&second, "no-entry", "good.so");
	const char *const directories[] = { place->directory, second.directory, NULL };
	g_autoptr(SafiCatalog) catalog = safi_catalog_new_from(directories);

	g_assert_cmpuint(safi_catalog_plugins(catalog)->len, ==, 1);
	g_assert_cmpstr(plugin_at(catalog, 0)->path, ==, first_path);
	place_remove(&second, NULL);
}

static void test_double(Place *place, gconstpointer unused)
{
	g_autofree char *first = put(place, "good", "a.so");
	g_autofree char *second = put(place, "good", "b.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);
	g_autofree char *reason = g_strdup_printf(
		"the reader 'good' is already in %s; remove one, or give both files one name, and the "
		"first on the path is taken", first);

	g_assert_null(plugin_at(catalog, 0)->refusal);
	g_assert_null(plugin_at(catalog, 1)->declared);
	g_assert_cmpstr(plugin_at(catalog, 1)->refusal, ==, reason);
	g_assert_true(safi_catalog_rival(catalog, SAFI_READS, "good") == plugin_at(catalog, 1));
	g_assert_null(safi_catalog_rival(catalog, SAFI_WRITES, "good"));
}

static void test_lazy(Place *place, gconstpointer unused)
{
	g_autofree char *a = put(place, "good", "good.so"), *z = put(place, "aborts", "z.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);
	const SafiPlugin *plugin;
	guint refused;

	g_assert_true(safi_catalog_has(catalog, SAFI_READS, "good"));
	g_assert_false(safi_catalog_has(catalog, SAFI_READS, "good-writer"));
	g_assert_cmpuint(safi_catalog_count(catalog, &refused), ==, 2);
	g_assert_cmpuint(refused, ==, 1);
	/* It is gone before anybody asks for it: what is loaded is only what is asked for. */
	g_remove(a);
	g_assert_null(safi_catalog_find(catalog, SAFI_READS, "good", &plugin));
	g_assert_cmpstr(plugin->refusal, ==, "cannot be read: No such file or directory");
	g_assert_true(safi_catalog_refused(catalog, "good") == plugin);
	g_assert_cmpstr(safi_catalog_refused(catalog, "z")->path, ==, z);
	g_assert_null(safi_catalog_refused(catalog, "y"));
}

static void test_crash(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "aborts", "aborts.so");
	g_autofree char *again = g_strdup_printf(
		"crashed while it was loaded: signal 6, Aborted; that was earlier, safi inspect %s looks "
		"again", path);
	for (int i = 0; i < 2; i++) {
		g_autoptr(SafiCatalog) catalog = read_place(place);
		g_assert_cmpstr(plugin_at(catalog, 0)->refusal, ==,
		                i == 0 ? "crashed while it was loaded: signal 6, Aborted" : again);
	}
}

static void test_tried(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "good", "good.so");
	for (int i = 0; i < 2; i++) {
		g_autoptr(SafiCatalog) catalog = read_place(place);
		const safi_stage *reader = safi_catalog_find(catalog, SAFI_READS, "good", NULL);
		const safi_stage *writer = safi_catalog_find(catalog, SAFI_WRITES, "good-writer", NULL);
		g_assert_cmpint(safi_catalog_is_tried(catalog, reader, "abc"), ==, i == 1);
		g_assert_false(safi_catalog_is_tried(catalog, reader, "abd"));
		g_assert_false(safi_catalog_is_tried(catalog, writer, "abc"));
		safi_catalog_set_tried(catalog, reader, "abc");
		g_assert_true(safi_catalog_is_tried(catalog, reader, "abc"));
	}
}

static void test_changed(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "good", "good.so");
	g_autoptr(SafiCatalog) catalog = read_place(place);
	g_autofree char *other = put(place, "sample", "good.so");
	const SafiPlugin *plugin;

	g_assert_null(safi_catalog_find(catalog, SAFI_READS, "good", &plugin));
	g_assert_cmpstr(plugin->refusal, ==,
	                "is another file than the one that was looked into; try again");
	g_autoptr(SafiCatalog) again = read_place(place);
	g_assert_nonnull(safi_catalog_find(again, SAFI_CHANGES, "sample", NULL));
}

static void test_more_time(Place *place, gconstpointer unused)
{
	g_autofree char *path = put(place, "hangs", "hangs.so");
	static const char *const seconds[] = { "0.1", "0.05", "0.2" };
	for (guint i = 0; i < G_N_ELEMENTS(seconds); i++) {
		g_setenv("SAFI_PROBE_SECONDS", seconds[i], TRUE);
		g_autoptr(SafiCatalog) catalog = read_place(place);
		const char *refusal = plugin_at(catalog, 0)->refusal;
		g_assert_nonnull(strstr(refusal, i == 2 ? "within 0.2 s" : "within 0.1 s"));
		g_assert_cmpint(strstr(refusal, "earlier") != NULL, ==, i == 1);
	}
	g_unsetenv("SAFI_PROBE_SECONDS");
}

static void test_no_directory(void)
{
	const char *const directories[] = { "/nowhere/at/all", NULL };
	g_autoptr(SafiCatalog) catalog = safi_catalog_new_from(directories);

	g_assert_cmpstr(plugin_at(catalog, 0)->path, ==, "/nowhere/at/all");
	g_assert_cmpstr(plugin_at(catalog, 0)->refusal, ==,
	                "cannot be read: No such file or directory");
}

static void test_path(void)
{
	g_setenv("SAFI_PLUGIN_PATH", "/one::/two/../three", TRUE);
	g_auto(GStrv) path = safi_catalog_path();

	g_assert_cmpstr(path[0], ==, "/one");
	g_assert_cmpstr(path[1], ==, "/three");
	for (char **part = path + 2; *part != NULL; part++) {
		g_assert_true(g_file_test(*part, G_FILE_TEST_IS_DIR));
	}
	g_unsetenv("SAFI_PLUGIN_PATH");
}

/* --- refusing -------------------------------------------------------------------------------- */

static void test_undefined(void)
{
	check_refusal("undefined",
	              "needs the function or variable nowhere, which neither safi nor the libraries it "
	              "is linked with have; link it with what has it");
}

static void test_null(void)
{
	check_refusal("null",
	              "returns NULL from safi_plugin_entry(); make it return the description");
}

static void test_no_entry(void)
{
	check_refusal("no-entry", "is a shared object, but not a Safi plugin: it exports no function "
	                          "safi_plugin_entry()");
}

static void test_missing(void)
{
	check_refusal("missing", "cannot be read: No such file or directory");
}

static void test_major(void)
{
	check_refusal("version-2.1",
	              "is built for ABI 2.1, this safi speaks 1.0; build it with this safi's safi.h");
}

static void test_minor(void)
{
	check_refusal("version-1.9", "needs ABI 1.9, this safi speaks 1.0; use a newer safi");
}

static void test_junk(Place *place, gconstpointer unused)
{
	g_autofree char *path = g_build_filename(place->directory, "junk.so", NULL);
	g_assert_true(g_file_set_contents(path, "not a module at all", -1, NULL));
	g_autoptr(SafiCatalog) catalog = read_place(place);

	g_assert_cmpstr(plugin_at(catalog, 0)->refusal, ==,
	                "is a text, not a shared object");
}

static void test_directory(Place *place, gconstpointer unused)
{
	g_autoptr(SafiPlugin) plugin = safi_plugin_load(place->directory);

	g_assert_cmpstr(plugin->refusal, ==, "is a directory, not a file");
}

#define ADD(sentence, function) \
	g_test_add("/" sentence, Place, NULL, place_make, function, place_remove)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("a stage is found by role and name", test_finds);
	ADD("names are sorted, and each is given once", test_names);
	ADD("files of a directory are loaded in the order of their names", test_order);
	ADD("hidden files and other files are left alone", test_others);
	ADD("of two files of one name the first on the path is taken", test_shadow);
	ADD("a stage that another file has already refuses the later file", test_double);
	ADD("what nobody asks for is not loaded", test_lazy);
	ADD("a plugin that crashes is looked into once", test_crash);
	ADD("that a stage was opened without harm is kept", test_tried);
	ADD("a file that is exchanged meanwhile is not believed", test_changed);
	ADD("what hung is looked into again when it is given more time", test_more_time);
	g_test_add_func("/a directory that cannot be read is told", test_no_directory);
	g_test_add_func("/an empty part of the search path is not the current directory", test_path);
	g_test_add_func("/an undefined function is found when loading, by name", test_undefined);
	g_test_add_func("/an entry that returns NULL is refused", test_null);
	g_test_add_func("/a module without the entry is refused", test_no_entry);
	g_test_add_func("/a missing file is told as missing", test_missing);
	g_test_add_func("/a plugin of another major version is refused", test_major);
	g_test_add_func("/a plugin that needs a later minor version is refused", test_minor);
	ADD("a junk file is refused by what it looks like", test_junk);
	ADD("a directory in place of a file is refused", test_directory);
	return g_test_run();
}
