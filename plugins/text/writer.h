/* The writer `text`: the newest text of each record, and nothing else. */
#pragma once

#include "safi.h"

extern const safi_stage text_writer;
