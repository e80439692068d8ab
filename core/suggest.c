#include "suggest.h"

#include <string.h>

/* The characters of a name in lower case, as a change of case is no slip; or 0 when there are none
 * or too many, or it is not UTF-8. */
static guint decode(const char *name, gunichar *to)
{
	guint len = 0;
	if (strlen(name) > SAFI_SUGGEST_LONGEST * 4 || !g_utf8_validate(name, -1, NULL)) {
		return 0;
	}
	for (const char *p = name; *p; p = g_utf8_next_char(p)) {
		if (len == SAFI_SUGGEST_LONGEST) {
			return 0;
		}
		to[len++] = g_unichar_tolower(g_utf8_get_char(p));
	}
	return len;
}

/* One slip in every three characters: 'jq' is not near 'tsv', 'lenght' is near 'length'.  But not
 * more than three, or long names of one family would all be near to each other. */
static guint slips_allowed(guint len)
{
	return MIN((len + 1) / 3, 3);
}

/* One row of the edit distance; a swap of two neighbours counts as one slip, as it is the
 * commonest (optimal string alignment: Damerau 1964, each pair edited once). */
static void fill_row(const gunichar *a, guint i, const gunichar *b, guint n, const guint *before,
                     const guint *above, guint *row)
{
	row[0] = i;
	for (guint j = 1; j <= n; j++) {
		guint best = above[j - 1] + (a[i - 1] != b[j - 1]);
		best = MIN(best, MIN(above[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
			best = MIN(best, before[j - 2] + 1);
		}
		row[j] = best;
	}
}

static guint distance(const gunichar *a, guint m, const gunichar *b, guint n)
{
	guint rows[3][SAFI_SUGGEST_LONGEST + 1];
	for (guint j = 0; j <= n; j++) {
		rows[0][j] = j;
	}
	for (guint i = 1; i <= m; i++) {
		fill_row(a, i, b, n, rows[(i + 1) % 3], rows[(i + 2) % 3], rows[i % 3]);
	}
	return rows[m % 3][n];
}

void safi_suggest_begin(SafiSuggest *suggest, const char *word)
{
	suggest->len = decode(word, suggest->word);
	suggest->distance = G_MAXUINT;
	suggest->name = NULL;
}

void safi_suggest_try(SafiSuggest *suggest, const char *name)
{
	gunichar other[SAFI_SUGGEST_LONGEST];
	guint len = decode(name, other);
	guint longer = MAX(len, suggest->len), shorter = MIN(len, suggest->len);
	if (shorter == 0 || longer - shorter > slips_allowed(longer)) {
		return;
	}
	guint slips = distance(suggest->word, suggest->len, other, len);
	if (slips > slips_allowed(longer) || slips >= suggest->distance) {
		return;
	}
	suggest->distance = slips;
	suggest->name = name;
}

void safi_suggest_try_all(SafiSuggest *suggest, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++) {
		safi_suggest_try(suggest, *names);
	}
}

const char *safi_suggest_hint(SafiSuggest *suggest)
{
	suggest->hint[0] = '\0';
	if (suggest->name != NULL) {
		g_snprintf(suggest->hint, sizeof suggest->hint, "; did you mean '%s'?", suggest->name);
	}
	return suggest->hint;
}
