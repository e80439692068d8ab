#include "stream.h"

#include "packing.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKED = 256 * 1024 /* bytes that are read at once, as in the input's blocks */ };

struct SafiStream {
	int fd, wake;
	bool regular, decided, woken;
	guint64 size, start;         /* of the file; where in it the stream began */
	_Atomic guint64 stored;      /* bytes read of it from there on */
	guint64 given;
	const SafiPacking *packing;  /* NULL: plain, or not decided */
	void *unpacker;
	uint8_t *packed;             /* what was read and is not unpacked: from `at` to `len` */
	size_t at, len;
	void (*wait)(void *data);
	void *wait_data;
	char *fault;
};

SafiStream *safi_stream_new(int fd)
{
	SafiStream *stream = g_new0(SafiStream, 1);
	struct stat info;

	stream->fd = fd;
	stream->wake = -1;
	stream->regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	if (stream->regular) {
		stream->size = (guint64)info.st_size;
		stream->start = (guint64)MAX(lseek(fd, 0, SEEK_CUR), 0); /* stdin may be half read */
	}
	return stream;
}

void safi_stream_free(SafiStream *stream)
{
	if (!stream) {
		return;
	}
	if (stream->unpacker) {
		stream->packing->destroy(stream->unpacker);
	}
	close(stream->fd);
	g_free(stream->packed);
	g_free(stream->fault);
	g_free(stream);
}

void safi_stream_on_wait(SafiStream *stream, void (*wait)(void *data), void *data)
{
	stream->wait = wait;
	stream->wait_data = data;
}

void safi_stream_set_wake(SafiStream *stream, int fd)
{
	stream->wake = fd;
}

bool safi_stream_was_woken(const SafiStream *stream)
{
	return stream->woken;
}

const char *safi_stream_fault(const SafiStream *stream)
{
	return stream->fault;
}

/* --- as stored -------------------------------------------------------------------------------- */

static guint64 stored(const SafiStream *stream)
{
	return atomic_load_explicit(&stream->stored, memory_order_relaxed);
}

/* Until there is something to read; false: woken. */
static bool await(SafiStream *stream)
{
	struct pollfd fds[] = {{.fd = stream->fd, .events = POLLIN},
	                       {.fd = stream->wake, .events = POLLIN}}; /* poll() passes over -1 */
	int ready = poll(fds, G_N_ELEMENTS(fds), 0);

	if (ready == 0 && stream->wait) {
		stream->wait(stream->wait_data);
	}
	while (ready == 0 || (ready < 0 && errno == EINTR)) {
		ready = poll(fds, G_N_ELEMENTS(fds), -1);
	}
	stream->woken = ready > 0 && fds[1].revents;
	return !stream->woken;
}

/* As read(2); 0 also when woken. */
static ssize_t read_stored(SafiStream *stream, uint8_t *into, size_t room)
{
	ssize_t got;

	do {
		if (!stream->regular && !await(stream)) {
			return 0;
		}
		got = read(stream->fd, into, room);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0) {
		stream->fault = g_strdup_printf("%s, at byte %" G_GUINT64_FORMAT, g_strerror(errno),
		                                stored(stream));
		return -1;
	}
	atomic_store_explicit(&stream->stored, stored(stream) + (guint64)got, memory_order_relaxed);
	return got;
}

/* --- unpacked --------------------------------------------------------------------------------- */

static ssize_t fail(SafiStream *stream, const char *fault)
{
	stream->fault = g_strdup_printf(
		"the %s data %s, at byte %" G_GUINT64_FORMAT " (byte %" G_GUINT64_FORMAT " unpacked)",
		stream->packing->name, fault, stored(stream) - (stream->len - stream->at),
		stream->given);
	return -1;
}

static ssize_t refill(SafiStream *stream)
{
	const ssize_t got = read_stored(stream, stream->packed, PACKED);

	stream->at = 0;
	stream->len = (size_t)MAX(got, 0);
	if (got == 0 && !stream->woken && !stream->packing->is_whole(stream->unpacker)) {
		return fail(stream, "are cut short");
	}
	return got;
}

/* What came in front of a fault is given first. */
static ssize_t read_unpacked(SafiStream *stream, uint8_t *into, size_t room)
{
	for (;;) {
		const safi_bytes in = {stream->packed + stream->at, stream->len - stream->at};
		const SafiUnpacked got = stream->packing->step(stream->unpacker, in, into, room);
		stream->at += got.taken;
		stream->given += got.put;
		if (got.fault || (in.len && !got.taken && !got.put)) {
			fail(stream, got.fault ? got.fault : "are damaged");
		}
		if (got.put) {
			return (ssize_t)got.put;
		}
		if (stream->fault) {
			return -1;
		}
		if (stream->at == stream->len) {
			const ssize_t more = refill(stream);
			if (more <= 0) {
				return more;
			}
		}
	}
}

/* The first bytes have come to where plain ones belong. */
static ssize_t begin_unpacking(SafiStream *stream, uint8_t *into, size_t len, size_t room)
{
	stream->packed = g_try_malloc(PACKED);
	stream->unpacker = stream->packed ? stream->packing->create() : NULL;
	if (!stream->unpacker) {
		stream->fault = g_strdup("no memory to unpack it");
		return -1;
	}
	memcpy(stream->packed, into, len);
	stream->len = len;
	return read_unpacked(stream, into, room);
}

static ssize_t read_start(SafiStream *stream, uint8_t *into, size_t room)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read_stored(stream, into + len, MIN(room, PACKED) - len);
		len += (size_t)MAX(got, 0);
		const safi_bytes start = {into, len};
		bool open;
		stream->packing = safi_packing_find(start, &open);
		stream->decided = !open;
	} while (got > 0 && !stream->decided);
	stream->decided = true;
	if (stream->packing) {
		return begin_unpacking(stream, into, len, room);
	}
	return len ? (ssize_t)len : got;
}

ssize_t safi_stream_read(SafiStream *stream, uint8_t *into, size_t room)
{
	if (stream->fault) {
		return -1;
	}
	if (stream->woken) {
		return 0;
	}
	if (!stream->decided) {
		return read_start(stream, into, room);
	}
	return stream->packing ? read_unpacked(stream, into, room)
	                       : read_stored(stream, into, room);
}

void safi_stream_progress(const SafiStream *stream, guint64 *done, guint64 *size)
{
	*done = stream->start + stored(stream);
	*size = stream->size;
}
