#include "textkit/magic.h"

/* As in file(1)'s database; where bytes vary (the block size of bzip2, a length in RIFF), what
 * stands behind them. */
typedef struct Magic { size_t at; const char *bytes; size_t len; const char *message; } Magic;

#define MAGIC(at, bytes, message) { at, bytes, sizeof(bytes) - 1, message }
#define PACKED(what, command) \
	what ", not text; unpack it first: " command " FILE | safi ..."
#define IMAGE(what) what ", not text; leave it out"

static const Magic magics[] = {
	MAGIC(0, "\x1f\x8b", PACKED("gzip data", "zcat")),
	MAGIC(0, "\x28\xb5\x2f\xfd", PACKED("zstd data", "zstdcat")),
	MAGIC(0, "\xfd" "7zXZ\0", PACKED("xz data", "xzcat")),
	MAGIC(4, "1AY&SY", PACKED("bzip2 data", "bzcat")),
	MAGIC(0, "\x04\x22\x4d\x18", PACKED("lz4 data", "lz4cat")),
	MAGIC(0, "PK\x03\x04", PACKED("a zip archive or office document", "unzip -p")),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", PACKED("a 7z archive", "7z x -so")),
	MAGIC(257, "ustar\0", PACKED("a tar archive", "tar -xOf")),
	MAGIC(257, "ustar  \0", PACKED("a tar archive", "tar -xOf")),
	MAGIC(0, "%PDF-",
	      "a PDF document, not text; take its text out first: pdftotext FILE - | safi ..."),
	MAGIC(0, "{\\rtf", "an RTF document, not text; save it as plain text first"),
	MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	      "an old office document, not text; save it as plain text first"),
	MAGIC(0, "\x89PNG\r\n\x1a\n", IMAGE("a PNG image")),
	MAGIC(0, "\xff\xd8\xff", IMAGE("a JPEG image")),
	MAGIC(0, "GIF87a", IMAGE("a GIF image")),
	MAGIC(0, "GIF89a", IMAGE("a GIF image")),
	MAGIC(8, "WEBPVP8", IMAGE("a WebP image")),
	MAGIC(0, "SQLite format 3\0",
	      "an SQLite database, not text; select texts first: sqlite3 FILE 'select ...' | safi ..."),
	MAGIC(0, "PAR1\x15", "a Parquet file, not text; write it as JSON Lines first"),
	MAGIC(0, "\x7f" "ELF", "a program, not text; leave it out"),
};

const char *safi_magic_find(safi_bytes start)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const Magic *magic = &magics[i];
		if (start.len >= magic->at + magic->len &&
		    memcmp(start.ptr + magic->at, magic->bytes, magic->len) == 0) {
			return magic->message;
		}
	}
	return NULL;
}
