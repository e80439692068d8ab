/* The bytes of one file descriptor, in order; where they are packed (gzip, zstd), unpacked.
 *
 * Plain bytes go straight to where they are wanted.  A read takes what is there, so that a live
 * stream comes as it is written.  Memory, if packed: 256 KiB and the decoder's own.  [reader], but
 * for the progress. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct SafiStream SafiStream;

/* The descriptor is the stream's from here on. */
SafiStream *safi_stream_new(int fd);
void safi_stream_free(SafiStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SafiStream, safi_stream_free)

/* Called before a read that would block. */
void safi_stream_on_wait(SafiStream *stream, void (*wait)(void *data), void *data);
/* A descriptor that is watched in every read that may block: once it can be read from, the stream
 * gives no more.  It stays the caller's; -1: none. */
void safi_stream_set_wake(SafiStream *stream, int fd);
bool safi_stream_was_woken(const SafiStream *stream);

/* Puts up to `room` bytes, which is SAFI_PACKING_REACH at least: how many; 0: at the end, or woken;
 * -1: it cannot go on, now or later, and `fault` says why, and where. */
ssize_t safi_stream_read(SafiStream *stream, uint8_t *into, size_t room);
const char *safi_stream_fault(const SafiStream *stream);

/* How many bytes of the file are read, as they are stored, and how long it is; 0: none.  [any] */
void safi_stream_progress(const SafiStream *stream, guint64 *done, guint64 *size);
