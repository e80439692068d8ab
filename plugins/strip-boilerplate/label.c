#include "label.h"

const char *const label_names[] = {
	"title", "subtitle", "date", "byline", "dateline", "caption", "credit", "body", "heading",
	"list", "related", "nav", "widget", "promo", "comment", NULL
};

uint8_t label_find(safi_text name)
{
	for (uint8_t i = 0; label_names[i] != NULL; i++) {
		if (strlen(label_names[i]) == name.len
		    && memcmp(label_names[i], name.ptr, name.len) == 0) {
			return i + LABEL_TITLE;
		}
	}
	return LABEL_NONE;
}
