/* Dead letters, read and written: a record of a letter makes the same letter again, and what is no
 * letter fails as the line that it is.
 *
 * The first byte chooses the limit of a record. */
#include "fuzz.h"
#include "input.h"
#include "letter.h"
#include "replay.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t limits[] = { 8 << 20, 40 };

/* The next line that is not blank, without its LF; false at the end. */
static bool next_line(safi_bytes file, size_t *at, safi_bytes *line)
{
	while (*at < file.len) {
		const uint8_t *from = file.ptr + *at, *lf = memchr(from, '\n', file.len - *at);
		*line = (safi_bytes){ from, lf ? (size_t)(lf - from) : file.len - *at };
		*at += line->len + (lf != NULL);
		for (size_t i = 0; i < line->len; i++) {
			if (!g_ascii_isspace(from[i])) {
				return true;
			}
		}
	}
	return false;
}

static bool is_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

static bool is_code(const safi_record *record, const char *code)
{
	return is_equal(record->reason.code.ptr, record->reason.code.len, code, strlen(code));
}

/* Empty, and good for one letter. */
static const char *other_file(void)
{
	static char path[64];
	static int fd = -1;
	if (fd < 0) {
		fd = memfd_create("letter", MFD_CLOEXEC);
		g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	fuzz_hold(ftruncate(fd, 0) == 0, "there is no file in memory");
	return path;
}

static void write_letter(safi_record *record, const char *path)
{
	static const SafiReason odd = { SAFI_FAIL, { "odd", 3 }, { "", 0 } };
	SafiStep step = { .label = (char *)"stage" };
	SafiInstances where = { .step = &step, .plugin = (char *)"plugin 1" };
	g_autoptr(GPtrArray) chain = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	SafiLetters *letters = safi_letters_new(path);
	g_ptr_array_add(chain, &where);
	record->reason = record->reason.status ? record->reason : odd;
	safi_letters_write(letters, record, chain, 0, &error);
	fuzz_hold(error == NULL, "the letter is not written: %s", error ? error->message : "");
	safi_letters_free(letters);
}

static void hold_again(safi_record *record, safi_status status, size_t limit)
{
	const char *path = other_file();
	write_letter(record, path);
	g_autoptr(SafiReplay) replay = safi_replay_open(path, limit, NULL);
	safi_record *again = safi_record_new();
	fuzz_hold(safi_replay_next(replay, again) == status, "the letter made again is another");
	fuzz_hold(status == SAFI_KEEP ||
	          is_equal(record->reason.code.ptr, record->reason.code.len,
	                   again->reason.code.ptr, again->reason.code.len),
	          "the letter made again fails otherwise");
	fuzz_hold(is_equal(record->views.raw.ptr, record->views.raw.len, again->views.raw.ptr,
	                   again->views.raw.len), "the bytes of the letter made again are others");
	fuzz_hold(is_equal(record->origin_name.ptr, record->origin_name.len, again->origin_name.ptr,
	                   again->origin_name.len) &&
	          record->origin_begin == again->origin_begin &&
	          record->origin_end == again->origin_end && record->number == again->number,
	          "the letter made again comes from elsewhere");
	safi_record_free(again);
}

static void hold_record(safi_record *record, safi_status status, safi_bytes line,
                        size_t begin, size_t limit)
{
	fuzz_hold(status == SAFI_KEEP || status == SAFI_FAIL, "a line has status %d", status);
	fuzz_hold(status == SAFI_KEEP || record->reason.message.len > 0, "a failure has no reason");
	fuzz_hold(status != SAFI_KEEP || record->views.raw.len <= limit, "a record is too long");
	if (status == SAFI_FAIL && is_code(record, "not-a-letter")) {
		fuzz_hold(is_equal(record->views.raw.ptr, record->views.raw.len, line.ptr, line.len),
		          "what is no letter is not the line");
		fuzz_hold(record->origin_begin == begin && record->origin_end == begin + line.len,
		          "the line at %zu is told to be at %zu", begin, (size_t)record->origin_begin);
	} else {
		hold_again(record, status, limit);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	safi_bytes file = { data, size }, line;
	const size_t limit = limits[fuzz_choice(&file, G_N_ELEMENTS(limits))];
	g_autoptr(SafiReplay) replay = safi_replay_open(fuzz_file(file), limit, NULL);
	safi_record *record = safi_record_new();
	for (size_t at = 0; next_line(file, &at, &line);) {
		safi_status status = safi_replay_next(replay, record);
		hold_record(record, status, line, (size_t)(line.ptr - file.ptr), limit);
		safi_record_reset(record);
	}
	fuzz_hold(safi_replay_next(replay, record) == SAFI_END, "there is a letter behind the last");
	safi_record_free(record);
	return 0;
}
