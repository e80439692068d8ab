#include "listing.h"

#include "input.h"

#include <errno.h>
#include <limits.h>

struct SafiListing {
	safi_input *input;
	bool from_stdin, begun, ended;
	char end;        /* of a name */
	guint64 number;  /* of the name, from 1 */
	GString *name;
};

SafiListing *safi_listing_open(const char *path, GError **error)
{
	safi_input *input = safi_input_open(path, PATH_MAX, error);

	if (!input) {
		return NULL;
	}
	SafiListing *listing = g_new0(SafiListing, 1);
	listing->input = input;
	listing->from_stdin = g_str_equal(path, "-");
	listing->end = '\n';
	listing->name = g_string_new(NULL);
	return listing;
}

void safi_listing_close(SafiListing *listing)
{
	if (listing) {
		safi_input_close(listing->input);
		g_string_free(listing->name, TRUE);
		g_free(listing);
	}
}

void safi_listing_set_wake(SafiListing *listing, int fd)
{
	safi_input_set_wake(listing->input, fd);
}

/* No name is longer, so one that ends at NUL does so there. */
static void find_end(SafiListing *listing)
{
	safi_bytes start;

	listing->begun = true;
	safi_input_begin_record(listing->input);
	if (safi_input_peek(listing->input, PATH_MAX, &start) == SAFI_KEEP &&
	    memchr(start.ptr, '\0', start.len)) {
		listing->end = '\0';
		safi_input_set_line_end(listing->input, '\0');
	}
}

static const char *fail(SafiListing *listing, GError **error, const char *what)
{
	g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, what);
	g_string_printf(listing->name, "%s:%" G_GUINT64_FORMAT, safi_input_name(listing->input).ptr,
	                listing->number);
	return listing->name->str;
}

static const char *fail_reading(SafiListing *listing, GError **error)
{
	listing->ended = true;
	g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO,
	                    safi_input_fault(listing->input)->message);
	return safi_input_name(listing->input).ptr;
}

static const char *take(SafiListing *listing, safi_bytes name, GError **error)
{
	if (memchr(name.ptr, '\0', name.len)) {
		return fail(listing, error, "a name cannot hold a NUL byte");
	}
	g_string_truncate(listing->name, 0);
	g_string_append_len(listing->name, (const char *)name.ptr, (gssize)name.len);
	if (listing->from_stdin && g_str_equal(listing->name->str, "-")) {
		return fail(listing, error, "the list itself is stdin");
	}
	return listing->name->str;
}

const char *safi_listing_next(SafiListing *listing, GError **error)
{
	safi_bytes name;

	if (!listing->begun) {
		find_end(listing);
	}
	while (!listing->ended) {
		safi_input_begin_record(listing->input);
		const safi_status status = safi_input_line(listing->input, &name);
		listing->number++;
		if (status == SAFI_FAIL) {
			return fail(listing, error, g_strerror(ENAMETOOLONG));
		}
		if (status == SAFI_FATAL) {
			return fail_reading(listing, error);
		}
		listing->ended = status == SAFI_END;
		name.len = listing->ended ? 0 : name.len;
		name.len -= listing->end == '\n' && name.len && name.ptr[name.len - 1] == '\r';
		if (name.len) {
			return take(listing, name, error);
		}
	}
	return NULL;
}
