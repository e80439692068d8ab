#include "id.h"
#include "textkit/word.h"

static bool ends(safi_text name, const char *ending)
{
	size_t len = strlen(ending);
	return name.len > len && memcmp(name.ptr + name.len - len, ending, len) == 0;
}

safi_text text_id_stem(safi_text name)
{
	static const char *const packed[] = { ".gz", ".zst" };
	const char *slash = name.ptr != NULL ? memrchr(name.ptr, '/', name.len) : NULL;
	if (slash != NULL) {
		name.len -= (size_t)(slash + 1 - name.ptr);
		name.ptr = slash + 1;
	}
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
		if (ends(name, packed[i])) {
			name.len -= strlen(packed[i]);
		}
	}
	const char *dot = name.ptr != NULL ? memrchr(name.ptr, '.', name.len) : NULL;
	if (dot != NULL && dot > name.ptr) { /* ".profile" is all stem */
		name.len = (size_t)(dot - name.ptr);
	}
	return name;
}

void text_id_hash(safi_bytes bytes, char digits[TEXT_ID_HASH])
{
	uint64_t hash = safi_word_hash((safi_text){ (const char *)bytes.ptr, bytes.len });
	for (int i = TEXT_ID_HASH - 1; i >= 0; i--, hash >>= 4) {
		digits[i] = "0123456789abcdef"[hash & 15];
	}
}
