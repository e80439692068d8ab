/* model -- a stage with a large model that is read-only and shared by all instances.
 *
 * The model is a file that the host maps, or numbers that open() makes; both are made of the same
 * words, so that what a record gets does not tell one from the other.  Every instance looks at the
 * whole model, so that a second copy of it anywhere would be memory in use. */
#include <stdlib.h>

#include "safi.h"

typedef struct Model {
	const uint64_t *words;
	size_t n;
	uint64_t *made; /* NULL: the words are a file's */
} Model;

typedef struct Stage {
	const safi_host *host;
	const Model *model;
	safi_key sum, found;
	uint64_t total;
} Stage;

/* As a file for `file` must: word i is i, in the machine's byte order. */
static bool make_words(Model *model, size_t size)
{
	model->n = size / sizeof *model->made;
	model->words = model->made = malloc(size + 1);
	for (size_t i = 0; model->made && i < model->n; i++) {
		model->made[i] = i;
	}
	return model->made != NULL;
}

static bool map_words(Model *model, const safi_host *host, const safi_config *config)
{
	safi_bytes bytes;

	if (!host->data(config, "file", &bytes)) {
		return false;
	}
	model->words = (const uint64_t *)(const void *)bytes.ptr;
	model->n = bytes.len / sizeof *model->words;
	return true;
}

static void close_model(void *self)
{
	Model *model = self;

	if (model) {
		free(model->made);
		free(model);
	}
}

static void *open_model(const safi_host *host, const safi_config *config)
{
	Model *model = calloc(1, sizeof *model);

	if (!model) {
		return NULL;
	}
	if (!(host->opt_given(config, "file")
	              ? map_words(model, host, config)
	              : make_words(model, (size_t)host->opt_int(config, "size")))) {
		host->refuse(config, NULL, "the model could not be opened");
		close_model(model);
		return NULL;
	}
	return model;
}

static void *create(const safi_host *host, const safi_config *config, const void *model)
{
	Stage *stage = calloc(1, sizeof *stage);

	if (stage) {
		stage->host = host;
		stage->model = model;
		stage->sum = host->key("model-sum");
		stage->found = host->key("model-word");
		for (size_t i = 0; i < stage->model->n; i++) {
			stage->total += stage->model->words[i];
		}
	}
	return stage;
}

static safi_status process(void *self, safi_record *record)
{
	const Stage *stage = self;
	const safi_text text = stage->host->view_text(record, stage->host->text(record));
	const uint64_t at = stage->model->n ? text.len * 0x9E3779B97F4A7C15u % stage->model->n : 0;

	stage->host->put_int(record, 0, stage->sum, (int64_t)stage->total, SAFI_REPLACE);
	if (stage->model->n) {
		stage->host->put_int(record, 0, stage->found, (int64_t)stage->model->words[at],
		                     SAFI_REPLACE);
	}
	return SAFI_KEEP;
}

static void destroy(void *self)
{
	free(self);
}

static const safi_option file_option = {
	.size = sizeof file_option, .type = SAFI_PATH, .name = "file",
	.doc = "The file with the model; none: open() makes one.", .example = "model.bin",
};
static const safi_option size_option = {
	.size = sizeof size_option, .type = SAFI_SIZE, .name = "size", .fallback = "50MiB",
	.doc = "The size of a model that is made.", .max = INT64_C(1) << 32,
};

static const safi_option *const options[] = {&file_option, &size_option, NULL};
static const char *const reads[] = {"view:*?", NULL};
static const char *const writes[] = {"field:model-sum", "field:model-word", NULL};

static const safi_stage stage = {
	.size = sizeof stage,
	.role = SAFI_CHANGES,
	.flags = SAFI_PARALLEL,
	.name = "model",
	.summary = "Looks up words in a large model.",
	.options = options,
	.reads = reads,
	.writes = writes,
	.open = open_model,
	.create = create,
	.process = process,
	.destroy = destroy,
	.close = close_model,
};

static const safi_stage *const stages[] = {&stage, NULL};

static const safi_plugin plugin = {
	.size = sizeof plugin, .abi_major = SAFI_ABI_MAJOR, .abi_minor = SAFI_NEED_MINOR,
	.id = "test.model", .version = "1.0", .license = "MIT", .stages = stages,
};

const safi_plugin *safi_plugin_entry(void)
{
	return &plugin;
}
