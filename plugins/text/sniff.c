#include "sniff.h"
#include "textkit/space.h"
#include <strings.h>

/* How far "early on" reaches, and how many tags there are many: a hand-labelled page as text has
 * none, an HTML page without its head has dozens. */
enum { HTML_WINDOW = 4096, HTML_TAGS = 10 };

typedef struct Magic { const char *bytes; size_t len; const char *code, *message; } Magic;

#define MAGIC(bytes, code, message) { bytes, sizeof(bytes) - 1, code, message }
#define BINARY(bytes, message) MAGIC(bytes, "looks-like-binary", message)

/* The four bytes of UTF-32 begin with the two of UTF-16, so they come first. */
static const Magic magics[] = {
	MAGIC("\xff\xfe\0\0", "not-utf-8", "a UTF-32 byte order mark: only UTF-8 is read"),
	MAGIC("\0\0\xfe\xff", "not-utf-8", "a UTF-32 byte order mark: only UTF-8 is read"),
	MAGIC("\xff\xfe", "not-utf-8", "a UTF-16 byte order mark: only UTF-8 is read"),
	MAGIC("\xfe\xff", "not-utf-8", "a UTF-16 byte order mark: only UTF-8 is read"),
	BINARY("\x1f\x8b", "gzip data, not a page of text"),
	BINARY("\x28\xb5\x2f\xfd", "zstd data, not a page of text"),
	BINARY("\xfd" "7zXZ\0", "xz data, not a page of text"),
	BINARY("BZh", "bzip2 data, not a page of text"),
	BINARY("PK\x03\x04", "a zip archive or office document, not a page of text"),
	BINARY("%PDF-", "a PDF document, not a page of text"),
	BINARY("\x89PNG\r\n\x1a\n", "a PNG image, not a page of text"),
	BINARY("\xff\xd8\xff", "a JPEG image, not a page of text"),
	BINARY("SQLite format 3\0", "an SQLite database, not a page of text"),
};

TextReason text_sniff_binary(safi_bytes bytes)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const Magic *magic = &magics[i];
		if (bytes.len >= magic->len && memcmp(bytes.ptr, magic->bytes, magic->len) == 0)
			return (TextReason){ magic->code, magic->message };
	}
	if (bytes.len > 0 && memchr(bytes.ptr, 0, bytes.len) != NULL)
		return (TextReason){ "looks-like-binary",
			"a NUL byte: binary data, or UTF-16 without a byte order mark" };
	return (TextReason){ NULL, NULL };
}

static bool begins(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(end - at) >= len && strncasecmp(at, word, len) == 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool opens_tag(const char *at, const char *end)
{
	if (end - at < 2 || at[0] != '<')
		return false;
	return is_letter(at[1]) || (end - at > 2 && at[1] == '/' && is_letter(at[2]));
}

bool text_sniff_html(safi_text text)
{
	text = safi_space_trim(text);
	const char *at = text.ptr, *end = text.ptr + text.len;
	if (begins(at, end, "<!doctype html") || begins(at, end, "<html"))
		return true;
	if (end - at > HTML_WINDOW)
		end = at + HTML_WINDOW;
	unsigned tags = 0;
	for (; at < end && tags < HTML_TAGS; at++)
		tags += opens_tag(at, end);
	return tags == HTML_TAGS;
}

size_t text_sniff_bom(safi_bytes bytes)
{
	return bytes.len >= 3 && memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool text_sniff_blank(safi_text text)
{
	return safi_space_trim(text).len == 0;
}
