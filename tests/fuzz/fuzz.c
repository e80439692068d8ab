#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* GLib goes on after a wrong call; here it is a finding. */
static void fail_on_log(const char *domain, GLogLevelFlags level, const char *message,
                        gpointer unused)
{
	fuzz_hold(level > G_LOG_LEVEL_WARNING, "%s: %s", domain ? domain : "GLib", message);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	g_log_set_default_handler(fail_on_log, NULL);
	g_setenv("SAFI_FUZZ", "a value", TRUE); /* for !env */
	return 0;
}

void fuzz_hold(bool law, const char *format, ...)
{
	if (law) {
		return;
	}
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	fprintf(stderr, "A law is broken: %s\n", what);
	abort();
}

const char *fuzz_file(safi_bytes bytes)
{
	static int fd = -1;
	static char path[64];
	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	bool good = ftruncate(fd, 0) == 0 &&
	            pwrite(fd, bytes.ptr, bytes.len, 0) == (ssize_t)bytes.len;
	fuzz_hold(good, "there is no file in memory");
	return path;
}

uint32_t fuzz_choice(safi_bytes *bytes, uint32_t n)
{
	if (bytes->len == 0) {
		return 0;
	}
	uint32_t byte = *bytes->ptr++;
	bytes->len--;
	return byte >= '0' ? (byte - '0') % n : byte % n;
}

char **fuzz_words(safi_bytes *bytes)
{
	const uint8_t *split = bytes->len ? memchr(bytes->ptr, '\f', bytes->len) : NULL;
	if (split == NULL) {
		return NULL;
	}
	g_autofree char *words = g_strndup((const char *)split + 1,
	                                   (gsize)(bytes->ptr + bytes->len - split - 1));
	bytes->len = (size_t)(split - bytes->ptr);
	g_strchomp(words);
	return g_strsplit(words, "\n", 8);
}
