#include "output.h"

#include "fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GATHERED = 64 * 1024 };

struct safi_output {
	char *path, *part; /* NULL: stdout */
	int fd;            /* -1: the writer's own */
	bool direct;       /* the path is a device or a pipe: written as it is */
	bool committed;    /* or left: what was written stays */
	bool muted;
	guint64 length;    /* of the file, with what is gathered */
	GError *error;
	size_t len;
	uint8_t gathered[GATHERED];
};

static void set_error(GError **error, const char *doing, const char *name)
{
	if (error && !*error) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "cannot %s %s: %s",
		            doing, name, g_strerror(errno));
	}
}

static bool leads_to_stdout(const char *path)
{
	struct stat file, out;

	return stat(path, &file) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
	       file.st_dev == out.st_dev && file.st_ino == out.st_ino;
}

/* The file that is to be replaced: the one behind a link, not the link. */
static char *behind_links(const char *path)
{
	g_autofree char *target = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL)
	                                                                    : NULL;

	return g_strdup(target ? target : path);
}

/* What stands there now: a directory is a mistake; /dev/null, a terminal or a named pipe cannot be
 * replaced by renaming. */
static bool look_at(safi_output *output)
{
	struct stat info;
	const bool there = stat(output->path, &info) == 0;

	if (there && S_ISDIR(info.st_mode)) {
		errno = EISDIR;
		return false;
	}
	output->direct = there && !S_ISREG(info.st_mode);
	output->part = output->direct ? g_strdup(output->path)
	                              : g_strconcat(output->path, ".part", NULL);
	return true;
}

/* What an earlier run has left, cut to what is known to be good. */
static bool reopen_file(safi_output *output, bool own)
{
	struct stat info;

	if (!look_at(output)) {
		return false;
	}
	if (own) {
		return stat(output->part, &info) == 0;
	}
	output->fd = open(output->part, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (output->fd < 0 || fstat(output->fd, &info) < 0) {
		return false;
	}
	if ((guint64)info.st_size < output->length) {
		g_set_error(&output->error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
		            "%s is shorter than it was: records are lost", output->part);
		return false;
	}
	return ftruncate(output->fd, (off_t)output->length) == 0 &&
	       lseek(output->fd, 0, SEEK_END) >= 0;
}

static bool open_file(safi_output *output, bool own)
{
	if (!look_at(output)) {
		return false;
	}
	if (!own) {
		output->fd = open(output->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
		                  0666);
		return output->fd >= 0;
	}
	/* The writer would go on with what a killed run has left. */
	if (!output->direct) {
		unlink(output->part);
	}
	return true;
}

safi_output *safi_output_open(const char *path, bool own, GError **error)
{
	safi_output *output = g_new(safi_output, 1);
	bool good;

	*output = (safi_output){.fd = -1};
	if (!path || (!own && leads_to_stdout(path))) {
		output->fd = dup(STDOUT_FILENO);
		good = output->fd >= 0;
	} else {
		output->path = behind_links(path);
		good = open_file(output, own);
	}
	if (!good) {
		set_error(error, "write to", safi_output_name(output));
		output->committed = true; /* there is nothing of ours to remove */
		g_clear_pointer(&output, safi_output_close);
	}
	return output;
}

safi_output *safi_output_reopen(const char *path, bool own, guint64 length, GError **error)
{
	safi_output *output = g_new(safi_output, 1);

	*output = (safi_output){.fd = -1, .length = length, .committed = true};
	output->path = behind_links(path);
	if (!reopen_file(output, own)) {
		set_error(&output->error, "go on with", output->part ? output->part : path);
		g_propagate_error(error, g_steal_pointer(&output->error));
		g_clear_pointer(&output, safi_output_close);
	}
	return output;
}

bool safi_output_is_left(const char *path)
{
	g_autofree char *target = behind_links(path);
	g_autofree char *part = g_strconcat(target, ".part", NULL);

	return g_file_test(part, G_FILE_TEST_EXISTS);
}

bool safi_output_is_file(const safi_output *output)
{
	return output->path && !output->direct;
}

void safi_output_mute(safi_output *output, bool mute)
{
	output->muted = mute;
}

void safi_output_keep(safi_output *output)
{
	output->committed = true;
}

bool safi_output_sync(safi_output *output, guint64 *length)
{
	if (output->fd >= 0 && safi_output_flush(output) && !safi_fd_sync(output->fd)) {
		set_error(&output->error, "write to", safi_output_name(output));
	}
	*length = output->length;
	return !output->error;
}

bool safi_output_stat(const safi_output *output, struct stat *file)
{
	return output->fd >= 0 ? fstat(output->fd, file) == 0
	                       : output->part && stat(output->part, file) == 0;
}

static bool write_all(safi_output *output, const uint8_t *bytes, size_t len)
{
	if (!output->error && !safi_fd_write(output->fd, bytes, len)) {
		set_error(&output->error, "write to", safi_output_name(output));
	}
	return !output->error;
}

bool safi_output_flush(safi_output *output)
{
	const size_t len = output->len;

	output->len = 0;
	return write_all(output, output->gathered, len);
}

bool safi_output_write(safi_output *output, safi_bytes bytes)
{
	if (output->muted) {
		return !output->error;
	}
	output->length += bytes.len;
	if (output->len + bytes.len > GATHERED && !safi_output_flush(output)) {
		return false;
	}
	if (bytes.len >= GATHERED) {
		return write_all(output, bytes.ptr, bytes.len);
	}
	if (bytes.len) {
		memcpy(output->gathered + output->len, bytes.ptr, bytes.len);
	}
	output->len += bytes.len;
	return !output->error;
}

const GError *safi_output_error(const safi_output *output)
{
	return output->error;
}

const char *safi_output_path(const safi_output *output)
{
	return output->part ? output->part : "";
}

const char *safi_output_name(const safi_output *output)
{
	return output->path ? output->path : "stdout";
}

/* The rename is durable when the directory is.  One that may be written to and not be read cannot
 * be synced. */
static void sync_directory(safi_output *output)
{
	g_autofree char *directory = g_path_get_dirname(output->path);
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		if (!safi_fd_sync(fd)) {
			set_error(&output->error, "write to the directory of", output->path);
		}
		close(fd);
	}
}

static bool close_fd(safi_output *output)
{
	if (output->path && !output->direct && !safi_fd_sync(output->fd)) {
		set_error(&output->error, "write to", output->path);
	}
	if (close(output->fd) < 0 && errno != EINTR) {
		set_error(&output->error, "close", safi_output_name(output));
	}
	output->fd = -1;
	return !output->error;
}

static void finish_writing(safi_output *output)
{
	if (output->fd >= 0) {
		safi_output_flush(output);
		close_fd(output);
	}
}

bool safi_output_leave(safi_output *output)
{
	finish_writing(output);
	output->committed = !output->error;
	return output->committed && output->path && !output->direct;
}

bool safi_output_commit(safi_output *output, GError **error)
{
	finish_writing(output);
	if (!output->error && output->path && !output->direct) {
		if (rename(output->part, output->path) < 0) {
			set_error(&output->error, "rename the finished file to", output->path);
		} else {
			sync_directory(output);
		}
	}
	if (output->error) {
		g_propagate_error(error, g_error_copy(output->error));
		return false;
	}
	return output->committed = true;
}

void safi_output_close(safi_output *output)
{
	if (!output) {
		return;
	}
	if (output->fd >= 0) {
		close(output->fd);
	}
	if (output->part && !output->committed && !output->direct) {
		unlink(output->part);
	}
	g_clear_error(&output->error);
	g_free(output->path);
	g_free(output->part);
	g_free(output);
}
