#include "classes.h"

#include "textkit/utf8.h"

#include "classes.inc"

const char *safi_class_form(const uint8_t *p, uint32_t *len)
{
	const uint8_t *form = &form_pool[form_at[safi_utf8_decode(p) - 0xFB50]];

	*len = form[0];
	return (const char *)form + 1;
}
