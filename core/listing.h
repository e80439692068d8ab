/* A file that names inputs, one after the other: what --files-from reads.
 *
 * A name ends at LF, or CR LF; where there is a NUL in the first 4,096 bytes, at NUL, and may hold
 * anything else.  Empty names are passed over.  Read as it is gone through, so that ten million
 * names cost no more than one.  [reader] */
#pragma once

#include <glib.h>

typedef struct SafiListing SafiListing;

/* path: "-" is stdin. */
SafiListing *safi_listing_open(const char *path, GError **error);
void safi_listing_close(SafiListing *listing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiListing, safi_listing_close)

/* As safi_input_set_wake(): then there are no more names. */
void safi_listing_set_wake(SafiListing *listing, int fd);

/* The next name, valid until the next call; NULL at the end.  With an error it is the place in the
 * list where there should be one. */
const char *safi_listing_next(SafiListing *listing, GError **error);
