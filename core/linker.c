#include "linker.h"

#include "printable.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST 16384

/* What stands before, between and behind two marks; NULL where they are not. */
static char *before(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at != NULL ? g_strndup(text, (gsize)(at - text)) : NULL;
}

static char *between(const char *text, const char *mark, const char *end)
{
	const char *at = strstr(text, mark);

	return at != NULL ? before(at + strlen(mark), end) : NULL;
}

static const char *behind(const char *text, const char *mark)
{
	return g_str_has_prefix(text, mark) ? text + strlen(mark) : NULL;
}

/* "NAME[, version VERSION]"; a name does not tell what it is the name of. */
static char *symbol_words(const char *symbol)
{
	bool versioned = strstr(symbol, ", version ") != NULL;

	return g_strdup_printf("needs the function or variable %s, which neither safi nor the "
	                       "libraries it is linked with have; %s", symbol,
	                       versioned ? "install a newer library, or build the plugin here"
	                                 : "link it with what has it");
}

/* What is wrong with a file itself. */
static char *file_words(const char *message)
{
	const char *symbol = behind(message, "undefined symbol: ");

	if (symbol != NULL) {
		return symbol_words(symbol);
	}
	if (g_str_has_prefix(message, "failed to map segment")) {
		return g_strdup_printf("%s; is its file system mounted noexec?", message);
	}
	return g_strdup(message);
}

/* "LIBRARY: version `VERSION' not found (required by FILE)". */
static char *version_words(const char *message)
{
	g_autofree char *library = before(message, ": version `");
	g_autofree char *version = between(message, ": version `", "' not found");

	if (library == NULL || version == NULL) {
		return NULL;
	}
	return g_strdup_printf("needs version %s of the library %s, which does not have it; install a "
	                       "newer one, or build the plugin here", version, library);
}

static char *library_words(const char *message)
{
	g_autofree char *missing =
		before(message, ": cannot open shared object file: No such file or directory");
	g_autofree char *library = before(message, ": ");

	if (missing != NULL) {
		return g_strdup_printf("needs the library %s, which is not installed; install it, or name "
		                       "its folder in LD_LIBRARY_PATH", missing);
	}
	if (library == NULL) {
		return g_strdup(message);
	}

	g_autofree char *words = file_words(message + strlen(library) + strlen(": "));
	return g_strdup_printf("needs the library %s, which cannot be loaded: %s", library, words);
}

char *safi_linker_words(const char *path, const char *message)
{
	g_autofree char *prefix = g_strconcat(path, ": ", NULL);
	const char *own = behind(message, prefix);
	g_autofree char *words = own != NULL ? file_words(own) : version_words(message);

	if (words == NULL) {
		words = library_words(message);
	}
	return safi_printable(words, LONGEST);
}
