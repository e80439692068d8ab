#include "buffer.h"

#include <glib.h>

static void keeps_what_was_added(void)
{
	SafiBuffer buffer = { 0 };
	g_autoptr(GString) expected = g_string_new(NULL);
	for (int i = 0; i < 1000; i++) {
		g_autofree char *piece = g_strdup_printf("%d,", i);
		g_string_append(expected, piece);
		safi_buffer_add(&buffer, piece, strlen(piece));
	}
	g_assert_false(buffer.failed);
	g_assert_cmpmem(buffer.data, buffer.len, expected->str, expected->len);
	safi_buffer_clear(&buffer);
	g_assert_null(buffer.data);
}

static void adds_nothing_without_a_pointer(void)
{
	SafiBuffer buffer = { 0 };
	safi_buffer_add(&buffer, NULL, 0);
	g_assert_cmpuint(buffer.len, ==, 0);
	g_assert_false(buffer.failed);
	safi_buffer_clear(&buffer);
}

static void padding_is_readable(void)
{
	SafiBuffer buffer = { 0 };
	char *room = safi_buffer_room(&buffer, 4096);
	memset(room, 'x', 4096);
	buffer.len = 4096;
	volatile char sum = 0;
	for (size_t i = 0; i < SAFI_PADDING; i++) {
		sum ^= buffer.data[buffer.len + i];
	}
	safi_buffer_clear(&buffer);
}

static void a_reset_hoards_nothing(void)
{
	SafiBuffer buffer = { 0 };
	safi_buffer_room(&buffer, 3 << 20);
	safi_buffer_reset(&buffer);
	g_assert_cmpuint(buffer.capacity, ==, 0);
	safi_buffer_add(&buffer, "small", 5);
	size_t capacity = buffer.capacity;
	safi_buffer_reset(&buffer);
	g_assert_cmpuint(buffer.len, ==, 0);
	g_assert_cmpuint(buffer.capacity, ==, capacity);
	safi_buffer_clear(&buffer);
}

static void an_impossible_size_fails_for_good(void)
{
	SafiBuffer buffer = { 0 };
	safi_buffer_add(&buffer, "kept", 4);
	g_assert_null(safi_buffer_room(&buffer, SIZE_MAX - 2));
	g_assert_true(buffer.failed);
	safi_buffer_add(&buffer, "lost", 4);
	g_assert_cmpmem(buffer.data, buffer.len, "kept", 4);
	safi_buffer_reset(&buffer);
	g_assert_false(buffer.failed);
	safi_buffer_clear(&buffer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/buffer/keeps what was added, however it grew", keeps_what_was_added);
	g_test_add_func("/buffer/nothing can be added from nowhere",
	                adds_nothing_without_a_pointer);
	g_test_add_func("/buffer/padding behind the end is readable", padding_is_readable);
	g_test_add_func("/buffer/a reset keeps a small buffer and frees a large one",
	                a_reset_hoards_nothing);
	g_test_add_func("/buffer/an impossible size fails and stays failed until the reset",
	                an_impossible_size_fails_for_good);
	return g_test_run();
}
