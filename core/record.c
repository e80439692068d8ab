#include "record.h"

#include <glib.h>

enum { RAW_SMALL = 1024 };

_Static_assert(sizeof(safi_record) <= SAFI_CHUNK_MIN / 2, "a small record fits its first chunk");

/* Says so without asking for more of it. */
static void run_out(SafiArena *arena)
{
	safi_record *record = (safi_record *)((char *)arena - offsetof(safi_record, arena));

	if (!record->broken.status) {
		record->broken = (SafiReason){SAFI_FAIL, safi_str("out-of-memory"),
		                              safi_str("no memory for the record")};
	}
}

/* A record lies in the first chunk of its own arena, so that wherever that is, all of it is. */
safi_record *safi_record_new(void)
{
	SafiArena arena = {0};
	safi_record *record = safi_arena_alloc(&arena, sizeof *record);

	if (!record) {
		g_error("failed to allocate a record");
	}
	arena.out_of_memory = run_out;
	*record = (safi_record){.arena = arena};
	return record;
}

void safi_record_free(safi_record *record)
{
	if (!record) {
		return;
	}
	safi_block_unref(record->block);
	safi_buffer_clear(&record->rendered);
	SafiArena arena = record->arena;
	safi_arena_clear(&arena);
}

void safi_record_reset(safi_record *record)
{
	SafiBuffer rendered = record->rendered;

	safi_block_unref(record->block);
	safi_buffer_reset(&rendered);
	safi_arena_reset(&record->arena, sizeof *record);
	*record = (safi_record){.arena = record->arena, .rendered = rendered};
}

/* Its memory stays taken, for the trail lies in it. */
void safi_record_rewind(safi_record *record)
{
	const safi_record before = *record;
	SafiBuffer rendered = before.rendered;

	safi_block_unref(record->block);
	safi_buffer_reset(&rendered);
	*record = (safi_record){
		.arena = before.arena, .rendered = rendered, .owns_raw = before.owns_raw,
		.trail = before.trail, .flow = before.flow, .phase = before.phase, .born = before.born,
		.at = before.at, .held_bytes = before.held_bytes, .held_index = before.held_index,
		.link = before.link,
	};
}

size_t safi_record_size(const safi_record *record)
{
	return safi_arena_size(&record->arena) + record->rendered.capacity +
	       (record->block ? record->views.raw.len : 0);
}

/* --- raw bytes and origin --------------------------------------------------------------------- */

/* Small ones into the record itself; the others into a block, since what is made of the record
 * shares them. */
static SafiBlock *copy_raw(safi_record *record, safi_bytes *raw)
{
	SafiBlock *block = NULL;
	const uint8_t *copy;

	if (record->owns_raw && raw->len < RAW_SMALL) {
		copy = safi_arena_copy(&record->arena, raw->ptr, raw->len);
	} else {
		block = safi_block_copy(*raw);
		copy = block ? block->data : NULL;
	}
	if (!copy) {
		record->cut = true;
		safi_record_break(record, "out-of-memory", "no memory for the raw bytes");
	}
	*raw = (safi_bytes){copy, copy ? raw->len : 0};
	return block;
}

void safi_record_set_raw(safi_record *record, safi_bytes raw, SafiBlock *block)
{
	block = block && !record->owns_raw ? safi_block_ref(block) : copy_raw(record, &raw);
	safi_block_unref(record->block);
	record->block = block;
	record->views.raw = raw;
	record->views.raw_is_utf8 = false;
}

void safi_record_share_raw(safi_record *record, const safi_record *from)
{
	record->owns_raw = from->owns_raw;
	if (from->block) {
		record->block = safi_block_ref(from->block);
		record->views.raw = from->views.raw;
	} else if (from->views.raw.ptr) {
		safi_record_set_raw(record, from->views.raw, NULL);
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
	record->cut |= status == SAFI_FAIL && record->input;
	record->reason = (SafiReason){
		status, keep_string(record, code, status == SAFI_DROP ? "dropped" : "failed"),
		keep_string(record, message, status == SAFI_DROP ? "" : "the stage gave no reason")};
	return status;
}

bool safi_record_break(safi_record *record, const char *code, const char *message)
{
	if (record->broken.status) {
		return false;
	}
	const SafiReason reason = {SAFI_FAIL, keep_string(record, code, "failed"),
	                           keep_string(record, message, "")};
	/* For want of memory for these words it may be broken by now. */
	if (!record->broken.status) {
		record->broken = reason;
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
