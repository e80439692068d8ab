/* edit -- a stage for the tests: does to a record what its options say, so that every way in which
 * a record can change is there to be written. */
#include "safi.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Edit Edit;
typedef void (*Apply)(const Edit *edit, safi_record *record, const char *item);

enum { MOST = 64 };

struct Edit {
	const safi_host *host;
	safi_key text;
	struct {
		Apply apply;
		const char *item;
	} all[MOST]; /* in the order in which they are applied */
	size_t n;
};

/* NAME */
static void erase(const Edit *edit, safi_record *record, const char *item)
{
	edit->host->erase(record, 0, edit->host->name(record, safi_str(item)));
}

/* NAME=JSON */
static void put(const Edit *edit, safi_record *record, const char *item)
{
	const char *json = strchr(item, '=');
	safi_text name = { item, (size_t)(json - item) };
	edit->host->put_json(record, 0, edit->host->name(record, name), safi_str(json + 1),
	                     SAFI_REPLACE);
}

/* FROM-TAKEN-PUT, put being so many stars: a new view `text`. */
static void change(const Edit *edit, safi_record *record, const char *item)
{
	const safi_host *host = edit->host;
	safi_change made;
	safi_view old = host->text(record);
	safi_text text = host->view_text(record, old);
	if (sscanf(item, "%u-%u-%u", &made.from, &made.taken, &made.put) != 3 || old == 0) {
		return;
	}
	char *room = host->room(record, text.len + made.put);
	memcpy(room, text.ptr, made.from);
	memset(room + made.from, '*', made.put);
	memcpy(room + made.from + made.put, text.ptr + made.from + made.taken,
	       text.len - made.from - made.taken);
	text = (safi_text){ room, text.len - made.taken + made.put };
	host->view_add(record, edit->text, old, text, &made, 1);
}

/* TYPE-BEGIN-END, with TYPE-BEGIN-END-FEATURE=JSON for a feature. */
static void note(const Edit *edit, safi_record *record, const char *item)
{
	const safi_host *host = edit->host;
	char type[100], feature[100] = "", json[100] = "";
	safi_span span;
	if (sscanf(item, "%99[^-]-%u-%u-%99[^=]=%99s", type, &span.begin, &span.end, feature,
	           json) < 3) {
		return;
	}
	safi_note made = host->notes_add(record, host->text(record),
	                                 host->name(record, safi_str(type)), &span, 1);
	if (feature[0]) {
		host->put_json(record, made, host->name(record, safi_str(feature)), safi_str(json),
		               SAFI_REPLACE);
	}
}

static void take(Edit *edit, const safi_config *config, const char *option, Apply apply)
{
	safi_text item;
	for (uint32_t i = 0; edit->n < MOST && edit->host->opt_item(config, option, i, &item); i++) {
		edit->all[edit->n].apply = apply;
		edit->all[edit->n++].item = item.ptr;
	}
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Edit *edit = calloc(1, sizeof *edit);
	if (edit) {
		edit->host = host;
		edit->text = host->key("text");
		take(edit, config, "erase", erase);
		take(edit, config, "put", put);
		take(edit, config, "note", note);
		take(edit, config, "change", change);
		take(edit, config, "late", note);
	}
	return edit;
}

static safi_status process(void *self, safi_record *record)
{
	const Edit *edit = self;
	for (size_t i = 0; i < edit->n; i++) {
		edit->all[i].apply(edit, record, edit->all[i].item);
	}
	return SAFI_KEEP;
}

#define LIST(called, says) \
	{ .size = sizeof(safi_option), .type = SAFI_LIST, .name = called, .doc = says }
static const safi_option erase_option = LIST("erase", "Fields to erase.");
static const safi_option put_option = LIST("put", "Fields to put.");
static const safi_option note_option = LIST("note", "Notes on the text as it came.");
static const safi_option change_option = LIST("change", "Changes, each a new view.");
static const safi_option late_option = LIST("late", "Notes on the changed text.");
static const safi_option *const options[] = { &erase_option, &put_option, &note_option,
	                                      &change_option, &late_option, NULL };
static const char *const writes[] = { "field:*", "view:*", "note:*", NULL };

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL,
	.name = "edit",
	.summary = "Changes a record as its options say.",
	.options = options,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = free,
};

static const safi_stage *const stages[] = { &stage, NULL };
static const safi_plugin plugin = { .size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR,
	                            .abi_minor = SAFI_NEED_MINOR, .id = "edit",
	                            .version = "1", .license = "MIT", .stages = stages };

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
