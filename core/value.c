#include "value.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const struct {
	const char *name;
	gint64 bytes;
} units[] = {
	{ "TiB", G_GINT64_CONSTANT(1) << 40 },
	{ "GiB", 1 << 30 },
	{ "MiB", 1 << 20 },
	{ "KiB", 1 << 10 },
	{ "TB", G_GINT64_CONSTANT(1000000000000) },
	{ "GB", 1000000000 },
	{ "MB", 1000000 },
	{ "kB", 1000 },
	{ "KB", 1000 },
	{ "B", 1 },
	{ "", 1 },
};

/* The number at the front of the text; *rest is what follows it. */
static bool take_int(const char *text, gint64 *value, const char **rest)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;
	if (!g_ascii_isdigit(*digits)) {
		return false;
	}
	errno = 0;
	gint64 number = g_ascii_strtoll(text, &end, 10);
	*rest = end;
	if (errno == 0) {
		*value = number;
	}
	return errno == 0;
}

bool safi_value_int(const char *text, gint64 *value)
{
	gint64 number;
	const char *rest;
	if (!take_int(text, &number, &rest) || *rest) {
		return false;
	}
	*value = number;
	return true;
}

bool safi_value_is_beyond(const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');
	gsize len = strspn(digits, "0123456789.eE+");
	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		if (g_ascii_isdigit(*digits) && strcmp(digits + len, units[i].name) == 0) {
			return fabs(g_ascii_strtod(text, NULL)) * (double)units[i].bytes >= 0x1p63;
		}
	}
	return false;
}

bool safi_value_real(const char *text, double *value)
{
	char *end;
	/* Else strtod() takes blanks, hexadecimal, infinity and NaN too. */
	if (*text == '\0' || text[strspn(text, "0123456789+-.eE")]) {
		return false;
	}
	double number = g_ascii_strtod(text, &end);
	if (*end || end == text || !isfinite(number)) {
		return false;
	}
	*value = number;
	return true;
}

bool safi_value_bool(const char *text, bool *value)
{
	static const char *const words[][2] = { { "false", "true" }, { "no", "yes" }, { "off", "on" } };
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		for (guint truth = 0; truth < 2; truth++) {
			if (g_ascii_strcasecmp(text, words[i][truth]) == 0) {
				*value = truth == 1;
				return true;
			}
		}
	}
	return false;
}

bool safi_value_size(const char *text, gint64 *value)
{
	gint64 number;
	const char *rest;
	if (!g_ascii_isdigit(*text) || !take_int(text, &number, &rest)) {
		return false;
	}
	rest += *rest == ' ' && rest[1];
	for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(rest, units[i].name) != 0) {
			continue;
		}
		if (number > G_MAXINT64 / units[i].bytes) {
			return false;
		}
		*value = number * units[i].bytes;
		return true;
	}
	return false;
}

char *safi_value_size_text(gint64 bytes)
{
	guint unit = 0;
	while (bytes == 0 ? units[unit].bytes != 1 : bytes % units[unit].bytes != 0) {
		unit++;
	}
	return g_strdup_printf("%" G_GINT64_FORMAT "%s", bytes / units[unit].bytes, units[unit].name);
}
