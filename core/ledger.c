#include "ledger.h"

#include <stdio.h>

static const char totals[] = "tally", stages[] = "stages", reasons[] = "reasons";

typedef struct Entry {
	const char *name;
	size_t at; /* in SafiTally */
} Entry;

static const Entry entries[] = {
	{"read", offsetof(SafiTally, read)},       {"emitted", offsetof(SafiTally, emitted)},
	{"written", offsetof(SafiTally, written)}, {"dropped", offsetof(SafiTally, dropped)},
	{"dead", offsetof(SafiTally, dead)},       {"kept", offsetof(SafiTally, kept)},
	{"bytes", offsetof(SafiTally, bytes)},
};

static guint64 *value_of(const SafiTally *tally, const Entry *entry)
{
	return (guint64 *)(void *)((char *)tally + entry->at);
}

static void save_stages(const SafiTally *tally, GKeyFile *file)
{
	for (guint i = 0; i < tally->stages->len; i++) {
		const SafiStageTally *stage = safi_tally_stage(tally, i);
		g_autofree char *key = g_strdup_printf("%u", i);
		g_autofree char *value = g_strdup_printf(
			"%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, stage->in,
			stage->out, stage->bytes);
		g_key_file_set_string(file, stages, key, value);
	}
}

/* "count LABEL LF WHAT LF CODE", which the key file escapes. */
static void save_reasons(const SafiTally *tally, GKeyFile *file)
{
	GHashTableIter iter;
	gpointer name, count;
	guint i = 0;

	g_key_file_remove_group(file, reasons, NULL);
	g_hash_table_iter_init(&iter, tally->reasons);
	while (g_hash_table_iter_next(&iter, &name, &count)) {
		g_autofree char *key = g_strdup_printf("%u", i++);
		g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT " %s", *(gint64 *)count,
		                                         (char *)name);
		g_key_file_set_string(file, reasons, key, value);
	}
}

void safi_ledger_save(const SafiTally *tally, GKeyFile *file)
{
	for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
		g_key_file_set_uint64(file, totals, entries[i].name, *value_of(tally, &entries[i]));
	}
	save_stages(tally, file);
	save_reasons(tally, file);
}

static gboolean load_stages(SafiTally *tally, GKeyFile *file)
{
	for (guint i = 0; i < tally->stages->len; i++) {
		SafiStageTally *stage = safi_tally_stage(tally, i);
		g_autofree char *key = g_strdup_printf("%u", i);
		g_autofree char *value = g_key_file_get_string(file, stages, key, NULL);
		if (!value || sscanf(value, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %"
		                     G_GUINT64_FORMAT, &stage->in, &stage->out, &stage->bytes) != 3) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean load_reason(SafiTally *tally, const char *value)
{
	char *name = NULL;
	const gint64 count = g_ascii_strtoll(value, &name, 10);

	if (name == value || *name != ' ') {
		return FALSE;
	}
	g_auto(GStrv) parts = g_strsplit(name + 1, "\n", 3);
	if (g_strv_length(parts) != 3) {
		return FALSE;
	}
	safi_counts_add(tally->reasons, parts[0], parts[1], safi_str(parts[2]), count);
	return TRUE;
}

gboolean safi_ledger_load(SafiTally *tally, GKeyFile *file)
{
	gboolean good = load_stages(tally, file);

	for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
		*value_of(tally, &entries[i]) = g_key_file_get_uint64(file, totals, entries[i].name, NULL);
	}
	for (guint i = 0; good; i++) {
		g_autofree char *key = g_strdup_printf("%u", i);
		g_autofree char *value = g_key_file_get_string(file, reasons, key, NULL);
		if (!value) {
			break;
		}
		good = load_reason(tally, value);
	}
	return good;
}
