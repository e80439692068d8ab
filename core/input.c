#include "input.h"

#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* read(2) of 256 KiB: 5.6-6.5 GB/s with memchr over it; larger gains nothing, mmap under 10 %. */
enum { BLOCK = 256 * 1024, BLOCK_MIN = 4096 };

struct safi_input {
	char *name;
	SafiStream *stream;
	struct stat file;
	bool ended, rested;
	uint8_t line_end;
	size_t record_limit;
	SafiBlock *block;
	size_t record; /* where this next() began, in the block */
	size_t at;     /* of the next byte */
	bool handed;   /* this next() has pointers into the block */
	GPtrArray *retired; /* blocks that this next() has pointers into */
	SafiInputFault fault;
	char *fault_message;
};

/* --- opening ---------------------------------------------------------------------------------- */

static int open_fd(const char *path, GError **error)
{
	int fd = g_str_equal(path, "-") ? dup(STDIN_FILENO)
	                                : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s",
		            g_strerror(errno));
	}
	return fd;
}

safi_input *safi_input_open(const char *path, size_t record_limit, GError **error)
{
	struct stat info = {0};
	int fd = open_fd(path, error);

	if (fd < 0) {
		return NULL;
	}
	if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR, "%s", g_strerror(EISDIR));
		close(fd);
		return NULL;
	}
	safi_input *input = g_new0(safi_input, 1);
	/* A file's name may be any bytes; what is written of it is UTF-8. */
	input->name = g_str_equal(path, "-") ? g_strdup("stdin") : g_utf8_make_valid(path, -1);
	input->stream = safi_stream_new(fd);
	input->file = info;
	input->line_end = '\n';
	input->record_limit = record_limit;
	input->retired = g_ptr_array_new_with_free_func((GDestroyNotify)safi_block_unref);
	/* A small page does not need a large block; one byte more, so that one read sees its end. */
	size_t size = S_ISREG(info.st_mode) ? (size_t)info.st_size + 1 : BLOCK;
	input->block = safi_block_new(CLAMP(size, BLOCK_MIN, BLOCK));
	if (!input->block) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, g_strerror(ENOMEM));
		g_clear_pointer(&input, safi_input_close);
	}
	return input;
}

void safi_input_close(safi_input *input)
{
	if (!input) {
		return;
	}
	safi_stream_free(input->stream);
	safi_block_unref(input->block);
	g_ptr_array_free(input->retired, TRUE);
	g_free(input->fault_message);
	g_free(input->name);
	g_free(input);
}

void safi_input_on_wait(safi_input *input, void (*wait)(void *data), void *data)
{
	safi_stream_on_wait(input->stream, wait, data);
}

void safi_input_set_line_end(safi_input *input, uint8_t byte)
{
	input->line_end = byte;
}

void safi_input_set_wake(safi_input *input, int fd)
{
	safi_stream_set_wake(input->stream, fd);
}

/* --- filling ---------------------------------------------------------------------------------- */

static safi_status fatal(safi_input *input, const char *code, const char *message)
{
	g_free(input->fault_message);
	input->fault_message = g_strdup(message);
	input->fault = (SafiInputFault){.begin = safi_input_offset(input),
	                                .end = safi_input_offset(input),
	                                .code = code, .message = input->fault_message};
	return SAFI_FATAL;
}

/* Moves what is not consumed, from `keep` on, to the front of a block with room. */
static bool make_room(safi_input *input, size_t keep)
{
	SafiBlock *old = input->block;
	size_t len = old->len - keep;

	/* One that fills up though it is small was made for a file that is packed, or has grown. */
	if (keep && !input->handed && old->capacity >= BLOCK && safi_block_is_single(old)) {
		memmove(old->data, old->data + keep, len);
		old->offset += keep;
		old->len = len;
	} else {
		SafiBlock *block = safi_block_new(MAX(BLOCK, len * 2));
		if (!block) {
			return false;
		}
		memcpy(block->data, old->data + keep, len);
		block->len = len;
		block->offset = old->offset + keep;
		input->block = block;
		input->handed = false; /* nothing points into the new one yet */
		g_ptr_array_add(input->retired, old);
	}
	input->record -= keep;
	input->at -= keep;
	return true;
}

/* Reads more behind what is there, keeping all from `keep` on.  KEEP: there is more; END; FATAL. */
static safi_status fill(safi_input *input, size_t keep)
{
	ssize_t got;

	if (input->ended) {
		return SAFI_END;
	}
	if (input->block->len == input->block->capacity && !make_room(input, keep)) {
		return fatal(input, "out-of-memory", "no memory for a block of input");
	}
	SafiBlock *block = input->block;
	got = safi_stream_read(input->stream, block->data + block->len, block->capacity - block->len);
	if (got < 0) {
		return fatal(input, "read-error", safi_stream_fault(input->stream));
	}
	input->ended = got == 0;
	block->len += (size_t)got;
	return got ? SAFI_KEEP : SAFI_END;
}

/* Makes `want` bytes from `at` on available, or as many as there are: KEEP.  END: fewer, though not
 * all was read; FATAL. */
static safi_status need(safi_input *input, size_t want)
{
	safi_status status = SAFI_KEEP;

	while (status == SAFI_KEEP && input->block->len - input->at < want) {
		status = fill(input, input->record);
	}
	return status == SAFI_END && !safi_input_was_woken(input) ? SAFI_KEEP : status;
}

/* --- too long --------------------------------------------------------------------------------- */

enum { HEAD = 1024 /* so much of a record that is too long goes into its dead letter */ };

/* A copy of the first bytes from the record on; lives until the next next(). */
static safi_bytes keep_head(safi_input *input)
{
	const size_t len = MIN(HEAD, input->block->len - input->record);
	SafiBlock *head = safi_block_copy((safi_bytes){input->block->data + input->record, len});

	if (!head) {
		return (safi_bytes){NULL, 0};
	}
	g_ptr_array_add(input->retired, head);
	return (safi_bytes){head->data, len};
}

/* Leaves out the line that is being read, up to and with its LF (if `line`); else as many bytes as
 * `count` from the record's begin on; or all to the end. */
static safi_status skip(safi_input *input, bool line, size_t count)
{
	safi_status status = SAFI_KEEP;

	input->at = line ? input->at : input->record;
	while (status == SAFI_KEEP) {
		const uint8_t *from = input->block->data + input->at;
		const size_t there = input->block->len - input->at;
		const uint8_t *lf = line ? memchr(from, input->line_end, there) : NULL;
		if (lf || (!line && there >= count)) {
			input->at += lf ? (size_t)(lf + 1 - from) : count;
			break;
		}
		count -= line ? 0 : there;
		input->at = input->record = input->block->len;
		status = fill(input, input->record);
	}
	input->record = input->at;
	return status == SAFI_END && !safi_input_was_woken(input) ? SAFI_KEEP : status;
}

static safi_status too_long(safi_input *input, bool line, size_t count)
{
	const uint64_t begin = input->block->offset + input->record;
	safi_bytes head = keep_head(input);

	const safi_status status = skip(input, line, count);

	if (status != SAFI_KEEP) {
		return status;
	}
	g_free(input->fault_message);
	input->fault_message = g_strdup_printf("the record is longer than limits.record, %zu "
	                                       "bytes; raise it in the pipeline",
	                                       input->record_limit);
	const bool lf = line && input->at && input->block->data[input->at - 1] == input->line_end;
	const uint64_t end = safi_input_offset(input) - lf;
	head.len = MIN(head.len, end - begin); /* not those of the next record */
	input->fault = (SafiInputFault){begin, end, head, "record-too-long",
	                                input->fault_message};
	return SAFI_FAIL;
}

/* --- reading ---------------------------------------------------------------------------------- */

void safi_input_begin_record(safi_input *input)
{
	input->record = input->at;
	input->handed = false;
	input->fault.code = NULL;
	g_ptr_array_set_size(input->retired, 0);
}

/* Hands out `len` bytes and goes on behind them and `more`. */
static safi_status hand(safi_input *input, size_t len, size_t more, safi_bytes *bytes)
{
	*bytes = (safi_bytes){input->block->data + input->at, len};
	input->at += len + more;
	input->handed = true;
	return SAFI_KEEP;
}

/* Forgets what this next() has taken if it is blank lines alone, which are part of no record: they
 * must not make one too long, nor fill the memory.  False: there are none. */
static bool pass_over_blanks(safi_input *input)
{
	const size_t begin = input->record;

	for (size_t i = begin; i < input->at; i++) {
		if (!g_ascii_isspace(input->block->data[i])) {
			return false;
		}
	}
	safi_input_begin_record(input);
	return input->record > begin;
}

safi_status safi_input_line(safi_input *input, safi_bytes *line)
{
	size_t searched = 0; /* behind `at`, so that a long line is looked at once */

	for (;;) {
		const uint8_t *from = input->block->data + input->at;
		const size_t there = input->block->len - input->at;
		const uint8_t *lf = memchr(from + searched, input->line_end, there - searched);
		const size_t len = lf ? (size_t)(lf - from) : there;
		if (input->at - input->record + len > input->record_limit &&
		    (!pass_over_blanks(input) || len > input->record_limit)) {
			return too_long(input, true, 0);
		}
		if (lf) {
			return hand(input, len, 1, line);
		}
		searched = there;
		safi_status status = fill(input, input->record);
		if (status == SAFI_END && there && !safi_input_was_woken(input)) {
			return hand(input, there, 0, line);
		}
		if (status != SAFI_KEEP) {
			return status;
		}
	}
}

/* How many bytes the record may still grow; a line end that was taken does not count against it. */
static size_t left(const safi_input *input)
{
	const size_t taken = input->at - input->record;

	return taken < input->record_limit ? input->record_limit - taken : 0;
}

safi_status safi_input_bytes(safi_input *input, size_t want, safi_bytes *bytes)
{
	if (want > left(input)) {
		const size_t taken = input->at - input->record;
		return too_long(input, false, want < SIZE_MAX - taken ? taken + want : SIZE_MAX);
	}
	const safi_status status = need(input, want);
	if (status != SAFI_KEEP) {
		return status;
	}
	const size_t there = MIN(want, input->block->len - input->at);
	return there || !want ? hand(input, there, 0, bytes) : SAFI_END;
}

safi_status safi_input_rest(safi_input *input, safi_bytes *bytes)
{
	const size_t most = left(input);
	const safi_status status = need(input, most + 1);

	if (status != SAFI_KEEP) {
		return status;
	}
	const size_t there = input->block->len - input->at;
	if (there > most) {
		return too_long(input, false, SIZE_MAX);
	}
	/* An empty file is still a file: its nothing is handed out once. */
	if (!there && (input->rested || safi_input_offset(input))) {
		return SAFI_END;
	}
	input->rested = true;
	return hand(input, there, 0, bytes);
}

safi_status safi_input_peek(safi_input *input, size_t want, safi_bytes *bytes)
{
	const size_t at = input->at;

	want = MIN(want, left(input));
	safi_status status = need(input, want);
	if (status != SAFI_KEEP && input->block->len == at) {
		return status;
	}
	status = hand(input, MIN(want, input->block->len - at), 0, bytes);
	input->at = at;
	return bytes->len || !want ? status : SAFI_END;
}

safi_bytes safi_input_taken(const safi_input *input)
{
	return (safi_bytes){input->block->data + input->record, input->at - input->record};
}

/* --- asking ----------------------------------------------------------------------------------- */

safi_text safi_input_name(const safi_input *input)
{
	return safi_str(input->name);
}

uint64_t safi_input_offset(const safi_input *input)
{
	return input->block->offset + input->at;
}

bool safi_input_is_file(const safi_input *input, const struct stat *file)
{
	return S_ISREG(input->file.st_mode) && input->file.st_dev == file->st_dev &&
	       input->file.st_ino == file->st_ino;
}

bool safi_input_was_woken(const safi_input *input)
{
	return safi_stream_was_woken(input->stream);
}

void safi_input_progress(const safi_input *input, guint64 *done, guint64 *size)
{
	safi_stream_progress(input->stream, done, size);
}

SafiBlock *safi_input_block(const safi_input *input, safi_bytes bytes, uint64_t *offset)
{
	SafiBlock *found = safi_block_holds(input->block, bytes) ? input->block : NULL;

	for (guint i = 0; !found && i < input->retired->len; i++) {
		SafiBlock *retired = input->retired->pdata[i];
		found = safi_block_holds(retired, bytes) ? retired : NULL;
	}
	if (found) {
		*offset = found->offset + (uint64_t)(bytes.ptr - found->data);
	}
	return found;
}

const SafiInputFault *safi_input_fault(const safi_input *input)
{
	return &input->fault;
}
