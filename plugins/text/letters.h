/* Whether bytes are Arabic text in windows-1256 or ISO-8859-6, by how often each letter stands in
 * Arabic.
 *
 * Made once of the two encodings' tables, constant afterwards; then any thread may ask. */
#pragma once

#include "encoding.h"

typedef enum LettersClass { LETTERS_FOREIGN, LETTERS_FITTING, LETTERS_COMMON } LettersClass;

/* What each byte of one encoding says for Arabic. */
typedef struct Letters { uint8_t classes[256]; } Letters;

void letters_init(Letters *letters, const Encoding *encoding);

/* How many of the bytes are common letters of Arabic, if in this encoding they are an Arabic text
 * beyond doubt; else 0. */
size_t letters_count(const Letters *letters, safi_bytes sample);
