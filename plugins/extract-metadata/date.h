/* Dates and clock times as news pages write them above an article.
 *
 * Spans are bytes of the line they were found in; only its first TOKENS tokens are looked at.  Pure
 * functions, any thread. */
#pragma once

#include "months.h"

typedef struct Date {
	int year, month, day;
	safi_span span;
} Date;

typedef struct Clock {
	int hour, minute, second;  /* second: -1 if it is not given */
	bool zoned;
	int zone;                  /* minutes east of Greenwich; only if zoned */
	safi_span span;
} Clock;

/* The first whole Gregorian date of the line: `3 ديسمبر 2025`, `03 ديسمبر/كانون الأول 2025`,
 * `December 3, 2025`, `2025-12-03`, `03 - 12 - 2025`.  Of two numbers that both could be the month
 * the second is: Arabic pages put the day first. */
bool date_find(const Months *months, safi_text line, Date *date);

/* The first clock time of the line: `12:48`, `12:48:03`, `٩:٢٢ مساءً`, `9:45 PM`, `12:48+03:00`.
 * False also if that has an hour of twelve and it stays open which half of the day is meant. */
bool clock_find(safi_text line, Clock *clock);

/* ISO 8601: the date alone if clock is NULL.  Returns the length. */
enum { DATE_ISO = 32 };
size_t date_iso(const Date *date, const Clock *clock, char to[DATE_ISO]);
