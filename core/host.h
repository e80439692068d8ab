/* The function table that plugins get: the record, the input, the output and the options behind the
 * ABI's opaque types.
 *
 * One table for the whole process, filled at first use and constant from then on.  Its functions
 * are as thread-safe as safi.h says.  host.c holds what concerns a stage and its run;
 * host-fields.c, host-views.c and host-notes.c what concerns a record. */
#pragma once

#include "option.h"
#include "safi.h"

const safi_host *safi_host_table(void);

/* What the table needs to know of a stage that is being run: the owner of its config. */
typedef struct SafiSite SafiSite;

/* `plugin_path` is the module's file, beside which its data lie. */
SafiSite *safi_site_new(const char *label, const char *plugin_path);
void safi_site_free(SafiSite *site);

/* Where the plugin's data files lie; it need not be there. */
const char *safi_site_data(const SafiSite *site);

/* What fatal() said first, as "code: message"; NULL: nothing.  The caller frees it.  [any] */
char *safi_site_fatal(SafiSite *site);
/* What fatal() said in another process, as it said it.  [any] */
void safi_site_set_fatal(SafiSite *site, const char *reason);

/* Each fills its members of the table. */
void safi_host_fill_fields(safi_host *table);
void safi_host_fill_views(safi_host *table);
void safi_host_fill_notes(safi_host *table);
