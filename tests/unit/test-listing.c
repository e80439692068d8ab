/* A list gives its names one by one, or says where there is none. */
#include "listing.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *path;

static SafiListing *open_bytes(const char *bytes, gssize len)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, bytes, len, &error);
	g_assert_no_error(error);
	SafiListing *listing = safi_listing_open(path, &error);
	g_assert_no_error(error);
	return listing;
}

static void assert_next(SafiListing *listing, const char *expected)
{
	g_autoptr(GError) error = NULL;
	const char *name = safi_listing_next(listing, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(name, ==, expected);
}

/* number: of the name that there is not. */
static void assert_fault(SafiListing *listing, int number, const char *message)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *place = g_strdup_printf("%s:%d", path, number);

	g_assert_cmpstr(safi_listing_next(listing, &error), ==, place);
	g_assert_nonnull(error);
	g_assert_cmpstr(error->message, ==, message);
}

static void test_lines(void)
{
	g_autoptr(SafiListing) listing = open_bytes("one\n\n two \r\n\r\n-\nlast", -1);

	assert_next(listing, "one");
	assert_next(listing, " two ");
	assert_next(listing, "-");
	assert_next(listing, "last");
	assert_next(listing, NULL);
	assert_next(listing, NULL);
}

static void test_nul(void)
{
	const char bytes[] = "two\nlines\0\0cr\r\0last";
	g_autoptr(SafiListing) listing = open_bytes(bytes, sizeof bytes - 1);

	assert_next(listing, "two\nlines");
	assert_next(listing, "cr\r");
	assert_next(listing, "last");
	assert_next(listing, NULL);
}

static void test_empty(void)
{
	g_autoptr(SafiListing) listing = open_bytes("", 0);

	assert_next(listing, NULL);
}

static void test_too_long(void)
{
	g_autofree char *longest = g_strnfill(4096, 'x'), *longer = g_strnfill(300000, 'y');
	g_autofree char *all = g_strconcat("one\n", longest, "\n", longer, "\nnext\n", longer, NULL);
	g_autoptr(SafiListing) listing = open_bytes(all, -1);

	assert_next(listing, "one");
	assert_next(listing, longest);
	assert_fault(listing, 3, "File name too long");
	assert_next(listing, "next");
	assert_fault(listing, 5, "File name too long");
	assert_next(listing, NULL);
}

static void test_late_nul(void)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (int i = 0; i < 5000; i++) {
		g_string_append(all, "x\n");
	}
	g_string_append_len(all, "a\0b\nlast\n", 9);
	g_autoptr(SafiListing) listing = open_bytes(all->str, (gssize)all->len);
	for (int i = 0; i < 5000; i++) {
		assert_next(listing, "x");
	}
	assert_fault(listing, 5001, "a name cannot hold a NUL byte");
	assert_next(listing, "last");
	assert_next(listing, NULL);
}

static void test_damaged(void)
{
	g_autoptr(SafiListing) listing = open_bytes("\x1f\x8b", 2);
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(safi_listing_next(listing, &error), ==, path);
	g_assert_nonnull(error);
	assert_next(listing, NULL);
}

static void test_unreadable(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(safi_listing_open("/nowhere/at/all", &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int main(int argc, char **argv)
{
	int fd = g_file_open_tmp("safi-listing-XXXXXX", &path, NULL);

	close(fd);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/listing/names end at LF or CR LF, empty ones are passed over", test_lines);
	g_test_add_func("/listing/with a NUL names end at NUL and are as they are", test_nul);
	g_test_add_func("/listing/an empty one names nothing", test_empty);
	g_test_add_func("/listing/a name that is too long is told, and the next is given",
	                test_too_long);
	g_test_add_func("/listing/a NUL that comes late is told", test_late_nul);
	g_test_add_func("/listing/one that is damaged is told, and ends", test_damaged);
	g_test_add_func("/listing/one that cannot be opened says why", test_unreadable);
	int status = g_test_run();
	g_unlink(path);
	g_free(path);
	return status;
}
