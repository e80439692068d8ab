#include "log.h"

#include "lock.h"
#include "message.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define WIPE "\r\033[K"

static int32_t shown = SAFI_LOG_WARNING;
static SafiLogSink sink;
static void *sink_data;

/* Messages and the status take turns. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char *status;
static atomic_bool has_status; /* for who cannot wait for a turn */

void safi_log_set_level(int32_t level)
{
	shown = level;
}

void safi_log_set_sink(SafiLogSink to, void *data)
{
	sink = to;
	sink_data = data;
}

static void say(int32_t level, const char *place, const char *format, va_list arguments)
{
	if (level > shown) {
		return;
	}
	g_autofree char *sentence = g_strdup_vprintf(format, arguments);
	if (sink) {
		sink(sink_data, level, place, sentence);
		return;
	}
	g_autoptr(GString) line = g_string_new(NULL);
	SAFI_LOCK(&turn);
	g_string_append(line, status ? WIPE : "");
	safi_message_add(line, safi_message_colours(stderr), level, place, sentence);
	g_string_append(line, status ? status : "");
	fputs(line->str, stderr);
}

void safi_log(int32_t level, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(level, NULL, format, arguments);
	va_end(arguments);
}

void safi_log_at(int32_t level, const char *place, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(level, place, format, arguments);
	va_end(arguments);
}

void safi_log_set_status(const char *text)
{
	SAFI_LOCK(&turn);

	if (text) {
		g_autofree char *line = g_strconcat(WIPE, text, NULL);
		fputs(line, stderr);
	} else if (status) {
		fputs(WIPE, stderr);
	}
	g_free(status);
	status = g_strdup(text);
	has_status = text != NULL;
}

void safi_log_wipe_status(void)
{
	const int kept = errno;

	if (has_status) {
		ssize_t written = write(STDERR_FILENO, WIPE, strlen(WIPE));
		(void)written; /* what comes next is still said, behind it */
	}
	errno = kept;
}
