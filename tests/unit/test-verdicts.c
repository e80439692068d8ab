#include "verdicts.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* A directory with a plugin file, or what stands for one, and the cache beside it. */
typedef struct Place {
	char *directory, *file, *cache;
} Place;

static Place place;

static void place_make(void)
{
	place.directory = g_dir_make_tmp("safi-verdicts-XXXXXX", NULL);
	/* GLib asks for it once, so that all tests here have one cache. */
	g_setenv("XDG_CACHE_HOME", place.directory, TRUE);
	place.file = g_build_filename(place.directory, "a\tb\n\xC3.so", NULL);
	place.cache = g_build_filename(place.directory, "safi", "catalog", NULL);
}

static void place_remove(void)
{
	g_autofree char *own = g_path_get_dirname(place.cache);
	g_remove(place.cache);
	g_remove(own);
	g_remove(place.file);
	g_remove(place.directory);
	g_free(place.directory);
	g_free(place.file);
	g_free(place.cache);
}

static void write_file(const char *text)
{
	g_assert_true(g_file_set_contents(place.file, text, -1, NULL));
}

static void save(const char *verdict)
{
	g_autoptr(SafiVerdicts) verdicts = safi_verdicts_load();
	safi_verdicts_put(verdicts, place.file, verdict);
	safi_verdicts_save(verdicts);
}

static void check(const char *expected)
{
	g_autoptr(SafiVerdicts) verdicts = safi_verdicts_load();
	g_assert_cmpstr(safi_verdicts_get(verdicts, place.file), ==, expected);
}

static void test_kept(void)
{
	write_file("one");
	save("+of\ttwo\nlines, \xD8\xB9");
	check("+of\ttwo\nlines, \xD8\xB9");
	save(NULL);
	check(NULL);
}

static void test_changed_file(void)
{
	struct utimbuf then = { 1000000000, 1000000000 };
	write_file("one");
	g_assert_cmpint(utime(place.file, &then), ==, 0);
	save("+");
	check("+");
	write_file("four");
	g_assert_cmpint(utime(place.file, &then), ==, 0);
	check(NULL);
	/* The same size and time, but another file: as a copy that keeps its times. */
	write_file("one");
	g_assert_cmpint(utime(place.file, &then), ==, 0);
	check(NULL);
}

static void test_gone_file(void)
{
	g_autofree char *text = NULL;
	write_file("one");
	save("+");
	g_remove(place.file);
	check(NULL);
	g_autoptr(SafiVerdicts) verdicts = safi_verdicts_load();
	safi_verdicts_put(verdicts, place.directory, "+other");
	safi_verdicts_save(verdicts);
	g_assert_true(g_file_get_contents(place.cache, &text, NULL, NULL));
	g_assert_null(strstr(text, ".so"));
	g_assert_nonnull(strstr(text, "+other"));
}

static void test_foreign(void)
{
	static const char *const texts[] = { "", "\n\n", "junk\tjunk", "\\\\\t\\ ",
	                                     "safi 9, ABI 9.9\nx\ty z" };
	write_file("one");
	save("+");
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_true(g_file_set_contents(place.cache, texts[i], -1, NULL));
		check(NULL);
	}
	g_assert_true(g_file_set_contents(place.cache, "\xFF\0\x01", 3, NULL));
	check(NULL);
	save("+again");
	check("+again");
}

static void test_damage(void)
{
	g_autofree char *text = NULL;
	gsize len;
	write_file("one");
	save("+reader:text");
	g_assert_true(g_file_get_contents(place.cache, &text, &len, NULL));
	for (gsize i = 0; i < len; i++) {
		text[i] ^= 1;
		g_assert_true(g_file_set_contents(place.cache, text, (gssize)len, NULL));
		check(NULL);
		text[i] ^= 1;
	}
}

static void test_cannot_be_written(void)
{
	g_autofree char *own = g_path_get_dirname(place.cache);
	g_remove(place.cache);
	g_rmdir(own);
	g_assert_true(g_file_set_contents(own, "in the way", -1, NULL));
	save("+");
	check(NULL);
	g_remove(own);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	place_make();
	g_test_add_func("/a verdict is kept to the byte until it is taken back", test_kept);
	g_test_add_func("/a file of another size or time has no verdict", test_changed_file);
	g_test_add_func("/a file that is gone is forgotten", test_gone_file);
	g_test_add_func("/what another version or chance wrote counts for nothing", test_foreign);
	g_test_add_func("/a damaged byte, wherever it is, makes all count for nothing", test_damage);
	g_test_add_func("/a cache that cannot be written does no harm", test_cannot_be_written);
	int status = g_test_run();
	place_remove();
	return status;
}
