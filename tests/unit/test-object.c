#include "object.h"

#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A plugin without a fault, read once; each test spoils a copy. */
static char *good;
static gsize n_good;

static bool check(gconstpointer bytes, gsize len, char **reason)
{
	int fd = memfd_create("object", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, bytes, len), ==, len);
	*reason = NULL;
	bool fine = safi_object_check(fd, reason);
	close(fd);
	g_assert_true(fine == (*reason == NULL));
	return fine;
}

static void bad(gconstpointer bytes, gsize len, const char *expected)
{
	g_autofree char *reason = NULL;

	g_assert_false(check(bytes, len, &reason));
	g_assert_cmpstr(reason, ==, expected);
}

/* The good plugin with one value of its header changed. */
static void bad_header(gsize offset, guint64 value, gsize len, const char *expected)
{
	g_autofree char *copy = g_memdup2(good, n_good);

	memcpy(copy + offset, &value, len);
	bad(copy, n_good, expected);
}

#define BAD_HEADER(member, value, expected) \
	bad_header(offsetof(ElfW(Ehdr), member), value, sizeof ((ElfW(Ehdr) *)NULL)->member, expected)

static const ElfW(Ehdr) *header(void)
{
	return (const ElfW(Ehdr) *)(gconstpointer)good;
}

static void test_good(void)
{
	g_autofree char *reason = NULL;

	g_assert_true(check(good, n_good, &reason));
}

/* --- what is not ELF -------------------------------------------------------------------------- */

static void test_strangers(void)
{
	static const char bytes[] = "\0\1\2\3";
	static const char page[] = "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85\n";

	bad("", 0, "is empty; copy or build it anew");
	bad("#!/bin/sh\n", 10, "is a script, not a shared object");
	bad("hello\n", 6, "is a text, not a shared object");
	bad(page, strlen(page), "is a text, not a shared object");
	bad("!<arch>\nlibx.o", 14,
	    "is an archive of object files (.a), not a shared object; link it with cc -shared");
	bad("MZ\x90", 3, "is built for Windows, this safi for Linux; build it here");
	bad("\x1f\x8b\x08", 3, "is compressed with gzip; unpack it");
	bad(bytes, sizeof bytes, "is not a shared object: it does not begin like one");
	bad("\xff", 1, "is not a shared object: it does not begin like one");
}

static void test_long_text(void)
{
	g_autoptr(GString) text = g_string_new("x");

	while (text->len < 4096) {
		g_string_append(text, "\xd8\xb3");
	}
	bad(text->str, text->len, "is a text, not a shared object");
}

/* --- the header ------------------------------------------------------------------------------- */

static void test_machine(void)
{
#ifdef __x86_64__
	BAD_HEADER(e_machine, EM_AARCH64, "is built for aarch64, this safi for x86-64; build it here");
	BAD_HEADER(e_machine, 4711, "is built for machine 4711, this safi for x86-64; build it here");
	bad_header(EI_CLASS, ELFCLASS32, 1,
	           "is built for x86-64 (32-bit), this safi for x86-64 (64-bit); build it here");
	bad_header(EI_DATA, ELFDATA2MSB, 1,
	           "is built for machine 15872 (big-endian), "
	           "this safi for x86-64 (little-endian); build it here");
#else
	g_test_skip("the words are those of another machine");
#endif
}

static void test_old_machine(void)
{
#ifdef __x86_64__
	/* Of another width only the first bytes are looked at. */
	static const unsigned char i386[] = "\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\3\0";
	static const unsigned char s390[] = "\x7f" "ELF\1\2\1\0\0\0\0\0\0\0\0\0\0\3\0\26";

	bad(i386, sizeof i386, "is built for i386 (32-bit), this safi for x86-64 (64-bit); "
	                       "build it here");
	bad(s390, sizeof s390, "is built for s390 (32-bit, big-endian), "
	                       "this safi for x86-64 (64-bit, little-endian); build it here");
#else
	g_test_skip("the words are those of another machine");
#endif
}

static void test_types(void)
{
	BAD_HEADER(e_type, ET_REL,
	           "is an object file (.o), not a shared object; link it with cc -shared");
	BAD_HEADER(e_type, ET_EXEC, "is a program, not a shared object; link it with cc -shared");
	BAD_HEADER(e_type, ET_CORE, "is a core file, what is left of a program that crashed");
	BAD_HEADER(e_type, 77,
	           "is an ELF file of type 77, not a shared object; link it with cc -shared");
}

static void test_program(void)
{
	g_autofree char *program = NULL, *reason = NULL;
	gsize len;

	g_assert_true(g_file_get_contents("/proc/self/exe", &program, &len, NULL));
	g_assert_false(check(program, len, &reason));
	g_assert_cmpstr(reason, ==, "is a program, not a shared object; link it with cc -shared");
}

static void test_damaged(void)
{
	const char *ident = "is damaged: its ELF header has no known class, byte order or version; "
	                    "copy or build it anew";
	const char *table = "is damaged: its ELF header has no table of segments; copy or build it "
	                    "anew";

	bad_header(EI_CLASS, 3, 1, ident);
	bad_header(EI_DATA, 0, 1, ident);
	bad_header(EI_VERSION, 2, 1, ident);
	BAD_HEADER(e_phnum, 0, table);
	BAD_HEADER(e_phentsize, 1, table);
	BAD_HEADER(e_phoff, G_MAXUINT64, table);
	BAD_HEADER(e_shoff, G_MAXUINT64 - 5,
	           "is damaged: its ELF header names places that no file has; copy or build it anew");
}

/* --- cut short -------------------------------------------------------------------------------- */

static void bad_cut(gsize len, guint64 needed)
{
	g_autofree char *expected =
		g_strdup_printf("is cut short: it has %" G_GSIZE_FORMAT " bytes of at least %"
		                G_GUINT64_FORMAT "; copy or build it anew", len, needed);

	bad(good, len, expected);
}

static void test_cut(void)
{
	gsize table = header()->e_phoff + header()->e_phnum * sizeof(ElfW(Phdr));
	gsize whole = header()->e_shoff + header()->e_shnum * sizeof(ElfW(Shdr));

	bad_cut(4, sizeof(ElfW(Ehdr)));
	bad_cut(19, sizeof(ElfW(Ehdr)));
	bad_cut(sizeof(ElfW(Ehdr)) - 1, sizeof(ElfW(Ehdr)));
	bad_cut(sizeof(ElfW(Ehdr)), table);
	bad_cut(table - 1, table);
	bad_cut(table, whole);
	bad_cut(whole - 1, whole);
}

static void test_every_cut(void)
{
	gsize whole = header()->e_shoff + header()->e_shnum * sizeof(ElfW(Shdr));

	for (gsize len = 0; len < whole; len += len < 1024 ? 1 : 997) {
		g_autofree char *reason = NULL;
		g_assert_false(check(good, len, &reason));
	}
}

/* --- anything --------------------------------------------------------------------------------- */

/* Some bytes of the header and of the table behind it, each changed at random. */
static void test_mutations(void)
{
	gsize table = header()->e_phoff + header()->e_phnum * sizeof(ElfW(Phdr));
	g_autofree char *copy = g_malloc(n_good);
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	guint refused = 0;

	for (guint i = 0; i < 3000; i++) {
		g_autofree char *reason = NULL;
		memcpy(copy, good, n_good);
		for (guint k = g_rand_int_range(random, 1, 6); k > 0; k--) {
			/* What stands before is told by the first look; so it is spared mostly. */
			gsize from = i % 8 == 0 ? 0 : EI_NIDENT + 4;
			copy[g_rand_int_range(random, from, table)] = (char)g_rand_int(random);
		}
		refused += !check(copy, n_good, &reason);
	}
	g_assert_cmpuint(refused, >, 300);
	g_assert_cmpuint(refused, <, 3000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *path = g_strdup_printf("%s/good.so", g_getenv("SAFI_TEST_PLUGINS"));

	g_assert_true(g_file_get_contents(path, &good, &n_good, NULL));
	g_test_add_func("/a whole shared object is good", test_good);
	g_test_add_func("/what is no ELF file is told by what it looks like", test_strangers);
	g_test_add_func("/a text is one though its first part ends within a character",
	                test_long_text);
	g_test_add_func("/another machine, width or byte order is told by name", test_machine);
	g_test_add_func("/another width is told without a whole header", test_old_machine);
	g_test_add_func("/objects, programs and core files are told apart", test_types);
	g_test_add_func("/a program that can be loaded anywhere is a program", test_program);
	g_test_add_func("/a damaged header is told", test_damaged);
	g_test_add_func("/a file that is cut short says how long it should be", test_cut);
	g_test_add_func("/a file is refused wherever it is cut", test_every_cut);
	g_test_add_func("/no damage to the headers does harm", test_mutations);
	int status = g_test_run();
	g_free(good);
	return status;
}
