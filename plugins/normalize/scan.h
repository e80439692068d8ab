/* Where a text may need a look: what clean text spends all its time on.
 *
 * Both functions tell of the 16 bytes at p with which of them a character begins that may not be
 * SAFI_PLAIN: a bit each, the lowest for p[0].  They are sure to have the bits of those that are
 * not, and never one for a byte within a character; they differ in how many of the plain they
 * spare.  17 bytes are read, whatever they are; of those behind the end of the text bits tell
 * nothing.  [any] */
#pragma once

#include <stdint.h>

enum { SAFI_SCAN_BYTES = 16 };

static inline unsigned safi_scan_portably(const uint8_t *p)
{
	unsigned unsure = 0;

	for (unsigned i = 0; i < SAFI_SCAN_BYTES; i++) {
		unsure |= (unsigned)(p[i] >= 0xC0 || p[i] == '\r') << i;
	}
	return unsure;
}

#ifdef __SSE2__
#include <emmintrin.h>

/* The bytes from `first` to `last`, two of 0x80 to 0xFF: compared as signed, all are negative. */
static inline __m128i safi_scan_between(__m128i bytes, uint8_t first, uint8_t last)
{
	return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(first - 1))),
	                     _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(last + 1))));
}

static inline __m128i safi_scan_equal(__m128i bytes, uint8_t byte)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)byte));
}

/* Spares ASCII, U+00C0 to U+02FF, and U+0600 to U+06BF but for the marks and controls there. */
static inline unsigned safi_scan(const uint8_t *p)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
	__m128i lead = _mm_and_si128(_mm_cmplt_epi8(bytes, _mm_setzero_si128()),
	                             _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xBF)));
	__m128i plain = _mm_or_si128(safi_scan_between(bytes, 0xC3, 0xCB),
	                             safi_scan_between(bytes, 0xD8, 0xDA));
	/* U+0610 to U+061C; U+064B to U+065F and U+0670. */
	__m128i d8 = _mm_and_si128(safi_scan_equal(bytes, 0xD8),
	                           safi_scan_between(next, 0x90, 0x9C));
	__m128i d9 = _mm_and_si128(safi_scan_equal(bytes, 0xD9),
	                           _mm_or_si128(safi_scan_between(next, 0x8B, 0x9F),
	                                        safi_scan_equal(next, 0xB0)));
	__m128i unsure = _mm_or_si128(_mm_andnot_si128(plain, lead), safi_scan_equal(bytes, '\r'));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(unsure, _mm_or_si128(d8, d9)));
}

#else

static inline unsigned safi_scan(const uint8_t *p)
{
	return safi_scan_portably(p);
}

#endif
