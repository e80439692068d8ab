/* A plugin that never answers. */
#include "safi.h"
#include <unistd.h>

const safi_plugin *safi_plugin_entry(void)
{
	for (;;) {
		pause();
	}
}
