#include "inputs.h"

#include "log.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

struct SafiInputs {
	char **words;
	guint at;
	FTS *tree; /* the directory that is being walked; NULL: none */
	bool seen; /* something in it was a file, or told */
};

static const char *const only_stdin[] = {"-", NULL};

SafiInputs *safi_inputs_new(const char *const *words)
{
	SafiInputs *inputs = g_new0(SafiInputs, 1);

	inputs->words = g_strdupv((char **)(words && words[0] ? words : only_stdin));
	return inputs;
}

static void close_tree(SafiInputs *inputs)
{
	if (inputs->tree) {
		fts_close(inputs->tree);
		inputs->tree = NULL;
	}
}

void safi_inputs_free(SafiInputs *inputs)
{
	if (inputs) {
		close_tree(inputs);
		g_strfreev(inputs->words);
		g_free(inputs);
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_directory(const char *path)
{
	struct stat info;

	return strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static const char *fail(GError **error, const char *path, int code)
{
	g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(code), g_strerror(code));
	return path;
}

/* A README tells of a directory and is no part of what it holds. */
static bool is_left_out(const char *name)
{
	return name[0] == '.' || strcmp(name, "README") == 0 || g_str_has_prefix(name, "README.");
}

/* The next file of the tree; with an error: one that cannot be had; NULL: no more. */
static const char *walk(SafiInputs *inputs, GError **error)
{
	for (FTSENT *entry; (entry = fts_read(inputs->tree));) {
		if (entry->fts_level > 0 && is_left_out(entry->fts_name)) {
			fts_set(inputs->tree, entry, FTS_SKIP);
			continue;
		}
		switch (entry->fts_info) {
		case FTS_F:
			return entry->fts_path;
		case FTS_DC:
			return fail(error, entry->fts_path, ELOOP);
		case FTS_DEFAULT:
			safi_log_at(SAFI_LOG_WARNING, entry->fts_path, "is neither a file nor a directory, so "
			            "it is not read; name it yourself to read it");
			inputs->seen = true;
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
		case FTS_SLNONE:
			return fail(error, entry->fts_path, entry->fts_errno ? entry->fts_errno : ENOENT);
		default:
			break;
		}
	}
	if (!inputs->seen) {
		safi_log_at(SAFI_LOG_WARNING, inputs->words[inputs->at - 1],
		            "has no file to read; READMEs and names that begin with a dot do not count");
	}
	close_tree(inputs);
	return NULL;
}

const char *safi_inputs_next(SafiInputs *inputs, GError **error)
{
	for (;;) {
		if (inputs->tree) {
			const char *path = walk(inputs, error);
			inputs->seen = true;
			if (path || inputs->tree) {
				return path;
			}
		}
		char *word = inputs->words[inputs->at];
		if (!word) {
			return NULL;
		}
		inputs->at++;
		if (!is_directory(word)) {
			return word;
		}
		char *roots[] = {word, NULL};
		inputs->seen = false;
		inputs->tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
		if (!inputs->tree) {
			return fail(error, word, errno);
		}
	}
}
