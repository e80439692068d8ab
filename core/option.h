/* The options of one stage: declared by the stage, given in the pipeline, checked here.
 *
 * A safi_config is what opt_text() and its like read.  It is made once, before the stage is opened,
 * and is read-only afterwards, so any thread may read it; refusals are noted on [main] only. */
#pragma once

#include "problem.h"
#include "safi.h"
#include "yaml.h"

/* Checks the given options (a mapping, or NULL for none) against the declarations of the stage:
 * names, types, bounds, choices, required ones; deprecated ones warn.  `place` is the stage's own
 * mark, for what is missing; `label` names it in messages; `base` is the directory that relative
 * paths start from (NULL: the current one).  A list may also be given as words with commas.
 * Reports every mistake; the result is always good: what is wrong has its default. */
safi_config *safi_config_new(const safi_stage *stage, const char *label, const SafiNode *given,
                             SafiMark place, const char *base, SafiReport *report);
void safi_config_free(safi_config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(safi_config, safi_config_free)

/* The declared bounds in words: "from 1 to 9", "at least 1KiB", "at most 9".  Free the result. */
char *safi_option_range(const safi_option *option);

/* What the host table's opt_* functions do.  Asking for an undeclared name, or one of another type,
 * is a refusal (safi_config_refuse) and gives the empty value. */
safi_text safi_config_text(const safi_config *config, const char *name);
int64_t safi_config_int(const safi_config *config, const char *name);   /* also SAFI_SIZE */
double safi_config_real(const safi_config *config, const char *name);
bool safi_config_bool(const safi_config *config, const char *name);
bool safi_config_item(const safi_config *config, const char *name, uint32_t i, safi_text *item);
bool safi_config_given(const safi_config *config, const char *name);
/* Whether the stage declares an option of that name and type. */
bool safi_config_declares(const safi_config *config, const char *name, uint32_t type);

/* The value as the pipeline or --set gave it, a list with commas, a secret as dots; NULL: it was
 * not given.  Free the result. */
char *safi_config_shown(const safi_config *config, const char *name);

/* Of all values, given or by default: equal for equal options of a stage, 32 characters of 0-9 and
 * a-f.  Free the result. */
char *safi_config_fingerprint(const safi_config *config);

/* Where the option was given; where the stage stands when it was not, or for NULL. */
SafiMark safi_config_mark(const safi_config *config, const char *option);

/* Where the item of a list was given; else as safi_config_mark(). */
SafiMark safi_config_item_mark(const safi_config *config, const char *option, uint32_t i);

/* Notes why the stage is refused, at the place of the option (or of the stage).  The report of
 * safi_config_new() must still be alive. */
void safi_config_refuse(const safi_config *config, const char *option, const char *message);
bool safi_config_refused(const safi_config *config);

/* Whatever the engine wants to find again from a config (which run, which plugin): not owned. */
void safi_config_set_owner(safi_config *config, gpointer owner);
gpointer safi_config_owner(const safi_config *config);
