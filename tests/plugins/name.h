/* What one of these plugins is to do: the name of its file, without ".so".
 *
 * So one module, copied under many names, is many plugins.  NAME, given by the build, is for the
 * copy that has another name.  The result is constant once it was asked for.  [main] */
#pragma once

#include <dlfcn.h>
#include <string.h>

static const char *own_name(void)
{
#ifdef NAME
	return NAME;
#else
	static char name[64];
	Dl_info info;

	if (name[0] == '\0' && dladdr(name, &info) != 0) {
		const char *slash = strrchr(info.dli_fname, '/');
		strncat(name, slash != NULL ? slash + 1 : info.dli_fname, sizeof name - 1);
		name[strcspn(name, ".")] = '\0';
	}
	return name;
#endif
}
