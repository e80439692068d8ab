#include "search.h"

#include <dirent.h>
#include <string.h>

char **safi_search_path(const char *variable, const char *const *usual)
{
	GPtrArray *path = g_ptr_array_new();
	const char *named = g_getenv(variable);
	g_auto(GStrv) parts = g_strsplit(named != NULL ? named : "", ":", -1);

	/* An empty part would be the current directory, which nobody means. */
	for (char **part = parts; *part != NULL; part++) {
		if (**part != '\0') {
			g_ptr_array_add(path, g_canonicalize_filename(*part, NULL));
		}
	}
	for (; *usual != NULL; usual++) {
		if (g_file_test(*usual, G_FILE_TEST_IS_DIR)) {
			g_ptr_array_add(path, g_canonicalize_filename(*usual, NULL));
		}
	}
	g_ptr_array_add(path, NULL);
	return (char **)g_ptr_array_free(path, FALSE);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *safi_search_files(const char *directory, const char *suffix)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	GPtrArray *names;

	if (dir == NULL) {
		return NULL;
	}
	names = g_ptr_array_new_with_free_func(g_free);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.' && g_str_has_suffix(entry->d_name, suffix)) {
			g_ptr_array_add(names, g_strdup(entry->d_name));
		}
	}
	closedir(dir);
	g_ptr_array_sort(names, compare_names);
	return names;
}
