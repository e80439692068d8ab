/* pick -- does to chosen records what a stage may do, and what it should not.
 *
 * Option `deeds` says "VALUE:DEED": a record whose field `by` is VALUE, as a text or as JSON, gets
 * that deed; all others pass.  Stage `pick` runs in parallel; `pick-in-order` may hold too. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "safi.h"

typedef struct Pick Pick;
typedef safi_status (*Deed)(Pick *, safi_record *);

typedef struct Choice {
	safi_text value;
	Deed deed;
} Choice;

struct Pick {
	const safi_host *host;
	const safi_config *config;
	safi_key by, note, page;
	Choice *choices;
	size_t n;
	safi_record **held, *last;
	size_t n_held;
};

/* --- deeds ------------------------------------------------------------------------------------ */

static safi_status keep(Pick *pick, safi_record *record)
{
	return SAFI_KEEP;
}

/* So long that others get ahead. */
static safi_status linger(Pick *pick, safi_record *record)
{
	nanosleep(&(struct timespec){.tv_nsec = 200 * 1000 * 1000}, NULL);
	return SAFI_KEEP;
}

static safi_status drop(Pick *pick, safi_record *record)
{
	return pick->host->drop(record, "picked", "picked to be dropped");
}

static safi_status drop_silently(Pick *pick, safi_record *record)
{
	return SAFI_DROP;
}

static safi_status fail(Pick *pick, safi_record *record)
{
	return pick->host->fail(record, "picked", "picked to fail");
}

static safi_status fail_silently(Pick *pick, safi_record *record)
{
	return SAFI_FAIL;
}

/* At the second byte of the text. */
static safi_status fail_at(Pick *pick, safi_record *record)
{
	return pick->host->fail_at(record, pick->host->text(record), (safi_span){1, 2}, "picked",
	                           "picked to fail here");
}

/* A put that fails, and a stage that does not look. */
static safi_status fail_to_put(Pick *pick, safi_record *record)
{
	pick->host->put_text(record, 0, pick->by, (safi_text){"\xFF", 1}, SAFI_REPLACE);
	return SAFI_KEEP;
}

static safi_status fatal(Pick *pick, safi_record *record)
{
	char said[64];
	safi_text name;
	uint64_t begin = 0, end;

	pick->host->origin(record, &name, &begin, &end);
	snprintf(said, sizeof said, "picked to stop the run at %llu", (unsigned long long)begin);
	return pick->host->fatal(pick->config, "picked", said);
}

static safi_status make_no_sense(Pick *pick, safi_record *record)
{
	return 77;
}

/* A note of type "pick" over the whole text. */
static safi_status note(Pick *pick, safi_record *record)
{
	const safi_view view = pick->host->text(record);
	const safi_span span = {0, (uint32_t)pick->host->view_text(record, view).len};

	pick->host->notes_add(record, view, pick->note, &span, 1);
	return SAFI_KEEP;
}

/* One over the first raw byte. */
static safi_status note_raw(Pick *pick, safi_record *record)
{
	pick->host->notes_add(record, SAFI_RAW, pick->note, &(safi_span){0, 1}, 1);
	return SAFI_KEEP;
}

/* One that ends one byte behind the text's first, which may be within a character. */
static safi_status note_cut(Pick *pick, safi_record *record)
{
	pick->host->notes_add(record, pick->host->text(record), pick->note, &(safi_span){0, 1}, 1);
	return SAFI_KEEP;
}

/* Two more records of the same raw bytes, with the id of their parent and a letter. */
static safi_status emit(Pick *pick, safi_record *record)
{
	const safi_host *host = pick->host;

	for (char letter = 'a'; letter <= 'b'; letter++) {
		safi_record *more = host->emit(record);
		safi_text id = {NULL, 0};
		if (!more) {
			return SAFI_KEEP;
		}
		host->get_json(record, 0, pick->by, 0, &id);
		char *own = host->alloc(more, id.len + 1);
		if (own) {
			memcpy(own, id.ptr, id.len);
			own[id.len] = letter;
			host->put_text(more, 0, pick->by, (safi_text){own, id.len + 1}, SAFI_REPLACE);
		}
		host->view_add(more, pick->page, SAFI_RAW, safi_str(""),
		               &(safi_change){0, (uint32_t)host->raw(more).len, 0}, 1);
		host->submit(more);
	}
	return SAFI_KEEP;
}

/* A part whose put fails, which the stage that made it does not notice. */
static safi_status emit_broken(Pick *pick, safi_record *record)
{
	safi_record *part = pick->host->emit(record);

	if (part) {
		fail_to_put(pick, part);
		pick->host->submit(part);
	}
	return SAFI_KEEP;
}

/* A part of which the stage says that it failed. */
static safi_status emit_failed(Pick *pick, safi_record *record)
{
	safi_record *part = pick->host->emit(record);

	if (part) {
		fail(pick, part);
		pick->host->submit(part);
	}
	return SAFI_KEEP;
}

/* Says why it would fail, and thinks better of it. */
static safi_status relent(Pick *pick, safi_record *record)
{
	fail_at(pick, record);
	return SAFI_KEEP;
}

static safi_status hold(Pick *pick, safi_record *record)
{
	safi_record **held = realloc(pick->held, (pick->n_held + 1) * sizeof *held);

	if (!held) {
		return SAFI_FAIL;
	}
	pick->held = held;
	held[pick->n_held++] = record;
	return SAFI_HOLD;
}

/* Holds, and never lets go. */
static safi_status lose(Pick *pick, safi_record *record)
{
	return SAFI_HOLD;
}

/* Against the rules: names are interned while there are no records. */
static safi_status intern(Pick *pick, safi_record *record)
{
	pick->host->key("late");
	return SAFI_KEEP;
}

/* Against the rules: options are asked for while there are no records. */
static safi_status ask(Pick *pick, safi_record *record)
{
	pick->host->opt_given(pick->config, "deeds");
	return SAFI_KEEP;
}

static safi_status remember(Pick *pick, safi_record *record)
{
	pick->last = record;
	return SAFI_KEEP;
}

/* Against the rules, if the record that is remembered is not held. */
static safi_status meddle(Pick *pick, safi_record *record)
{
	pick->host->put_int(pick->last, 0, pick->by, 0, SAFI_REPLACE);
	return SAFI_KEEP;
}

static safi_status remember_and_hold(Pick *pick, safi_record *record)
{
	pick->last = record;
	return hold(pick, record);
}

/* All that are held go before this one, the last first. */
static safi_status release(Pick *pick, safi_record *record)
{
	while (pick->n_held) {
		pick->host->release(pick->held[--pick->n_held], SAFI_KEEP);
	}
	return SAFI_KEEP;
}

static const struct {
	const char *name;
	Deed deed;
} deeds[] = {
	{"keep", keep}, {"linger", linger}, {"drop", drop}, {"drop-silently", drop_silently},
	{"fail", fail}, {"fail-silently", fail_silently}, {"fail-at", fail_at},
	{"fail-to-put", fail_to_put},
	{"fatal", fatal}, {"make-no-sense", make_no_sense}, {"note", note},
	{"note-raw", note_raw}, {"note-cut", note_cut}, {"emit", emit}, {"hold", hold},
	{"emit-broken", emit_broken}, {"emit-failed", emit_failed}, {"relent", relent},
	{"lose", lose}, {"release", release}, {"intern", intern}, {"ask", ask},
	{"remember", remember}, {"remember-and-hold", remember_and_hold}, {"meddle", meddle},
	{NULL, NULL},
};

/* --- the stage -------------------------------------------------------------------------------- */

static bool add_choice(Pick *pick, safi_text item)
{
	const char *colon = memrchr(item.ptr, ':', item.len);
	Choice *choices = realloc(pick->choices, (pick->n + 1) * sizeof *choices);

	if (choices) {
		pick->choices = choices;
	}
	for (size_t i = 0; choices && colon && deeds[i].name; i++) {
		if (strcmp(colon + 1, deeds[i].name) == 0) {
			choices[pick->n++] = (Choice){{item.ptr, (size_t)(colon - item.ptr)}, deeds[i].deed};
			return true;
		}
	}
	pick->host->refuse(pick->config, "deeds", "an item is not VALUE:DEED");
	return false;
}

static void destroy(void *self)
{
	Pick *pick = self;

	if (pick) {
		free(pick->choices);
		free(pick->held);
		free(pick);
	}
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Pick *pick = calloc(1, sizeof *pick);
	safi_text item;

	if (!pick) {
		return NULL;
	}
	*pick = (Pick){
		.host = host,
		.config = config,
		.by = host->key(host->opt_text(config, "by").ptr),
		.note = host->key("pick"),
		.page = host->key("page"),
	};
	for (uint32_t i = 0; host->opt_item(config, "deeds", i, &item); i++) {
		if (!add_choice(pick, item)) {
			destroy(pick);
			return NULL;
		}
	}
	return pick;
}

static safi_status process(void *self, safi_record *record)
{
	Pick *pick = self;
	safi_text value;

	if (!pick->host->get_text(record, 0, pick->by, 0, &value) &&
	    !pick->host->get_json(record, 0, pick->by, 0, &value)) {
		return SAFI_KEEP;
	}
	for (size_t i = 0; i < pick->n; i++) {
		const safi_text wanted = pick->choices[i].value;
		if (wanted.len == value.len && memcmp(wanted.ptr, value.ptr, value.len) == 0) {
			return pick->choices[i].deed(pick, record);
		}
	}
	return SAFI_KEEP;
}

static safi_status finish(void *self, safi_record *tail)
{
	return release(self, tail);
}

static const safi_option by_option = {
	.size = sizeof by_option, .type = SAFI_TEXT, .flags = SAFI_NAMES_READ, .name = "by",
	.fallback = "id", .doc = "The field that decides.",
};
static const safi_option deeds_option = {
	.size = sizeof deeds_option, .type = SAFI_LIST, .name = "deeds",
	.doc = "VALUE:DEED, what to do to records of a value.", .example = "3:drop, 5:fail",
};

static const safi_option *const options[] = {&by_option, &deeds_option, NULL};
static const char *const writes[] = {"note:pick", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL | SAFI_SPLITS,
	.name = "pick",
	.summary = "Does to chosen records what a stage may do.",
	.options = options,
	.writes = writes,
	.create = create,
	.process = process,
	.destroy = destroy,
};

static const safi_stage stage_in_order = {
	.size = sizeof stage_in_order,
	.role = SAFI_CHANGES,
	.flags = SAFI_SPLITS | SAFI_HOLDS,
	.name = "pick-in-order",
	.summary = "Does to chosen records what an ordered stage may do.",
	.options = options,
	.writes = writes,
	.create = create,
	.process = process,
	.finish = finish,
	.destroy = destroy,
};

static const safi_stage *const stages[] = {&stage, &stage_in_order, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.pick", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
