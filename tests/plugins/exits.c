/* A plugin that ends the process, and as if all were well. */
#include "safi.h"
#include <unistd.h>

const safi_plugin *safi_plugin_entry(void)
{
	_exit(0);
}
