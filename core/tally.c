#include "tally.h"

#include "json.h"
#include "memory.h"

SafiTally *safi_tally_new(void)
{
	SafiTally *tally = g_new0(SafiTally, 1);

	tally->reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return tally;
}

void safi_tally_free(SafiTally *tally)
{
	if (tally) {
		g_hash_table_unref(tally->reasons);
		g_free(tally);
	}
}

void safi_tally_count(SafiTally *tally, const char *label, const char *what, safi_text code,
                      gint64 by)
{
	g_autofree char *key = g_strdup_printf("%s\n%s\n%.*s", label, what, (int)code.len, code.ptr);
	gint64 *count = g_hash_table_lookup(tally->reasons, key);

	if (!count) {
		count = g_new0(gint64, 1);
		g_hash_table_insert(tally->reasons, g_steal_pointer(&key), count);
	}
	*count += by;
}

gboolean safi_tally_is_whole(const SafiTally *tally)
{
	return tally->read + tally->emitted == tally->written + tally->dropped + tally->dead;
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *sorted_keys(GHashTable *table)
{
	GPtrArray *keys = g_ptr_array_new();
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, table);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		g_ptr_array_add(keys, key);
	}
	g_ptr_array_sort(keys, compare_keys);
	return keys;
}

static void add_reason(SafiBuffer *json, const SafiTally *tally, const char *key)
{
	g_auto(GStrv) parts = g_strsplit(key, "\n", 3);
	const gint64 *count = g_hash_table_lookup(tally->reasons, key);
	g_autofree char *number = g_strdup_printf(",\"count\":%" G_GINT64_FORMAT "}", *count);
	static const char *const names[] = {"{\"stage\":", ",\"what\":", ",\"code\":"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		safi_buffer_add(json, names[i], strlen(names[i]));
		safi_json_escape(json, safi_str(parts[i]));
	}
	safi_buffer_add(json, number, strlen(number));
}

char *safi_tally_json(const SafiTally *tally)
{
	g_autoptr(GPtrArray) keys = sorted_keys(tally->reasons);
	SafiBuffer json = {0};
	g_autofree char *counts = g_strdup_printf(
		"{\"read\":%" G_GUINT64_FORMAT ",\"emitted\":%" G_GUINT64_FORMAT
		",\"written\":%" G_GUINT64_FORMAT ",\"dropped\":%" G_GUINT64_FORMAT
		",\"dead\":%" G_GUINT64_FORMAT ",\"kept\":%" G_GUINT64_FORMAT ",\"reasons\":[",
		tally->read, tally->emitted, tally->written, tally->dropped, tally->dead, tally->kept);

	safi_buffer_add(&json, counts, strlen(counts));
	for (guint i = 0; i < keys->len; i++) {
		safi_buffer_add(&json, ",", i ? 1 : 0);
		add_reason(&json, tally, keys->pdata[i]);
	}
	safi_buffer_add(&json, "]}\n", 4); /* with its 0 */
	if (json.failed) {
		safi_memory_end();
	}
	char *string = g_strdup(json.data);
	safi_buffer_clear(&json);
	return string;
}
