/* A record to try the host's table on, as a plugin would.
 *
 * Each test begins with fresh(), and ends with whole() or with broken(): what a put, an add or an
 * alloc did wrong stays with the record. */
#pragma once

#include "host.h"
#include "name.h"
#include "record.h"

#include <glib.h>

static const safi_host *host;
static safi_record *record;

static inline void fresh(void)
{
	host = safi_host_table();
	if (!record) {
		record = safi_record_new();
	}
	safi_record_reset(record);
}

/* With raw bytes, and a first view "page" that is equal to them. */
static inline safi_view fresh_page(const char *raw)
{
	fresh();
	host->set_raw(record, (safi_bytes){(const uint8_t *)raw, strlen(raw)});
	return host->view_add(record, host->key("page"), SAFI_RAW, safi_str(raw), NULL, 0);
}

static inline void whole(void)
{
	g_assert_cmpint(record->broken.status, ==, 0);
}

static inline void broken(const char *code)
{
	const safi_text found = record->broken.code;

	g_assert_cmpint(record->broken.status, ==, SAFI_FAIL);
	g_assert_cmpmem(found.ptr, found.len, code, strlen(code));
}

static inline void assert_text(safi_text text, const char *expected)
{
	g_assert_cmpmem(text.ptr, text.len, expected, strlen(expected));
}

static inline void assert_span(safi_span span, uint32_t begin, uint32_t end)
{
	g_assert_cmpuint(span.begin, ==, begin);
	g_assert_cmpuint(span.end, ==, end);
}
