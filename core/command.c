#include "command.h"

#include "log.h"
#include "suggest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int safi_command_print(const char *text)
{
	errno = 0;
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0) {
		return SAFI_EXIT_OK;
	}
	safi_log(SAFI_LOG_ERROR, "cannot write to stdout: %s", g_strerror(errno));
	return SAFI_EXIT_FAILED;
}

int safi_command_misused(const char *usage, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	safi_log(SAFI_LOG_ERROR, "%s", what);
	fprintf(stderr, "%.*s\n", (int)strcspn(usage, "\n"), usage);
	return SAFI_EXIT_USAGE;
}

/* GLib's sentence ends with the word as typed, "--jbos" or "-x". */
static int tell_unknown(const GOptionEntry *entries, const char *usage, const char *said)
{
	const char *dash = strchr(said, '-');
	g_auto(GStrv) parts = g_strsplit(dash ? dash : said, "=", 2);
	const char *word = parts[0];
	SafiSuggest suggest;

	safi_suggest_begin(&suggest, g_str_has_prefix(word, "--") ? word + 2 : "");
	for (; entries->long_name; entries++) {
		safi_suggest_try(&suggest, entries->long_name);
	}
	safi_suggest_try(&suggest, "help");
	return suggest.name ? safi_command_misused(usage, "there is no option %s; did you mean '--%s'?",
	                                           word, suggest.name)
	                    : safi_command_misused(usage, "there is no option %s", word);
}

/* GLib's sentences name the option last, "Missing argument for -o", and the value between curly
 * quotation marks. */
static int tell_bad_value(const char *usage, const char *said)
{
	const char *option = strchr(said, '-'), *open = strstr(said, "“"), *close = strstr(said, "”");
	const char *behind = strstr(said, " for -");

	option = behind ? behind + strlen(" for ") : option;
	if (!option) {
		return safi_command_misused(usage, "%s", said);
	}
	if (!open || !close) {
		return safi_command_misused(usage, "%s wants a value behind it", option);
	}
	open += strlen("“");
	return safi_command_misused(usage, "%.*s wants a whole number, not '%.*s'",
	                            (int)strcspn(option, " "), option, (int)(close - open), open);
}

static int tell_mistake(const GOptionEntry *entries, const char *usage, const GError *error)
{
	switch (error->code) {
	case G_OPTION_ERROR_UNKNOWN_OPTION:
		return tell_unknown(entries, usage, error->message);
	case G_OPTION_ERROR_BAD_VALUE:
		return tell_bad_value(usage, error->message);
	default:
		return safi_command_misused(usage, "%s", error->message);
	}
}

bool safi_command_parse(const GOptionEntry *entries, char **argv, const char *usage, int *status)
{
	gboolean help = FALSE;
	const GOptionEntry helps[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, helps, NULL);
	g_auto(GStrv) words = g_strdupv(argv);
	if (g_option_context_parse_strv(context, &words, &error)) {
		*status = help ? safi_command_print(usage) : SAFI_EXIT_OK;
		return !help;
	}
	*status = tell_mistake(entries, usage, error);
	return false;
}
