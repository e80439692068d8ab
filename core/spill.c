#include "spill.h"

#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pieces of the file that are mapped; a chunk lies within one. */
#define PIECE ((size_t)64 << 20)

enum {
	CLASSES = 16, /* of sizes: 2 KiB to PIECE */
	EVERY = 128   /* so often, in chunks, all is unmapped from memory: the kernel brings back up to
	                 64 KiB around a place that is touched, 8 MiB in between */
};

typedef struct Piece {
	char *at;
	bool touched; /* since it was last unmapped from memory */
} Piece;

static struct {
	pthread_mutex_t lock;
	int fd;                  /* -1: none */
	GArray *pieces;          /* Piece */
	size_t used;             /* of the newest piece */
	SafiChunk *free[CLASSES];
	unsigned touched;
	char *failure;
} spill = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static atomic_bool on;

static bool open_file(GError **error)
{
	const char *given = g_getenv("TMPDIR");
	const char *directory = given && *given ? given : "/var/tmp";
	g_autofree char *path = g_build_filename(directory, "safi-held-XXXXXX", NULL);

	spill.fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
	if (spill.fd < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		            "no temporary file can be made in %s: %s; TMPDIR names another directory",
		            directory, g_strerror(errno));
		return false;
	}
	unlink(path);
	spill.pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
	spill.used = PIECE;
	return true;
}

bool safi_spill_begin(GError **error)
{
	SAFI_LOCK(&spill.lock);

	if (spill.failure) {
		g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, spill.failure);
		return false;
	}
	if (spill.fd < 0 && !open_file(error)) {
		return false;
	}
	atomic_store(&on, true);
	return true;
}

void safi_spill_end(void)
{
	atomic_store(&on, false);
}

bool safi_spill_is_on(void)
{
	return atomic_load_explicit(&on, memory_order_relaxed);
}

/* Reserves the bytes on the disk first: a page that cannot be written would kill the process. */
static bool add_piece(void)
{
	const off_t at = (off_t)spill.pieces->len * (off_t)PIECE;
	const int code = posix_fallocate(spill.fd, at, PIECE);
	void *piece = code ? MAP_FAILED
	                   : mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, spill.fd, at);

	if (piece == MAP_FAILED) {
		spill.failure = g_strdup_printf("the temporary file for held records cannot grow: %s; "
		                                "TMPDIR names another directory",
		                                g_strerror(code ? code : errno));
		atomic_store(&on, false);
		return false;
	}
	/* A touch should bring back a little, and a write make little of the file dirty. */
	madvise(piece, PIECE, MADV_NOHUGEPAGE);
	madvise(piece, PIECE, MADV_RANDOM);
	const Piece added = {.at = piece};
	g_array_append_val(spill.pieces, added);
	spill.used = 0;
	return true;
}

static bool is_in(const Piece *piece, const SafiChunk *chunk)
{
	return (uintptr_t)chunk - (uintptr_t)piece->at < PIECE;
}

static Piece *newest(void)
{
	return &g_array_index(spill.pieces, Piece, spill.pieces->len - 1);
}

static Piece *piece_of(const SafiChunk *chunk)
{
	guint i = spill.pieces->len - 1; /* most are young */

	while (!is_in(&g_array_index(spill.pieces, Piece, i), chunk)) {
		i--;
	}
	return &g_array_index(spill.pieces, Piece, i);
}

/* What is not in use right now need not stay in memory; it is in the file. */
static void touch(const SafiChunk *chunk)
{
	piece_of(chunk)->touched = true;
	if (++spill.touched % EVERY) {
		return;
	}
	for (guint i = 0; i < spill.pieces->len; i++) {
		Piece *piece = &g_array_index(spill.pieces, Piece, i);
		if (piece->touched) {
			madvise(piece->at, PIECE, MADV_DONTNEED);
			piece->touched = false;
		}
	}
}

static size_t whole_size(size_t size)
{
	return sizeof(SafiChunk) + size + SAFI_PADDING;
}

static unsigned class_of(size_t size)
{
	unsigned class = 0;

	while (class < CLASSES && (size_t)SAFI_CHUNK_MIN << class < size) {
		class++;
	}
	return class;
}

SafiChunk *safi_spill_take(size_t size)
{
	SAFI_LOCK(&spill.lock);
	const unsigned class = class_of(size);

	size = (size_t)SAFI_CHUNK_MIN << class;
	if (spill.fd < 0 || class >= CLASSES || whole_size(size) > PIECE) {
		return NULL;
	}
	SafiChunk *chunk = spill.free[class];
	if (chunk) {
		spill.free[class] = chunk->older;
		touch(chunk);
		return chunk;
	}
	if (spill.used + whole_size(size) > PIECE && !add_piece()) {
		return NULL;
	}
	chunk = (SafiChunk *)(void *)(newest()->at + spill.used);
	spill.used += (whole_size(size) + 15) & ~(size_t)15;
	*chunk = (SafiChunk){.size = size, .spilled = true};
	touch(chunk);
	return chunk;
}

void safi_spill_give(SafiChunk *chunk)
{
	SAFI_LOCK(&spill.lock);
	const unsigned class = class_of(chunk->size);

	touch(chunk);
	chunk->older = spill.free[class];
	spill.free[class] = chunk;
}

char *safi_spill_failure(void)
{
	SAFI_LOCK(&spill.lock);

	return g_strdup(spill.failure);
}

void safi_spill_clear(void)
{
	atomic_store(&on, false);
	if (spill.fd < 0) {
		return;
	}
	for (guint i = 0; i < spill.pieces->len; i++) {
		munmap(g_array_index(spill.pieces, Piece, i).at, PIECE);
	}
	g_array_unref(spill.pieces);
	close(spill.fd);
	g_free(spill.failure);
	memset(spill.free, 0, sizeof spill.free);
	spill.fd = -1;
	spill.failure = NULL;
}
