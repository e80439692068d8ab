#include "date.h"
#include <glib.h>

static Months *months(void)
{
	static Months *all;
	unsigned wrong;
	if (all == NULL) {
		g_autofree char *text = NULL;
		gsize len;
		g_assert_true(g_file_get_contents(MONTHS, &text, &len, NULL));
		all = months_new((safi_bytes){ (uint8_t *)text, len }, &wrong);
		g_assert_nonnull(all);
	}
	return all;
}

/* The date and the time of a line in ISO 8601, "" for none, and the text of the date's span. */
static void assert_date(const char *line, const char *iso, const char *span)
{
	Date date;
	Clock clock;
	char to[DATE_ISO];
	bool found = date_find(months(), safi_str(line), &date);
	g_assert_cmpint(found, ==, *iso != '\0');
	if (!found) {
		return;
	}
	bool timed = clock_find(safi_str(line), &clock);
	g_autofree char *got = g_strndup(to, date_iso(&date, timed ? &clock : NULL, to));
	g_assert_cmpstr(got, ==, iso);
	g_autofree char *text = g_strndup(line + date.span.begin, date.span.end - date.span.begin);
	g_assert_cmpstr(text, ==, span);
}

static void a_date_is_read_in_every_form_of_the_sample_pages(void)
{
	assert_date("الأربعاء، 03 ديسمبر 2025", "2025-12-03", "03 ديسمبر 2025");
	assert_date("نشر في الأيام 24 يوم 03 - 12 - 2025", "2025-12-03", "03 - 12 - 2025");
	assert_date("2025-12-03", "2025-12-03", "2025-12-03");
	assert_date("3 ديسمبر/كانون الأول 2025", "2025-12-03", "3 ديسمبر/كانون الأول 2025");
	assert_date("تم نشره الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", "2020-04-24T21:22",
	            "24 نيسان / أبريل 2020");
	assert_date("الأحد، 04 آب/اغسطس 2013، آخر تحديث 02:21 (GMT+0400)", "2013-08-04T02:21",
	            "04 آب/اغسطس 2013");
	assert_date("٠٢:٠٠ الثلاثاء ١ / ١٢ / ٢٠٢٠", "2020-12-01T02:00", "١ / ١٢ / ٢٠٢٠");
	assert_date("7/23/2012 9:45:43 PM أخر تحديث", "2012-07-23T21:45:43", "7/23/2012");
}

static void months_of_all_arabic_regions_and_english_are_known(void)
{
	assert_date("5 غشت 2024", "2024-08-05", "5 غشت 2024");
	assert_date("5 جويلية 2024", "2024-07-05", "5 جويلية 2024");
	assert_date("5 تشرين الثاني 2024م", "2024-11-05", "5 تشرين الثاني 2024");
	assert_date("5 ابريل، 2024", "2024-04-05", "5 ابريل، 2024");
	assert_date("5 يناير (كانون الثاني) 2025", "2025-01-05", "5 يناير (كانون الثاني) 2025");
	assert_date("December 3, 2025", "2025-12-03", "December 3, 2025");
	assert_date("Dec 3rd 2025", "2025-12-03", "Dec 3rd 2025");
	assert_date("03-Dec-2025", "2025-12-03", "03-Dec-2025");
}

static void what_is_no_date_is_not_taken_for_one(void)
{
	assert_date("", "", "");
	assert_date("فرانس 24", "", "");
	assert_date("ديسمبر 2025", "", "");
	assert_date("31 فبراير 2025", "", "");
	assert_date("29 فبراير 2023", "", "");
	assert_date("29 فبراير 2024", "2024-02-29", "29 فبراير 2024");
	assert_date("24 فبراير/آذار 2022", "", "");
	assert_date("12 ربيع الأول 1447", "", "");
	assert_date("13/13/2025", "", "");
	assert_date("3-12/2025", "", "");
	assert_date("03/12/25", "", "");
	assert_date("20251203 99999 / 1 / 2", "", "");
	assert_date("۲۹ بهمن ۱۳۹۸", "", "");
}

static void assert_clock(const char *line, const char *iso)
{
	Date date = { 2025, 12, 3, { 0, 0 } };
	Clock clock;
	char to[DATE_ISO];
	bool found = clock_find(safi_str(line), &clock);
	g_assert_cmpint(found, ==, iso != NULL);
	if (!found) {
		return;
	}
	g_autofree char *got = g_strndup(to, date_iso(&date, &clock, to));
	g_assert_cmpstr(got + strlen("2025-12-03T"), ==, iso);
}

static void a_clock_has_twelve_hours_or_twentyfour(void)
{
	assert_clock("12:48 م", "12:48");
	assert_clock("12:48 ص", "00:48");
	assert_clock("9:05م", "21:05");
	assert_clock("٠٩:٢٢ مساءً", "21:22");
	assert_clock("07:00 صباحًا", "07:00");
	assert_clock("9:22 p.m.", "21:22");
	assert_clock("12:22 A.M", "00:22");
	assert_clock("9:22 بعد الظهر", "21:22");
	assert_clock("00:30 ص", "00:30");
	assert_clock("11:59:59 pm", "23:59:59");
	assert_clock("23:15 مساء", "23:15");
	assert_clock("25:00", NULL);
	assert_clock("12:60", NULL);
	assert_clock("3:4", NULL);
}

static void a_part_of_the_day_tells_which_of_two_hours_is_meant(void)
{
	assert_clock("11:45 ظهرا", "11:45");
	assert_clock("12:30 ظهراً", "12:30");
	assert_clock("1:15 ظهرا", "13:15");
	assert_clock("4:30 عصرا", "16:30");
	assert_clock("10:30 مساءا", "22:30");
	assert_clock("10:30 ليلا", "22:30");
	assert_clock("12:10 ليلا", "00:10");
	assert_clock("2:10 ليلا", "02:10");
	assert_clock("1:10 بعد منتصف الليل", "01:10");
	assert_clock("5:10 فجرا", "05:10");
	assert_clock("9:22 بتوقيت مكة", "09:22");
}

static void a_time_whose_half_of_the_day_is_unreadable_is_none(void)
{
	assert_clock("6:30 ظهرا", NULL);
	assert_clock("6:00:15 ليلا", NULL);
	assert_clock("9:22 - بتوقيت مكة مساء", NULL);
	assert_clock("PM 9:22", NULL);
	assert_clock("مساء 21:22", "21:22");
	assert_date("3 ديسمبر 2025م 9:22", "2025-12-03T09:22", "3 ديسمبر 2025");
}

static void a_zone_is_taken_only_when_it_touches_the_time(void)
{
	assert_clock("2025-12-03T12:48:01Z", "12:48:01Z");
	assert_clock("12:48+03:00", "12:48+03:00");
	assert_clock("12:48-0330", "12:48-03:30");
	assert_clock("12:48 - 30:00", "12:48");
	assert_clock("12:48+99:00", "12:48");
}

static void what_is_no_zone_of_the_world_is_not_taken_for_one(void)
{
	assert_clock("09:00-10:30", "09:00");
	assert_clock("09:00-11:15", "09:00");
	assert_clock("12:48+03:75", "12:48");
	assert_clock("12:48+0310", "12:48");
	assert_clock("12:48+05:45", "12:48+05:45");
	assert_clock("12:48+14:00", "12:48+14:00");
	assert_clock("12:48+14:15", "12:48");
	assert_clock("12:48-12:00", "12:48-12:00");
	assert_clock("12:48-13:00", "12:48");
	assert_clock("12:48-09:30", "12:48-09:30");
}

static void fractions_of_a_second_are_skipped(void)
{
	assert_clock("12:48:01.123Z", "12:48:01Z");
	assert_clock("12:48:01,123456+03:00", "12:48:01+03:00");
	assert_clock("12:48:01. 5", "12:48:01");
}

static void a_wrong_line_of_months_is_told_by_its_number(void)
{
	const char *const files[] = { "1 a\n13 b\n", "# x\nb\n", "1 a\n2 b c d", "\n3\n" };
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		unsigned wrong;
		safi_bytes file = { (const uint8_t *)files[i], strlen(files[i]) };
		g_assert_null(months_new(file, &wrong));
		g_assert_cmpuint(wrong, ==, 2);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/date/a date is read in every form of the sample pages",
	                a_date_is_read_in_every_form_of_the_sample_pages);
	g_test_add_func("/date/months of all Arabic regions and English are known",
	                months_of_all_arabic_regions_and_english_are_known);
	g_test_add_func("/date/what is no date is not taken for one",
	                what_is_no_date_is_not_taken_for_one);
	g_test_add_func("/clock/a clock has twelve hours or twenty-four",
	                a_clock_has_twelve_hours_or_twentyfour);
	g_test_add_func("/clock/a part of the day tells which of two hours is meant",
	                a_part_of_the_day_tells_which_of_two_hours_is_meant);
	g_test_add_func("/clock/a time whose half of the day is unreadable is none",
	                a_time_whose_half_of_the_day_is_unreadable_is_none);
	g_test_add_func("/clock/a zone is taken only when it touches the time",
	                a_zone_is_taken_only_when_it_touches_the_time);
	g_test_add_func("/clock/what is no zone of the world is not taken for one",
	                what_is_no_zone_of_the_world_is_not_taken_for_one);
	g_test_add_func("/clock/fractions of a second are skipped",
	                fractions_of_a_second_are_skipped);
	g_test_add_func("/months/a wrong line of months is told by its number",
	                a_wrong_line_of_months_is_told_by_its_number);
	int status = g_test_run();
	months_free(months());
	return status;
}
