#include "pipe.h"

#include "fuzz.h"

#include <string.h>

/* --- the catalog ------------------------------------------------------------------------------ */

static const SafiPlugin *plugin_linked(void)
{
	static SafiPlugin plugin = { .path = (char *)"/linked.so" };
	plugin.declared = safi_plugin_entry();
	return &plugin;
}

const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin)
{
	const SafiPlugin *linked = plugin_linked();
	for (const safi_stage *const *stage = linked->declared->stages; *stage != NULL; stage++) {
		if ((*stage)->role == role && strcmp((*stage)->name, name) == 0) {
			if (plugin != NULL) {
				*plugin = linked;
			}
			return *stage;
		}
	}
	return NULL;
}

GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role)
{
	return g_ptr_array_new();
}

bool safi_catalog_has(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	return safi_catalog_find(catalog, role, name, NULL) != NULL;
}

const SafiPlugin *safi_catalog_refused(const SafiCatalog *catalog, const char *name)
{
	return NULL;
}

const SafiPlugin *safi_catalog_rival(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	return NULL;
}

guint safi_catalog_count(const SafiCatalog *catalog, guint *refused)
{
	*refused = 0;
	return 1;
}

/* --- making ----------------------------------------------------------------------------------- */

static void no_tally(SafiFlow *flow, const char *counter, int64_t by)
{
}

static SafiFlow flow = { .tally = no_tally };

static void pipe_free(FuzzPipe *pipe)
{
	safi_instances_close(pipe->reader);
	safi_instances_close(pipe->writer);
	safi_pipeline_free(pipe->pipeline);
	safi_report_free(pipe->report);
	safi_record_free(pipe->record);
	g_free(pipe);
}

static FuzzPipe *pipe_new(const char *words)
{
	FuzzPipe *pipe = g_new0(FuzzPipe, 1);
	pipe->report = safi_report_new();
	pipe->record = safi_record_new();
	pipe->pipeline = safi_pipeline_parse(words, NULL, NULL, pipe->report);
	if (pipe->pipeline != NULL) {
		pipe->reader = safi_instances_open(pipe->pipeline->reader, 1, pipe->report);
		pipe->writer = safi_instances_open(pipe->pipeline->writer, 1, pipe->report);
	}
	if (pipe->reader == NULL || pipe->writer == NULL) {
		g_clear_pointer(&pipe, pipe_free);
	}
	return pipe;
}

FuzzPipe *fuzz_pipe(const char *words)
{
	static GHashTable *pipes;
	gpointer pipe;
	if (pipes == NULL) {
		pipes = g_hash_table_new(g_str_hash, g_str_equal);
	}
	if (!g_hash_table_lookup_extended(pipes, words, NULL, &pipe)) {
		pipe = pipe_new(words);
		g_hash_table_insert(pipes, g_strdup(words), pipe);
	}
	return pipe;
}

const safi_stage *fuzz_pipe_reader(const char *name)
{
	return safi_catalog_find(NULL, SAFI_READS, name, NULL);
}

/* --- running ---------------------------------------------------------------------------------- */

/* What is broken has failed, and what failed has a reason, as the engine would have it. */
static safi_status settle(const safi_record *record, safi_status status)
{
	if (record->broken.status) {
		fuzz_hold(false, "the reader breaks a promise: %.*s", (int)record->broken.message.len,
		          record->broken.message.ptr);
	}
	if (status == SAFI_FAIL || status == SAFI_DROP) {
		fuzz_hold(record->reason.code.len > 0 && record->reason.message.len > 0,
		          "a record ends without a reason");
	}
	fuzz_hold(status >= SAFI_KEEP && status <= SAFI_FAIL, "a stage returns %d", status);
	return status;
}

/* The input's own reason for a record that is too long. */
static void take_fault(safi_record *record, const safi_input *input)
{
	const SafiInputFault *fault = safi_input_fault(input);
	if (!record->reason.status && fault->code) {
		safi_record_set_raw(record, fault->head, NULL);
		safi_record_set_origin(record, safi_input_name(input), fault->begin, fault->end);
		safi_record_set_reason(record, SAFI_FAIL, fault->code, fault->message);
	}
}

safi_status fuzz_pipe_read(FuzzPipe *pipe, safi_input *input)
{
	const safi_stage *stage = pipe->reader->stage;
	safi_record *record = pipe->record;
	safi_record_reset(record);
	record->flow = &flow;
	record->input = input;
	safi_input_begin_record(input);
	safi_status status = stage->next(pipe->reader->own, input, record);
	if (status == SAFI_FAIL) {
		take_fault(record, input);
	}
	record->input = NULL;
	if (status == SAFI_KEEP) {
		status = stage->process(safi_instances_self(pipe->reader, 0), record);
	}
	return status == SAFI_END ? SAFI_END : settle(record, status);
}

safi_status fuzz_pipe_write(FuzzPipe *pipe)
{
	safi_status status =
		pipe->writer->stage->process(safi_instances_self(pipe->writer, 0), pipe->record);
	return settle(pipe->record, status);
}

safi_input *fuzz_input(safi_bytes bytes, size_t record_limit)
{
	safi_input *input = safi_input_open(fuzz_file(bytes), record_limit, NULL);
	fuzz_hold(input != NULL, "a file in memory cannot be opened");
	return input;
}
