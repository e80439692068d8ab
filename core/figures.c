#include "figures.h"

#include <stdbool.h>
#include <string.h>

/* What cannot be told in days is of no use. */
enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, LONGEST = 1000 * DAY };

/* 1,234,567 */
static void add_count(SafiLine *line, uint64_t number)
{
	uint64_t group = 1;

	while (number / group >= 1000) {
		group *= 1000;
	}
	safi_line_add_number(line, number / group);
	while ((group /= 1000) > 0) {
		const char digits[] = {',', (char)('0' + number / group % 1000 / 100),
		                       (char)('0' + number / group % 100 / 10),
		                       (char)('0' + number / group % 10)};
		safi_line_add(line, digits, sizeof digits);
	}
}

/* In powers of 1,000, with one decimal; what is over is left out, not rounded. */
static void add_size(SafiLine *line, uint64_t bytes)
{
	static const char *const names[] = {" kB", " MB", " GB", " TB", " PB", " EB"};
	uint64_t unit = 1000;
	size_t i = 0;

	while (bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	safi_line_add_number(line, bytes / unit);
	safi_line_add_string(line, ".");
	safi_line_add_number(line, bytes % unit / (unit / 10));
	safi_line_add_string(line, names[i]);
}

static void add_two_digits(SafiLine *line, uint64_t number)
{
	safi_line_add_string(line, number < 10 ? ":0" : ":");
	safi_line_add_number(line, number);
}

/* 0:05, 12:05, 1:12:05, 3 d 1 h */
static void add_duration(SafiLine *line, uint64_t seconds)
{
	if (seconds >= DAY) {
		safi_line_add_number(line, seconds / DAY);
		safi_line_add_string(line, " d ");
		safi_line_add_number(line, seconds % DAY / HOUR);
		safi_line_add_string(line, " h");
		return;
	}
	if (seconds >= HOUR) {
		safi_line_add_number(line, seconds / HOUR);
		add_two_digits(line, seconds % HOUR / MINUTE);
	} else {
		safi_line_add_number(line, seconds / MINUTE);
	}
	add_two_digits(line, seconds % MINUTE);
}

typedef struct Width {
	SafiLine *line;
	size_t most; /* of the line, in bytes */
	bool full;
} Width;

/* A part goes in whole or not at all, and then none follows it. */
static void put(Width *to, SafiLine *part, const char *behind)
{
	const size_t comma = to->line->len ? strlen(", ") : 0;

	safi_line_add_string(part, behind);
	to->full |= to->line->len + comma + part->len > to->most;
	if (!to->full) {
		safi_line_add(to->line, ", ", comma);
		safi_line_add(to->line, part->text, part->len);
	}
}

static void put_count(Width *to, uint64_t number, const char *behind)
{
	SafiLine part = {.len = 0};

	add_count(&part, number);
	put(to, &part, behind);
}

static void put_size(Width *to, uint64_t bytes, const char *behind)
{
	SafiLine part = {.len = 0};

	add_size(&part, bytes);
	put(to, &part, behind);
}

static uint64_t percent(uint64_t part, uint64_t whole)
{
	return whole > UINT64_MAX / 100 ? part / (whole / 100) : part * 100 / whole;
}

/* A file that grows while it is read makes the total wrong: then nothing is known of it. */
static void put_outlook(Width *to, const SafiFigures *figures)
{
	SafiLine part = {.len = 0};

	if (!figures->total || figures->bytes > figures->total) {
		return;
	}
	put_count(to, percent(figures->bytes, figures->total), " %");
	const uint64_t left = figures->total - figures->bytes;
	const uint64_t rate = figures->rate > 0 ? (uint64_t)figures->rate : 0;
	if (rate && left / rate < LONGEST) {
		add_duration(&part, left / rate + (left % rate != 0));
		put(to, &part, " left");
	}
}

void safi_figures_add(SafiLine *to, const SafiFigures *figures, size_t width)
{
	SafiLine line = {.len = 0};
	Width parts = {.line = &line, .most = width};

	put_count(&parts, figures->records, figures->records == 1 ? " record" : " records");
	put_size(&parts, figures->bytes, "");
	if (figures->rate >= 0) {
		put_size(&parts, (uint64_t)figures->rate, "/s");
	}
	put_outlook(&parts, figures);
	if (figures->dead) {
		put_count(&parts, figures->dead, " dead");
	}
	if (figures->dropped) {
		put_count(&parts, figures->dropped, " dropped");
	}
	put_count(&parts, figures->written, " written");
	safi_line_add(to, line.text, line.len);
}
