/* Views and their alignment, as the ABI says them. */
#include "host.h"

#include "record.h"

static SafiViews *views_of(const safi_record *record)
{
	return &((safi_record *)record)->views;
}

static SafiArena *arena_of(const safi_record *record)
{
	return &((safi_record *)record)->arena;
}

static safi_view text(const safi_record *record)
{
	return record->views.n;
}

static safi_view view(const safi_record *record, safi_key name)
{
	return safi_views_find(&record->views, name);
}

static uint32_t views(const safi_record *record, const safi_view **list)
{
	*list = record->views.ids;
	return record->views.n;
}

static safi_key view_name(const safi_record *record, safi_view which)
{
	const SafiView *found = safi_views_get(&record->views, which);

	return found ? found->name : 0;
}

static safi_text view_text(const safi_record *record, safi_view which)
{
	return safi_views_text(&record->views, which);
}

static bool view_map(const safi_record *record, safi_view from, safi_span span, safi_view to,
                     safi_span *mapped)
{
	return safi_views_map(views_of(record), arena_of(record), from, span, to, mapped);
}

static bool source(const safi_record *record, safi_view which, safi_span span, safi_source *from)
{
	return safi_views_source(views_of(record), arena_of(record), which, span, from);
}

static uint32_t view_changes(const safi_record *record, safi_view which, safi_view *parent,
                             const safi_change **changes)
{
	return safi_views_changes(views_of(record), arena_of(record), which, parent, changes);
}

static char *room(safi_record *record, size_t capacity)
{
	char *memory = safi_views_room(&record->views, &record->arena, capacity);

	if (!memory) {
		safi_record_break(record, "out-of-memory", "no memory for a text");
	}
	return memory;
}

static safi_view view_add(safi_record *record, safi_key name, safi_view parent, safi_text new_text,
                          const safi_change *changes, uint32_t n)
{
	const char *reason;
	safi_view added = safi_views_add(&record->views, &record->arena, name, parent, new_text,
	                                 changes, n, &reason);

	if (!added) {
		safi_record_break(record, "bad-view", reason);
	}
	return added;
}

static void set_text_field(safi_record *record, safi_view which, safi_key field)
{
	SafiView *found = safi_views_get(&record->views, which);

	if (found) {
		found->retargeted |= found->field != field;
		found->field = field;
	}
}

static safi_key text_field(const safi_record *record, safi_view which)
{
	const SafiView *found = safi_views_get(&record->views, which);

	return found ? found->field : 0;
}

void safi_host_fill_views(safi_host *table)
{
	table->text = text;
	table->view = view;
	table->views = views;
	table->view_name = view_name;
	table->view_text = view_text;
	table->view_map = view_map;
	table->source = source;
	table->view_changes = view_changes;
	table->room = room;
	table->view_add = view_add;
	table->set_text_field = set_text_field;
	table->text_field = text_field;
}
