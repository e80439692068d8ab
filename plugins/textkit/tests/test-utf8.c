#include "textkit/utf8.h"

#include <glib.h>

static void every_character_round_trips(void)
{
	for (uint32_t point = 1; point < 0x110000; point++) {
		if (point == 0xD800) {
			point = 0xE000; /* surrogates are no characters */
		}
		char text[8] = { 0 };
		uint32_t len = safi_utf8_encode(text, point);

		g_assert_true(g_utf8_validate_len(text, len, NULL));
		g_assert_cmpuint(safi_utf8_length((uint8_t)text[0]), ==, len);
		g_assert_cmphex(safi_utf8_decode((uint8_t *)text), ==, point);
		g_assert_true((char *)safi_utf8_before((uint8_t *)text + len) == text);
	}
}

static void encoding_is_that_of_glib(void)
{
	static const uint32_t edges[] = { 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF };

	for (size_t i = 0; i < G_N_ELEMENTS(edges); i++) {
		char mine[8] = { 0 }, theirs[8] = { 0 };
		uint32_t len = safi_utf8_encode(mine, edges[i]);
		g_assert_cmpmem(mine, len, theirs, (gsize)g_unichar_to_utf8(edges[i], theirs));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/utf8/every character round-trips", every_character_round_trips);
	g_test_add_func("/utf8/encoding is that of GLib at the edges", encoding_is_that_of_glib);
	return g_test_run();
}
