#include "letter.h"

#include "fd.h"
#include "json.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct SafiLetters {
	char *path;
	int fd; /* -1 before the first letter */
	SafiBuffer line;
};

SafiLetters *safi_letters_new(const char *path)
{
	SafiLetters *letters = g_new0(SafiLetters, 1);

	letters->path = g_strdup(path);
	letters->fd = -1;
	return letters;
}

static bool failed(const SafiLetters *letters, GError **error)
{
	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
	            "cannot write the dead letter to %s: %s; --dead names another file", letters->path,
	            g_strerror(errno));
	return false;
}

bool safi_letters_close(SafiLetters *letters, GError **error)
{
	bool good = true;

	if (letters->fd >= 0) {
		good = safi_fd_sync(letters->fd) || failed(letters, error);
		if (close(letters->fd) != 0 && good) {
			good = failed(letters, error);
		}
	}
	letters->fd = -1;
	return good;
}

void safi_letters_free(SafiLetters *letters)
{
	if (letters) {
		safi_letters_close(letters, NULL);
		safi_buffer_clear(&letters->line);
		g_free(letters->path);
		g_free(letters);
	}
}

bool safi_letters_sync(SafiLetters *letters, guint64 *length, GError **error)
{
	struct stat file = {0};

	if (letters->fd >= 0 && !safi_fd_sync(letters->fd)) {
		return failed(letters, error);
	}
	*length = safi_letters_stat(letters, &file) ? (guint64)file.st_size : 0;
	return true;
}

bool safi_letters_cut(SafiLetters *letters, guint64 length, GError **error)
{
	struct stat file = {0};

	if (!safi_letters_stat(letters, &file) && length == 0) {
		return true;
	}
	if ((guint64)file.st_size < length) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
		            "%s is shorter than it was: dead letters are lost", letters->path);
		return false;
	}
	return !S_ISREG(file.st_mode) || (guint64)file.st_size == length ||
	       truncate(letters->path, (off_t)length) == 0 || failed(letters, error);
}

bool safi_letters_stat(const SafiLetters *letters, struct stat *file)
{
	return stat(letters->path, file) == 0;
}

const char *safi_letters_path(const SafiLetters *letters)
{
	return letters->path;
}

static void add(SafiBuffer *line, const char *string)
{
	safi_buffer_add(line, string, strlen(string));
}

static void add_number(SafiBuffer *line, const char *name, uint64_t number)
{
	char digits[32];

	add(line, name);
	g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, number);
	add(line, digits);
}

static void add_raw(SafiBuffer *line, safi_bytes raw)
{
	if (safi_utf8_prefix(raw) == raw.len) {
		add(line, "{\"raw\":");
		safi_json_escape(line, (safi_text){(const char *)raw.ptr, raw.len});
	} else {
		g_autofree char *base64 = g_base64_encode(raw.ptr, raw.len);
		add(line, "{\"raw_base64\":\"");
		add(line, base64);
		add(line, "\"");
	}
}

static void add_text(SafiBuffer *line, const char *name, safi_text text)
{
	add(line, name);
	safi_json_escape(line, text);
}

/* What happened to it at one step, as members of an object that is open. */
static void add_events(SafiBuffer *line, const SafiTrail *trail, guint at)
{
	for (const SafiEvent *event = trail->first; event; event = event->next) {
		if (event->at != at) {
			continue;
		}
		switch (event->kind) {
		case SAFI_EVENT_KEPT:
			add_text(line, ",\"kept\":", event->code);
			add_text(line, ",\"message\":", event->message);
			break;
		case SAFI_EVENT_EMITTED:
			add(line, ",\"emitted\":true");
			break;
		case SAFI_EVENT_HELD:
			add(line, ",\"held\":true");
			break;
		default:
			break;
		}
	}
}

static void add_trail(SafiBuffer *line, const safi_record *record, const GPtrArray *chain,
                      guint at)
{
	add(line, ",\"trail\":[");
	for (guint i = 0; i <= at; i++) {
		const SafiInstances *where = chain->pdata[i];
		add_text(line, i ? ",{\"stage\":" : "{\"stage\":", safi_str(where->step->label));
		add_events(line, &record->trail, i);
		add(line, "}");
	}
	add(line, "]");
}

static void add_letter(SafiBuffer *line, const safi_record *record, const GPtrArray *chain,
                       guint at)
{
	const SafiInstances *where = chain->pdata[at];

	add_raw(line, record->views.raw);
	add(line, record->cut ? ",\"whole\":false" : "");
	add_text(line, ",\"origin\":{\"name\":", record->origin_name);
	add_number(line, ",\"begin\":", record->origin_begin);
	add_number(line, ",\"end\":", record->origin_end);
	add_number(line, ",\"record\":", record->number);
	add_text(line, "},\"stage\":", safi_str(where->step->label));
	add_text(line, ",\"code\":", record->reason.code);
	add_text(line, ",\"message\":", record->reason.message);
	add_trail(line, record, chain, at);
	add_text(line, ",\"plugin\":", safi_str(where->plugin));
	add(line, ",\"safi\":\"" SAFI_VERSION "\"}\n");
}

static bool open_file(SafiLetters *letters)
{
	if (letters->fd < 0) {
		letters->fd = open(letters->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	}
	return letters->fd >= 0;
}

bool safi_letters_write(SafiLetters *letters, const safi_record *record, const GPtrArray *chain,
                        guint at, GError **error)
{
	safi_buffer_reset(&letters->line);
	add_letter(&letters->line, record, chain, at);
	if (letters->line.failed) {
		errno = ENOMEM;
		return failed(letters, error);
	}
	if (!open_file(letters)) {
		return failed(letters, error);
	}
	/* One write a letter, so that two runs that append to one file do not mix their lines. */
	return safi_fd_write(letters->fd, letters->line.data, letters->line.len) ||
	       failed(letters, error);
}
