#include "textkit/compose.h"

#include <glib.h>

static char *shared_file(const char *name)
{
	const char *shared = g_getenv("SAFI_SHARED");

	return g_build_filename(shared ? shared : SOURCE_ROOT "/../shared", name, NULL);
}

/* Space-separated hexadecimal code points, up to a semicolon. */
static void read_points(const char *hex, GArray *points)
{
	g_array_set_size(points, 0);
	while (*hex && *hex != ';') {
		char *end;
		uint32_t point = (uint32_t)g_ascii_strtoull(hex, &end, 16);
		g_array_append_val(points, point);
		hex = end + (*end == ' ');
	}
}

static void normalise(SafiCompose *text, const uint32_t *points, size_t n)
{
	text->n = 0;
	for (size_t i = 0; i < n; i++) {
		g_assert_true(safi_compose_split(text, points[i]));
	}
	g_assert_true(safi_compose_sort(text));
	safi_compose_join(text);
	for (size_t i = 0; i < text->n; i++) {
		text->at[i] = SAFI_COMPOSE_POINT(text->at[i]);
	}
}

static void check(SafiCompose *text, const char *from, const char *wanted)
{
	g_autoptr(GArray) in = g_array_new(FALSE, FALSE, 4);
	g_autoptr(GArray) out = g_array_new(FALSE, FALSE, 4);

	read_points(from, in);
	read_points(wanted, out);
	normalise(text, (uint32_t *)(void *)in->data, in->len);
	g_assert_cmpmem(text->at, text->n * 4, out->data, out->len * 4);
}

/* As the file's head asks: c2 == NFC(c1) == NFC(c2) == NFC(c3) and c4 == NFC(c4) == NFC(c5). */
static void every_row_of_normalization_test(void)
{
	g_autofree char *path = shared_file("oracles/unicode/NormalizationTest.txt");
	g_autofree char *whole = NULL;
	SafiCompose text = { 0 };
	unsigned rows = 0;

	if (!g_file_get_contents(path, &whole, NULL, NULL)) {
		g_test_skip("NormalizationTest.txt is not here");
		return;
	}
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (!g_ascii_isxdigit(**line)) {
			continue;
		}
		g_auto(GStrv) c = g_strsplit(*line, ";", 6);
		for (unsigned i = 0; i < 5; i++) {
			check(&text, c[i], c[i < 3 ? 1 : 3]);
		}
		rows++;
	}
	g_assert_cmpuint(rows, >, 18000);
	g_test_message("%u rows", rows);
	safi_compose_clear(&text);
}

/* Of the characters that GLib knows: its Unicode may be older than ours. */
static void every_character_decomposes_as_in_glib(void)
{
	SafiCompose text = { 0 };

	for (uint32_t point = 0; point < 0x30000; point++) {
		if (g_unichar_type(point) == G_UNICODE_SURROGATE || !g_unichar_isdefined(point)) {
			continue;
		}
		gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
		size_t n = g_unichar_fully_decompose(point, FALSE, parts, G_N_ELEMENTS(parts));
		text.n = 0;
		g_assert_true(safi_compose_split(&text, point));
		g_assert_cmpuint(text.n, ==, n);
		for (size_t i = 0; i < n; i++) {
			g_assert_cmphex(SAFI_COMPOSE_POINT(text.at[i]), ==, parts[i]);
		}
		g_assert_cmpint(safi_compose_class(point), ==, g_unichar_combining_class(point));
	}
	safi_compose_clear(&text);
}

static void hangul_is_computed_both_ways(void)
{
	SafiCompose text = { 0 };

	for (uint32_t syllable = 0xAC00; syllable <= 0xD7A3; syllable++) {
		normalise(&text, &syllable, 1);
		g_assert_cmpuint(text.n, ==, 1);
		g_assert_cmphex(text.at[0], ==, syllable);
	}
	check(&text, "1100 1161 11A8", "AC01");
	check(&text, "1100 1161 11A7", "AC00 11A7");
	check(&text, "1112 1175 11C2", "D7A3");
	check(&text, "AC01 11A8", "AC01 11A8");
	safi_compose_clear(&text);
}

static void arabic_marks_take_their_order(void)
{
	SafiCompose text = { 0 };

	check(&text, "0628 0651 064E", "0628 064E 0651");   /* shadda before fatha */
	check(&text, "0627 064E 0654", "0623 064E");        /* hamza past a fatha */
	check(&text, "0627 0651 0655 064E", "0625 064E 0651");
	check(&text, "0627 0653 0654", "0622 0654");        /* the first of two of a class */
	check(&text, "06D5 0654", "06C0");
	check(&text, "0654 0627", "0654 0627");             /* no starter before it */
	check(&text, "", "");
	safi_compose_clear(&text);
}

/* Insertion of a million would not end. */
static void a_page_of_marks_is_sorted_in_linear_time(void)
{
	enum { MARKS = 1000000 };
	static const uint32_t cycle[] = { 0x651, 0x64E, 0x300, 0x316, 0x64B };
	SafiCompose text = { 0 };

	for (size_t i = 0; i < MARKS; i++) {
		g_assert_true(safi_compose_add(&text, cycle[i % G_N_ELEMENTS(cycle)]));
	}
	g_assert_true(safi_compose_sort(&text));
	g_assert_cmpuint(text.n, ==, MARKS);
	for (size_t i = 1; i < MARKS; i++) {
		g_assert_cmphex(SAFI_COMPOSE_CLASS(text.at[i - 1]), <=,
		                SAFI_COMPOSE_CLASS(text.at[i]));
	}
	safi_compose_clear(&text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/compose/every row of NormalizationTest", every_row_of_normalization_test);
	g_test_add_func("/compose/every character decomposes as in GLib",
	                every_character_decomposes_as_in_glib);
	g_test_add_func("/compose/Hangul is computed both ways", hangul_is_computed_both_ways);
	g_test_add_func("/compose/Arabic marks take their order", arabic_marks_take_their_order);
	g_test_add_func("/compose/a page of marks is sorted in linear time",
	                a_page_of_marks_is_sorted_in_linear_time);
	return g_test_run();
}
