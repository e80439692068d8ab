#include "plugin.h"

#include "linker.h"

#include <dlfcn.h>
#include <errno.h>
#include <ltdl.h>
#include <sys/stat.h>

/* Opening a FIFO would wait for ever; what is missing is told before the linker words it. */
static bool check_file(const char *path, char **reason)
{
	struct stat info;

	if (stat(path, &info) != 0) {
		*reason = g_strdup_printf("cannot be read: %s", g_strerror(errno));
		return false;
	}
	if (!S_ISREG(info.st_mode)) {
		*reason = g_strdup("is not a file");
		return false;
	}
	return true;
}

static lt_dlhandle open_resident(const char *path)
{
	lt_dlhandle module = NULL;
	lt_dladvise advise;

	if (lt_dlinit() != 0 || lt_dladvise_init(&advise) != 0) {
		return NULL;
	}
	if (lt_dladvise_local(&advise) == 0) {
		module = lt_dlopenadvise(path, advise);
	}
	lt_dladvise_destroy(&advise);
	return module != NULL && lt_dlmakeresident(module) == 0 ? module : NULL;
}

/* libltdl binds lazily, so that a missing function would end the process at its first call, and
 * says "file not found" whatever went wrong (2.4.7, ltdl/loaders/dlopen.c).  So the linker goes
 * first: it binds all, and has the true reason. */
static lt_dlhandle open_module(const char *path, char **reason)
{
	lt_dlhandle module;

	if (dlopen(path, RTLD_NOW | RTLD_LOCAL) == NULL) {
		*reason = safi_linker_words(path, dlerror());
		return NULL;
	}
	module = open_resident(path);
	if (module == NULL) {
		*reason = g_strdup_printf("libltdl: %s", lt_dlerror());
	}
	return module;
}

static const safi_plugin *load(const char *path, char **reason)
{
	lt_dlhandle module = check_file(path, reason) ? open_module(path, reason) : NULL;
	const safi_plugin *(*entry)(void);
	const safi_plugin *declared;

	if (module == NULL) {
		return NULL;
	}
	entry = (const safi_plugin *(*)(void))lt_dlsym(module, "safi_plugin_entry");
	if (entry == NULL) {
		*reason = g_strdup("is not a Safi plugin: it has no function safi_plugin_entry()");
		return NULL;
	}
	declared = entry();
	return safi_declaration_check(declared, reason) ? declared : NULL;
}

SafiPlugin *safi_plugin_load(const char *path)
{
	SafiPlugin *plugin = g_new0(SafiPlugin, 1);

	plugin->path = g_canonicalize_filename(path, NULL);
	plugin->declared = load(plugin->path, &plugin->refusal);
	return plugin;
}

SafiPlugin *safi_plugin_refused(const char *path, char *reason)
{
	SafiPlugin *plugin = g_new0(SafiPlugin, 1);

	plugin->path = g_canonicalize_filename(path, NULL);
	plugin->refusal = reason;
	return plugin;
}

void safi_plugin_free(SafiPlugin *plugin)
{
	if (plugin == NULL) {
		return;
	}
	g_free(plugin->path);
	g_free(plugin->refusal);
	g_free(plugin);
}
