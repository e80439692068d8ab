/* What two tests ask of the steps of a pipeline. */
#pragma once

#include "pipeline.h"

/* "text -> normalize -> jsonl": the labels in order. */
static inline void assert_labels(const SafiPipeline *pipeline, const char *expected)
{
	g_autoptr(GString) labels = g_string_new(pipeline->reader->label);
	for (guint i = 0; i < pipeline->stages->len; i++) {
		g_string_append_printf(labels, " -> %s", ((SafiStep *)pipeline->stages->pdata[i])->label);
	}
	g_string_append_printf(labels, " -> %s", pipeline->writer->label);
	g_assert_cmpstr(labels->str, ==, expected);
}

static inline const SafiStep *stage_at(const SafiPipeline *pipeline, guint i)
{
	return pipeline->stages->pdata[i];
}
