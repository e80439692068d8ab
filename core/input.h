/* One input that is being read: a file or stdin, unpacked, as blocks of bytes that records share.
 *
 * What one next() reads lies in one piece in the newest block; when a block fills up in the
 * middle of a record, a larger or emptier one takes over and the old one stays until the next
 * next().  Memory: one block, as long as the longest record, plus what records still hold.  All
 * offsets are in the unpacked bytes.  [reader], but for the progress. */
#pragma once

#include "block.h"

#include <glib.h>
#include <sys/stat.h>

/* Opens a file; "-" is stdin.  Records longer than `record_limit` are refused one by one. */
safi_input *safi_input_open(const char *path, size_t record_limit, GError **error);
void safi_input_close(safi_input *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(safi_input, safi_input_close)

/* Called when a read from a pipe would block, so that what is ready can be written out first. */
void safi_input_on_wait(safi_input *input, void (*wait)(void *data), void *data);

/* A descriptor that ends a wait once it can be read from; it stays the caller's, -1: none.  The
 * input is at its end then, and what was not wholly read is not handed out. */
void safi_input_set_wake(safi_input *input, int fd);
bool safi_input_was_woken(const safi_input *input);

/* How many bytes of the file are read, as stored, and how long it is; 0: not known.  [any] */
void safi_input_progress(const safi_input *input, guint64 *done, guint64 *size);

/* What ends a line; LF before the first call. */
void safi_input_set_line_end(safi_input *input, uint8_t byte);

/* Before each next(): what follows belongs to a new record. */
void safi_input_begin_record(safi_input *input);

/* The ABI's read functions.  What is left of a record that an error cuts off, only peek() gives. */
safi_status safi_input_line(safi_input *input, safi_bytes *line);
safi_status safi_input_bytes(safi_input *input, size_t want, safi_bytes *bytes);
safi_status safi_input_rest(safi_input *input, safi_bytes *bytes);
safi_status safi_input_peek(safi_input *input, size_t want, safi_bytes *bytes);
safi_bytes safi_input_taken(const safi_input *input);
safi_text safi_input_name(const safi_input *input);
uint64_t safi_input_offset(const safi_input *input);

/* Whether it reads that very file, under whatever name. */
bool safi_input_is_file(const safi_input *input, const struct stat *file);

/* The block that these bytes of the last read lie in, or NULL; *offset is theirs in the input. */
SafiBlock *safi_input_block(const safi_input *input, safi_bytes bytes, uint64_t *offset);

/* After SAFI_FAIL: where the record that was too long lay, and its first bytes (until the next
 * begin).  After SAFI_FATAL: where reading stopped, as the message also says.  The message is the
 * input's. */
typedef struct SafiInputFault {
	uint64_t begin, end;
	safi_bytes head;
	const char *code, *message;
} SafiInputFault;
const SafiInputFault *safi_input_fault(const safi_input *input);
