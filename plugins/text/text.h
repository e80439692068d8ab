/* The plugin `text`: pages as plain text, read and written.
 *
 * text.c holds the entry and the reader, writer.c the writer; lines.h finds lines, page.h makes a
 * page of bytes, by guess.h and decode.h. */
#pragma once

#include "safi.h"

extern const safi_stage safi_text_reader;
extern const safi_stage safi_text_writer;
