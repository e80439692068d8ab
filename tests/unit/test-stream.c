/* What is packed comes out as it went in, or with one reason, however it is cut, damaged, read. */
#include "stream.h"

#include "packed.h"

#include <fcntl.h>
#include <isa-l/crc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void (*Pack)(GByteArray *to, const guint8 *bytes, guint len);

/* What a stream gave in all, and why it ended before its end. */
typedef struct Got {
	GByteArray *bytes;
	char *fault;
} Got;

static void got_clear(Got *got)
{
	g_byte_array_unref(got->bytes);
	g_free(got->fault);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Got, got_clear)

static Got read_fd(int fd, gsize room)
{
	g_autoptr(SafiStream) stream = safi_stream_new(fd);
	g_autofree guint8 *into = g_malloc(room);
	Got all = {.bytes = g_byte_array_new()};
	ssize_t got;

	while ((got = safi_stream_read(stream, into, room)) > 0) {
		g_byte_array_append(all.bytes, into, (guint)got);
	}
	g_assert_cmpint(safi_stream_read(stream, into, room), ==, got); /* and again */
	g_assert_true((got < 0) == (safi_stream_fault(stream) != NULL));
	all.fault = g_strdup(safi_stream_fault(stream));
	return all;
}

static int fd_of(const guint8 *bytes, gsize len)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);

	g_assert_cmpint(pwrite(fd, bytes, len, 0), ==, (gssize)len);
	return fd;
}

static Got read_bytes(const guint8 *bytes, gsize len, gsize room)
{
	return read_fd(fd_of(bytes, len), room);
}

static void assert_bytes(const Got *got, const GByteArray *expected)
{
	g_assert_cmpstr(got->fault, ==, NULL);
	g_assert_cmpmem(got->bytes->data, got->bytes->len, expected->data, expected->len);
}

static bool is_prefix(const GByteArray *prefix, const GByteArray *of)
{
	return prefix->len <= of->len &&
	       (!prefix->len || memcmp(prefix->data, of->data, prefix->len) == 0);
}

/* --- a packing, whichever --------------------------------------------------------------------- */

static void test_pieces(gconstpointer pack)
{
	static const gsize rooms[] = {4, 1000, 1 << 18};
	g_autoptr(GByteArray) lines = packed_lines(4000);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	for (guint at = 0; at < lines->len; at += 7001) {
		((Pack)pack)(packed, lines->data + at, MIN(7001, lines->len - at));
		((Pack)pack)(packed, lines->data, 0);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++) {
		g_auto(Got) got = read_bytes(packed->data, packed->len, rooms[i]);
		assert_bytes(&got, lines);
	}
}

static void test_empty(gconstpointer pack)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autoptr(GByteArray) nothing = g_byte_array_new();

	((Pack)pack)(packed, (const guint8 *)"", 0);
	g_auto(Got) got = read_bytes(packed->data, packed->len, 100);
	assert_bytes(&got, nothing);
}

static void test_cut(gconstpointer pack)
{
	g_autoptr(GByteArray) lines = packed_lines(60);
	g_autoptr(GByteArray) packed = g_byte_array_new();
	guint before = 0;

	((Pack)pack)(packed, lines->data, 1200);
	const guint border = packed->len;
	((Pack)pack)(packed, lines->data + 1200, lines->len - 1200);
	for (guint len = 4; len < packed->len; len++) {
		g_autofree char *place = g_strdup_printf(" data are cut short, at byte %u (byte ", len);
		g_auto(Got) got = read_bytes(packed->data, len, 1 << 16);
		g_assert_true((got.fault == NULL) == (len == border));
		g_assert_true(len == border || strstr(got.fault, place));
		g_assert_true(is_prefix(got.bytes, lines));
		g_assert_cmpuint(got.bytes->len, >=, before);
		before = got.bytes->len;
	}
	g_assert_cmpuint(before, >, lines->len / 2);
}

static void test_flipped(gconstpointer pack)
{
	static const guint8 masks[] = {0x01, 0x10, 0x80, 0xFF};
	g_autoptr(GByteArray) lines = packed_lines(60);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	((Pack)pack)(packed, lines->data, 1200);
	((Pack)pack)(packed, lines->data + 1200, lines->len - 1200);
	for (guint i = 0; i < packed->len * G_N_ELEMENTS(masks); i++) {
		guint8 *byte = &packed->data[i / G_N_ELEMENTS(masks)];
		*byte ^= masks[i % G_N_ELEMENTS(masks)];
		g_auto(Got) got = read_bytes(packed->data, packed->len, 1 << 16);
		const bool is_plain = got.bytes->len == packed->len && i / G_N_ELEMENTS(masks) < 4;
		if (!got.fault && !is_plain) {
			assert_bytes(&got, lines);
		}
		*byte ^= masks[i % G_N_ELEMENTS(masks)];
	}
}

/* As much as there would be of the bytes in front of it alone; gzip's may lack one repeat. */
static void test_before_damage(gconstpointer pack)
{
	static const gsize rooms[] = {100, 1 << 18};
	g_autoptr(GByteArray) lines = packed_lines(20000);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	((Pack)pack)(packed, lines->data, lines->len);
	for (guint at = 1000; at < packed->len; at += packed->len / 20) {
		g_autofree guint8 *damaged = g_memdup2(packed->data, packed->len);
		memset(damaged + at, 0xFF, MIN(64, packed->len - at));
		for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++) {
			g_auto(Got) got = read_bytes(damaged, packed->len, rooms[i]);
			g_auto(Got) cut = read_bytes(packed->data, at, rooms[i]);
			g_assert_nonnull(got.fault);
			g_byte_array_set_size(cut.bytes, cut.bytes->len - MIN(cut.bytes->len, 258));
			g_assert_true(is_prefix(cut.bytes, got.bytes));
		}
	}
}

static void test_something_else(gconstpointer pack)
{
	static const char *const others[] = {"x", "\x1f", "\x1f\x8c", "(\xb5/\xff", "\n",
	                                     "plain text that goes on\n"};
	g_autoptr(GByteArray) lines = packed_lines(3);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	((Pack)pack)(packed, lines->data, lines->len);
	const guint border = packed->len;
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_byte_array_set_size(packed, border);
		g_byte_array_append(packed, (const guint8 *)others[i], (guint)strlen(others[i]));
		g_auto(Got) got = read_bytes(packed->data, packed->len, 1 << 16);
		g_assert_nonnull(got.fault);
		g_assert_true(strstr(got.fault, " data are followed by something else, at byte ") ||
		              strstr(got.fault, " data are cut short, at byte "));
		g_assert_cmpmem(got.bytes->data, got.bytes->len, lines->data, lines->len);
	}
}

/* In packets, so that no read gets two bytes. */
typedef struct Drip {
	const GByteArray *bytes;
	int fd;
} Drip;

static gpointer drip(gpointer data)
{
	const Drip *from = data;

	for (guint i = 0; i < from->bytes->len; i++) {
		g_assert_cmpint(write(from->fd, from->bytes->data + i, 1), ==, 1);
	}
	close(from->fd);
	return NULL;
}

static Got read_dripping(const GByteArray *bytes)
{
	int fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC | O_DIRECT), ==, 0);
	Drip from = {bytes, fds[1]};
	GThread *thread = g_thread_new("drip", drip, &from);
	Got got = read_fd(fds[0], 1 << 16);
	g_thread_join(thread);
	return got;
}

static void test_drip(gconstpointer pack)
{
	g_autoptr(GByteArray) lines = packed_lines(500);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	((Pack)pack)(packed, lines->data, 5000);
	((Pack)pack)(packed, lines->data, 0);
	((Pack)pack)(packed, lines->data + 5000, lines->len - 5000);
	g_auto(Got) got = read_dripping(packed);
	assert_bytes(&got, lines);
}

/* A thousand bytes for each one that is read come out, piece by piece. */
static void test_bomb(gconstpointer pack)
{
	const guint len = 1 << 25;
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autofree guint8 *zeros = g_malloc0(len), *into = g_malloc(1 << 16);
	guint64 given = 0;
	ssize_t got;

	((Pack)pack)(packed, zeros, len);
	g_assert_cmpuint(packed->len, <, len / 100);
	g_autoptr(SafiStream) stream = safi_stream_new(fd_of(packed->data, packed->len));
	while ((got = safi_stream_read(stream, into, 1 << 16)) > 0) {
		given += (guint64)got;
	}
	g_assert_cmpint(got, ==, 0);
	g_assert_cmpuint(given, ==, len);
}

static void test_progress(gconstpointer pack)
{
	g_autoptr(GByteArray) lines = packed_lines(100000);
	g_autoptr(GByteArray) packed = g_byte_array_new();
	g_autofree guint8 *into = g_malloc(1 << 16);
	guint64 done, size, before = 0;

	((Pack)pack)(packed, lines->data, lines->len);
	g_autoptr(SafiStream) stream = safi_stream_new(fd_of(packed->data, packed->len));
	do {
		safi_stream_progress(stream, &done, &size);
		g_assert_cmpuint(size, ==, packed->len);
		g_assert_cmpuint(done, >=, before);
		before = done;
	} while (safi_stream_read(stream, into, 1 << 16) > 0);
	g_assert_cmpuint(done, ==, packed->len);
}

/* --- gzip alone ------------------------------------------------------------------------------- */

/* A member with each of the fields that a header may have (RFC 1952, 2.3). */
static GByteArray *with_header(const GByteArray *lines, guint8 flags)
{
	g_autoptr(GByteArray) bare = g_byte_array_new();
	GByteArray *member = g_byte_array_new();
	const guint8 fixed[] = {0x1F, 0x8B, 8, flags, 1, 2, 3, 4, 0, 3};

	packed_add_gzip(bare, lines->data, lines->len);
	g_byte_array_append(member, fixed, sizeof fixed);
	if (flags & 4) {
		g_byte_array_append(member, (const guint8 *)"\x06\0ab\2\0\x1f\x8b", 8);
	}
	if (flags & 8) {
		g_byte_array_append(member, (const guint8 *)"news.jsonl", 11);
	}
	if (flags & 16) {
		g_byte_array_append(member, (const guint8 *)"a comment", 10);
	}
	if (flags & 2) {
		const guint32 crc = crc32_gzip_refl(0, member->data, member->len);
		const guint8 bytes[] = {crc & 0xFF, crc >> 8 & 0xFF};
		g_byte_array_append(member, bytes, 2);
	}
	g_byte_array_append(member, bare->data + 10, bare->len - 10);
	return member;
}

static void test_header(void)
{
	g_autoptr(GByteArray) lines = packed_lines(10);

	for (guint8 flags = 0; flags < 32; flags++) {
		g_autoptr(GByteArray) member = with_header(lines, flags);
		g_auto(Got) got = read_bytes(member->data, member->len, 1 << 16);
		assert_bytes(&got, lines);
		g_auto(Got) dripped = read_dripping(member);
		assert_bytes(&dripped, lines);
	}
}

static void test_header_checksum(void)
{
	g_autoptr(GByteArray) lines = packed_lines(10);
	g_autoptr(GByteArray) member = with_header(lines, 2);

	member->data[4] ^= 1;
	g_auto(Got) got = read_bytes(member->data, member->len, 1 << 16);
	g_assert_cmpstr(got.fault, ==, "the gzip data have a wrong checksum, at byte 12 "
	                "(byte 0 unpacked)");
}

static void test_padding(void)
{
	g_autoptr(GByteArray) lines = packed_lines(10);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	packed_add_gzip(packed, lines->data, lines->len);
	const guint border = packed->len;
	g_byte_array_set_size(packed, border + 300000);
	memset(packed->data + border, 0, 300000);
	g_auto(Got) got = read_bytes(packed->data, packed->len, 1 << 16);
	assert_bytes(&got, lines);
	packed->data[packed->len - 1] = 0x1F;
	g_auto(Got) other = read_bytes(packed->data, packed->len, 1 << 16);
	g_autofree char *fault = g_strdup_printf("the gzip data are followed by something else, "
	                                         "at byte %u (byte %u unpacked)", packed->len - 1,
	                                         lines->len);
	g_assert_cmpstr(other.fault, ==, fault);
}

static void test_trailer(void)
{
	g_autoptr(GByteArray) lines = packed_lines(10);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	packed_add_gzip(packed, lines->data, lines->len);
	for (guint i = 1; i <= 8; i++) {
		packed->data[packed->len - i] ^= 0x40;
		g_auto(Got) got = read_bytes(packed->data, packed->len, 1 << 16);
		g_assert_nonnull(strstr(got.fault, "have a wrong checksum, at byte "));
		g_assert_cmpmem(got.bytes->data, got.bytes->len, lines->data, lines->len);
		packed->data[packed->len - i] ^= 0x40;
	}
}

/* --- zstd alone ------------------------------------------------------------------------------- */

static void test_skippable(void)
{
	static const guint8 frame[] = {0x5E, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, '(', 0xB5, '/', 0xFD, 0};
	g_autoptr(GByteArray) lines = packed_lines(10);
	g_autoptr(GByteArray) packed = g_byte_array_new();

	g_byte_array_append(packed, frame, sizeof frame);
	packed_add_zstd(packed, lines->data, 100);
	g_byte_array_append(packed, frame, sizeof frame);
	packed_add_zstd(packed, lines->data + 100, lines->len - 100);
	g_byte_array_append(packed, frame, sizeof frame);
	g_auto(Got) got = read_bytes(packed->data, packed->len, 1 << 16);
	assert_bytes(&got, lines);
	g_auto(Got) dripped = read_dripping(packed);
	assert_bytes(&dripped, lines);
}

static void test_window(void)
{
	static const guint8 frame[] = {'(', 0xB5, '/', 0xFD, 0, 21 << 3, 1, 0, 0};
	g_auto(Got) got = read_bytes(frame, sizeof frame, 100);

	g_assert_nonnull(strstr(got.fault, "need more than 128 MiB of memory to be unpacked"));
}

/* --- plain ------------------------------------------------------------------------------------ */

static void test_plain(void)
{
	static const char *const texts[] = {"", "\x1f", "(", "(\xb5", "(\xb5/", "\x5a\x2a", "one\n",
	                                    "\x1f\x8a that is no gzip", "(\xb5/. nor zstd"};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GByteArray) text = g_byte_array_new();
		g_byte_array_append(text, (const guint8 *)texts[i], (guint)strlen(texts[i]));
		g_auto(Got) got = read_bytes(text->data, text->len, 4);
		assert_bytes(&got, text);
		g_auto(Got) dripped = read_dripping(text);
		assert_bytes(&dripped, text);
	}
}

static void test_half_read(void)
{
	int fd = fd_of((const guint8 *)"one\ntwo\n", 8);
	guint64 done, size;
	guint8 into[100];

	lseek(fd, 4, SEEK_SET);
	g_autoptr(SafiStream) stream = safi_stream_new(fd);
	g_assert_cmpint(safi_stream_read(stream, into, sizeof into), ==, 4);
	safi_stream_progress(stream, &done, &size);
	g_assert_cmpuint(done, ==, 8);
}

static void test_broken_descriptor(void)
{
	g_auto(Got) got = read_fd(open("/proc/self/mem", O_RDONLY | O_CLOEXEC), 100);

	g_assert_cmpstr(got.fault, ==, "Input/output error, at byte 0");
}

/* --- live ------------------------------------------------------------------------------------- */

typedef struct Live {
	int to;
	const GByteArray *bytes;
	guint from, waits;
} Live;

/* The writer goes on only where the reader waits for it. */
static void go_on(void *data)
{
	Live *live = data;
	const guint len = live->bytes->len - live->from;

	live->waits++;
	g_assert_cmpint(write(live->to, live->bytes->data + live->from, len), ==, len);
	live->from = live->bytes->len;
	close(live->to);
}

static void assert_read(SafiStream *stream, const char *expected)
{
	g_autoptr(GString) all = g_string_new(NULL);
	guint8 into[100];

	while (all->len < strlen(expected)) {
		const ssize_t got = safi_stream_read(stream, into, sizeof into);
		g_assert_cmpint(got, >, 0);
		g_string_append_len(all, (const char *)into, got);
	}
	g_assert_cmpstr(all->str, ==, expected);
}

static void test_live(gconstpointer pack)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();
	guint8 into[100];
	int fds[2];

	((Pack)pack)(packed, (const guint8 *)"one\n", 4);
	const guint border = packed->len;
	((Pack)pack)(packed, (const guint8 *)"two\n", 4);
	g_assert_cmpint(pipe2(fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
	g_assert_cmpint(write(fds[1], packed->data, border), ==, border);
	Live live = {fds[1], packed, border, 0};
	g_autoptr(SafiStream) stream = safi_stream_new(fds[0]);
	safi_stream_on_wait(stream, go_on, &live);
	assert_read(stream, "one\n");
	g_assert_cmpuint(live.waits, ==, 0);
	assert_read(stream, "two\n");
	g_assert_cmpuint(live.waits, ==, 1);
	g_assert_cmpint(safi_stream_read(stream, into, sizeof into), ==, 0);
}

static void test_woken(void)
{
	int fds[2], wake[2];
	guint8 into[100];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
	g_assert_cmpint(pipe2(wake, O_CLOEXEC), ==, 0);
	g_autoptr(SafiStream) stream = safi_stream_new(fds[0]);
	safi_stream_set_wake(stream, wake[0]);
	g_assert_cmpint(write(fds[1], "one\n", 4), ==, 4);
	assert_read(stream, "one\n");
	g_assert_false(safi_stream_was_woken(stream));
	g_autoptr(GByteArray) byte = g_byte_array_new();
	g_byte_array_append(byte, (const guint8 *)"!", 1);
	Live live = {wake[1], byte, 0, 0};
	safi_stream_on_wait(stream, go_on, &live);
	g_assert_cmpint(safi_stream_read(stream, into, sizeof into), ==, 0);
	g_assert_true(safi_stream_was_woken(stream));
	g_assert_cmpint(safi_stream_read(stream, into, sizeof into), ==, 0);
	close(wake[0]);
	close(fds[1]);
}

static void add_for_each(const char *sentence, GTestDataFunc test)
{
	g_autofree char *gzip = g_strconcat("/stream/gzip: ", sentence, NULL);
	g_autofree char *zstd = g_strconcat("/stream/zstd: ", sentence, NULL);

	g_test_add_data_func(gzip, packed_add_gzip, test);
	g_test_add_data_func(zstd, packed_add_zstd, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_for_each("parts behind each other are one", test_pieces);
	add_for_each("what was nothing is nothing", test_empty);
	add_for_each("where it is cut is told, and what came before it is given", test_cut);
	add_for_each("of a changed byte come an error or the right bytes", test_flipped);
	add_for_each("what stands before damage is given", test_before_damage);
	add_for_each("what follows that is something else is told", test_something_else);
	add_for_each("it may come byte by byte", test_drip);
	add_for_each("what grows a thousandfold comes in pieces", test_bomb);
	add_for_each("progress goes by what is stored", test_progress);
	add_for_each("what is there is given before more is waited for", test_live);
	g_test_add_func("/stream/gzip: a header may have any of its fields", test_header);
	g_test_add_func("/stream/gzip: a header's own checksum counts", test_header_checksum);
	g_test_add_func("/stream/gzip: zeros may follow, and nothing behind them", test_padding);
	g_test_add_func("/stream/gzip: the checksum and the length count", test_trailer);
	g_test_add_func("/stream/zstd: skippable frames are skipped, first ones, too", test_skippable);
	g_test_add_func("/stream/zstd: a frame that wants too much memory is refused", test_window);
	g_test_add_func("/stream/plain bytes pass, though they begin as if packed", test_plain);
	g_test_add_func("/stream/what is half read goes on from there", test_half_read);
	g_test_add_func("/stream/what cannot be read is told with its place", test_broken_descriptor);
	g_test_add_func("/stream/a wait can be ended from outside", test_woken);
	return g_test_run();
}
