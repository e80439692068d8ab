/* The plugin `text`: pages as plain text, read and written.
 *
 * text.c holds the entry and the reader, writer.c the writer; sniff.h and id.h are pure functions,
 * so any thread may call them. */
#pragma once

#include "safi.h"

extern const safi_stage safi_text_reader;
extern const safi_stage safi_text_writer;
