/* A plugin that calls a function which is nowhere, or in a library that may be missing: opened
 * lazily it would seem whole. */
#include "safi.h"

const safi_plugin *nowhere(void);

const safi_plugin *safi_plugin_entry(void)
{
	return nowhere();
}
