/* count -- a reader of its own source: numbered records, as many as one asks for.
 *
 * next() only says which record it is; process() makes the record of it, so that both halves of a
 * reader are tried without a file. */
#include <stdio.h>
#include <stdlib.h>

#include "safi.h"

typedef struct Count {
	const safi_host *host;
	safi_key id, page;
	safi_text text;
	int64_t next, last, fields;
} Count;

/* Raw bytes are "NUMBER TEXT". */
static safi_status next(void *self, safi_input *input, safi_record *record)
{
	Count *count = self;
	char stack[256], *raw = stack;
	const size_t most = 24 + count->text.len;

	if (count->next > count->last) {
		return SAFI_END;
	}
	if (most > sizeof stack) {
		raw = malloc(most);
	}
	if (!raw) {
		return count->host->fail(record, "no-memory", "no memory for a record");
	}
	const int len = snprintf(raw, most, "%lld %s", (long long)count->next, count->text.ptr);
	count->host->set_raw(record, (safi_bytes){(const uint8_t *)raw, (size_t)len});
	count->host->set_origin(record, safi_str("count"), (uint64_t)count->next,
	                        (uint64_t)count->next + 1);
	count->next++;
	if (raw != stack) {
		free(raw);
	}
	return SAFI_KEEP;
}

static void put_fields(const Count *count, safi_record *record, int64_t number)
{
	for (int64_t i = 1; i <= count->fields; i++) {
		char name[32];
		snprintf(name, sizeof name, "field%lld", (long long)i);
		count->host->put_int(record, 0, count->host->name(record, safi_str(name)), number * i,
		                     SAFI_REPLACE);
	}
}

static safi_status process(void *self, safi_record *record)
{
	const Count *count = self;
	const safi_host *host = count->host;
	const safi_bytes raw = host->raw(record);
	const char *blank = memchr(raw.ptr, ' ', raw.len);

	if (!blank) {
		return host->fail(record, "no-number", "the raw bytes are not a number and a text");
	}
	const int64_t number = strtoll((const char *)raw.ptr, NULL, 10);
	const uint32_t cut = (uint32_t)(blank + 1 - (const char *)raw.ptr);
	host->put_int(record, 0, count->id, number, SAFI_REPLACE);
	put_fields(count, record, number);
	host->view_add(record, count->page, SAFI_RAW, (safi_text){blank + 1, raw.len - cut},
	               &(safi_change){0, cut, 0}, 1);
	return SAFI_KEEP;
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Count *count = calloc(1, sizeof *count);

	if (count) {
		count->host = host;
		count->id = host->key("id");
		count->page = host->key("page");
		count->text = host->opt_text(config, "text");
		count->next = host->opt_int(config, "from");
		count->last = count->next + host->opt_int(config, "count") - 1;
		count->fields = host->opt_int(config, "fields");
	}
	return count;
}

static void destroy(void *self)
{
	free(self);
}

static const safi_option count_option = {
	.size = sizeof count_option, .type = SAFI_INT, .name = "count", .fallback = "10",
	.doc = "How many records.", .max = INT64_MAX / 2,
};
static const safi_option from_option = {
	.size = sizeof from_option, .type = SAFI_INT, .name = "from", .fallback = "1",
	.doc = "The first one's number.", .max = INT64_MAX / 2,
};
static const safi_option text_option = {
	.size = sizeof text_option, .type = SAFI_TEXT, .name = "text", .fallback = "text",
	.doc = "The text of each.",
};
static const safi_option fields_option = {
	.size = sizeof fields_option, .type = SAFI_INT, .name = "fields", .fallback = "0",
	.doc = "How many fields field1, field2, ... beside the id.", .max = 100000,
};

static const safi_option *const options[] = {
	&count_option, &from_option, &text_option, &fields_option, NULL,
};
static const char *const writes[] = {"view:page", "field:id", "field:*", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_READS,
	.flags = SAFI_PARALLEL | SAFI_NO_INPUT,
	.name = "count",
	.summary = "Makes numbered records.",
	.options = options,
	.writes = writes,
	.create = create,
	.next = next,
	.process = process,
	.destroy = destroy,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.count", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
