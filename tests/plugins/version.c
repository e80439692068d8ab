/* A plugin of another ABI version; the build says which. */
#include "safi.h"

#ifdef BUILT_FOR_MAJOR
#undef SAFI_ABI_MAJOR
#define SAFI_ABI_MAJOR BUILT_FOR_MAJOR
#endif

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.version", .version = "1.0", .license = "MIT",
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
