/* A catalog of nine invented stages, in place of core/catalog.c: no plugin is loaded. */
#pragma once

#include "catalog.h"
#include <string.h>

#define OPTION(...) (&(const safi_option){ .size = sizeof(safi_option), __VA_ARGS__ })
#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define STAGE(...) (&(const safi_stage){ .size = sizeof(safi_stage), __VA_ARGS__ })

static const safi_option *const text_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "per", .fallback = "file", .choices = NAMES("file", "line")),
	NULL,
};
static const safi_option *const jsonl_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "field", .fallback = "text"),
	NULL,
};
static const safi_option *const normalize_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "profile", .fallback = "repair",
	       .choices = NAMES("repair", "search")),
	OPTION(.type = SAFI_PATH, .name = "names"),
	OPTION(.type = SAFI_LIST, .name = "keep"),
	NULL,
};
static const safi_option *const sort_options[] = {
	OPTION(.type = SAFI_TEXT, .name = "by", .flags = SAFI_NAMES_READ | SAFI_REQUIRED),
	NULL,
};
static const safi_option *const tag_options[] = {
	OPTION(.type = SAFI_LIST, .name = "into", .flags = SAFI_NAMES_WRITTEN, .fallback = "tag"),
	NULL,
};
static const safi_stage *const fake_stages[] = {
	STAGE(.role = SAFI_READS, .name = "jsonl", .options = jsonl_options,
	      .writes = NAMES("view:page", "field:*")),
	STAGE(.role = SAFI_READS, .name = "text", .options = text_options,
	      .writes = NAMES("view:page", "field:id")),
	STAGE(.role = SAFI_CHANGES, .name = "extract-quotes", .reads = NAMES("note:sentence"),
	      .writes = NAMES("note:quote")),
	STAGE(.role = SAFI_CHANGES, .name = "normalize", .options = normalize_options,
	      .reads = NAMES("view:page"), .writes = NAMES("view:page")),
	STAGE(.role = SAFI_CHANGES, .name = "segment", .reads = NAMES("view:page", "note:line?"),
	      .writes = NAMES("note:sentence")),
	STAGE(.role = SAFI_CHANGES, .name = "sort", .options = sort_options),
	STAGE(.role = SAFI_CHANGES, .name = "tag", .options = tag_options),
	STAGE(.role = SAFI_WRITES, .name = "jsonl", .reads = NAMES("field:*")),
	STAGE(.role = SAFI_WRITES, .name = "lines", .reads = NAMES("note:line")),
};

static const SafiPlugin fake_plugin = {
	.path = (char *)"/lib/safi/fake.so",
	.declared = &(const safi_plugin){ .size = sizeof(safi_plugin) },
};
static const SafiPlugin broken_plugin = {
	.path = (char *)"/lib/safi/dedup.so",
	.refusal = (char *)"it wants ABI 2, this is safi 1.0",
};

static bool nothing_installed;

const safi_stage *safi_catalog_find(const SafiCatalog *catalog, uint32_t role, const char *name,
                                    const SafiPlugin **plugin)
{
	for (guint i = 0; i < G_N_ELEMENTS(fake_stages); i++) {
		if (fake_stages[i]->role != role || strcmp(fake_stages[i]->name, name) != 0) {
			continue;
		}
		if (plugin != NULL) {
			*plugin = &fake_plugin;
		}
		return fake_stages[i];
	}
	return NULL;
}

GPtrArray *safi_catalog_names(const SafiCatalog *catalog, uint32_t role)
{
	GPtrArray *names = g_ptr_array_new();
	for (guint i = 0; i < G_N_ELEMENTS(fake_stages); i++) {
		if (role == 0 || fake_stages[i]->role == role) {
			g_ptr_array_add(names, (gpointer)fake_stages[i]->name);
		}
	}
	return names;
}

bool safi_catalog_has(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	return safi_catalog_find(catalog, role, name, NULL) != NULL;
}

const SafiPlugin *safi_catalog_refused(const SafiCatalog *catalog, const char *name)
{
	return strcmp(name, "dedup") == 0 ? &broken_plugin : NULL;
}

const SafiPlugin *safi_catalog_rival(const SafiCatalog *catalog, uint32_t role, const char *name)
{
	return NULL;
}

guint safi_catalog_count(const SafiCatalog *catalog, guint *refused)
{
	*refused = !nothing_installed;
	return nothing_installed ? 0 : 2;
}
