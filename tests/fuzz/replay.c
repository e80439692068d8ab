/* A fuzz target without a fuzzer: reads the files of a corpus, and prints TAP.
 *
 *     replay NAME FILE...     NAME is the target's, for the test's sentence
 *     replay NAME DIRECTORY   all files in it */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdio.h>

static bool try_file(const char *path)
{
	g_autofree char *content = NULL;
	gsize len = 0;
	if (!g_file_get_contents(path, &content, &len, NULL)) {
		fprintf(stderr, "cannot read %s\n", path);
		return false;
	}
	/* A finding aborts: then this is the last that was said of a file. */
	fprintf(stderr, "trying %s\n", path);
	/* Of its very length, so that a read behind it is seen. */
	g_autofree uint8_t *bytes = g_malloc(MAX(len, 1));
	memcpy(bytes, content, len);
	LLVMFuzzerTestOneInput(bytes, len);
	return true;
}

static guint try_directory(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint good = 0;
	for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
		g_autofree char *file = g_build_filename(path, name, NULL);
		good += try_file(file);
	}
	return good;
}

int main(int argc, char **argv)
{
	guint good = 0;
	if (argc < 3) {
		fprintf(stderr, "usage: %s NAME FILE|DIRECTORY...\n", argv[0]);
		return 64;
	}
	LLVMFuzzerInitialize(&argc, &argv);
	printf("1..1\n");
	fflush(stdout);
	for (int i = 2; i < argc; i++) {
		bool dir = g_file_test(argv[i], G_FILE_TEST_IS_DIR);
		good += dir ? try_directory(argv[i]) : try_file(argv[i]);
	}
	printf("%sok 1 - the corpus of %s, %u files, is read without a finding\n",
	       good > 0 ? "" : "not ", argv[1], good);
	return good > 0 ? 0 : 1;
}
