/* JSON texts: checked, taken apart, escaped.
 *
 * No tree and no allocation: a value stays the bytes it is.  Strict RFC 8259; nesting up to 1,024.
 * [any] */
#pragma once

#include "buffer.h"

/* Whether the text is exactly one valid JSON value, blanks around it allowed.  Checks UTF-8. */
bool safi_json_valid(safi_text text);

/* What kind of value a VALID text is: 'n' null, 'b' bool, '0' a number without . or exponent,
 * '.' another number, '"' string, '[' array, '{' object. */
char safi_json_kind(safi_text value);

/* The next element of a VALID array.  *at is 0 at first; false at the end. */
bool safi_json_element(safi_text array, size_t *at, safi_text *element);

/* The next member of a VALID object, its name with the quotation marks; as above. */
bool safi_json_member(safi_text object, size_t *at, safi_text *name, safi_text *value);

/* The text of a VALID string value without escapes, or with them taken out into `to`, which has
 * room for value.len bytes.  False for a lone surrogate, which no UTF-8 can hold. */
bool safi_json_string(safi_text value, char *to, safi_text *text);

/* Adds the text as a JSON string: quotation mark, reverse solidus and U+0000 to U+001F escaped
 * (\b \f \n \r \t, else \u00XX), all else as it is. */
void safi_json_escape(SafiBuffer *to, safi_text text);
