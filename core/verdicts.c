#include "verdicts.h"

#include "safi.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Far more than anyone has plugins; what is larger is not ours. */
enum { LARGEST = 1 << 20 };

struct SafiVerdicts {
	char *file;
	char *head;        /* begins its first line: for whom the verdicts are */
	GHashTable *lines; /* path -> "identity verdict" */
	bool changed;
};

/* Size, times of change and inode; NULL where there is no file.  Builds and copies set the time of
 * the content to what it was elsewhere; the time of the inode nobody can set. */
static char *identity(const char *path)
{
	struct stat info;

	if (stat(path, &info) != 0) {
		return NULL;
	}
	return g_strdup_printf("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ".%09ld:%" G_GINT64_FORMAT
	                       ".%09ld:%" G_GUINT64_FORMAT, (gint64)info.st_size,
	                       (gint64)info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
	                       (gint64)info.st_ctim.tv_sec, info.st_ctim.tv_nsec,
	                       (guint64)info.st_ino);
}

/* The first line for the lines below it; with their checksum, so that no damage is believed. */
static char *head_for(const SafiVerdicts *verdicts, const char *lines)
{
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, lines, -1);

	return g_strdup_printf("%s, %s\n", verdicts->head, sum);
}

/* A line is path, tab, identity, blank, verdict; what would break it is escaped as in C. */
static void take_line(SafiVerdicts *verdicts, const char *line)
{
	const char *tab = strchr(line, '\t');

	if (tab != NULL && strchr(tab, ' ') != NULL) {
		g_autofree char *path = g_strndup(line, (gsize)(tab - line));
		g_hash_table_replace(verdicts->lines, g_strcompress(path), g_strcompress(tab + 1));
	}
}

static void take_text(SafiVerdicts *verdicts, const char *text)
{
	const char *rest = text + strcspn(text, "\n");

	rest += *rest == '\n';
	g_autofree char *head = head_for(verdicts, rest);
	if (!g_str_has_prefix(text, head)) {
		return;
	}
	g_auto(GStrv) lines = g_strsplit(rest, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		take_line(verdicts, *line);
	}
}

/* Where the XDG base directory specification wants it; it takes no relative path for one. */
static char *cache_file(void)
{
	const char *directory = g_get_user_cache_dir();
	g_autofree char *usual = g_build_filename(g_get_home_dir(), ".cache", NULL);

	return g_build_filename(g_path_is_absolute(directory) ? directory : usual, "safi", "catalog",
	                        NULL);
}

SafiVerdicts *safi_verdicts_load(void)
{
	SafiVerdicts *verdicts = g_new0(SafiVerdicts, 1);
	g_autofree char *text = NULL;
	struct stat info;

	verdicts->file = cache_file();
	verdicts->head = g_strdup_printf("safi %s, ABI %d.%d", SAFI_VERSION, SAFI_ABI_MAJOR,
	                                 SAFI_ABI_MINOR);
	verdicts->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (stat(verdicts->file, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= LARGEST &&
	    g_file_get_contents(verdicts->file, &text, NULL, NULL)) {
		take_text(verdicts, text);
	}
	return verdicts;
}

void safi_verdicts_free(SafiVerdicts *verdicts)
{
	if (verdicts == NULL) {
		return;
	}
	g_free(verdicts->file);
	g_free(verdicts->head);
	g_hash_table_unref(verdicts->lines);
	g_free(verdicts);
}

const char *safi_verdicts_get(const SafiVerdicts *verdicts, const char *path)
{
	const char *line = g_hash_table_lookup(verdicts->lines, path);
	g_autofree char *now = line != NULL ? identity(path) : NULL;
	gsize len = now != NULL ? strlen(now) : 0;

	return now != NULL && strncmp(line, now, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

void safi_verdicts_put(SafiVerdicts *verdicts, const char *path, const char *verdict)
{
	g_autofree char *now = verdict != NULL ? identity(path) : NULL;

	if (now != NULL) {
		g_hash_table_replace(verdicts->lines, g_strdup(path),
		                     g_strdup_printf("%s %s", now, verdict));
		verdicts->changed = true;
	} else if (g_hash_table_remove(verdicts->lines, path)) {
		verdicts->changed = true;
	}
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *render(const SafiVerdicts *verdicts)
{
	guint n;
	g_autofree gpointer *paths = g_hash_table_get_keys_as_array(verdicts->lines, &n);
	g_autoptr(GString) text = g_string_new(NULL);

	qsort(paths, n, sizeof *paths, by_text);
	for (guint i = 0; i < n; i++) {
		g_autofree char *path = g_strescape(paths[i], NULL);
		g_autofree char *line = g_strescape(g_hash_table_lookup(verdicts->lines, paths[i]), NULL);
		if (g_file_test(paths[i], G_FILE_TEST_EXISTS)) {
			g_string_append_printf(text, "%s\t%s\n", path, line);
		}
	}
	g_autofree char *head = head_for(verdicts, text->str);
	return g_strconcat(head, text->str, NULL);
}

void safi_verdicts_save(SafiVerdicts *verdicts)
{
	if (!verdicts->changed) {
		return;
	}
	g_autofree char *text = render(verdicts);
	g_autofree char *directory = g_path_get_dirname(verdicts->file);
	/* By another name first, so that a run at the same time reads the old one or the new one. */
	if (g_mkdir_with_parents(directory, 0700) == 0) {
		g_file_set_contents(verdicts->file, text, -1, NULL);
	}
	verdicts->changed = false;
}
