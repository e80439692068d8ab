/* The two stages of this plugin, both named jsonl: each line of a JSON Lines file is a record, each
 * record a line of one. */
#pragma once

#include "safi.h"

extern const safi_stage jsonl_reader;
extern const safi_stage jsonl_writer;
