/* JSON Lines, read and written: what is accepted goes out as it came, to the byte.
 *
 * The first byte chooses the reader's options and the limit of a record; a digit or letter will
 * do. */
#include "fuzz.h"
#include "host.h"
#include "pipe.h"
#include "views.h"

#include <string.h>

enum { SHORT = 40 };

static const char *const options[] = { "{}", "{text: body}" };

static uint32_t bom_at(safi_bytes file, size_t begin, size_t end)
{
	return begin == 0 && end >= 3 && memcmp(file.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* The next line that is not blank, without its LF: what a record should be.  Of one that is over
 * the limit nobody knows whether it is blank.  False at the end. */
static bool next_line(safi_bytes file, size_t limit, size_t *at, safi_span *line)
{
	while (*at < file.len) {
		const uint8_t *lf = memchr(file.ptr + *at, '\n', file.len - *at);
		size_t begin = *at, end = lf ? (size_t)(lf - file.ptr) : file.len;
		*at = end + (lf != NULL);
		*line = (safi_span){ (uint32_t)begin + bom_at(file, begin, end), (uint32_t)end };
		size_t blank = line->begin;
		while (blank < end && strchr(" \t\r", file.ptr[blank]) && file.ptr[blank]) {
			blank++;
		}
		if (blank < end || end - begin > limit) {
			return true;
		}
	}
	return false;
}

/* Each field reads like what it holds, in one way. */
static void hold_field(const safi_record *record, safi_key key)
{
	const safi_host *host = safi_host_table();
	safi_text json, text;
	int64_t whole;
	double real;
	bool truth;
	fuzz_hold(host->type(record, 0, key) == SAFI_JSON, "a member is of type %d",
	          host->type(record, 0, key));
	fuzz_hold(host->get_json(record, 0, key, SAFI_WHOLE, &json) && json.len > 0,
	          "a member has no value");
	uint32_t n = host->count(record, 0, key);
	fuzz_hold(*json.ptr == '[' || n == (*json.ptr != 'n'), "%.*s is %u values", (int)json.len,
	          json.ptr, n);
	for (uint32_t i = 0; i < n; i++) {
		bool is_text = host->get_text(record, 0, key, i, &text);
		bool is_int = host->get_int(record, 0, key, i, &whole);
		bool is_real = host->get_real(record, 0, key, i, &real);
		bool is_bool = host->get_bool(record, 0, key, i, &truth);
		fuzz_hold(is_text + (is_int || is_real) + is_bool <= 1, "a value is two things");
		fuzz_hold(!is_text || host->utf8((safi_bytes){ (const uint8_t *)text.ptr, text.len }) ==
		                              text.len, "a text is not UTF-8");
		fuzz_hold(host->get_json(record, 0, key, i, &json), "value %u of %u is none", i, n);
	}
}

static void hold_record(FuzzPipe *pipe, safi_bytes line)
{
	const safi_host *host = safi_host_table();
	safi_record *record = pipe->record;
	const safi_key *keys;
	uint32_t n = host->keys(record, 0, &keys);
	for (uint32_t i = 0; i < n; i++) {
		hold_field(record, keys[i]);
	}
	views_hold(record);
	safi_status status = fuzz_pipe_write(pipe);
	fuzz_hold(status == SAFI_KEEP, "the writer refuses what the reader takes");
	const SafiBuffer *out = &record->rendered;
	fuzz_hold(out->len == line.len + 1 && memcmp(out->data, line.ptr, line.len) == 0 &&
	          out->data[line.len] == '\n', "%.*s goes out as %.*s", (int)line.len,
	          (const char *)line.ptr, (int)out->len, (const char *)out->data);
}

/* An input that is no JSON Lines may be refused as a whole: once, and nothing of it is read. */
static bool is_refusal(const safi_record *record)
{
	static const char *const codes[] = { "not-json-lines", "looks-like-html", "looks-like-binary",
	                                     NULL };
	g_autofree char *code = g_strndup(record->reason.code.ptr, record->reason.code.len);
	g_autofree char *message = g_strndup(record->reason.message.ptr, record->reason.message.len);
	return g_strv_contains(codes, code) ||
	       (strcmp(code, "not-utf-8") == 0 && strstr(message, "iconv") != NULL);
}

static void try_file(FuzzPipe *pipe, safi_bytes file, size_t limit)
{
	g_autoptr(safi_input) input = fuzz_input(file, limit);
	const safi_record *record = pipe->record;
	size_t at = 0, records = 0;
	safi_span line;
	for (; next_line(file, limit, &at, &line); records++) {
		safi_status status = fuzz_pipe_read(pipe, input);
		if (records == 0 && status == SAFI_FAIL && is_refusal(record)) {
			break;
		}
		/* The mark counts, and is told to be part of a line that is too long. */
		uint32_t bom = line.begin == 3 ? bom_at(file, 0, line.end) : 0;
		bool is_long = line.end - line.begin + bom > limit;
		line.begin -= is_long ? bom : 0;
		fuzz_hold(status == SAFI_KEEP || status == SAFI_FAIL, "the line at %u has status %d",
		          line.begin, status);
		fuzz_hold(record->origin_begin == line.begin && record->origin_end == line.end,
		          "the line at %u is told to be at %zu", line.begin,
		          (size_t)record->origin_begin);
		fuzz_hold(!is_long || status == SAFI_FAIL, "a line over the limit is read");
		if (status == SAFI_KEEP) {
			hold_record(pipe, (safi_bytes){ file.ptr + line.begin, line.end - line.begin });
		}
	}
	fuzz_hold(fuzz_pipe_read(pipe, input) == SAFI_END, "there is a record behind the last line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	safi_bytes file = { data, size };
	uint32_t choice = fuzz_choice(&file, 4);
	FuzzPipe *pipe = fuzz_pipe(options[choice % 2]);
	fuzz_hold(pipe != NULL, "the stages are refused");
	if (!fuzz_is_packed(file)) {
		try_file(pipe, file, choice < 2 ? 8 << 20 : SHORT);
	}
	return 0;
}
