/* What an engine lets the host's table do with a record on its way: the seam between the two.
 *
 * The engine gives each record that a stage has in hand a flow; the functions are called on the
 * thread that runs the stage. */
#pragma once

#include "safi.h"

typedef struct SafiFlow SafiFlow;
struct SafiFlow {
	/* NULL when the stage in hand may not. */
	safi_record *(*emit)(SafiFlow *flow, safi_record *parent);
	void (*submit)(SafiFlow *flow, safi_record *record);
	void (*release)(SafiFlow *flow, safi_record *record, safi_status status);
	void (*tally)(SafiFlow *flow, safi_record *record, safi_text counter, int64_t by);
};
