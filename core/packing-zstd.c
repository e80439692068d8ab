#include "packing.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

typedef struct Zstd {
	ZSTD_DStream *stream;
	size_t hint;  /* how many bytes it would like next */
	bool between; /* a frame has come to its end, and no other has begun */
	bool full;    /* it may have more that was unpacked and had no room */
	bool later;   /* a frame has come to its end */
} Zstd;

static void zstd_destroy(void *self)
{
	Zstd *zstd = self;

	ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

static void *zstd_create(void)
{
	Zstd *zstd = calloc(1, sizeof *zstd);

	if (zstd && !(zstd->stream = ZSTD_createDStream())) {
		free(zstd);
		return NULL;
	}
	return zstd;
}

static const char *fault_of(const Zstd *zstd, size_t code)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_prefix_unknown:
		return zstd->later ? "are followed by something else" : "are damaged";
	case ZSTD_error_checksum_wrong:
		return "have a wrong checksum";
	case ZSTD_error_dictionary_wrong:
		return "were packed with a dictionary, which is not known";
	case ZSTD_error_frameParameter_windowTooLarge: /* libzstd's limit, and zstd(1)'s: 2^27 */
		return "need more than 128 MiB of memory to be unpacked";
	case ZSTD_error_memory_allocation:
		return "need more memory than there is";
	default:
		return "are damaged";
	}
}

enum { BLOCK_HEADER = 3 };

/* A call that meets damage says nothing of what it had put before.  So none gets more than one
 * block, without the next one's header, which the hint counts in. */
static size_t portion(const Zstd *zstd, size_t len)
{
	size_t most = zstd->hint > BLOCK_HEADER ? zstd->hint - BLOCK_HEADER : zstd->hint;

	most = most ? most : 1;
	return most < len ? most : len;
}

static SafiUnpacked take(Zstd *zstd, safi_bytes bytes, uint8_t *room, size_t capacity)
{
	ZSTD_inBuffer in = {bytes.ptr, bytes.len, 0};
	ZSTD_outBuffer out = {room, capacity, 0};
	const size_t code = ZSTD_decompressStream(zstd->stream, &out, &in);
	const bool failed = ZSTD_isError(code);

	zstd->hint = code;
	zstd->between = code == 0;
	zstd->later |= zstd->between;
	zstd->full = out.pos == out.size;
	return (SafiUnpacked){in.pos, out.pos, failed ? fault_of(zstd, code) : NULL};
}

static SafiUnpacked zstd_step(void *self, safi_bytes bytes, uint8_t *room, size_t capacity)
{
	Zstd *zstd = self;
	SafiUnpacked got = {0};

	if (zstd->full && !zstd->between) {
		got = take(zstd, (safi_bytes){bytes.ptr, 0}, room, capacity);
	}
	if (bytes.len && !got.put && !got.fault) {
		bytes.len = portion(zstd, bytes.len);
		got = take(zstd, bytes, room, capacity);
	}
	return got;
}

static bool zstd_is_whole(const void *self)
{
	return ((const Zstd *)self)->between;
}

const SafiPacking safi_packing_zstd = {"zstd", zstd_create, zstd_destroy, zstd_step,
                                       zstd_is_whole};
