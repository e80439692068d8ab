/* Bytes packed by the libraries' own packers, and lines worth packing, for the tests of unpacking.
 * What is returned is the caller's. */
#pragma once

#include <glib.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <zstd.h>

/* JSON Lines of no pattern that a packer could find whole. */
static inline GByteArray *packed_lines(guint n)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	GByteArray *lines = g_byte_array_new();

	for (guint i = 0; i < n; i++) {
		g_autofree char *line = g_strdup_printf("{\"id\":%u,\"text\":\"%u %x %u\"}\n", i,
		                                        g_rand_int(rand), g_rand_int(rand) & 0xFFF,
		                                        i * 7919 % 1000);
		g_byte_array_append(lines, (const guint8 *)line, (guint)strlen(line));
	}
	return lines;
}

/* One member more. */
static inline void packed_add_gzip(GByteArray *to, const guint8 *bytes, guint len)
{
	static guint8 level_buf[ISAL_DEF_LVL1_DEFAULT];
	struct isal_zstream *stream = g_new0(struct isal_zstream, 1);
	const guint room = len + len / 8 + 1024;
	g_autofree guint8 *out = g_malloc(room);

	isal_deflate_init(stream);
	stream->next_in = (guint8 *)bytes;
	stream->avail_in = len;
	stream->next_out = out;
	stream->avail_out = room;
	stream->end_of_stream = 1;
	stream->gzip_flag = IGZIP_GZIP;
	stream->level = 1;
	stream->level_buf = level_buf;
	stream->level_buf_size = sizeof level_buf;
	g_assert_cmpint(isal_deflate(stream), ==, COMP_OK);
	g_assert_cmpint(stream->internal_state.state, ==, ZSTATE_END);
	g_byte_array_append(to, out, room - stream->avail_out);
	g_free(stream);
}

/* One frame more, in blocks of 1 KiB and with a checksum. */
static inline void packed_add_zstd(GByteArray *to, const guint8 *bytes, guint len)
{
	const gsize room = ZSTD_compressBound(len) + 4096;
	g_autofree guint8 *out = g_malloc(room);
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 10);
	const gsize put = ZSTD_compress2(context, out, room, bytes, len);
	g_assert_false(ZSTD_isError(put));
	g_byte_array_append(to, out, (guint)put);
	ZSTD_freeCCtx(context);
}
