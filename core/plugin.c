#include "plugin.h"

#include "linker.h"
#include "memory.h"
#include "object.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <ltdl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the file --------------------------------------------------------------------------------- */

static char *absence_words(const char *path)
{
	int error = errno;
	g_autofree char *target = error == ENOENT ? g_file_read_link(path, NULL) : NULL;

	return target != NULL ? g_strdup_printf("is a link to %s, which does not exist", target)
	                      : g_strdup_printf("cannot be read: %s", g_strerror(error));
}

static const char *kind_name(mode_t mode)
{
	return S_ISDIR(mode)    ? "a directory"
	       : S_ISFIFO(mode) ? "a pipe"
	       : S_ISSOCK(mode) ? "a socket"
	                        : "a device";
}

static bool check_object(const char *path, char **reason)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good;

	if (fd < 0) {
		*reason = absence_words(path);
		return false;
	}
	good = safi_object_check(fd, reason);
	close(fd);
	return good;
}

/* Opening a pipe would wait for ever, and a device may act on it. */
static bool check_file(const char *path, char **reason)
{
	struct stat info;

	if (stat(path, &info) != 0) {
		*reason = absence_words(path);
		return false;
	}
	if (!S_ISREG(info.st_mode)) {
		*reason = g_strdup_printf("is %s, not a file", kind_name(info.st_mode));
		return false;
	}
	return check_object(path, reason);
}

/* --- the module ------------------------------------------------------------------------------- */

static lt_dlhandle open_resident(const char *path)
{
	lt_dlhandle module = NULL;
	lt_dladvise advise;

	/* Only memory can be what it lacks, and at a second call it would say that all is well. */
	if (lt_dlinit() != 0) {
		safi_memory_end();
	}
	if (lt_dladvise_init(&advise) != 0) {
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

typedef const safi_plugin *(*Entry)(void);

/* A description that is exported itself, in place of the function, is an easy mistake, and a crash
 * if it is called. */
static bool is_function(const void *address)
{
	const ElfW(Sym) *symbol = NULL;
	Dl_info info;

	return dladdr1(address, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL ||
	       ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT;
}

static Entry find_entry(lt_dlhandle module, char **reason)
{
	void *address = lt_dlsym(module, "safi_plugin_entry");

	if (address == NULL) {
		*reason = g_strdup("is a shared object, but not a Safi plugin: it exports no function "
		                   "safi_plugin_entry()");
		return NULL;
	}
	if (!is_function(address)) {
		*reason = g_strdup("exports a variable safi_plugin_entry; make it a function that returns "
		                   "the description");
		return NULL;
	}
	return (Entry)address;
}

/* --- the plugin ------------------------------------------------------------------------------- */

static const safi_plugin *load(const char *path, SafiPluginAt at, gpointer data, char **reason)
{
	const safi_plugin *declared;

	at("while it was loaded", data);
	lt_dlhandle module = check_file(path, reason) ? open_module(path, reason) : NULL;
	Entry entry = module != NULL ? find_entry(module, reason) : NULL;
	if (entry == NULL) {
		return NULL;
	}
	at("in safi_plugin_entry()", data);
	declared = entry();
	if (entry() != declared) {
		*reason = g_strdup("returns another description each time from safi_plugin_entry(); make "
		                   "it return the same constant one");
		return NULL;
	}
	at("while its description was read", data);
	return safi_declaration_check(declared, reason) ? declared : NULL;
}

SafiPlugin *safi_plugin_load_saying(const char *path, SafiPluginAt at, gpointer data)
{
	SafiPlugin *plugin = safi_plugin_refused(path, NULL);

	plugin->declared = load(plugin->path, at, data, &plugin->refusal);
	return plugin;
}

static void unheard(const char *where, gpointer data)
{
}

SafiPlugin *safi_plugin_load(const char *path)
{
	return safi_plugin_load_saying(path, unheard, NULL);
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
