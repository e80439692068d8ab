#include "classes.h"
#include "repair.h"
#include "scan.h"
#include "textkit/utf8.h"

#include <glib.h>

/* --- runs ------------------------------------------------------------------------------------- */

typedef struct Result {
	SafiRepair repair;
	GPtrArray *rooms;
	char *in;
	safi_text text, out;
} Result;

static char *room(void *context, size_t capacity)
{
	Result *result = context;
	char *memory = g_malloc(capacity + SAFI_PADDING);

	g_ptr_array_add(result->rooms, memory);
	return memory;
}

static void result_clear(Result *result)
{
	safi_repair_clear(&result->repair);
	g_ptr_array_unref(result->rooms);
	g_free(result->in);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* Repairs a copy with the padding that the host promises and no more, full of what may mislead. */
static void repair_bytes(Result *result, const char *in, size_t len)
{
	static const char trap[] = "\n\xCC\x81\xD9\x91";

	result->rooms = g_ptr_array_new_with_free_func(g_free);
	result->in = g_malloc(len + SAFI_PADDING);
	memcpy(result->in, in, len);
	for (size_t i = 0; i < SAFI_PADDING; i++) {
		result->in[len + i] = trap[i % (sizeof trap - 1)];
	}
	result->text = (safi_text){ result->in, len };
	g_assert_true(safi_repair_run(&result->repair, result->text, room, result, &result->out));
	if (result->repair.n == 0) {
		g_assert_true(result->out.ptr == result->in);
		g_assert_cmpuint(result->rooms->len, ==, 0);
	}
}

static bool is_inside(safi_text text, size_t at)
{
	return at < text.len && ((uint8_t)text.ptr[at] & 0xC0) == 0x80;
}

/* Applied to the input, the changes give the output: in order, whole characters, none empty. */
static void check_changes(const Result *result)
{
	size_t from = 0, to = 0;

	for (size_t i = 0; i < result->repair.n; i++) {
		safi_change change = result->repair.changes[i];
		g_assert_cmpuint(change.from, >=, from);
		size_t run = change.from - from;
		g_assert_cmpmem(result->text.ptr + from, run, result->out.ptr + to, run);
		g_assert_false(is_inside(result->text, change.from));
		g_assert_false(is_inside(result->text, change.from + change.taken));
		g_assert_false(is_inside(result->out, to + run));
		g_assert_false(is_inside(result->out, to + run + change.put));
		g_assert_cmpuint(change.taken, >, 0);
		from = change.from + change.taken;
		to += run + change.put;
	}
	g_assert_cmpmem(result->text.ptr + from, result->text.len - from, result->out.ptr + to,
	                result->out.len - to);
}

static void check_bytes(const char *in, size_t len, const char *wanted, size_t wanted_len)
{
	g_auto(Result) once = { 0 }, twice = { 0 };

	repair_bytes(&once, in, len);
	g_assert_cmpmem(once.out.ptr, once.out.len, wanted, wanted_len);
	g_assert_true(g_utf8_validate_len(once.out.ptr, once.out.len, NULL));
	check_changes(&once);
	repair_bytes(&twice, once.out.ptr, once.out.len);
	g_assert_cmpuint(twice.repair.n, ==, 0);
}

static void check(const char *in, const char *wanted)
{
	check_bytes(in, strlen(in), wanted, strlen(wanted));
}

/* The same, with the changes as they are to be: "from+taken>put ...". */
static void check_narrow(const char *in, const char *wanted, const char *changes)
{
	g_auto(Result) result = { 0 };
	g_autoptr(GString) found = g_string_new(NULL);

	check(in, wanted);
	repair_bytes(&result, in, strlen(in));
	for (size_t i = 0; i < result.repair.n; i++) {
		safi_change change = result.repair.changes[i];
		g_string_append_printf(found, "%s%u+%u>%u", i ? " " : "", change.from, change.taken,
		                       change.put);
	}
	g_assert_cmpstr(found->str, ==, changes);
}

/* --- the rules, told a second time, by GLib's tables ------------------------------------------ */

static bool is_form(uint32_t point)
{
	return (point >= 0xFB50 && point <= 0xFDFF) || (point >= 0xFE70 && point <= 0xFEFC);
}

static bool is_invisible(uint32_t point)
{
	return point == 0xAD || point == 0x61C || point == 0x180E || point == 0x200B ||
	       point == 0x200E || point == 0x200F || (point >= 0x202A && point <= 0x202E) ||
	       (point >= 0x2060 && point <= 0x2064) || (point >= 0x2066 && point <= 0x2069) ||
	       point == 0xFEFF;
}

static void append_form(GString *text, uint32_t point)
{
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
	size_t n = g_unichar_fully_decompose(point, TRUE, parts, G_N_ELEMENTS(parts));

	for (size_t i = parts[0] == ' '; i < n; i++) {
		g_string_append_unichar(text, parts[i]);
	}
}

static char *expected(const char *in)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (const char *p = in; *p; p = g_utf8_next_char(p)) {
		uint32_t point = g_utf8_get_char(p);
		if (g_unichar_type(point) == G_UNICODE_SPACE_SEPARATOR) {
			g_string_append_c(text, ' ');
		} else if (point == 0x2028 || point == 0x2029 || (point == '\r' && p[1] != '\n')) {
			g_string_append_c(text, '\n');
		} else if (is_form(point)) {
			append_form(text, point);
		} else if (!is_invisible(point) && point != '\r') {
			g_string_append_unichar(text, point);
		}
	}
	return g_utf8_normalize(text->str, -1, G_NORMALIZE_NFC);
}

/* --- what is changed -------------------------------------------------------------------------- */

static void every_character_alone_is_repaired(void)
{
	unsigned forms = 0, spaces = 0;

	for (uint32_t point = 1; point < 0x30000; point++) {
		if (!g_unichar_isdefined(point) || !g_unichar_validate(point)) {
			continue;
		}
		char in[16] = "س";
		in[2 + g_unichar_to_utf8(point, in + 2)] = '\0';
		g_autofree char *wanted = expected(in);
		check(in, wanted);
		check(in + 2, strcmp(in + 2, "\r") ? wanted + 2 : "\n");
		forms += is_form(point) && strcmp(in, wanted) != 0;
		spaces += !strcmp(wanted, "س ");
	}
	g_assert_cmpuint(forms, ==, 731);
	g_assert_cmpuint(spaces, ==, 17);
}

static void forms_that_carry_marks_make_no_space(void)
{
	check("ب\uFC60", "ب\u064E\u0651");
	check("ب\uFE70\uFE72", "ب\u064B\u064C");
	check("\uFE77", "ـ\u064E");
	check("\uFDFA", "صلى الله عليه وسلم"); /* these spaces are between words */
	check("\uFDFB", "جل جلاله");
	check("\uFDFD", "\uFDFD"); /* has no mapping */
}

static void lam_alef_keeps_its_hamza(void)
{
	check("\uFEF5\uFEF6", "لآلآ");
	check("\uFEF7\uFEF8", "لألأ");
	check("\uFEF9\uFEFA", "لإلإ");
	check("\uFEFB\uFEFC", "لالا");
	check_narrow("\uFEFB\u0654", "لأ", "0+5>4"); /* the hamza comes to the alef of the form */
	check_narrow("\uFE8D\u0653", "آ", "0+5>2");
}

static void joiners_are_kept(void)
{
	check("می\u200Cخواهم", "می\u200Cخواهم");
	check("ه\u200D", "ه\u200D");
	check("👨\u200D👩\u200D👧", "👨\u200D👩\u200D👧");
}

static void line_ends_become_lf(void)
{
	check("a\r\nb\rc\n", "a\nb\nc\n");
	check("\r", "\n");
	check("\r\r\n\n\r", "\n\n\n\n");
	check("\r\n\r\n", "\n\n");
	check("\r\u200B\n", "\n\n"); /* they did not stand together */
	check("\r\u0301", "\n\u0301");
	check("a\u2028b\u2029c", "a\nb\nc");
	check("a\xC2\x85" "b\tc\vd", "a\xC2\x85" "b\tc\vd");
	check_narrow("a\r\nb\rc", "a\nb\nc", "1+1>0 4+1>1");
}

static void marks_take_their_order(void)
{
	check_narrow("بّ\u064Eت", "ب\u064E\u0651ت", "2+4>4");
	check_narrow("بّ\u064E", "ب\u064E\u0651", "2+4>4");
	check_narrow("ب\u064E\u0651\u064Eت", "ب\u064E\u064E\u0651ت", "4+4>4");
	check_narrow("ب\u0651\u200F\u064E", "ب\u064E\u0651", "2+7>4");
	check_narrow("\u0651\u064E", "\u064E\u0651", "0+4>4");
	check_narrow("\u00A0\u0651\u064E", " \u064E\u0651", "0+2>1 2+4>4");
	check_narrow("a\u0316\u0301\u0316", "á\u0316\u0316", "0+5>4");
}

static void a_deleted_character_lets_its_neighbours_compose(void)
{
	check_narrow("قا\u200E\u0654ل", "قأل", "2+7>2");
	check_narrow("\u200E\u200Fا\u0654\u200E", "أ", "0+3>0 3+3>0 6+4>2 10+3>0");
}

static void each_change_is_narrow(void)
{
	check_narrow("", "", "");
	check_narrow("قال", "قال", "");
	check_narrow("\u00A0", " ", "0+2>1");
	check_narrow("\u00A0\u00A0x\u2003", "  x ", "0+2>1 2+2>1 5+3>1");
	check_narrow("\u200F\u200Fا", "ا", "0+3>0 3+3>0");
	check_narrow("cafe\u0301s", "cafés", "3+3>2");
	check_narrow("e\u0302\u0323", "ệ", "0+5>3");
	check_narrow("ê\u0323", "ệ", "0+4>3");
	check_narrow("\u1112\u1161\u11AB", "한", "0+9>3");
	check_narrow("\u0958", "\u0915\u093C", "0+3>6");
	check_narrow("ﻼم\uFEF7", "لام" "لأ", "0+3>4 5+3>4");
	check_narrow("a\uFEFF\u00ADb", "ab", "1+3>0 4+2>0");
	check_narrow("\uFE71\u0651\u064B", "ـ\u064B\u064B\u0651", "0+3>4 3+4>4");
}

static void canonically_equal_texts_become_one(void)
{
	static const char *const texts[] = {
		"إنّ آدمَ مسؤولٌ عن هذه الأشياء", "Ελληνικά ᾧ", "Tiếng Việt", "हिन्दी क़लम",
		"한국어 각",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *nfc = g_utf8_normalize(texts[i], -1, G_NORMALIZE_NFC);
		g_autofree char *nfd = g_utf8_normalize(texts[i], -1, G_NORMALIZE_NFD);
		check(nfd, nfc);
		check(nfc, nfc);
	}
}

/* --- in bulk ---------------------------------------------------------------------------------- */

static char *read_column(const char *line, unsigned column)
{
	g_auto(GStrv) columns = g_strsplit(line, ";", 6);
	g_auto(GStrv) points = g_strsplit(columns[column], " ", -1);
	GString *text = g_string_new(NULL);

	for (char **point = points; *point; point++) {
		g_string_append_unichar(text, (gunichar)g_ascii_strtoull(*point, NULL, 16));
	}
	return g_string_free(text, FALSE);
}

/* Where a row holds something that repair changes beyond NFC, GLib tells what to expect. */
static void every_row_of_normalization_test(void)
{
	const char *shared = g_getenv("SAFI_SHARED");
	g_autofree char *path = g_build_filename(shared ? shared : SOURCE_ROOT "/../shared",
	                                         "oracles/unicode/NormalizationTest.txt", NULL);
	g_autofree char *whole = NULL;

	if (!g_file_get_contents(path, &whole, NULL, NULL)) {
		g_test_skip("NormalizationTest.txt is not here");
		return;
	}
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
	unsigned as_in_file = 0;
	for (char **line = lines; *line; line++) {
		for (unsigned i = 0; i < 5 && g_ascii_isxdigit(**line); i++) {
			g_autofree char *in = read_column(*line, i);
			g_autofree char *nfc = read_column(*line, i < 3 ? 1 : 3);
			g_autofree char *wanted = expected(in);
			check(in, wanted);
			as_in_file += !strcmp(nfc, wanted);
		}
	}
	g_assert_cmpuint(as_in_file, >, 90000);
}

/* Ranges from which hard texts are made; each is as likely as any other. */
static const uint32_t ranges[][2] = {
	{ 0x621, 0x64A }, { 0x621, 0x64A }, { 0x64B, 0x655 }, { 0x64B, 0x655 }, { 0x610, 0x61C },
	{ 0x670, 0x670 }, { 0x6D2, 0x6ED }, { 0x8D3, 0x8FF }, { 0xFB50, 0xFDFF },
	{ 0xFE70, 0xFEFC }, { 0x9, 0x20 }, { 0xD, 0xD }, { 0xA, 0xA }, { 0x20, 0x7E },
	{ 0xA0, 0xAD }, { 0xC0, 0x17F }, { 0x300, 0x345 }, { 0x1E00, 0x1FFF }, { 0x2000, 0x206F },
	{ 0x3000, 0x30FF }, { 0x930, 0x95F }, { 0x9BE, 0x9DF }, { 0xF71, 0xF81 },
	{ 0x1100, 0x11FF }, { 0xAC00, 0xAC40 }, { 0x1D15E, 0x1D172 }, { 0x2F800, 0x2FA1D },
	{ 0x1, 0x2FFFF },
};

static uint32_t random_point(GRand *random, unsigned kinds)
{
	for (;;) {
		const uint32_t *range = ranges[g_rand_int_range(random, 0, (gint32)kinds)];
		uint32_t point = range[0] + g_rand_int(random) % (range[1] - range[0] + 1);
		if (g_unichar_validate(point) && g_unichar_isdefined(point)) {
			return point;
		}
	}
}

static void random_texts_are_as_expected(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(15);

	for (unsigned i = 0; i < 100000; i++) {
		g_autoptr(GString) in = g_string_new(NULL);
		unsigned length = g_rand_int(random) % (i % 100 ? 24 : 400);
		unsigned kinds = i % 2 ? G_N_ELEMENTS(ranges) : 10;
		while (length--) {
			g_string_append_unichar(in, random_point(random, kinds));
		}
		g_autofree char *wanted = expected(in->str);
		check(in->str, wanted);
	}
}

static void the_scan_misses_nothing_at_any_place(void)
{
	static const char around[] = "abاج«دa";

	for (uint32_t point = 0; point < 0x30000; point++) {
		char text[SAFI_SCAN_BYTES * 4] = { 0 };
		for (unsigned at = 0; at < SAFI_SCAN_BYTES; at++) {
			memset(text, at % 2 ? 'a' : '\n', sizeof text);
			memcpy(text + at + safi_utf8_encode(text + at, point), around, 11);
			unsigned bit = 1u << at;
			bool plain = safi_class_at((uint8_t *)text + at) == SAFI_PLAIN;
			g_assert_true(plain || safi_scan((uint8_t *)text) & bit);
			g_assert_true(plain || safi_scan_portably((uint8_t *)text) & bit);
			g_assert_cmphex(safi_scan((uint8_t *)text) &
			                ~safi_scan_portably((uint8_t *)text), ==, 0);
		}
	}
}

static void hostile_texts_take_linear_time(void)
{
	enum { TIMES = 400000 };
	static const char *const units[] = {
		"\u0651\u064E", "\u0651\u200F", "\uFE71\u064E", "\uFDFA", "\u0344\u0316", "\r",
		"\u200F\u064E", "\u0654",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_auto(Result) result = { 0 };
		g_autoptr(GString) in = g_string_new("ا");
		for (unsigned n = 0; n < TIMES; n++) {
			g_string_append(in, units[i]);
		}
		repair_bytes(&result, in->str, in->len);
		check_changes(&result);
		safi_repair_shrink(&result.repair);
		g_assert_cmpuint(result.repair.capacity, ==, 0);
	}
}

static char *no_room(void *context, size_t capacity)
{
	return NULL;
}

static void no_room_is_told(void)
{
	SafiRepair repair = { 0 };
	char in[SAFI_PADDING * 2] = "a\r\nb\rc";
	safi_text out;

	g_assert_false(safi_repair_run(&repair, safi_str(in), no_room, NULL, &out));
	safi_repair_clear(&repair);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/repair/every character alone is repaired",
	                every_character_alone_is_repaired);
	g_test_add_func("/repair/forms that carry marks make no space",
	                forms_that_carry_marks_make_no_space);
	g_test_add_func("/repair/lam-alef keeps its hamza", lam_alef_keeps_its_hamza);
	g_test_add_func("/repair/joiners are kept", joiners_are_kept);
	g_test_add_func("/repair/line ends become LF", line_ends_become_lf);
	g_test_add_func("/repair/marks take their order", marks_take_their_order);
	g_test_add_func("/repair/a deleted character lets its neighbours compose",
	                a_deleted_character_lets_its_neighbours_compose);
	g_test_add_func("/repair/each change is narrow", each_change_is_narrow);
	g_test_add_func("/repair/canonically equal texts become one",
	                canonically_equal_texts_become_one);
	g_test_add_func("/repair/every row of NormalizationTest", every_row_of_normalization_test);
	g_test_add_func("/repair/random texts are as expected", random_texts_are_as_expected);
	g_test_add_func("/repair/the scan misses nothing at any place",
	                the_scan_misses_nothing_at_any_place);
	g_test_add_func("/repair/hostile texts take linear time", hostile_texts_take_linear_time);
	g_test_add_func("/repair/no room is told", no_room_is_told);
	return g_test_run();
}
