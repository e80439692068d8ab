/* Chunks of memory, and those that lie in a file. */
#include "spill.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

enum { LARGE = 32 * 1024 * 1024 /* one of these in a piece of the file */ };

static char *folder;

/* --- in memory -------------------------------------------------------------------------------- */

static void test_store(void)
{
	SafiChunk *small = safi_chunk_take(1), *large = safi_chunk_take(SAFI_CHUNK_MAX + 1);

	g_assert_cmpuint(small->size, ==, SAFI_CHUNK_MIN);
	g_assert_cmpuint(large->size, ==, SAFI_CHUNK_MAX + 1);
	for (guint i = 0; i < SAFI_PADDING; i++) {
		g_assert_cmpint(small->bytes[small->size + i], ==, 0);
		g_assert_cmpint(large->bytes[large->size + i], ==, 0);
	}
	safi_chunk_give(large);
	safi_chunk_give(small);
	g_assert_true(safi_chunk_take(SAFI_CHUNK_MIN) == small);
	SafiChunk *next = safi_chunk_take(SAFI_CHUNK_MIN + 1);
	g_assert_cmpuint(next->size, ==, 2 * SAFI_CHUNK_MIN);
	safi_chunk_give(next);
	safi_chunk_give(small);
	safi_chunk_drain();
	g_assert_null(safi_chunk_take(SIZE_MAX));
}

/* What is given back may be given to another thread's store. */
static gpointer give_away(gpointer chunk)
{
	safi_chunk_give(chunk);
	g_assert_true(safi_chunk_take(1) == chunk);
	safi_chunk_give(chunk);
	safi_chunk_drain();
	return NULL;
}

static void test_other_thread(void)
{
	g_thread_join(g_thread_new("other", give_away, safi_chunk_take(1)));
}

/* --- in a file -------------------------------------------------------------------------------- */

static void begin(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(safi_spill_begin(&error));
	g_assert_no_error(error);
	g_assert_true(safi_spill_is_on());
}

static void test_file(void)
{
	begin();
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_assert_null(g_dir_read_name(dir)); /* it has no name */
	SafiChunk *chunk = safi_chunk_take(5000);
	g_assert_true(chunk->spilled && chunk->size >= 5000);
	memset(chunk->bytes, 'x', chunk->size);
	safi_chunk_give(chunk);
	SafiChunk *again = safi_chunk_take(5000);
	g_assert_true(again == chunk);

	safi_spill_end();
	g_assert_false(safi_spill_is_on());
	SafiChunk *memory = safi_chunk_take(5000);
	g_assert_false(memory->spilled);
	safi_chunk_give(again);
	safi_chunk_give(memory);
	begin();
	g_assert_true(safi_chunk_take(5000) == chunk);
	safi_spill_clear();
	g_assert_false(safi_spill_is_on());
}

/* The bytes are those that were written, though all is put out of memory again and again. */
static void test_bytes(void)
{
	enum { CHUNKS = 3000 };
	SafiChunk *chunks[CHUNKS];

	begin();
	for (guint i = 0; i < CHUNKS; i++) {
		chunks[i] = safi_chunk_take(SAFI_CHUNK_MIN << i % 4);
		g_assert_true(chunks[i]->spilled);
		memset(chunks[i]->bytes, (int)(i % 251), chunks[i]->size);
	}
	for (guint i = 0; i < CHUNKS; i++) {
		for (size_t at = 0; at < chunks[i]->size; at++) {
			g_assert_cmpint((uint8_t)chunks[i]->bytes[at], ==, i % 251);
		}
		safi_chunk_give(chunks[i]);
	}
	safi_spill_clear();
}

static void test_too_large(void)
{
	begin();
	SafiChunk *chunk = safi_chunk_take((size_t)64 << 20);
	g_assert_false(chunk->spilled);
	safi_chunk_give(chunk);
	g_assert_true(safi_spill_is_on());
	safi_spill_clear();
}

/* --- when it cannot be ------------------------------------------------------------------------ */

static void test_no_folder(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *nowhere = g_build_filename(folder, "nowhere", NULL);
	g_autofree char *said = g_strdup_printf("no temporary file can be made in %s: %s; "
	                                         "TMPDIR names another directory", nowhere,
	                                        g_strerror(ENOENT));

	g_setenv("TMPDIR", nowhere, TRUE);
	g_assert_false(safi_spill_begin(&error));
	g_assert_cmpstr(error->message, ==, said);
	g_assert_false(safi_spill_is_on());
	g_setenv("TMPDIR", folder, TRUE);
	begin();
	safi_spill_clear();
}

static void limit_files(rlim_t most)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = most;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* A file that can grow no more: what is in it stays, what is more is in memory, and it is told. */
static void test_full(void)
{
	g_autoptr(GError) error = NULL;

	signal(SIGXFSZ, SIG_IGN);
	limit_files((rlim_t)100 << 20);
	begin();
	SafiChunk *in_file = safi_chunk_take(LARGE);
	g_assert_true(in_file->spilled);
	in_file->bytes[0] = 'x';
	SafiChunk *in_memory = safi_chunk_take(LARGE);
	g_assert_false(in_memory->spilled || safi_spill_is_on());
	g_autofree char *failure = safi_spill_failure();
	g_assert_cmpstr(failure, ==,
	                "the temporary file for held records cannot grow: File too large; TMPDIR names "
	                "another directory");
	g_assert_false(safi_spill_begin(&error));
	g_assert_cmpstr(error->message, ==, failure);
	g_assert_cmpint(in_file->bytes[0], ==, 'x');
	safi_chunk_give(in_memory);
	safi_chunk_give(in_file);
	safi_spill_clear();
	g_assert_null(safi_spill_failure());
	limit_files(RLIM_INFINITY);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("safi-spill-XXXXXX", NULL);
	g_setenv("TMPDIR", folder, TRUE);
	g_test_add_func("/chunk/what is given back is taken again by its size", test_store);
	g_test_add_func("/chunk/another thread may give it back", test_other_thread);
	g_test_add_func("/spill/while it is on chunks lie in a file without a name", test_file);
	g_test_add_func("/spill/bytes in the file stay what they are", test_bytes);
	g_test_add_func("/spill/what is larger than a piece of the file is in memory", test_too_large);
	g_test_add_func("/spill/where there is no folder for it there is no file", test_no_folder);
	g_test_add_func("/spill/a full disk is told, and what is in the file stays", test_full);
	const int status = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return status;
}
