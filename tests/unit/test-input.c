/* Records are found in the bytes of a file wherever its blocks end. */
#include "input.h"

#include "packed.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT = 1 << 20 };

static char *path;

static safi_input *open_bytes(const void *bytes, gsize len, gsize limit)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, bytes, (gssize)len, &error);
	g_assert_no_error(error);
	safi_input *input = safi_input_open(path, limit, &error);
	g_assert_no_error(error);
	return input;
}

static safi_input *open_string(const char *string)
{
	return open_bytes(string, strlen(string), LIMIT);
}

static safi_status next_line(safi_input *input, safi_bytes *line)
{
	safi_input_begin_record(input);
	return safi_input_line(input, line);
}

static void assert_line(safi_input *input, const char *expected)
{
	safi_bytes line;

	g_assert_cmpint(next_line(input, &line), ==, SAFI_KEEP);
	g_assert_cmpmem(line.ptr, line.len, expected, strlen(expected));
}

static void test_lines(void)
{
	g_autoptr(safi_input) input = open_string("one\n\nthree");
	safi_bytes line;

	assert_line(input, "one");
	assert_line(input, "");
	assert_line(input, "three");
	g_assert_cmpint(next_line(input, &line), ==, SAFI_END);
	g_assert_cmpint(next_line(input, &line), ==, SAFI_END);
}

/* Lines of all lengths around the size of a block, while earlier ones are still held. */
static void test_blocks(void)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GPtrArray) held =
		g_ptr_array_new_with_free_func((GDestroyNotify)safi_block_unref);
	safi_bytes line;

	for (int i = 0; i < 40; i++) {
		for (int j = 0; j < 20000 + i * 997; j++) {
			g_string_append_c(all, (char)('a' + (i + j) % 26));
		}
		g_string_append_c(all, '\n');
	}
	g_autoptr(safi_input) input = open_bytes(all->str, all->len, LIMIT);
	for (gsize at = 0; at < all->len;) {
		gsize len = strcspn(all->str + at, "\n");
		guint64 offset = 0;
		g_assert_cmpint(next_line(input, &line), ==, SAFI_KEEP);
		g_assert_cmpmem(line.ptr, line.len, all->str + at, len);
		SafiBlock *block = safi_input_block(input, line, &offset);
		g_assert_nonnull(block);
		g_assert_cmpuint(offset, ==, at);
		if (at % 3 == 0) {
			g_ptr_array_add(held, safi_block_ref(block));
		}
		at += len + 1;
	}
	g_assert_cmpint(next_line(input, &line), ==, SAFI_END);
}

static void test_held_bytes(void)
{
	g_autofree char *first = g_strnfill(200000, 'x'), *second = g_strnfill(200000, 'y');
	g_autofree char *all = g_strconcat(first, "\n", second, "\n", first, "\n", NULL);
	g_autoptr(safi_input) input = open_string(all);
	safi_bytes line, other;
	guint64 offset;

	g_assert_cmpint(next_line(input, &line), ==, SAFI_KEEP);
	SafiBlock *block = safi_block_ref(safi_input_block(input, line, &offset));
	while (next_line(input, &other) == SAFI_KEEP) {
		g_assert_cmpmem(line.ptr, line.len, first, 200000);
	}
	safi_block_unref(block);
}

static void test_too_long(void)
{
	g_autofree char *longer = g_strnfill(300000, 'x');
	g_autofree char *all = g_strconcat("short\n", longer, "\nafter\n", longer, NULL);
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), 1000);
	safi_bytes line;

	assert_line(input, "short");
	g_assert_cmpint(next_line(input, &line), ==, SAFI_FAIL);
	const SafiInputFault *fault = safi_input_fault(input);
	g_assert_cmpstr(fault->code, ==, "record-too-long");
	g_assert_cmpuint(fault->begin, ==, 6);
	g_assert_cmpuint(fault->end, ==, 300006);
	g_assert_cmpuint(fault->head.len, >=, 1000);
	g_assert_cmpint(fault->head.ptr[999], ==, 'x');
	assert_line(input, "after");
	g_assert_cmpint(next_line(input, &line), ==, SAFI_FAIL);
	g_assert_cmpint(next_line(input, &line), ==, SAFI_END);
}

/* The first bytes that are kept of it are its own. */
static void test_too_long_and_short(void)
{
	g_autoptr(safi_input) input = open_bytes("a longer line\nb\n", 16, 5);
	safi_bytes line;

	g_assert_cmpint(next_line(input, &line), ==, SAFI_FAIL);
	const SafiInputFault *fault = safi_input_fault(input);
	g_assert_cmpuint(fault->end, ==, 13);
	g_assert_cmpmem(fault->head.ptr, fault->head.len, "a longer line", 13);
	assert_line(input, "b");
}

/* As readers do that pass over blank lines within one next(). */
static safi_status next_said(safi_input *input, safi_bytes *line)
{
	safi_status status = next_line(input, line);

	while (status == SAFI_KEEP && (line->len == 0 || g_ascii_isspace(*line->ptr))) {
		status = safi_input_line(input, line);
	}
	return status;
}

static void test_blank_lines(void)
{
	g_autofree char *blanks = g_strnfill(600000, '\n'), *longer = g_strnfill(3000, 'x');
	g_autofree char *all =
		g_strconcat(blanks, " \n\r\nsaid\n", blanks, longer, "\nagain\n", blanks, NULL);
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), 1000);
	safi_bytes line;

	g_assert_cmpint(next_said(input, &line), ==, SAFI_KEEP);
	g_assert_cmpmem(line.ptr, line.len, "said", 4);
	g_assert_cmpint(next_said(input, &line), ==, SAFI_FAIL);
	g_assert_cmpuint(safi_input_fault(input)->begin, ==, 1200009);
	g_assert_cmpuint(safi_input_fault(input)->end, ==, 1203009);
	g_assert_cmpint(next_said(input, &line), ==, SAFI_KEEP);
	g_assert_cmpmem(line.ptr, line.len, "again", 5);
	g_assert_cmpint(next_said(input, &line), ==, SAFI_END);
}

/* What is read of several lines is too long as a whole: the last one goes with it. */
static void test_lines_too_long(void)
{
	g_autoptr(safi_input) input = open_bytes("head\nbody\nnext\n", 15, 6);
	safi_bytes line;

	assert_line(input, "head");
	g_assert_cmpint(safi_input_line(input, &line), ==, SAFI_FAIL);
	g_assert_cmpuint(safi_input_fault(input)->begin, ==, 0);
	g_assert_cmpuint(safi_input_fault(input)->end, ==, 9);
	assert_line(input, "next");
}

static void test_limit(void)
{
	g_autofree char *exact = g_strnfill(1000, 'x');
	g_autofree char *all = g_strconcat(exact, "\n", exact, NULL);
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), 1000);

	assert_line(input, exact);
	assert_line(input, exact);
}

static void test_rest(void)
{
	g_autofree char *all = g_strnfill(700000, 'x');
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), LIMIT);
	safi_bytes rest;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &rest), ==, SAFI_KEEP);
	g_assert_cmpmem(rest.ptr, rest.len, all, strlen(all));
	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &rest), ==, SAFI_END);
}

static void test_empty(void)
{
	g_autoptr(safi_input) input = open_string("");
	safi_bytes bytes;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &bytes), ==, SAFI_KEEP);
	g_assert_cmpuint(bytes.len, ==, 0);
	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &bytes), ==, SAFI_END);
}

static void test_rest_too_long(void)
{
	g_autofree char *all = g_strnfill(5000, 'x');
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), 4999);
	safi_bytes rest;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &rest), ==, SAFI_FAIL);
	g_assert_cmpuint(safi_input_fault(input)->end, ==, 5000);
	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_rest(input, &rest), ==, SAFI_END);
}

/* A record of a head line and a body of so many bytes, as in a web archive. */
static void test_taken(void)
{
	g_autofree char *body = g_strnfill(400000, 'b');
	g_autofree char *all = g_strconcat("head 400000\n", body, "next\n", NULL);
	g_autoptr(safi_input) input = open_string(all);
	safi_bytes head, rest, peeked;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_peek(input, 4, &peeked), ==, SAFI_KEEP);
	g_assert_cmpmem(peeked.ptr, peeked.len, "head", 4);
	g_assert_cmpint(safi_input_line(input, &head), ==, SAFI_KEEP);
	g_assert_cmpint(safi_input_bytes(input, 400000, &rest), ==, SAFI_KEEP);
	g_assert_cmpmem(head.ptr, head.len, "head 400000", 11);
	g_assert_cmpmem(peeked.ptr, peeked.len, "head", 4);
	safi_bytes taken = safi_input_taken(input);
	g_assert_cmpmem(taken.ptr, taken.len, all, 12 + 400000);
	assert_line(input, "next");
}

static void test_bytes_at_the_end(void)
{
	g_autoptr(safi_input) input = open_string("abc");
	safi_bytes bytes;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_bytes(input, 10, &bytes), ==, SAFI_KEEP);
	g_assert_cmpmem(bytes.ptr, bytes.len, "abc", 3);
	g_assert_cmpint(safi_input_bytes(input, 1, &bytes), ==, SAFI_END);
	g_assert_cmpint(safi_input_peek(input, 1, &bytes), ==, SAFI_END);
}

static void test_bytes_too_long(void)
{
	g_autofree char *all = g_strnfill(6000, 'x');
	g_autoptr(safi_input) input = open_bytes(all, strlen(all), 1000);
	safi_bytes bytes;

	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_bytes(input, 5000, &bytes), ==, SAFI_FAIL);
	g_assert_cmpuint(safi_input_offset(input), ==, 5000);
	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_bytes(input, 1000, &bytes), ==, SAFI_KEEP);
}

/* --- packed ----------------------------------------------------------------------------------- */

static GByteArray *pack_lines(const GByteArray *lines)
{
	GByteArray *packed = g_byte_array_new();

	packed_add_gzip(packed, lines->data, lines->len / 2);
	packed_add_gzip(packed, lines->data + lines->len / 2, lines->len - lines->len / 2);
	return packed;
}

static void assert_lines(safi_input *input, const GByteArray *lines, guint64 at)
{
	guint64 offset;
	safi_bytes line;

	while (at < lines->len) {
		g_assert_cmpint(next_line(input, &line), ==, SAFI_KEEP);
		g_assert_cmpmem(line.ptr, line.len, lines->data + at, line.len);
		g_assert_nonnull(safi_input_block(input, line, &offset));
		g_assert_cmpuint(offset, ==, at);
		at += line.len + 1;
	}
	g_assert_cmpint(next_line(input, &line), ==, SAFI_END);
}

static void test_packed(void)
{
	static const guint counts[] = {0, 1, 30, 30000};

	for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autoptr(GByteArray) lines = packed_lines(counts[i]);
		g_autoptr(GByteArray) packed = pack_lines(lines);
		g_autoptr(safi_input) input = open_bytes(packed->data, packed->len, LIMIT);
		assert_lines(input, lines, 0);
	}
}

static void test_cut(void)
{
	g_autoptr(GByteArray) lines = packed_lines(100);
	g_autoptr(GByteArray) packed = g_byte_array_new();
	safi_bytes line, peeked;
	guint read = 0;

	packed_add_zstd(packed, lines->data, lines->len);
	g_autoptr(safi_input) input = open_bytes(packed->data, packed->len / 2, LIMIT);
	safi_input_begin_record(input);
	g_assert_cmpint(safi_input_peek(input, LIMIT, &peeked), ==, SAFI_KEEP);
	g_assert_cmpmem(peeked.ptr, peeked.len, lines->data, peeked.len);
	while (next_line(input, &line) == SAFI_KEEP) {
		read += (guint)line.len + 1;
	}
	g_assert_cmpuint(read, >, peeked.len - 100);
	g_assert_cmpuint(read, <, peeked.len); /* not the line that is cut */
	g_assert_cmpint(lines->data[read - 1], ==, '\n');
	g_assert_cmpint(safi_input_bytes(input, 1000, &line), ==, SAFI_FATAL);
	g_assert_cmpint(safi_input_rest(input, &line), ==, SAFI_FATAL);
	g_autofree char *message = g_strdup_printf(
		"the zstd data are cut short, at byte %u (byte %u unpacked)", packed->len / 2,
		(guint)peeked.len);
	g_assert_cmpstr(safi_input_fault(input)->message, ==, message);
}

static void test_bomb(void)
{
	const guint len = 1 << 26;
	g_autofree guint8 *bytes = g_malloc(len);
	g_autoptr(GByteArray) packed = g_byte_array_new();
	safi_bytes line;

	memset(bytes, 'x', len);
	packed_add_gzip(packed, bytes, len);
	packed_add_gzip(packed, (const guint8 *)"\nnext\n", 6);
	g_autoptr(safi_input) input = open_bytes(packed->data, packed->len, LIMIT);
	g_assert_cmpint(next_line(input, &line), ==, SAFI_FAIL);
	g_assert_cmpstr(safi_input_fault(input)->code, ==, "record-too-long");
	g_assert_cmpuint(safi_input_fault(input)->end, ==, len);
	assert_line(input, "next");
}

/* --- going on and stopping -------------------------------------------------------------------- */

static void test_progress(void)
{
	g_autoptr(GByteArray) lines = packed_lines(20000);
	g_autoptr(safi_input) input = open_bytes(lines->data, lines->len, LIMIT);
	guint64 done, size;

	safi_input_progress(input, &done, &size);
	g_assert_cmpuint(done, ==, 0);
	g_assert_cmpuint(size, ==, lines->len);
	assert_lines(input, lines, 0);
	safi_input_progress(input, &done, &size);
	g_assert_cmpuint(done, ==, lines->len);
}

/* A pipe under a name; and a byte that wakes, written when the input waits for it. */
typedef struct Pipe {
	int fds[2], wake[2];
	safi_input *input;
} Pipe;

static void wake_up(void *data)
{
	const Pipe *piped = data;

	g_assert_cmpint(write(piped->wake[1], "!", 1), ==, 1);
}

static Pipe open_pipe(const char *bytes, gsize limit)
{
	Pipe piped;

	g_assert_cmpint(pipe2(piped.fds, O_CLOEXEC), ==, 0);
	g_assert_cmpint(pipe2(piped.wake, O_CLOEXEC), ==, 0);
	g_assert_cmpint(write(piped.fds[1], bytes, strlen(bytes)), ==, strlen(bytes));
	g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", piped.fds[0]);
	piped.input = safi_input_open(name, limit, NULL);
	safi_input_set_wake(piped.input, piped.wake[0]);
	return piped;
}

static void close_pipe(Pipe *piped)
{
	safi_input_close(piped->input);
	for (int i = 0; i < 2; i++) {
		close(piped->fds[i]);
		close(piped->wake[i]);
	}
}

static void test_woken(void)
{
	Pipe piped = open_pipe("whole\npart", LIMIT);
	safi_bytes bytes;
	guint64 done, size;

	safi_input_on_wait(piped.input, wake_up, &piped);
	assert_line(piped.input, "whole");
	g_assert_cmpint(next_line(piped.input, &bytes), ==, SAFI_END);
	g_assert_true(safi_input_was_woken(piped.input));
	g_assert_cmpint(safi_input_bytes(piped.input, 100, &bytes), ==, SAFI_END);
	g_assert_cmpint(safi_input_rest(piped.input, &bytes), ==, SAFI_END);
	g_assert_cmpint(safi_input_peek(piped.input, 100, &bytes), ==, SAFI_KEEP);
	g_assert_cmpmem(bytes.ptr, bytes.len, "part", 4);
	safi_input_progress(piped.input, &done, &size);
	g_assert_cmpuint(done, ==, 10);
	g_assert_cmpuint(size, ==, 0);
	close_pipe(&piped);
}

static void test_woken_too_long(void)
{
	Pipe piped = open_pipe("longer than it may be", 5);
	safi_bytes bytes;

	safi_input_on_wait(piped.input, wake_up, &piped);
	g_assert_cmpint(next_line(piped.input, &bytes), ==, SAFI_END);
	g_assert_true(safi_input_was_woken(piped.input));
	close_pipe(&piped);
}

static void test_unreadable(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(safi_input_open("/nowhere/at/all", LIMIT, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	g_clear_error(&error);
	g_assert_null(safi_input_open("/", LIMIT, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
}

int main(int argc, char **argv)
{
	int fd = g_file_open_tmp("safi-input-XXXXXX", &path, NULL);

	close(fd);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/input/lines end at LF, and the last one needs none", test_lines);
	g_test_add_func("/input/lines are whole wherever a block ends", test_blocks);
	g_test_add_func("/input/bytes of a held block do not change", test_held_bytes);
	g_test_add_func("/input/a line over the limit is skipped and told", test_too_long);
	g_test_add_func("/input/of a line over the limit only its own bytes are kept",
	                test_too_long_and_short);
	g_test_add_func("/input/lines that are too long together are skipped with the last",
	                test_lines_too_long);
	g_test_add_func("/input/blank lines make no record too long, however many", test_blank_lines);
	g_test_add_func("/input/a line as long as the limit is read", test_limit);
	g_test_add_func("/input/the rest is the whole file, once", test_rest);
	g_test_add_func("/input/an empty file gives its nothing once", test_empty);
	g_test_add_func("/input/a file over the limit is skipped and told", test_rest_too_long);
	g_test_add_func("/input/what one record took lies in one piece", test_taken);
	g_test_add_func("/input/fewer bytes come only at the end", test_bytes_at_the_end);
	g_test_add_func("/input/more bytes than the limit are skipped", test_bytes_too_long);
	g_test_add_func("/input/packed lines have their places in what is unpacked", test_packed);
	g_test_add_func("/input/records in front of a cut are read, and then it is told", test_cut);
	g_test_add_func("/input/a record that unpacks to too much is skipped and told", test_bomb);
	g_test_add_func("/input/progress counts what was passed over", test_progress);
	g_test_add_func("/input/woken it ends, and keeps back a record that is not whole", test_woken);
	g_test_add_func("/input/woken in what is too long it ends, too", test_woken_too_long);
	g_test_add_func("/input/what cannot be read says why", test_unreadable);
	int status = g_test_run();
	g_unlink(path);
	g_free(path);
	return status;
}
