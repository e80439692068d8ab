/* Tells bytes that are no plain text page by their looks, so that they are refused in words instead
 * of being read as garbage. */
#pragma once

#include "safi.h"

/* A reason: a stable code, and a sentence for people without a full stop. */
typedef struct TextReason { const char *code, *message; } TextReason;

/* What the bytes are if they are in another encoding or no text at all; {NULL, NULL}: neither. */
TextReason text_sniff_binary(safi_bytes bytes);

/* Whether a text opens like a HTML page: by its first tag, or by many tags early on. */
bool text_sniff_html(safi_text text);

/* The length of a UTF-8 byte order mark at the start: 3 or 0. */
size_t text_sniff_bom(safi_bytes bytes);

/* Whether there is nothing but white space. */
bool text_sniff_blank(safi_text text);
