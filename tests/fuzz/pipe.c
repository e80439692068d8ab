#include "pipe.h"

#include "fuzz.h"
#include "packing.h"

#include <string.h>

/* --- making ----------------------------------------------------------------------------------- */

static void no_tally(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by)
{
}

static SafiFlow flow = { .tally = no_tally };

const safi_stage *fuzz_pipe_stage(uint32_t role)
{
	const safi_stage *const *stage = safi_plugin_entry()->stages;
	while ((*stage)->role != role) {
		stage++;
	}
	return *stage;
}

/* The stage of that role with its options, which are YAML; NULL: it refuses them. */
static SafiInstances *open_stage(FuzzPipe *pipe, SafiStep *step, uint32_t role, const char *options)
{
	static SafiPlugin plugin = { .path = (char *)"/linked.so" };
	g_autoptr(SafiNode) given = safi_yaml_parse("options", options, strlen(options), pipe->report);
	plugin.declared = safi_plugin_entry();
	step->stage = fuzz_pipe_stage(role);
	step->plugin = &plugin;
	step->label = (char *)step->stage->name;
	step->config = safi_config_new(step->stage, step->label, given, step->mark, NULL,
	                               pipe->report);
	return safi_report_errors(pipe->report) == 0 ? safi_instances_open(step, 1, pipe->report)
	                                             : NULL;
}

static void pipe_free(FuzzPipe *pipe)
{
	safi_instances_close(pipe->reader);
	safi_instances_close(pipe->writer);
	safi_config_free(pipe->reader_step.config);
	safi_config_free(pipe->writer_step.config);
	safi_report_free(pipe->report);
	safi_record_free(pipe->record);
	g_free(pipe);
}

static FuzzPipe *pipe_new(const char *options)
{
	FuzzPipe *pipe = g_new0(FuzzPipe, 1);
	pipe->report = safi_report_new();
	pipe->record = safi_record_new();
	pipe->reader = open_stage(pipe, &pipe->reader_step, SAFI_READS, options);
	pipe->writer = open_stage(pipe, &pipe->writer_step, SAFI_WRITES, "{}");
	if (pipe->reader == NULL || pipe->writer == NULL) {
		g_clear_pointer(&pipe, pipe_free);
	}
	return pipe;
}

FuzzPipe *fuzz_pipe(const char *options)
{
	static GHashTable *pipes;
	gpointer pipe;
	if (pipes == NULL) {
		pipes = g_hash_table_new(g_str_hash, g_str_equal);
	}
	if (!g_hash_table_lookup_extended(pipes, options, NULL, &pipe)) {
		pipe = pipe_new(options);
		g_hash_table_insert(pipes, g_strdup(options), pipe);
	}
	return pipe;
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

bool fuzz_is_packed(safi_bytes bytes)
{
	bool open;
	return safi_packing_find(bytes, &open) != NULL;
}

safi_input *fuzz_input(safi_bytes bytes, size_t record_limit)
{
	safi_input *input = safi_input_open(fuzz_file(bytes), record_limit, NULL);
	fuzz_hold(input != NULL, "a file in memory cannot be opened");
	return input;
}
