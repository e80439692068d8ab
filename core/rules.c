#include "rules.h"

#include "crash.h"
#include "hand.h"

#include <sys/syscall.h>
#include <unistd.h>

static safi_host plain; /* the functions themselves */

/* --- where a call may be ---------------------------------------------------------------------- */

static bool is_in(const SafiCall *call, const char *function)
{
	return strcmp(call->function, function) == 0;
}

static bool is_main_thread(void)
{
	return syscall(SYS_gettid) == getpid();
}

/* The host's own calls are in no stage. */
static bool is_opening(void)
{
	const SafiCall call = safi_crash_call();

	return is_main_thread() && (!call.where || is_in(&call, "open() or create()"));
}

static bool is_before_or_after(void)
{
	const SafiCall call = safi_crash_call();

	return is_opening() || (is_main_thread() && (is_in(&call, "destroy() or close()") ||
	                                             is_in(&call, "load()")));
}

static bool is_reading(void)
{
	const SafiCall call = safi_crash_call();

	return !call.where || is_in(&call, "next()");
}

static bool is_writing(void)
{
	const SafiCall call = safi_crash_call();

	return !call.where || is_in(&call, "put()") || is_in(&call, "begin() or sync()") ||
	       is_in(&call, "abort()");
}

/* next() and finish() are given a record, too, but it has no place yet that could be told. */
static bool is_given(const SafiCall *call, const safi_record *record)
{
	const SafiHand *hand = (const SafiHand *)record->flow;

	return call->record ? call->record == record
	                    : hand && hand->where == call->where && record->phase == SAFI_PHASE_MOVING;
}

static bool is_in_hand(const safi_record *record)
{
	const SafiCall call = safi_crash_call();

	return !call.where || is_given(&call, record) || safi_hand_has(call.where, record);
}

/* --- the functions, watched ------------------------------------------------------------------- */

#define RULE(holds, name, rule) \
	((holds) ? (void)0 : safi_crash_end("safi.h does not allow " #name "() " rule))

/* Each takes what the function takes, and gives it on. */
#define OPENING(type, name, parameters, ...) \
	static type watched_##name parameters \
	{ \
		RULE(is_opening(), name, "outside of open() and create()"); \
		return plain.name(__VA_ARGS__); \
	}
#define OPTION(type, name, parameters, ...) \
	static type watched_##name parameters \
	{ \
		RULE(is_before_or_after(), name, "while there are records"); \
		return plain.name(__VA_ARGS__); \
	}
#define READING(type, name, parameters, ...) \
	static type watched_##name parameters \
	{ \
		RULE(is_reading(), name, "outside of next()"); \
		return plain.name(__VA_ARGS__); \
	}
#define WRITING(type, name, parameters, ...) \
	static type watched_##name parameters \
	{ \
		RULE(is_writing(), name, "outside of begin(), put() and sync()"); \
		return plain.name(__VA_ARGS__); \
	}
#define CHANGING(type, name, parameters, ...) \
	static type watched_##name parameters \
	{ \
		RULE(is_in_hand(record), name, "on a record that the stage has not in hand"); \
		return plain.name(__VA_ARGS__); \
	}

OPENING(safi_key, key, (const char *name), name)
OPENING(void, refuse, (const safi_config *config, const char *option, const char *message), config,
        option, message)
OPENING(bool, data, (const safi_config *config, const char *name, safi_bytes *bytes), config, name,
        bytes)

OPTION(safi_text, opt_text, (const safi_config *config, const char *name), config, name)
OPTION(int64_t, opt_int, (const safi_config *config, const char *name), config, name)
OPTION(double, opt_real, (const safi_config *config, const char *name), config, name)
OPTION(bool, opt_bool, (const safi_config *config, const char *name), config, name)
OPTION(bool, opt_given, (const safi_config *config, const char *name), config, name)
OPTION(bool, opt_item, (const safi_config *config, const char *name, uint32_t i, safi_text *text),
       config, name, i, text)

READING(safi_status, read_line, (safi_input *input, safi_bytes *bytes), input, bytes)
READING(safi_status, read_bytes, (safi_input *input, size_t want, safi_bytes *bytes), input, want,
        bytes)
READING(safi_status, read_rest, (safi_input *input, safi_bytes *bytes), input, bytes)
READING(safi_status, peek, (safi_input *input, size_t want, safi_bytes *bytes), input, want, bytes)
CHANGING(void, set_raw, (safi_record *record, safi_bytes raw), record, raw)

WRITING(bool, output, (safi_output *output, safi_bytes bytes), output, bytes)

CHANGING(bool, put_text, (safi_record *record, safi_note note, safi_key key, safi_text value,
         safi_put how), record, note, key, value, how)
CHANGING(bool, put_int, (safi_record *record, safi_note note, safi_key key, int64_t value,
         safi_put how), record, note, key, value, how)
CHANGING(bool, put_real, (safi_record *record, safi_note note, safi_key key, double value,
         safi_put how), record, note, key, value, how)
CHANGING(bool, put_bool, (safi_record *record, safi_note note, safi_key key, bool value,
         safi_put how), record, note, key, value, how)
CHANGING(bool, put_json, (safi_record *record, safi_note note, safi_key key, safi_text value,
         safi_put how), record, note, key, value, how)
CHANGING(void, erase, (safi_record *record, safi_note note, safi_key key), record, note, key)
CHANGING(bool, put_place, (safi_record *record, safi_note note, safi_key key, safi_view view,
         safi_span span), record, note, key, view, span)

CHANGING(safi_view, view_add, (safi_record *record, safi_key name, safi_view parent,
         safi_text text, const safi_change *changes, uint32_t n), record, name, parent, text,
         changes, n)
CHANGING(void, set_text_field, (safi_record *record, safi_view view, safi_key field), record, view,
         field)

CHANGING(safi_note, notes_add, (safi_record *record, safi_view view, safi_key type,
         const safi_span *spans, uint32_t n), record, view, type, spans, n)
CHANGING(void, note_remove, (safi_record *record, safi_note note), record, note)
CHANGING(bool, put_texts, (safi_record *record, safi_note first, uint32_t n, safi_key key,
         const safi_text *values), record, first, n, key, values)
CHANGING(bool, put_ints, (safi_record *record, safi_note first, uint32_t n, safi_key key,
         const int64_t *values), record, first, n, key, values)
CHANGING(bool, put_reals, (safi_record *record, safi_note first, uint32_t n, safi_key key,
         const double *values), record, first, n, key, values)
CHANGING(bool, put_bools, (safi_record *record, safi_note first, uint32_t n, safi_key key,
         const bool *values), record, first, n, key, values)

CHANGING(void, write, (safi_record *record, safi_bytes bytes), record, bytes)
CHANGING(void, write_json, (safi_record *record, safi_text text), record, text)

/* --- the table -------------------------------------------------------------------------------- */

static void watch_stages(safi_host *table)
{
	table->key = watched_key;
	table->refuse = watched_refuse;
	table->data = watched_data;
	table->opt_text = watched_opt_text;
	table->opt_int = watched_opt_int;
	table->opt_real = watched_opt_real;
	table->opt_bool = watched_opt_bool;
	table->opt_given = watched_opt_given;
	table->opt_item = watched_opt_item;
}

static void watch_readers_and_writers(safi_host *table)
{
	table->read_line = watched_read_line;
	table->read_bytes = watched_read_bytes;
	table->read_rest = watched_read_rest;
	table->peek = watched_peek;
	table->set_raw = watched_set_raw;
	table->output = watched_output;
	table->write = watched_write;
	table->write_json = watched_write_json;
}

static void watch_records(safi_host *table)
{
	table->put_text = watched_put_text;
	table->put_int = watched_put_int;
	table->put_real = watched_put_real;
	table->put_bool = watched_put_bool;
	table->put_json = watched_put_json;
	table->erase = watched_erase;
	table->put_place = watched_put_place;
	table->view_add = watched_view_add;
	table->set_text_field = watched_set_text_field;
	table->notes_add = watched_notes_add;
	table->note_remove = watched_note_remove;
	table->put_texts = watched_put_texts;
	table->put_ints = watched_put_ints;
	table->put_reals = watched_put_reals;
	table->put_bools = watched_put_bools;
}

void safi_rules_watch(safi_host *table)
{
	plain = *table;
	watch_stages(table);
	watch_readers_and_writers(table);
	watch_records(table);
}
