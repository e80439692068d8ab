#include "linker.h"

#define PLUGIN "/plugins/shorten.so"

static void check(const char *message, const char *expected)
{
	g_autofree char *words = safi_linker_words(PLUGIN, message);

	g_assert_cmpstr(words, ==, expected);
}

static void test_library(void)
{
	check("libfoo.so.3: cannot open shared object file: No such file or directory",
	      "needs the library libfoo.so.3, which is not installed; install it, or name its folder "
	      "in LD_LIBRARY_PATH");
	check("/lib/libfoo.so.3: file too short",
	      "needs the library /lib/libfoo.so.3, which cannot be loaded: file too short");
}

static void test_symbol(void)
{
	check(PLUGIN ": undefined symbol: foo",
	      "needs the function or variable foo, which neither safi nor the libraries it is linked "
	      "with have; link it with what has it");
	check(PLUGIN ": undefined symbol: foo, version FOO_1",
	      "needs the function or variable foo, version FOO_1, which neither safi nor the libraries "
	      "it is linked with have; install a newer library, or build the plugin here");
	check("/lib/libfoo.so.3: undefined symbol: bar",
	      "needs the library /lib/libfoo.so.3, which cannot be loaded: needs the function or "
	      "variable bar, which neither safi nor the libraries it is linked with have; link it with "
	      "what has it");
}

static void test_version(void)
{
	check("/lib/libc.so.6: version `GLIBC_2.99' not found (required by " PLUGIN ")",
	      "needs version GLIBC_2.99 of the library /lib/libc.so.6, which does not have it; install "
	      "a newer one, or build the plugin here");
}

static void test_mapping(void)
{
	check(PLUGIN ": failed to map segment from shared object: Operation not permitted",
	      "failed to map segment from shared object: Operation not permitted; is its file system "
	      "mounted noexec?");
}

static void test_others(void)
{
	check(PLUGIN ": cannot allocate memory in static TLS block",
	      "cannot allocate memory in static TLS block");
	check("out of memory", "out of memory");
	check("", "");
	check(PLUGIN ": a\x1b[2Jb", "a\\x1b[2Jb");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/a library that is missing or unfit is told by name", test_library);
	g_test_add_func("/a symbol that is nowhere is told by name", test_symbol);
	g_test_add_func("/a version that a library lacks is told by name", test_version);
	g_test_add_func("/what cannot be mapped may be on a file system without programs",
	                test_mapping);
	g_test_add_func("/other messages stay, without the path and control characters", test_others);
	return g_test_run();
}
