#include "held.h"

void safi_held_init(SafiHeld *held)
{
	*held = (SafiHeld){.records = g_ptr_array_new()};
}

void safi_held_clear(SafiHeld *held)
{
	for (guint i = held->first; i < held->records->len; i++) {
		safi_record_free(held->records->pdata[i]);
	}
	g_ptr_array_unref(held->records);
}

/* Closes the gaps when they are most of it, so that holding and letting go for ever costs
 * little. */
static void close_gaps(SafiHeld *held)
{
	guint n = 0;

	if (held->records->len < 1024 || held->n > held->records->len / 4) {
		return;
	}
	for (guint i = held->first; i < held->records->len; i++) {
		safi_record *record = held->records->pdata[i];
		if (record) {
			record->held_index = n;
			held->records->pdata[n++] = record;
		}
	}
	g_ptr_array_set_size(held->records, (gint)n);
	held->first = 0;
}

void safi_held_add(SafiHeld *held, safi_record *record)
{
	close_gaps(held);
	record->held_index = held->records->len;
	g_ptr_array_add(held->records, record);
	held->n++;
}

void safi_held_remove(SafiHeld *held, safi_record *record)
{
	held->records->pdata[record->held_index] = NULL;
	held->n--;
}

safi_record *safi_held_first(SafiHeld *held)
{
	while (held->first < held->records->len && !held->records->pdata[held->first]) {
		held->first++;
	}
	return held->first < held->records->len ? held->records->pdata[held->first] : NULL;
}
