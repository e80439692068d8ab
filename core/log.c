#include "log.h"

#include "message.h"

static int32_t shown = SAFI_LOG_WARNING;
static SafiLogSink sink;
static void *sink_data;

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
	safi_message_add(line, safi_message_colours(stderr), level, place, sentence);
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
