#include "batch.h"

static void clear_end(gpointer data)
{
	SafiEnd *end = data;

	if (end->counts) {
		g_hash_table_unref(end->counts);
	}
}

SafiBatch *safi_batch_new(void)
{
	SafiBatch *batch = g_new0(SafiBatch, 1);

	batch->link.data = batch;
	batch->items = g_ptr_array_new();
	batch->taken = g_ptr_array_new();
	batch->spent = g_ptr_array_new();
	batch->ends = g_array_new(FALSE, TRUE, sizeof(SafiEnd));
	g_array_set_clear_func(batch->ends, clear_end);
	return batch;
}

static void give_all(SafiBatch *batch)
{
	for (guint i = 0; i < batch->items->len; i++) {
		safi_batch_give(batch, batch->items->pdata[i]);
	}
	for (guint i = 0; i < batch->ends->len; i++) {
		SafiEnd *end = &g_array_index(batch->ends, SafiEnd, i);
		if (end->record) {
			safi_batch_give(batch, end->record);
		}
	}
	g_ptr_array_set_size(batch->items, 0);
	g_array_set_size(batch->ends, 0);
}

void safi_batch_free(SafiBatch *batch)
{
	if (!batch) {
		return;
	}
	give_all(batch);
	for (guint i = 0; i < batch->spent->len; i++) {
		safi_record_free(batch->spent->pdata[i]);
	}
	g_ptr_array_unref(batch->items);
	g_ptr_array_unref(batch->taken);
	g_ptr_array_unref(batch->spent);
	g_array_unref(batch->ends);
	safi_buffer_clear(&batch->rendered);
	g_free(batch);
}

void safi_batch_reset(SafiBatch *batch)
{
	give_all(batch);
	safi_buffer_reset(&batch->rendered);
	batch->phase = 0;
	batch->busy = false;
	batch->bytes = 0;
}

void safi_batch_move(SafiBatch *part, const SafiBatch *from, guint first, guint n)
{
	n = MIN(n, from->items->len - first);
	g_ptr_array_set_size(part->items, (gint)n);
	memcpy(part->items->pdata, from->items->pdata + first, n * sizeof *part->items->pdata);
	part->phase = from->phase + 1;
	part->number = from->number;
}

safi_record *safi_batch_take(SafiBatch *batch)
{
	const guint n = batch->spent->len;
	safi_record *record = n ? g_ptr_array_steal_index(batch->spent, n - 1) : safi_record_new();

	record->link.data = record;
	return record;
}

void safi_batch_give(SafiBatch *batch, safi_record *record)
{
	/* What lies in a file is not worth keeping. */
	if (record->arena.chunk->spilled) {
		safi_record_free(record);
		return;
	}
	safi_record_reset(record);
	g_ptr_array_add(batch->spent, record);
}

/* Whether records of that end can be told together with those of the last. */
static bool joins(const SafiEnd *last, const safi_record *record)
{
	return !last->record && last->outcome == record->outcome && last->born == record->born &&
	       last->at == record->at;
}

SafiEnd *safi_batch_end(SafiBatch *batch, safi_record *record, bool whole)
{
	const guint n = batch->ends->len;
	SafiEnd *end = n ? &g_array_index(batch->ends, SafiEnd, n - 1) : NULL;

	if (whole || !end || !joins(end, record)) {
		const SafiEnd fresh = {.record = whole ? record : NULL, .outcome = record->outcome,
		                       .born = record->born, .at = record->at};
		g_array_append_val(batch->ends, fresh);
		end = &g_array_index(batch->ends, SafiEnd, n);
	}
	end->n++;
	end->bytes += record->views.raw.len;
	end->rendered = batch->rendered.len;
	return end;
}
