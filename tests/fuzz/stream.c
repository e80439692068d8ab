/* Whatever comes in at a descriptor: how much is wanted at once changes neither what comes out of
 * it nor why it ends, and nothing is put behind the room that there is.
 *
 * The first byte chooses how much is wanted at once; a digit or letter will do. */
#include "fuzz.h"
#include "packing.h"
#include "stream.h"

#include <fcntl.h>
#include <string.h>

enum {
	MOST = 1 << 22, /* bytes that are read of what a small file may unpack to */
	WHOLE = 1 << 17,
	BEHIND = 64,
	MARK = 0xA5
};

static void hold_behind(const uint8_t *into, size_t room)
{
	for (size_t i = 0; i < BEHIND; i++) {
		fuzz_hold(into[room + i] == MARK, "something is put %zu bytes behind the room of %zu", i,
		          room);
	}
}

/* What the stream gives, wanting `room` bytes at once; and why it ends. */
static GByteArray *read_all(const char *path, size_t room, char **fault)
{
	g_autoptr(SafiStream) stream = safi_stream_new(open(path, O_RDONLY | O_CLOEXEC));
	g_autofree uint8_t *into = g_malloc(room + BEHIND);
	GByteArray *all = g_byte_array_new();
	ssize_t got;
	memset(into + room, MARK, BEHIND);
	do {
		got = safi_stream_read(stream, into, room);
		fuzz_hold(got <= (ssize_t)room, "%zd bytes come into a room of %zu", got, room);
		g_byte_array_append(all, into, (guint)MAX(got, 0));
		hold_behind(into, room);
	} while (got > 0 && all->len < MOST);
	fuzz_hold((got < 0) == (safi_stream_fault(stream) != NULL) || all->len >= MOST,
	          "%zd comes with the fault %s", got, safi_stream_fault(stream));
	*fault = g_strdup(got < 0 ? safi_stream_fault(stream) : NULL);
	return all;
}

/* How much there is in front of damage is as exact as ISA-L is: by one repeat of a gzip's. */
static void hold_ends(const char *fault, guint len, const char *other, guint other_len)
{
	const guint slack = fault && strstr(fault, "gzip data are damaged") ? 258 : 0;
	g_auto(GStrv) parts = g_strsplit(fault ? fault : "", ", at byte ", 2);
	g_auto(GStrv) others = g_strsplit(other ? other : "", ", at byte ", 2);
	fuzz_hold(g_strcmp0(parts[0], others[0]) == 0, "'%s' is '%s'", fault, other);
	fuzz_hold(MAX(len, other_len) - MIN(len, other_len) <= slack, "%u bytes are %u", len,
	          other_len);
}

static void hold_plain(safi_bytes file, const GByteArray *got)
{
	bool open;
	if (safi_packing_find(file, &open) == NULL) {
		fuzz_hold(got->len == file.len && (!file.len || memcmp(got->data, file.ptr, file.len) == 0),
		          "plain bytes change");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t rooms[] = { SAFI_PACKING_REACH, 5, 100, 1000, 4096, 40000 };
	safi_bytes file = { data, size };
	const size_t room = rooms[fuzz_choice(&file, G_N_ELEMENTS(rooms))];
	const char *path = fuzz_file(file);
	g_autofree char *fault = NULL, *other_fault = NULL;
	g_autoptr(GByteArray) whole = read_all(path, WHOLE, &fault);
	g_autoptr(GByteArray) parts = read_all(path, room, &other_fault);
	const guint len = MIN(whole->len, parts->len);
	hold_plain(file, whole);
	fuzz_hold(len == 0 || memcmp(whole->data, parts->data, len) == 0, "the bytes differ");
	if (whole->len < MOST && parts->len < MOST) {
		hold_ends(fault, whole->len, other_fault, parts->len);
	}
	return 0;
}
