/* sort -- puts all records of a run into the order of one field.
 *
 * A record is held as it comes and let go in finish(), when the order is known.  The records stay
 * the host's, also when a run is aborted with records still held; what is copied here is the key of
 * each, so that sorting reads nothing but this memory. */
#include <stdlib.h>

#include "safi.h"

enum { AUTO, AS_TEXT, AS_NUMBER };

/* In this order, whatever the direction but for the last. */
enum { INTEGER, REAL, TEXT, MISSING };

typedef struct Entry {
	safi_record *record;
	size_t turn; /* of arrival: what is equal stays in that order */
	int kind;
	union {
		int64_t integer;
		double real;
		size_t offset;   /* of the text in `texts`, which moves while it grows ... */
		const char *ptr; /* ... until finish() */
	};
	size_t len;
} Entry;

typedef struct Sort {
	const safi_host *host;
	safi_key by;
	int type;
	bool descending;
	Entry *entries;
	size_t n, capacity;
	char *texts;
	size_t text_len, text_capacity;
} Sort;

/* --- comparing -------------------------------------------------------------------------------- */

/* Without turning the integer into a double, which would lose what is beyond 2^53 and with it a
 * consistent order. */
static int compare_mixed(int64_t integer, double real)
{
	if (real >= 0x1p63) {
		return -1;
	}
	if (real < -0x1p63) {
		return 1;
	}
	const int64_t whole = (int64_t)real;
	const double rest = real - (double)whole;
	if (integer != whole) {
		return integer < whole ? -1 : 1;
	}
	return (rest < 0) - (rest > 0);
}

static int compare_numbers(const Entry *a, const Entry *b)
{
	if (a->kind == INTEGER && b->kind == INTEGER) {
		return (a->integer > b->integer) - (a->integer < b->integer);
	}
	if (a->kind == INTEGER) {
		return compare_mixed(a->integer, b->real);
	}
	if (b->kind == INTEGER) {
		return -compare_mixed(b->integer, a->real);
	}
	return (a->real > b->real) - (a->real < b->real);
}

static int compare_texts(const Entry *a, const Entry *b)
{
	const size_t shorter = a->len < b->len ? a->len : b->len;
	const int order = shorter ? memcmp(a->ptr, b->ptr, shorter) : 0;

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare_keys(const Entry *a, const Entry *b)
{
	if (a->kind <= REAL && b->kind <= REAL) {
		return compare_numbers(a, b);
	}
	if (a->kind == TEXT && b->kind == TEXT) {
		return compare_texts(a, b);
	}
	return (a->kind > b->kind) - (a->kind < b->kind);
}

static int by_turn(const Entry *a, const Entry *b)
{
	return (a->turn > b->turn) - (a->turn < b->turn);
}

static int ascending(const void *left, const void *right)
{
	const Entry *a = left, *b = right;
	const int order = compare_keys(a, b);

	return order ? order : by_turn(a, b);
}

/* Missing values stay last here too. */
static int descending(const void *left, const void *right)
{
	const Entry *a = left, *b = right;
	const bool missing = a->kind == MISSING || b->kind == MISSING;
	const int order = missing ? compare_keys(a, b) : compare_keys(b, a);

	return order ? order : by_turn(a, b);
}

/* --- keys ------------------------------------------------------------------------------------- */

static bool keep_text(Sort *sort, Entry *entry, safi_text text)
{
	if (sort->text_capacity - sort->text_len < text.len) {
		const size_t capacity = 2 * sort->text_capacity + text.len;
		char *texts = realloc(sort->texts, capacity);
		if (!texts) {
			return false;
		}
		sort->texts = texts;
		sort->text_capacity = capacity;
	}
	entry->kind = TEXT;
	entry->offset = sort->text_len;
	entry->len = text.len;
	if (text.len) {
		memcpy(sort->texts + sort->text_len, text.ptr, text.len);
		sort->text_len += text.len;
	}
	return true;
}

static bool read_number(const Sort *sort, const safi_record *record, Entry *entry)
{
	if (sort->host->get_int(record, 0, sort->by, 0, &entry->integer)) {
		entry->kind = INTEGER;
		return true;
	}
	if (sort->host->get_real(record, 0, sort->by, 0, &entry->real)) {
		entry->kind = REAL;
		return true;
	}
	return false;
}

static bool is_null(safi_text json)
{
	return json.len == 4 && memcmp(json.ptr, "null", 4) == 0;
}

/* False when out of memory. */
static bool read_key(Sort *sort, const safi_record *record, Entry *entry)
{
	const safi_host *host = sort->host;
	safi_text text;

	entry->kind = MISSING;
	if (!host->count(record, 0, sort->by)) {
		return true;
	}
	if (sort->type != AS_TEXT && read_number(sort, record, entry)) {
		return true;
	}
	if (sort->type == AS_NUMBER) {
		return true;
	}
	/* What is not a text is compared as it is written. */
	if (host->get_text(record, 0, sort->by, 0, &text)) {
		return keep_text(sort, entry, text);
	}
	/* Null alone counts as no value; as the first of a list it is one that says nothing. */
	if (host->get_json(record, 0, sort->by, 0, &text) && !is_null(text)) {
		return keep_text(sort, entry, text);
	}
	return true;
}

static Entry *add_entry(Sort *sort, safi_record *record)
{
	if (sort->n == sort->capacity) {
		const size_t capacity = 2 * sort->capacity + 64;
		Entry *entries = realloc(sort->entries, capacity * sizeof *entries);
		if (!entries) {
			return NULL;
		}
		sort->entries = entries;
		sort->capacity = capacity;
	}
	sort->entries[sort->n] = (Entry){.record = record, .turn = sort->n};
	return &sort->entries[sort->n];
}

/* --- the stage -------------------------------------------------------------------------------- */

static int read_type(safi_text name)
{
	if (strcmp(name.ptr, "text") == 0) {
		return AS_TEXT;
	}
	return strcmp(name.ptr, "number") == 0 ? AS_NUMBER : AUTO;
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	const safi_key by = host->key(host->opt_text(config, "by").ptr);

	if (!by) {
		host->refuse(config, "by", "a field's name has at most 255 bytes");
		return NULL;
	}
	Sort *sort = calloc(1, sizeof *sort);
	if (sort) {
		sort->host = host;
		sort->by = by;
		sort->type = read_type(host->opt_text(config, "type"));
		sort->descending = strcmp(host->opt_text(config, "order").ptr, "descending") == 0;
	}
	return sort;
}

static safi_status process(void *self, safi_record *record)
{
	Sort *sort = self;
	Entry *entry = add_entry(sort, record);

	if (!entry || !read_key(sort, record, entry)) {
		return sort->host->fail(record, "no-memory", "no memory left for a further sort key");
	}
	sort->n++;
	return SAFI_HOLD;
}

static safi_status finish(void *self, safi_record *tail)
{
	Sort *sort = self;

	for (size_t i = 0; i < sort->n; i++) {
		Entry *entry = &sort->entries[i];
		if (entry->kind == TEXT) {
			entry->ptr = sort->texts + entry->offset;
		}
	}
	if (sort->n) {
		qsort(sort->entries, sort->n, sizeof *sort->entries,
		      sort->descending ? descending : ascending);
	}
	for (size_t i = 0; i < sort->n; i++) {
		sort->host->release(sort->entries[i].record, SAFI_KEEP);
	}
	sort->n = 0;
	return SAFI_KEEP;
}

static void destroy(void *self)
{
	Sort *sort = self;

	if (sort) {
		free(sort->entries);
		free(sort->texts);
		free(sort);
	}
}

/* --- the description -------------------------------------------------------------------------- */

static const safi_option by_option = {
	.size = sizeof by_option,
	.type = SAFI_TEXT,
	.flags = SAFI_NAMES_READ,
	.name = "by",
	.fallback = "id",
	.doc = "The field whose first value is the sort key; records without it come last.",
	.example = "published",
};

static const char *const orders[] = {"ascending", "descending", NULL};
static const safi_option order_option = {
	.size = sizeof order_option,
	.type = SAFI_TEXT,
	.name = "order",
	.fallback = "ascending",
	.doc = "The direction; equal keys keep the order of the input in both.",
	.choices = orders,
};

static const char *const types[] = {"auto", "text", "number", NULL};
static const safi_option type_option = {
	.size = sizeof type_option,
	.type = SAFI_TEXT,
	.name = "type",
	.fallback = "auto",
	.doc = "How values compare: text by byte, number by size (what is no number counts as "
	       "missing), auto with numbers by size before texts by byte.",
	.choices = types,
};

static const safi_option *const options[] = {&by_option, &order_option, &type_option, NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_HOLDS,
	.name = "sort",
	.summary = "Holds all records and lets them go in the order of a field.",
	.options = options,
	.create = create,
	.process = process,
	.finish = finish,
	.destroy = destroy,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin,
	.abi_major = SAFI_ABI_MAJOR,
	.abi_minor = SAFI_NEED_MINOR,
	.id = "safi.sort",
	.version = "0.1.0",
	.license = "MIT",
	.stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
