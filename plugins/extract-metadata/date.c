#include "date.h"
#include "token.h"
#include <stdio.h>

enum { YEAR_FIRST = 1900, YEAR_LAST = 2099 };

typedef struct Line {
	Token tokens[TOKENS];
	unsigned n;
} Line;

static const Token *number_at(const Line *line, unsigned i)
{
	return i < line->n && line->tokens[i].kind == TOKEN_NUMBER ? &line->tokens[i] : NULL;
}

static char sign_at(const Line *line, unsigned i)
{
	return i < line->n && line->tokens[i].kind == TOKEN_SIGN ? line->tokens[i].sign : '\0';
}

static bool is_day_month(const Token *token)
{
	return token->digits <= 2;
}

static bool is_year(const Token *token)
{
	return token->digits == 4 && token->value >= YEAR_FIRST && token->value <= YEAR_LAST;
}

/* --- dates ------------------------------------------------------------------------------------ */

static bool exists(const Date *date)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (date->month < 1 || date->month > 12 || date->day < 1) {
		return false;
	}
	bool leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;
	return date->day <= days[date->month - 1] + (date->month == 2 && leap);
}

/* Three numbers with the same sign between: 2025-12-03, 03/12/2025, 12.3.2025. */
static bool numeric_at(const Line *line, unsigned i, Date *date)
{
	const Token *a = number_at(line, i);
	const Token *b = number_at(line, i + 2);
	const Token *c = number_at(line, i + 4);
	char sign = sign_at(line, i + 1);
	if (a == NULL || b == NULL || c == NULL || sign_at(line, i + 3) != sign
	    || (sign != '-' && sign != '/' && sign != '.') || !is_day_month(b)) {
		return false;
	}
	if (is_year(a) && is_day_month(c)) {
		*date = (Date){ a->value, b->value, c->value, { 0 } };
	} else if (is_year(c) && is_day_month(a)) {
		*date = (Date){ c->value, b->value, a->value, { 0 } };
	} else {
		return false;
	}
	if (date->month > 12 && is_year(c)) { /* 7/23/2012: the American order */
		date->month = a->value;
		date->day = b->value;
	}
	date->span = (safi_span){ a->begin, c->end };
	return exists(date);
}

/* A month's name of one word or two; *i moves behind it. */
static int month_name(const Months *months, const Line *line, unsigned *i)
{
	if (*i >= line->n || line->tokens[*i].kind != TOKEN_WORD) {
		return 0;
	}
	const Token *first = &line->tokens[*i], *second = first + 1;
	if (*i + 1 < line->n && second->kind == TOKEN_WORD) {
		char both[2 * TOKEN_WORD_BYTES + 1];
		memcpy(both, first->folded, first->len);
		both[first->len] = ' ';
		memcpy(both + first->len + 1, second->folded, second->len);
		int month = months_find(months, (safi_text){ both, first->len + 1 + second->len });
		if (month > 0) {
			*i += 2;
			return month;
		}
	}
	int month = months_find(months, (safi_text){ first->folded, first->len });
	*i += month > 0;
	return month;
}

/* A month that may be named twice, as in فبراير/شباط or يناير (كانون الثاني); both must agree. */
static int month_at(const Months *months, const Line *line, unsigned *i)
{
	int month = month_name(months, line, i);
	char sign = sign_at(line, *i);
	if (month == 0 || (sign != '/' && sign != '(' && sign != '-')) {
		return month;
	}
	unsigned behind = *i + 1;
	int other = month_name(months, line, &behind);
	if (other == 0) {
		return month;
	}
	*i = behind + (sign_at(line, behind) == ')');
	return other == month ? month : 0;
}

static unsigned skip_sign(const Line *line, unsigned i, const char *signs)
{
	char sign = sign_at(line, i);
	return i + (sign != '\0' && strchr(signs, sign) != NULL);
}

/* 3 ديسمبر 2025, 3-Dec-2025 */
static bool day_first_at(const Months *months, const Line *line, unsigned i, Date *date)
{
	const Token *day = number_at(line, i);
	if (day == NULL || !is_day_month(day)) {
		return false;
	}
	unsigned at = skip_sign(line, i + 1, "-/.,");
	int month = month_at(months, line, &at);
	const Token *year = number_at(line, skip_sign(line, at, "-/.,"));
	if (month == 0 || year == NULL || !is_year(year)) {
		return false;
	}
	*date = (Date){ year->value, month, day->value, { day->begin, year->end } };
	return exists(date);
}

/* December 3, 2025; December 3rd 2025 */
static bool month_first_at(const Months *months, const Line *line, unsigned i, Date *date)
{
	static const char *const ordinals[] = { "st", "nd", "rd", "th" };
	unsigned at = i;
	int month = month_at(months, line, &at);
	const Token *day = number_at(line, at);
	if (month == 0 || day == NULL || !is_day_month(day)) {
		return false;
	}
	at++;
	for (unsigned k = 0; k < 4; k++) {
		if (at < line->n && token_is(&line->tokens[at], ordinals[k])) {
			at++;
			break;
		}
	}
	const Token *year = number_at(line, skip_sign(line, at, ","));
	if (year == NULL || !is_year(year)) {
		return false;
	}
	*date = (Date){ year->value, month, day->value, { line->tokens[i].begin, year->end } };
	return exists(date);
}

bool date_find(const Months *months, safi_text text, Date *date)
{
	Line line;
	line.n = tokens_take(text, line.tokens);
	for (unsigned i = 0; i < line.n; i++) {
		Date found;
		if (numeric_at(&line, i, &found) || day_first_at(months, &line, i, &found)
		    || month_first_at(months, &line, i, &found)) {
			*date = found;
			return true;
		}
	}
	return false;
}

/* --- clock times ------------------------------------------------------------------------------ */

/* A part of the day: its hours are [from, to), counted on behind midnight. */
typedef struct Part {
	const char *phrase; /* as tokens_match() has it */
	int from, to;
	bool sure;          /* means nothing else wherever it stands: م is also the era of a year */
} Part;

/* Of two phrases that begin alike the longer one is first. */
static const Part parts[] = {
	{ "ص", 0, 12, false }, { "صباحا", 0, 12, true }, { "قبل الظهر", 0, 12, true },
	{ "am", 0, 12, false }, { "a . m", 0, 12, true }, { "ق . ظ", 0, 12, true },
	{ "م", 12, 24, false }, { "مساء", 12, 24, true }, { "مساءا", 12, 24, true },
	{ "بعد الظهر", 12, 24, true }, { "pm", 12, 24, true }, { "p . m", 12, 24, true },
	{ "ب . ظ", 12, 24, true },
	{ "فجرا", 0, 8, true }, { "ضحي", 7, 12, true }, { "ظهرا", 10, 16, true },
	{ "عصرا", 13, 19, true }, { "ليلا", 19, 29, true },
	{ "بعد منتصف الليل", 24, 30, true }, { "منتصف الليل", 24, 25, true },
};

/* NULL: none begins there; else *i moves behind it. */
static const Part *part_at(const Line *line, unsigned *i)
{
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		unsigned taken = *i < line->n
			? tokens_match(line->tokens + *i, line->n - *i, parts[k].phrase) : 0;
		if (taken > 0) {
			*i += taken;
			return &parts[k];
		}
	}
	return NULL;
}

static bool has_sure_part(const Line *line)
{
	for (unsigned i = 0; i < line->n; i++) {
		unsigned behind = i;
		const Part *part = part_at(line, &behind);
		if (part != NULL && part->sure) {
			return true;
		}
	}
	return false;
}

/* False: an hour of twelve, and which half of the day is meant stays open. */
static bool take_half(const Line *line, unsigned *i, Clock *clock)
{
	if (clock->hour < 1 || clock->hour > 12) {
		return true;
	}
	const Part *part = part_at(line, i);
	if (part == NULL) {
		return !has_sure_part(line);
	}
	int hour = part->from + (clock->hour + 24 - part->from) % 12;
	clock->hour = hour % 24;
	clock->span.end = line->tokens[*i - 1].end;
	return hour < part->to;
}

/* Whether the world has a zone so far from Greenwich; 09:00-10:30 is from when to when. */
static bool is_zone(char sign, int hours, int minutes)
{
	if (sign == '-') {
		return hours <= 12
			&& (minutes == 0 || (minutes == 30 && (hours == 3 || hours == 9)));
	}
	return minutes % 15 == 0 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

/* +03:00 or +0300, without a blank before it. */
static void take_offset(const Line *line, unsigned i, Clock *clock)
{
	char sign = sign_at(line, i);
	const Token *hours = number_at(line, i + 1), *minutes = number_at(line, i + 3);
	if ((sign != '+' && sign != '-') || hours == NULL) {
		return;
	}
	int h = hours->value / 100, m = hours->value % 100;
	bool parted = hours->digits == 2 && sign_at(line, i + 2) == ':' && minutes != NULL
		&& minutes->digits == 2;
	if (parted) {
		h = hours->value;
		m = minutes->value;
	}
	if ((!parted && hours->digits != 4) || !is_zone(sign, h, m)) {
		return;
	}
	clock->zoned = true;
	clock->zone = (sign == '-' ? -1 : 1) * (h * 60 + m);
	clock->span.end = parted ? minutes->end : hours->end;
}

static void take_zone(const Line *line, unsigned i, Clock *clock)
{
	if (i >= line->n || line->tokens[i].begin != clock->span.end) {
		return;
	}
	if (token_is(&line->tokens[i], "z")) {
		clock->zoned = true;
		clock->zone = 0;
		clock->span.end = line->tokens[i].end;
	} else {
		take_offset(line, i, clock);
	}
}

/* :01 or :01.123 behind the minutes; *i moves behind it. */
static void take_second(const Line *line, unsigned *i, Clock *clock)
{
	const Token *second = number_at(line, *i + 1), *fraction = number_at(line, *i + 3);
	if (sign_at(line, *i) != ':' || second == NULL || second->digits != 2
	    || second->value > 59) {
		return;
	}
	clock->second = second->value;
	clock->span.end = second->end;
	*i += 2;
	char point = sign_at(line, *i);
	if ((point == '.' || point == ',') && fraction != NULL
	    && fraction->begin == second->end + 1) {
		clock->span.end = fraction->end;
		*i += 2;
	}
}

/* *i moves behind the time itself: its half of the day and its zone are still to be read. */
static bool clock_at(const Line *line, unsigned *i, Clock *clock)
{
	const Token *hour = number_at(line, *i), *minute = number_at(line, *i + 2);
	if (hour == NULL || minute == NULL || sign_at(line, *i + 1) != ':' || hour->digits > 2
	    || minute->digits != 2 || hour->value > 23 || minute->value > 59) {
		return false;
	}
	*clock = (Clock){ .hour = hour->value, .minute = minute->value, .second = -1,
	                  .span = { hour->begin, minute->end } };
	*i += 3;
	take_second(line, i, clock);
	return true;
}

bool clock_find(safi_text text, Clock *clock)
{
	Line line;
	line.n = tokens_take(text, line.tokens);
	for (unsigned i = 0; i < line.n; i++) {
		unsigned behind = i;
		if (clock_at(&line, &behind, clock)) {
			bool readable = take_half(&line, &behind, clock);
			take_zone(&line, behind, clock);
			return readable;
		}
	}
	return false;
}

/* --- ISO 8601 --------------------------------------------------------------------------------- */

size_t date_iso(const Date *date, const Clock *clock, char to[DATE_ISO])
{
	int len = snprintf(to, DATE_ISO, "%04d-%02d-%02d", date->year, date->month, date->day);
	if (clock == NULL) {
		return (size_t)len;
	}
	len += snprintf(to + len, (size_t)(DATE_ISO - len), "T%02d:%02d", clock->hour,
	                clock->minute);
	if (clock->second >= 0) {
		len += snprintf(to + len, (size_t)(DATE_ISO - len), ":%02d", clock->second);
	}
	if (clock->zoned && clock->zone == 0) {
		len += snprintf(to + len, (size_t)(DATE_ISO - len), "Z");
	} else if (clock->zoned) {
		len += snprintf(to + len, (size_t)(DATE_ISO - len), "%c%02d:%02d",
		                clock->zone < 0 ? '-' : '+',
		                (clock->zone < 0 ? -clock->zone : clock->zone) / 60,
		                (clock->zone < 0 ? -clock->zone : clock->zone) % 60);
	}
	return (size_t)len;
}
