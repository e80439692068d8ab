#include "packing.h"

/* RFC 1952, 2.3.1; RFC 8878, 3.1.1 and 3.1.2: a skippable frame may come first and says 50 to 5F in
 * its first byte. */
typedef struct Beginning {
	const SafiPacking *packing;
	uint8_t bytes[SAFI_PACKING_REACH], first_mask;
	size_t len;
} Beginning;

static const Beginning beginnings[] = {
	{&safi_packing_gzip, {0x1F, 0x8B}, 0xFF, 2},
	{&safi_packing_zstd, {0x28, 0xB5, 0x2F, 0xFD}, 0xFF, 4},
	{&safi_packing_zstd, {0x50, 0x2A, 0x4D, 0x18}, 0xF0, 4},
};

/* As far as either goes. */
static bool agrees(const Beginning *beginning, safi_bytes start)
{
	const size_t len = start.len < beginning->len ? start.len : beginning->len;

	return len == 0 || ((start.ptr[0] & beginning->first_mask) == beginning->bytes[0] &&
	                    memcmp(start.ptr + 1, beginning->bytes + 1, len - 1) == 0);
}

const SafiPacking *safi_packing_find(safi_bytes start, bool *open)
{
	*open = false;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		const bool is_like = agrees(&beginnings[i], start);
		if (is_like && start.len >= beginnings[i].len) {
			*open = false;
			return beginnings[i].packing;
		}
		*open |= is_like;
	}
	return NULL;
}
