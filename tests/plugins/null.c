/* A plugin with nothing to say. */
#include "safi.h"

const safi_plugin *safi_plugin_entry(void)
{
	return NULL;
}
