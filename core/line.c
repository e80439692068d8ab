#include "line.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void safi_line_add(SafiLine *line, const char *text, size_t len)
{
	const size_t room = sizeof line->text - 1 - line->len; /* the LF must always fit */

	len = len < room ? len : room;
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];
		line->text[line->len++] = c < 0x20 || c == 0x7F ? '?' : text[i];
	}
}

void safi_line_add_string(SafiLine *line, const char *text)
{
	safi_line_add(line, text, strlen(text));
}

void safi_line_add_number(SafiLine *line, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
	} while ((number /= 10) > 0);
	safi_line_add(line, digits + at, sizeof digits - at);
}

void safi_line_say(SafiLine *line)
{
	const int kept = errno;

	line->text[line->len++] = '\n';
	ssize_t written = write(STDERR_FILENO, line->text, line->len);
	(void)written; /* there is nobody left to tell */
	errno = kept;
}
