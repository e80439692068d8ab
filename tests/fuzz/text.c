/* Pages of text, read and written.
 *
 * The first byte chooses per=file or per=line and the limit of a record, the second the encoding,
 * where the reader has such an option; digits and letters will do. */
#include "fuzz.h"
#include "host.h"
#include "pipe.h"
#include "views.h"

#include <string.h>

enum { SHORT = 40, LONG = 8 << 20 };

/* For a reader that takes any name. */
static const char *const any_encodings[] = { "utf-8", "windows-1256", "iso-8859-6", "utf-16",
                                             "utf-16le", "utf-16be", NULL };

static const char *const *encodings(void)
{
	const safi_option *const *option = fuzz_pipe_stage(SAFI_READS)->options;
	for (; *option != NULL; option++) {
		if (strcmp((*option)->name, "encoding") == 0) {
			return (*option)->choices ? (*option)->choices : any_encodings;
		}
	}
	return NULL;
}

/* NULL: the reader does not know that encoding. */
static FuzzPipe *choose(safi_bytes *file, bool per_line)
{
	const char *const *names = encodings();
	guint n = names ? g_strv_length((char **)names) : 0;
	uint32_t encoding = fuzz_choice(file, n + 1);
	g_autofree char *option =
		encoding < n ? g_strdup_printf(", encoding: '%s'", names[encoding]) : g_strdup("");
	g_autofree char *options = g_strdup_printf("{per: %s%s}", per_line ? "line" : "file", option);
	return fuzz_pipe(options);
}

/* Nothing that says something lies between two records.  Of white space in UTF-16 only U+3000 has a
 * byte that looks like it. */
static void hold_gap(safi_bytes file, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		fuzz_hold(!g_ascii_isalnum(file.ptr[i]) || file.ptr[i] == (0x3000 >> 8),
		          "the byte at %zu is in no record", i);
	}
}

/* A dead letter may speak for more than its bytes: for the rest of a line that was too long, or for
 * all of an input that is no text. */
static bool speaks_for_more(const safi_record *record)
{
	static const char *const codes[] = { "record-too-long", "looks-like-html", "looks-like-binary",
	                                     NULL };
	g_autofree char *code = g_strndup(record->reason.code.ptr, record->reason.code.len);
	return record->reason.status == SAFI_FAIL && g_strv_contains(codes, code);
}

static void hold_kept(FuzzPipe *pipe)
{
	const safi_host *host = safi_host_table();
	safi_record *record = pipe->record;
	const safi_view *views;
	fuzz_hold(host->views(record, &views) == 1 && host->view(record, host->name(record,
	          safi_str("page"))) == views[0], "the page is not the only view");
	views_hold(record);
	safi_text page = host->view_text(record, views[0]);
	safi_status status = fuzz_pipe_write(pipe);
	const SafiBuffer *out = &record->rendered;
	fuzz_hold(status == SAFI_KEEP && out->len >= page.len &&
	          memcmp(out->data, page.ptr, page.len) == 0, "the page is not what is written");
}

static void hold_raw(const safi_record *record, safi_bytes file)
{
	safi_bytes raw = safi_host_table()->raw(record);
	uint64_t begin = record->origin_begin, end = record->origin_end;
	fuzz_hold(begin <= end && end <= file.len, "a record at %zu to %zu", (size_t)begin,
	          (size_t)end);
	/* Of a record that is too long only the first bytes are kept. */
	fuzz_hold(raw.len <= end - begin &&
	          (raw.len == 0 || memcmp(raw.ptr, file.ptr + begin, raw.len) == 0),
	          "the bytes of a record are not where it says");
}

static void try_file(FuzzPipe *pipe, safi_bytes file, bool per_line, size_t limit)
{
	g_autoptr(safi_input) input = fuzz_input(file, limit);
	const safi_record *record = pipe->record;
	size_t behind = 0, records = 0;
	bool covered = false;
	for (safi_status status; (status = fuzz_pipe_read(pipe, input)) != SAFI_END; records++) {
		hold_raw(record, file);
		fuzz_hold(record->origin_begin >= behind, "a record begins in the one before");
		hold_gap(file, covered ? record->origin_begin : behind, record->origin_begin);
		behind = record->origin_end;
		covered = speaks_for_more(record);
		if (status == SAFI_KEEP) {
			hold_kept(pipe);
		}
	}
	hold_gap(file, covered ? file.len : behind, file.len);
	fuzz_hold(per_line || records == 1, "a file is %zu pages", records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	safi_bytes file = { data, size };
	uint32_t choice = fuzz_choice(&file, 4);
	bool per_line = choice % 2;
	FuzzPipe *pipe = choose(&file, per_line);
	if (pipe != NULL && !fuzz_is_packed(file)) {
		try_file(pipe, file, per_line, choice < 2 ? LONG : SHORT);
	}
	return 0;
}
