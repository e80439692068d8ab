/* A reader and a writer of the one plugin that is linked into a target, run record by record.
 *
 * In place of the engine, which runs records all the way: here a target looks at each one. */
#pragma once

#include "input.h"
#include "instances.h"
#include "record.h"

typedef struct FuzzPipe {
	SafiReport *report;
	SafiStep reader_step, writer_step;
	SafiInstances *reader, *writer;
	safi_record *record;
} FuzzPipe;

/* With these options of the reader, a map in YAML; those of the writer are its defaults.  NULL:
 * they are refused.  Pipes are made once for each wording and stay. */
FuzzPipe *fuzz_pipe(const char *options);

/* The plugin's stage of that role. */
const safi_stage *fuzz_pipe_stage(uint32_t role);

/* The next record of the input, as next() and process() leave it.  SAFI_KEEP, SAFI_DROP, SAFI_FAIL
 * with a reason, or SAFI_END. */
safi_status fuzz_pipe_read(FuzzPipe *pipe, safi_input *input);
/* What the writer makes of it: then in record->rendered. */
safi_status fuzz_pipe_write(FuzzPipe *pipe);

/* Whether the input would unpack these bytes, as another target tries: then its records have no
 * places in them. */
bool fuzz_is_packed(safi_bytes bytes);

/* An input of these bytes.  The caller closes it. */
safi_input *fuzz_input(safi_bytes bytes, size_t record_limit);
