#include "inputs.h"

#include "listing.h"
#include "log.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

struct SafiInputs {
	char **words;
	guint at;
	SafiListing *list; /* NULL: none */
	FTS *tree;         /* the directory that is being walked; NULL: none */
	const char *root;  /* how it was named */
	bool seen;         /* something in it was a file, or told */
};

static const char *const only_stdin[] = {"-", NULL}, *const nothing[] = {NULL};

SafiInputs *safi_inputs_new(const char *const *words, const char *list, GError **error)
{
	SafiListing *listing = list ? safi_listing_open(list, error) : NULL;

	if (list && !listing) {
		return NULL;
	}
	SafiInputs *inputs = g_new0(SafiInputs, 1);
	inputs->list = listing;
	words = words && words[0] ? words : list ? nothing : only_stdin;
	inputs->words = g_strdupv((char **)words);
	return inputs;
}

void safi_inputs_set_wake(SafiInputs *inputs, int fd)
{
	if (inputs->list) {
		safi_listing_set_wake(inputs->list, fd);
	}
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
		safi_listing_close(inputs->list);
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
		safi_log_at(SAFI_LOG_WARNING, inputs->root,
		            "has no file to read; READMEs and names that begin with a dot do not count");
	}
	close_tree(inputs);
	return NULL;
}

/* The next word, or name in the list; with an error: a place in the list; NULL: no more. */
static const char *next_word(SafiInputs *inputs, GError **error)
{
	const char *word = inputs->words[inputs->at];

	if (word) {
		inputs->at++;
		return word;
	}
	return inputs->list ? safi_listing_next(inputs->list, error) : NULL;
}

const char *safi_inputs_next(SafiInputs *inputs, GError **error)
{
	for (;;) {
		GError *problem = NULL;
		if (inputs->tree) {
			const char *path = walk(inputs, error);
			inputs->seen = true;
			if (path || inputs->tree) {
				return path;
			}
		}
		const char *word = next_word(inputs, &problem);
		if (problem) {
			g_propagate_error(error, problem);
			return word;
		}
		if (!word || !is_directory(word)) {
			return word;
		}
		char *roots[] = {(char *)word, NULL}; /* only read */
		inputs->root = word;
		inputs->seen = false;
		inputs->tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
		if (!inputs->tree) {
			return fail(error, word, errno);
		}
	}
}
