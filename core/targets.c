#include "targets.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file and how a person named it: "--stats x". */
typedef struct Target {
	char *path, *named;
	bool looked_at; /* whether it can be had is told now; the output is opened soon anyway */
	bool read;      /* not written */
} Target;

typedef struct Targets {
	Target all[8];
	guint n;
	SafiReport *report;
} Targets;

static void add(Targets *targets, const char *path, const char *word, bool looked_at)
{
	targets->all[targets->n++] = (Target){
		g_strdup(path), g_strdup_printf("%s %s", word, path), looked_at, false,
	};
}

static void add_read(Targets *targets, const char *path, const char *word)
{
	if (path && strcmp(path, "-") != 0) {
		add(targets, path, word, true);
		targets->all[targets->n - 1].read = true;
	}
}

static void add_all(Targets *targets, const SafiPipeline *pipeline, const SafiRun *run)
{
	const char *output = run->output ? run->output : pipeline->to;
	g_autofree char *dead = safi_engine_dead_path(pipeline, run);

	if (output && strcmp(output, "-") != 0) {
		g_autofree char *part = g_strconcat(output, ".part", NULL);
		add(targets, output, run->output ? "-o" : "to:", false);
		add(targets, part, run->output ? "-o" : "to:", false);
	}
	add_read(targets, run->files_from, "--files-from");
	add_read(targets, run->from_dead, "--from-dead");
	add(targets, dead, "--dead", run->dead != NULL);
	if (run->stats && strcmp(run->stats, "-") != 0) {
		add(targets, run->stats, "--stats", true);
	}
	if (run->checkpoint) {
		add(targets, run->checkpoint, "--checkpoint", true);
	}
}

static void clear(Targets *targets)
{
	for (guint i = 0; i < targets->n; i++) {
		g_free(targets->all[i].path);
		g_free(targets->all[i].named);
	}
}

/* --- what cannot be --------------------------------------------------------------------------- */

static void tell(const Targets *targets, const Target *target, const char *what, const char *which)
{
	SafiMark mark = { safi_report_add_file(targets->report, target->named, "", 0), 0, 0, 0 };
	safi_report_error(targets->report, mark, "%s%s", what, which);
}

/* The name that a file would get, its directory without links; it need not be there. */
static char *full_name(const char *path)
{
	char real[PATH_MAX];
	g_autofree char *directory = g_path_get_dirname(path), *base = g_path_get_basename(path);

	return g_build_filename(realpath(directory, real) ? real : directory, base, NULL);
}

/* Devices and pipes can be shared. */
static bool is_one_file(const char *a, const char *b)
{
	struct stat first, second;

	if (stat(a, &first) == 0 && stat(b, &second) == 0) {
		return S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
		       first.st_ino == second.st_ino;
	}
	g_autofree char *one = full_name(a), *other = full_name(b);
	return strcmp(one, other) == 0;
}

static bool is_output(const Target *target)
{
	return !g_str_has_prefix(target->named, "--");
}

static bool clash(const Targets *targets, const Target *target, const SafiRun *run)
{
	for (const Target *other = targets->all; other < target; other++) {
		if (!is_output(target) && is_one_file(other->path, target->path)) {
			tell(targets, target, "name another file; this one is that of ", other->named);
			return true;
		}
	}
	for (guint i = 0; !is_output(target) && !target->read && run->inputs[i]; i++) {
		if (strcmp(run->inputs[i], "-") != 0 && is_one_file(run->inputs[i], target->path)) {
			tell(targets, target, "would be written over the input ", run->inputs[i]);
			return true;
		}
	}
	return false;
}

static bool can_be_read(const Targets *targets, const Target *target)
{
	struct stat info;

	if (stat(target->path, &info) == 0 && S_ISDIR(info.st_mode)) {
		errno = EISDIR;
	} else if (access(target->path, R_OK) == 0) {
		return true;
	}
	tell(targets, target, "cannot be read: ", g_strerror(errno));
	return false;
}

/* What there is, or else the directory it would be in. */
static bool can_be_written(const Targets *targets, const Target *target)
{
	struct stat info;
	bool there = stat(target->path, &info) == 0;
	g_autofree char *directory = g_path_get_dirname(target->path);

	if (there && S_ISDIR(info.st_mode)) {
		errno = EISDIR;
	} else if (access(there ? target->path : directory, W_OK) == 0) {
		return true;
	}
	tell(targets, target, "cannot be written: ", g_strerror(errno));
	return false;
}

static bool can_be_had(const Targets *targets, const Target *target)
{
	return target->read ? can_be_read(targets, target) : can_be_written(targets, target);
}

int safi_targets_check(const SafiPipeline *pipeline, const SafiRun *run, SafiReport *report)
{
	Targets targets = { .report = report };
	int status = SAFI_EXIT_OK;

	add_all(&targets, pipeline, run);
	for (guint i = 0; i < targets.n; i++) {
		const Target *target = &targets.all[i];
		if (clash(&targets, target, run)) {
			status = SAFI_EXIT_USAGE;
		} else if (target->looked_at && !can_be_had(&targets, target) &&
		           status == SAFI_EXIT_OK) {
			status = SAFI_EXIT_FAILED;
		}
	}
	clear(&targets);
	return status;
}
