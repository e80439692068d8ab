#include "host.h"

#include "input.h"
#include "flow.h"
#include "json.h"
#include "lock.h"
#include "log.h"
#include "mapping.h"
#include "output.h"
#include "record.h"
#include "rules.h"
#include "utf8.h"

struct SafiSite {
	char *label;
	char *data_directory;
	pthread_mutex_t lock; /* fatal() may come from any thread */
	char *fatal_reason;
};

SafiSite *safi_site_new(const char *label, const char *plugin_path)
{
	SafiSite *site = g_new0(SafiSite, 1);

	site->label = g_strdup(label);
	/* DIR/NAME.so has its data in DIR/NAME/ */
	site->data_directory = g_str_has_suffix(plugin_path, ".so")
		? g_strndup(plugin_path, strlen(plugin_path) - 3) : g_strdup(plugin_path);
	pthread_mutex_init(&site->lock, NULL);
	return site;
}

void safi_site_free(SafiSite *site)
{
	if (!site) {
		return;
	}
	pthread_mutex_destroy(&site->lock);
	g_free(site->label);
	g_free(site->data_directory);
	g_free(site->fatal_reason);
	g_free(site);
}

const char *safi_site_data(const SafiSite *site)
{
	return site->data_directory;
}

char *safi_site_fatal(SafiSite *site)
{
	SAFI_LOCK(&site->lock);

	return g_strdup(site->fatal_reason);
}

void safi_site_set_fatal(SafiSite *site, const char *reason)
{
	SAFI_LOCK(&site->lock);

	if (!site->fatal_reason) {
		site->fatal_reason = g_strdup(reason);
	}
}

/* --- reasons ---------------------------------------------------------------------------------- */

static const char *said(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

static safi_status fail(safi_record *record, const char *code, const char *message)
{
	return safi_record_set_reason(record, SAFI_FAIL, code, message);
}

static safi_status drop(safi_record *record, const char *code, const char *message)
{
	return safi_record_set_reason(record, SAFI_DROP, code, message);
}

/* Offsets are told in the input, where the person can look: those of the record's begin added. */
static safi_status fail_at(safi_record *record, safi_view view, safi_span span, const char *code,
                           const char *message)
{
	safi_source source;

	if (!safi_views_source(&record->views, &record->arena, view, span, &source)) {
		return fail(record, code, message);
	}
	g_autofree char *placed = g_strdup_printf("at byte %" G_GUINT64_FORMAT ": %s",
	                                          record->origin_begin + source.begin,
	                                          said(message, "the stage gave no reason"));
	return fail(record, code, placed);
}

static safi_status fatal(const safi_config *config, const char *code, const char *message)
{
	g_autofree char *reason = g_strdup_printf("%s: %s", said(code, "failed"),
	                                          said(message, "it gave no reason"));

	safi_site_set_fatal(safi_config_owner(config), reason);
	return SAFI_FATAL;
}

/* --- memory, flow ----------------------------------------------------------------------------- */

static void *alloc(safi_record *record, size_t size)
{
	void *piece = safi_arena_alloc(&record->arena, size);

	if (!piece) {
		safi_record_break(record, "out-of-memory", "no memory for a stage's own use");
	}
	return piece;
}

static safi_record *emit(safi_record *record)
{
	safi_record *emitted = record->flow->emit(record->flow, record);

	if (!emitted) {
		safi_record_break(record, "bad-emit", "a record was emitted where none may be");
	}
	return emitted;
}

static void submit(safi_record *record)
{
	record->flow->submit(record->flow, record);
}

static void release(safi_record *record, safi_status status)
{
	record->flow->release(record->flow, record, status);
}

static void tally(safi_record *record, const char *counter, int64_t by)
{
	g_autofree char *valid = g_utf8_make_valid(said(counter, "unnamed"), -1);

	record->flow->tally(record->flow, record, safi_str(valid), by);
}

/* --- readers and writers ---------------------------------------------------------------------- */

static void set_raw(safi_record *record, safi_bytes raw)
{
	uint64_t offset = 0;
	SafiBlock *block = record->input ? safi_input_block(record->input, raw, &offset) : NULL;

	safi_record_set_raw(record, raw, block);
	if (block) {
		safi_record_set_origin(record, safi_input_name(record->input), offset,
		                       offset + raw.len);
	}
}

static safi_bytes raw(const safi_record *record)
{
	const safi_text text = safi_views_text(&record->views, SAFI_RAW);

	return (safi_bytes){(const uint8_t *)text.ptr, text.len};
}

static bool origin(const safi_record *record, safi_text *name, uint64_t *begin, uint64_t *end)
{
	*name = record->origin_name;
	*begin = record->origin_begin;
	*end = record->origin_end;
	return record->origin_name.ptr != NULL;
}

static void rendered_or_broken(safi_record *record)
{
	if (record->rendered.failed) {
		safi_record_break(record, "out-of-memory", "no memory for the rendered record");
	}
}

static void write_bytes(safi_record *record, safi_bytes bytes)
{
	safi_buffer_add(&record->rendered, bytes.ptr, bytes.len);
	rendered_or_broken(record);
}

static void write_json(safi_record *record, safi_text text)
{
	safi_json_escape(&record->rendered, text);
	rendered_or_broken(record);
}

static bool output(safi_output *to, safi_bytes bytes)
{
	return safi_output_write(to, bytes);
}

static safi_text output_path(const safi_output *to)
{
	return safi_str(safi_output_path(to));
}

/* --- stages at their start -------------------------------------------------------------------- */

/* An option of type path that was given, or a file beside the plugin. */
static bool data(const safi_config *config, const char *name, safi_bytes *bytes)
{
	SafiSite *site = safi_config_owner(config);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	if (safi_config_declares(config, name, SAFI_PATH)) {
		path = g_strdup(safi_config_text(config, name).ptr);
	} else {
		path = g_build_filename(site->data_directory, name, NULL);
	}
	if (!path) {
		safi_config_refuse(config, name, "no file was given");
		return false;
	}
	if (safi_mapping_get(path, bytes, &error)) {
		return true;
	}
	if (!safi_config_declares(config, name, SAFI_PATH)) {
		g_autofree char *why = g_strdup_printf("a file of the plugin is missing: %s; is the plugin "
		                                       "installed whole?", error->message);
		safi_config_refuse(config, NULL, why);
	} else {
		safi_config_refuse(config, name, error->message);
	}
	return false;
}

static void log_message(const safi_config *config, const safi_record *record, int32_t level,
                        const char *message)
{
	const SafiSite *site = safi_config_owner(config);
	g_autofree char *place = record ? safi_record_place(record) : NULL;

	safi_log_at(level, place, "%s: %s", site->label, said(message, "(nothing)"));
}

static const void *extension(const char *id)
{
	return NULL;
}

/* --- the table -------------------------------------------------------------------------------- */

static void fill_readers_and_writers(safi_host *table)
{
	table->read_line = safi_input_line;
	table->read_bytes = safi_input_bytes;
	table->read_rest = safi_input_rest;
	table->peek = safi_input_peek;
	table->taken = safi_input_taken;
	table->input_name = safi_input_name;
	table->input_offset = safi_input_offset;
	table->set_raw = set_raw;
	table->set_origin = safi_record_set_origin;
	table->raw = raw;
	table->origin = origin;
	table->write = write_bytes;
	table->write_json = write_json;
	table->output = output;
	table->output_path = output_path;
}

static void fill_stages(safi_host *table)
{
	table->key = safi_name_intern;
	table->alloc = alloc;
	table->emit = emit;
	table->submit = submit;
	table->release = release;
	table->fail = fail;
	table->drop = drop;
	table->fail_at = fail_at;
	table->fatal = fatal;
	table->opt_text = safi_config_text;
	table->opt_int = safi_config_int;
	table->opt_real = safi_config_real;
	table->opt_bool = safi_config_bool;
	table->opt_item = safi_config_item;
	table->opt_given = safi_config_given;
	table->refuse = safi_config_refuse;
	table->data = data;
	table->log = log_message;
	table->tally = tally;
	table->utf8 = safi_utf8_prefix;
	table->extension = extension;
}

const safi_host *safi_host_table(void)
{
	static safi_host table;
	static gsize ready;

	if (g_once_init_enter(&ready)) {
		table.size = sizeof table;
		table.abi_major = SAFI_ABI_MAJOR;
		table.abi_minor = SAFI_ABI_MINOR;
		safi_host_fill_fields(&table);
		safi_host_fill_views(&table);
		safi_host_fill_notes(&table);
		fill_readers_and_writers(&table);
		fill_stages(&table);
		if (SAFI_RULES_ARE_WATCHED) {
			safi_rules_watch(&table);
		}
		g_once_init_leave(&ready, 1);
	}
	return &table;
}
