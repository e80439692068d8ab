/* A stage that puts the size of a record's text into a field of its own. */
#include <safi.h>

#include <stdlib.h>

typedef struct TextSize {
	const safi_host *host;
	safi_key field;
} TextSize;

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	TextSize *self = malloc(sizeof *self);

	(void)model;
	if (self == NULL) {
		return NULL;
	}
	self->host = host;
	self->field = host->key(host->opt_text(config, "field").ptr);
	if (self->field == 0) {
		host->refuse(config, "field", "this cannot be a field's name");
		free(self);
		return NULL;
	}
	return self;
}

static safi_status process(void *data, safi_record *record)
{
	TextSize *self = data;
	safi_view text = self->host->text(record);

	if (text == 0) {
		return self->host->fail(record, "no-text", "there is no text to measure");
	}
	self->host->put_int(record, 0, self->field,
	                    (int64_t)self->host->view_text(record, text).len, SAFI_REPLACE);
	return SAFI_KEEP;
}

static const safi_option field = {
	.size = sizeof field, .type = SAFI_TEXT, .flags = SAFI_NAMES_WRITTEN, .name = "field",
	.fallback = "size", .doc = "The field to put the size into.", .example = "bytes",
};

static const safi_option *const options[] = { &field, NULL };

static const safi_stage stage = {
	.size = sizeof stage, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL, .name = "text-size",
	.summary = "Puts the size of the text, in bytes, into a field", .options = options,
	.create = create, .process = process, .destroy = free,
};

static const safi_stage *const stages[] = { &stage, NULL };

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "org.example.text-size", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
