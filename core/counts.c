#include "counts.h"

#include "json.h"

SafiCounts *safi_counts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* Takes the key. */
static void add_key(SafiCounts *counts, char *key, gint64 by)
{
	gint64 *count = g_hash_table_lookup(counts, key);

	if (count) {
		*count += by;
		g_free(key);
		return;
	}
	count = g_new0(gint64, 1);
	*count = by;
	g_hash_table_insert(counts, key, count);
}

void safi_counts_add(SafiCounts *counts, const char *label, const char *what, safi_text code,
                     gint64 by)
{
	add_key(counts, g_strdup_printf("%s\n%s\n%.*s", label, what, (int)code.len, code.ptr), by);
}

void safi_counts_merge(SafiCounts *counts, SafiCounts *from)
{
	GHashTableIter iter;
	gpointer key, count;

	if (!from) {
		return;
	}
	g_hash_table_iter_init(&iter, from);
	while (g_hash_table_iter_next(&iter, &key, &count)) {
		add_key(counts, g_strdup(key), *(gint64 *)count);
	}
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *sorted_keys(const SafiCounts *counts)
{
	GPtrArray *keys = g_ptr_array_new();
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, (SafiCounts *)counts);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_ptr_array_add(keys, key);
	}
	g_ptr_array_sort(keys, compare_keys);
	return keys;
}

static void add_count(const SafiCounts *counts, const char *key, SafiBuffer *json)
{
	g_auto(GStrv) parts = g_strsplit(key, "\n", 3);
	const gint64 *count = g_hash_table_lookup((SafiCounts *)counts, key);
	g_autofree char *number = g_strdup_printf(",\"count\":%" G_GINT64_FORMAT "}", *count);
	static const char *const names[] = {"{\"stage\":", ",\"what\":", ",\"code\":"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		safi_buffer_add(json, names[i], strlen(names[i]));
		safi_json_escape(json, safi_str(parts[i]));
	}
	safi_buffer_add(json, number, strlen(number));
}

void safi_counts_json(const SafiCounts *counts, SafiBuffer *json)
{
	g_autoptr(GPtrArray) keys = sorted_keys(counts);

	for (guint i = 0; i < keys->len; i++) {
		safi_buffer_add(json, ",", i ? 1 : 0);
		add_count(counts, keys->pdata[i], json);
	}
}

static void add_row(const SafiCounts *counts, const char *key, GString *table)
{
	g_auto(GStrv) parts = g_strsplit(key, "\n", 3);
	const gint64 *count = g_hash_table_lookup((SafiCounts *)counts, key);

	g_string_append_printf(table, "%-24s %12" G_GINT64_FORMAT " %s %s\n", parts[0], *count,
	                       parts[1], parts[2]);
}

void safi_counts_table(const SafiCounts *counts, GString *table)
{
	g_autoptr(GPtrArray) keys = sorted_keys(counts);

	for (guint i = 0; i < keys->len; i++) {
		add_row(counts, keys->pdata[i], table);
	}
}
