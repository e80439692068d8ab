#include "tally.h"

#include "json.h"
#include "memory.h"

SafiTally *safi_tally_new(void)
{
	SafiTally *tally = g_new0(SafiTally, 1);

	tally->reasons = safi_counts_new();
	tally->stages = g_array_new(FALSE, TRUE, sizeof(SafiStageTally));
	return tally;
}

void safi_tally_free(SafiTally *tally)
{
	if (tally) {
		g_hash_table_unref(tally->reasons);
		g_array_unref(tally->stages);
		g_free(tally);
	}
}

void safi_tally_add_stage(SafiTally *tally, const char *label)
{
	const SafiStageTally stage = {.label = label};

	g_array_append_val(tally->stages, stage);
}

SafiStageTally *safi_tally_stage(const SafiTally *tally, guint at)
{
	return &g_array_index(tally->stages, SafiStageTally, at);
}

void safi_tally_end(SafiTally *tally, guint born, guint at, safi_status outcome, guint64 n,
                    guint64 bytes)
{
	const bool written = outcome == SAFI_KEEP;

	for (guint i = born; i <= at && i < tally->stages->len; i++) {
		SafiStageTally *stage = safi_tally_stage(tally, i);
		stage->in += n;
		stage->bytes += bytes;
		stage->out += i < at || written ? n : 0;
	}
	if (born == 0) {
		tally->read += n;
		tally->bytes += bytes;
	} else {
		tally->emitted += n;
		safi_tally_stage(tally, born - 1)->out += n;
	}
	*(written ? &tally->written : outcome == SAFI_DROP ? &tally->dropped : &tally->dead) += n;
}

gboolean safi_tally_is_whole(const SafiTally *tally)
{
	return tally->read + tally->emitted == tally->written + tally->dropped + tally->dead;
}

/* --- telling ---------------------------------------------------------------------------------- */

static double seconds(gint64 nanoseconds)
{
	return (double)nanoseconds / 1e9;
}

static gint64 all_nanoseconds(const SafiTally *tally)
{
	gint64 sum = 0;

	for (guint i = 0; i < tally->stages->len; i++) {
		sum += safi_tally_stage(tally, i)->nanoseconds;
	}
	return sum;
}

static double share(const SafiTally *tally, const SafiStageTally *stage)
{
	const gint64 all = all_nanoseconds(tally);

	return all ? (double)stage->nanoseconds / (double)all : 0;
}

/* A number with a point in it, whatever the locale says. */
static void add_real(SafiBuffer *json, const char *name, const char *format, double value)
{
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(digits, sizeof digits, format, value);
	safi_buffer_add(json, name, strlen(name));
	safi_buffer_add(json, digits, strlen(digits));
}

static void add_stage(const SafiTally *tally, guint at, SafiBuffer *json)
{
	const SafiStageTally *stage = safi_tally_stage(tally, at);
	g_autofree char *counts = g_strdup_printf(
		",\"in\":%" G_GUINT64_FORMAT ",\"out\":%" G_GUINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT,
		stage->in, stage->out, stage->bytes);

	safi_buffer_add(json, ",{\"stage\":" + !at, strlen(",{\"stage\":") - !at);
	safi_json_escape(json, safi_str(stage->label));
	safi_buffer_add(json, counts, strlen(counts));
	add_real(json, ",\"seconds\":", "%.3f", seconds(stage->nanoseconds));
	add_real(json, ",\"share\":", "%.3f", share(tally, stage));
	safi_buffer_add(json, "}", 1);
}

char *safi_tally_json(const SafiTally *tally)
{
	SafiBuffer json = {0};
	g_autofree char *counts = g_strdup_printf(
		"{\"read\":%" G_GUINT64_FORMAT ",\"emitted\":%" G_GUINT64_FORMAT
		",\"written\":%" G_GUINT64_FORMAT ",\"dropped\":%" G_GUINT64_FORMAT
		",\"dead\":%" G_GUINT64_FORMAT ",\"kept\":%" G_GUINT64_FORMAT
		",\"bytes\":%" G_GUINT64_FORMAT,
		tally->read, tally->emitted, tally->written, tally->dropped, tally->dead, tally->kept,
		tally->bytes);
	static const char reasons[] = ",\"reasons\":[", stages[] = "],\"stages\":[";

	safi_buffer_add(&json, counts, strlen(counts));
	add_real(&json, ",\"seconds\":", "%.3f", seconds(tally->nanoseconds));
	safi_buffer_add(&json, reasons, strlen(reasons));
	safi_counts_json(tally->reasons, &json);
	safi_buffer_add(&json, stages, strlen(stages));
	for (guint i = 0; i < tally->stages->len; i++) {
		add_stage(tally, i, &json);
	}
	safi_buffer_add(&json, "]}\n", 4); /* with its 0 */
	if (json.failed) {
		safi_memory_end();
	}
	char *string = g_strdup(json.data);
	safi_buffer_clear(&json);
	return string;
}

static void add_rows(const SafiTally *tally, GString *table)
{
	g_string_append_printf(table, "%-24s %12s %12s %12s %10s %7s\n", "stage", "in", "out", "MB",
	                       "seconds", "share");
	for (guint i = 0; i < tally->stages->len; i++) {
		const SafiStageTally *stage = safi_tally_stage(tally, i);
		g_string_append_printf(table, "%-24s %12" G_GUINT64_FORMAT " %12" G_GUINT64_FORMAT
		                       " %12.1f %10.3f %6.1f%%\n", stage->label, stage->in, stage->out,
		                       (double)stage->bytes / 1e6, seconds(stage->nanoseconds),
		                       100 * share(tally, stage));
	}
}

char *safi_tally_table(const SafiTally *tally)
{
	GString *table = g_string_new(NULL);

	add_rows(tally, table);
	safi_counts_table(tally->reasons, table);
	g_string_append_printf(table, "%" G_GUINT64_FORMAT " read + %" G_GUINT64_FORMAT " emitted = %"
	                       G_GUINT64_FORMAT " written + %" G_GUINT64_FORMAT " dropped + %"
	                       G_GUINT64_FORMAT " dead; %.1f MB in %.2f s\n", tally->read,
	                       tally->emitted, tally->written, tally->dropped, tally->dead,
	                       (double)tally->bytes / 1e6, seconds(tally->nanoseconds));
	return g_string_free(table, FALSE);
}
