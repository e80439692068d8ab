/* Takes the members of one JSON object one by one, and has checked every byte when it is through.
 *
 * simdjson's On-Demand parser looks only at what it is asked for, so each member and all that is in
 * it is asked for.  Numbers are held to their grammar alone: 20 digits or 1.10 stay what they are.
 * A parser keeps memory for the longest object so far, about eight times its length in address
 * space, of which only what was needed is touched.  One thread at a time. */
#pragma once

#include "safi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct JsonParser JsonParser;

/* Where a text stops being the object that it should be, and why. */
typedef struct JsonFault {
	const char *code, *message;
	uint32_t at;
} JsonFault;

/* One member: its name with escapes taken out, and where its value stands.  The name lasts until
 * the walk ends.  False stops the walk. */
typedef bool (*JsonMember)(void *to, safi_text name, safi_span value);

JsonParser *json_parser_create(void); /* NULL when out of memory */
void json_parser_destroy(JsonParser *parser);

/* Behind the text SAFI_PADDING bytes are read.  False: see the fault, or `member` stopped it and
 * the fault's code is NULL. */
bool json_parser_walk(JsonParser *parser, safi_bytes text, JsonMember member, void *to,
                      JsonFault *fault);

#ifdef __cplusplus
}
#endif
