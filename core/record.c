#include "record.h"

#include <glib.h>
#include <stdlib.h>

safi_record *safi_record_new(void)
{
	return g_new0(safi_record, 1);
}

void safi_record_free(safi_record *record)
{
	if (!record) {
		return;
	}
	safi_block_unref(record->block);
	safi_buffer_clear(&record->rendered);
	safi_arena_clear(&record->arena);
	g_free(record);
}

void safi_record_reset(safi_record *record)
{
	SafiArena arena = record->arena;
	SafiBuffer rendered = record->rendered;

	safi_block_unref(record->block);
	safi_arena_reset(&arena);
	safi_buffer_reset(&rendered);
	*record = (safi_record){.arena = arena, .rendered = rendered};
}

void safi_record_rewind(safi_record *record)
{
	const safi_record before = *record;

	safi_record_reset(record);
	record->owns_raw = before.owns_raw;
	record->flow = before.flow;
	record->phase = before.phase;
	record->held_at = before.held_at;
	record->held_bytes = before.held_bytes;
	record->link = before.link;
}

size_t safi_record_size(const safi_record *record)
{
	return sizeof *record + safi_arena_size(&record->arena) + record->rendered.capacity +
	       (record->block ? record->views.raw.len : 0);
}

/* --- raw bytes and origin --------------------------------------------------------------------- */

void safi_record_set_raw(safi_record *record, safi_bytes raw, SafiBlock *block)
{
	if (block && !record->owns_raw) {
		safi_block_ref(block);
	} else {
		block = safi_block_copy(raw);
		raw = block ? (safi_bytes){block->data, block->len} : (safi_bytes){NULL, 0};
	}
	if (!block) {
		safi_record_break(record, "out-of-memory", "no memory for the raw bytes");
	}
	safi_block_unref(record->block);
	record->block = block;
	record->views.raw = raw;
	record->views.raw_is_utf8 = false;
}

void safi_record_share_raw(safi_record *record, const safi_record *from)
{
	if (from->block) {
		record->block = safi_block_ref(from->block);
		record->views.raw = from->views.raw;
	}
	safi_record_set_origin(record, from->origin_name, from->origin_begin, from->origin_end);
	record->number = from->number;
}

void safi_record_set_origin(safi_record *record, safi_text name, uint64_t begin, uint64_t end)
{
	char *copy = safi_arena_copy(&record->arena, name.ptr, name.len);

	record->origin_name = (safi_text){copy, copy ? name.len : 0};
	record->origin_begin = begin;
	record->origin_end = end;
}

/* --- reasons ---------------------------------------------------------------------------------- */

static safi_text keep_string(safi_record *record, const char *string, const char *otherwise)
{
	safi_text text = safi_str(string && *string ? string : otherwise);

	/* A plugin's message may hold anything; what is written must be UTF-8. */
	g_autofree char *valid = g_utf8_make_valid(text.ptr, text.len);
	text = safi_str(valid);
	text.ptr = safi_arena_copy(&record->arena, text.ptr, text.len);
	return text.ptr ? text : (safi_text){"", 0};
}

safi_status safi_record_set_reason(safi_record *record, safi_status status, const char *code,
                                   const char *message)
{
	record->reason = (SafiReason){
		status, keep_string(record, code, status == SAFI_DROP ? "dropped" : "failed"),
		keep_string(record, message, status == SAFI_DROP ? "" : "the stage gave no reason")};
	return status;
}

bool safi_record_break(safi_record *record, const char *code, const char *message)
{
	if (!record->broken.status) {
		record->broken = (SafiReason){SAFI_FAIL, keep_string(record, code, "failed"),
		                              keep_string(record, message, "")};
	}
	return false;
}

char *safi_record_place(const safi_record *record)
{
	if (!record->origin_name.ptr) {
		return NULL;
	}
	return g_strdup_printf("%.*s: record %" G_GUINT64_FORMAT " (bytes %" G_GUINT64_FORMAT " to %"
	                       G_GUINT64_FORMAT ")", (int)record->origin_name.len,
	                       record->origin_name.ptr, record->number, record->origin_begin,
	                       record->origin_end);
}

/* --- fields of the record and of its notes ---------------------------------------------------- */

SafiFields *safi_record_fields(safi_record *record, safi_note note, bool make)
{
	if (!note) {
		return &record->fields;
	}
	record->notes.changed = true;
	return safi_notes_features(&record->notes, &record->arena, note, make);
}

SafiField *safi_record_field(const safi_record *record, safi_note note, safi_key key,
                             SafiField *scratch)
{
	if (!note) {
		return safi_fields_find(&record->fields, key);
	}
	return safi_notes_feature(&record->notes, note, key, scratch);
}
