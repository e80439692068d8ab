#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int safi_command_print(const char *text)
{
	errno = 0;
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0) {
		return SAFI_EXIT_OK;
	}
	fprintf(stderr, "safi: cannot write to stdout: %s\n", g_strerror(errno));
	return SAFI_EXIT_FAILED;
}

int safi_command_misused(const char *usage, const char *format, ...)
{
	va_list args;

	fputs("safi: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n%.*s\n", (int)strcspn(usage, "\n"), usage);
	return SAFI_EXIT_USAGE;
}
