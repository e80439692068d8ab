/* A plugin that ends the process before anyone has asked it anything. */
#include "safi.h"
#include <stdlib.h>

__attribute__((constructor)) static void start(void)
{
	abort();
}

const safi_plugin *safi_plugin_entry(void)
{
	return NULL;
}
