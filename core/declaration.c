#include "declaration.h"

#include "option.h"
#include "printable.h"
#include "value.h"

/* Far above what anyone needs, and low enough that junk is told before it is believed. */
#define MAX_STAGES 256
#define MAX_OPTIONS 256
#define MAX_CHOICES 1024
#define MAX_SIGNATURE 256
#define MAX_STRUCT 65536
#define MAX_NAME 64
#define MAX_WORD 255
#define MAX_PROSE 16384

#define NEEDED(type, member) (offsetof(type, member) + sizeof ((type *)NULL)->member)

/* --- words ------------------------------------------------------------------------------------ */

G_GNUC_PRINTF(2, 3)
static bool refuse(char **reason, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*reason = g_strdup_vprintf(format, args);
	va_end(args);
	return false;
}

const char *safi_role_name(uint32_t role)
{
	static const char *const names[] = { [SAFI_READS] = "reader", [SAFI_CHANGES] = "stage",
	                                     [SAFI_WRITES] = "writer" };

	return role < G_N_ELEMENTS(names) ? names[role] : NULL;
}

/* A name of a-z, 0-9 and one further character. */
static bool check_name(const char *name, char further, const char *whose, char **reason)
{
	gsize len = 0;

	if (name == NULL || name[0] == '\0') {
		return refuse(reason, "%s has no name; give it one", whose);
	}
	while (len <= MAX_NAME && (g_ascii_islower(name[len]) || g_ascii_isdigit(name[len]) ||
	                           name[len] == further)) {
		len++;
	}
	if (len <= MAX_NAME && name[len] == '\0') {
		return true;
	}

	g_autofree char *shown = safi_printable(name, MAX_NAME);
	return refuse(reason, "%s has the name '%s': names are of a-z, 0-9 and %c, at most %d bytes",
	              whose, shown, further, MAX_NAME);
}

/* Whether a text ("the id") ends within the limit and holds what it should: UTF-8, and of the
 * control characters only those that are allowed. */
static bool check_text(const char *text, gsize limit, const char *allowed, const char *what,
                       const char *whose, char **reason)
{
	gsize len = strnlen(text, limit + 1);

	if (len > limit) {
		return refuse(reason, "%s of %s is over %" G_GSIZE_FORMAT " bytes long; shorten it", what,
		              whose, limit);
	}
	if (!g_utf8_validate(text, (gssize)len, NULL)) {
		return refuse(reason, "%s of %s is not UTF-8; convert it", what, whose);
	}
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (g_unichar_iscntrl(c) && (c > 0x7f || strchr(allowed, (int)c) == NULL)) {
			return refuse(reason, "%s of %s has the control character U+%04X; take it out", what,
			              whose, c);
		}
	}
	return true;
}

/* What a plugin must say of itself. */
static bool check_said(const char *text, gsize limit, const char *allowed, const char *noun,
                       const char *whose, char **reason)
{
	g_autofree char *what = g_strconcat("the ", noun, NULL);

	if (text == NULL || text[0] == '\0') {
		return refuse(reason, "%s has no %s; give it one", whose, noun);
	}
	return check_text(text, limit, allowed, what, whose, reason);
}

static bool check_word(const char *text, const char *noun, const char *whose, char **reason)
{
	return check_said(text, MAX_WORD, "", noun, whose, reason);
}

static bool check_prose(const char *text, const char *noun, const char *whose, char **reason)
{
	return check_said(text, MAX_PROSE, "\n", noun, whose, reason);
}

static bool check_size(uint32_t size, gsize needed, const char *type, const char *whose,
                       char **reason)
{
	if (size >= needed && size <= MAX_STRUCT) {
		return true;
	}
	return refuse(reason, "%s has a size of %u bytes, which is too %s; set .size to sizeof(%s)",
	              whose, size, size < needed ? "small" : "large", type);
}

/* --- choices ---------------------------------------------------------------------------------- */

static bool is_one_of(const safi_option *option, guint types)
{
	return (types >> option->type & 1) != 0;
}

/* The types that have choices, that can name fields, and that have bounds. */
#define WORDS (1u << SAFI_TEXT | 1u << SAFI_LIST)
#define BOUNDED (1u << SAFI_INT | 1u << SAFI_REAL | 1u << SAFI_SIZE | 1u << SAFI_LIST)

static bool check_choices(const safi_option *option, const char *whose, char **reason)
{
	const char *const *choices = option->choices;
	guint n = 0;

	if (choices == NULL) {
		return true;
	}
	if (!is_one_of(option, WORDS)) {
		return refuse(reason, "%s has choices, but is neither a text nor a list; leave them out",
		              whose);
	}
	while (n < MAX_CHOICES && choices[n] != NULL) {
		g_autofree char *what = g_strdup_printf("choice %u", n + 1);
		if (choices[n][0] == '\0') {
			return refuse(reason, "%s of %s is empty; leave it out", what, whose);
		}
		if (!check_text(choices[n++], MAX_WORD, "", what, whose, reason)) {
			return false;
		}
	}
	if (n == 0) {
		return refuse(reason, "%s has an empty list of choices; set it to NULL for none", whose);
	}
	return n < MAX_CHOICES ||
	       refuse(reason, "%s has over %d choices; does the list end with NULL?", whose,
	              MAX_CHOICES - 1);
}

/* --- a default -------------------------------------------------------------------------------- */

static bool refuse_default(const safi_option *option, const char *text, const char *whose,
                           const char *fault, char **reason)
{
	g_autofree char *shown = safi_printable(text, MAX_NAME);

	return refuse(reason, "%s has the default '%s', which %s", whose, shown, fault);
}

static bool check_item(const safi_option *option, const char *item, const char *whose,
                       char **reason)
{
	if (*item == '\0' && option->type != SAFI_TEXT) {
		return refuse_default(option, option->fallback, whose, "has an empty item", reason);
	}
	return option->choices == NULL || g_strv_contains(option->choices, item) ||
	       refuse_default(option, item, whose, "is not among its choices", reason);
}

static bool check_bounds(const safi_option *option, bool within, const char *whose, char **reason)
{
	g_autofree char *range = NULL, *fault = NULL;

	if (within || (option->min == 0 && option->max == 0)) {
		return true;
	}
	range = safi_option_range(option);
	fault = g_strdup_printf("is not %s%s", range, option->type == SAFI_LIST ? " items" : "");
	return refuse_default(option, option->fallback, whose, fault, reason);
}

/* An empty list is a good default. */
static bool check_list(const safi_option *option, const char *whose, char **reason)
{
	g_auto(GStrv) items = g_strsplit(option->fallback, ",", -1);
	gint64 n;

	for (char **item = items; *item != NULL; item++) {
		if (!check_item(option, g_strstrip(*item), whose, reason)) {
			return false;
		}
	}
	n = g_strv_length(items);
	return check_bounds(option, n >= option->min && n <= option->max, whose, reason);
}

static bool check_real(const safi_option *option, const char *whose, char **reason)
{
	double number;

	if (!safi_value_real(option->fallback, &number)) {
		return refuse_default(option, option->fallback, whose, "is not a number", reason);
	}
	return check_bounds(option, number >= (double)option->min && number <= (double)option->max,
	                    whose, reason);
}

static bool check_number(const safi_option *option, const char *whose, char **reason)
{
	bool size = option->type == SAFI_SIZE;
	gint64 number;

	if (!(size ? safi_value_size : safi_value_int)(option->fallback, &number)) {
		return refuse_default(option, option->fallback, whose,
		                      size ? "is not a size such as 8MiB" : "is not a whole number",
		                      reason);
	}
	return check_bounds(option, number >= option->min && number <= option->max, whose, reason);
}

static bool check_default(const safi_option *option, const char *whose, char **reason)
{
	bool truth;

	switch (option->type) {
	case SAFI_TEXT:
		return check_item(option, option->fallback, whose, reason);
	case SAFI_LIST:
		return check_list(option, whose, reason);
	case SAFI_REAL:
		return check_real(option, whose, reason);
	case SAFI_PATH:
		return option->fallback[0] != '\0' ||
		       refuse_default(option, "", whose, "is not a path", reason);
	case SAFI_BOOL:
		return safi_value_bool(option->fallback, &truth) ||
		       refuse_default(option, option->fallback, whose, "is not true or false", reason);
	default:
		return check_number(option, whose, reason);
	}
}

/* --- an option -------------------------------------------------------------------------------- */

static bool check_type(const safi_option *option, const char *whose, char **reason)
{
	if (option->type < SAFI_TEXT || option->type > SAFI_SIZE) {
		return refuse(reason, "%s has the unknown type %u; set it to one of SAFI_TEXT to SAFI_SIZE",
		              whose, option->type);
	}
	if (option->min > option->max) {
		return refuse(reason, "%s has a minimum above its maximum; swap them", whose);
	}
	if ((option->min != 0 || option->max != 0) && !is_one_of(option, BOUNDED)) {
		return refuse(reason, "%s has bounds, but is neither a number nor a list; leave them 0",
		              whose);
	}
	if ((option->flags & (SAFI_NAMES_READ | SAFI_NAMES_WRITTEN)) != 0 &&
	    !is_one_of(option, WORDS)) {
		return refuse(reason, "%s names fields, but is neither a text nor a list; make it one",
		              whose);
	}
	return true;
}

static bool check_values(const safi_option *option, const char *whose, char **reason)
{
	const char *allowed = "\n\t";

	if (!check_type(option, whose, reason) || !check_choices(option, whose, reason)) {
		return false;
	}
	if (option->example != NULL &&
	    !check_said(option->example, MAX_PROSE, allowed, "example", whose, reason)) {
		return false;
	}
	return option->fallback == NULL ||
	       (check_text(option->fallback, MAX_PROSE, allowed, "the default", whose, reason) &&
	        check_default(option, whose, reason));
}

static bool check_option(const safi_stage *stage, guint i, char **reason)
{
	const safi_option *option = stage->options[i];
	g_autofree char *place = g_strdup_printf("option %u of the %s '%s'", i + 1,
	                                         safi_role_name(stage->role), stage->name);

	if (!check_size(option->size, NEEDED(safi_option, choices), "safi_option", place, reason) ||
	    !check_name(option->name, '_', place, reason)) {
		return false;
	}

	g_autofree char *whose = g_strdup_printf("option '%s' of the %s '%s'", option->name,
	                                         safi_role_name(stage->role), stage->name);
	for (guint k = 0; k < i; k++) {
		if (strcmp(stage->options[k]->name, option->name) == 0) {
			return refuse(reason, "%s is declared twice; rename one", whose);
		}
	}
	if (option->reserved != 0) {
		return refuse(reason, "%s has a reserved member that is not 0; leave it 0", whose);
	}
	return check_prose(option->doc, "description", whose, reason) &&
	       check_values(option, whose, reason);
}

static bool check_options(const safi_stage *stage, const char *whose, char **reason)
{
	if (stage->options == NULL) {
		return true;
	}
	for (guint i = 0; stage->options[i] != NULL; i++) {
		if (i == MAX_OPTIONS) {
			return refuse(reason, "%s has over %d options; does the list end with NULL?", whose,
			              MAX_OPTIONS);
		}
		if (!check_option(stage, i, reason)) {
			return false;
		}
	}
	return true;
}

/* --- a stage ---------------------------------------------------------------------------------- */

/* The name behind "field:", "view:" or "note:"; NULL if it is none of these. */
static const char *signature_name(const char *entry)
{
	static const char *const kinds[] = { "field:", "view:", "note:" };

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strncmp(entry, kinds[i], strlen(kinds[i])) == 0) {
			return entry + strlen(kinds[i]);
		}
	}
	return NULL;
}

static bool is_signature(const char *entry, bool reads, const char *whose)
{
	const char *name = signature_name(entry);
	gsize len = name != NULL ? strnlen(name, MAX_WORD + 2) : 0;
	bool optional = len > 0 && name[len - 1] == '?';
	g_autofree char *unwanted = NULL;

	len -= optional;
	return len > 0 && len <= MAX_WORD && (reads || !optional) &&
	       check_text(name, MAX_WORD + 1, "", "the name", whose, &unwanted);
}

static bool check_signature(const char *const *entries, bool reads, const char *whose,
                            char **reason)
{
	const char *what = reads ? "reads" : "writes";

	for (guint i = 0; entries != NULL && entries[i] != NULL; i++) {
		if (i == MAX_SIGNATURE) {
			return refuse(reason, "%s %s over %d things; does the list end with NULL?", whose, what,
			              MAX_SIGNATURE);
		}
		if (is_signature(entries[i], reads, whose)) {
			continue;
		}
		g_autofree char *shown = safi_printable(entries[i], MAX_NAME);
		return refuse(reason, "%s %s '%s'; write field:NAME, view:NAME or note:NAME, the name of "
		              "at most %d bytes of UTF-8", whose, what, shown, MAX_WORD);
	}
	return true;
}

/* A function that the role never calls is a role that was not meant. */
static bool check_role(const safi_stage *stage, const char *whose, char **reason)
{
	const struct {
		const char *name;
		bool has;
		uint32_t role;
	} functions[] = {
		{ "next", stage->next != NULL, SAFI_READS },
		{ "begin", stage->begin != NULL, SAFI_WRITES },
		{ "put", stage->put != NULL, SAFI_WRITES },
		{ "sync", stage->sync != NULL, SAFI_WRITES },
		{ "abort", stage->abort != NULL, SAFI_WRITES },
	};

	for (guint i = 0; i < G_N_ELEMENTS(functions); i++) {
		if (functions[i].has && functions[i].role != stage->role) {
			return refuse(reason, "%s has %s(), which is for %ss; change its role or leave it out",
			              whose, functions[i].name, safi_role_name(functions[i].role));
		}
	}
	return true;
}

static bool check_functions(const safi_stage *stage, const char *whose, char **reason)
{
	if (stage->role == SAFI_READS && stage->next == NULL) {
		return refuse(reason, "%s has no next(); it is what finds the records", whose);
	}
	if (stage->role == SAFI_WRITES && stage->process == NULL && stage->put == NULL) {
		return refuse(reason, "%s has neither process() nor put(); give it one of them",
		              whose);
	}
	if (stage->role != SAFI_WRITES && stage->process == NULL) {
		return refuse(reason, "%s has no process(); give it one", whose);
	}
	return true;
}

static bool check_flags(const safi_stage *stage, const char *whose, char **reason)
{
	if ((stage->flags & SAFI_HOLDS) != 0 && (stage->flags & SAFI_PARALLEL) != 0) {
		return refuse(reason, "%s is both parallel and holding; take SAFI_PARALLEL from it, since "
		              "only an ordered one may hold", whose);
	}
	if ((stage->flags & (SAFI_SPLITS | SAFI_HOLDS)) != 0 && stage->role == SAFI_WRITES) {
		return refuse(reason, "%s splits or holds, which no writer may; take the flag out", whose);
	}
	if ((stage->flags & SAFI_NO_INPUT) != 0 && stage->role != SAFI_READS) {
		return refuse(reason, "%s has the flag SAFI_NO_INPUT, which is for readers; take it out",
		              whose);
	}
	if ((stage->flags & SAFI_OWN_FILE) != 0 && stage->role != SAFI_WRITES) {
		return refuse(reason, "%s has the flag SAFI_OWN_FILE, which is for writers; take it out",
		              whose);
	}
	if ((stage->flags & SAFI_OWN_FILE) != 0 && stage->put == NULL) {
		return refuse(reason, "%s has a file of its own, but no put(); give it one", whose);
	}
	if (stage->reserved != 0) {
		return refuse(reason, "%s has a reserved member that is not 0; leave it 0", whose);
	}
	return true;
}

static bool check_unique(const safi_stage *const *stages, guint i, const char *whose, char **reason)
{
	for (guint k = 0; k < i; k++) {
		if (stages[k]->role == stages[i]->role && strcmp(stages[k]->name, stages[i]->name) == 0) {
			return refuse(reason, "%s is declared twice; rename one", whose);
		}
	}
	return true;
}

static bool check_stage(const safi_stage *const *stages, guint i, char **reason)
{
	const safi_stage *stage = stages[i];
	g_autofree char *place = g_strdup_printf("stage %u", i + 1);

	if (!check_size(stage->size, NEEDED(safi_stage, extension), "safi_stage", place, reason) ||
	    !check_name(stage->name, '-', place, reason)) {
		return false;
	}
	if (safi_role_name(stage->role) == NULL) {
		return refuse(reason, "stage '%s' has the unknown role %u; set it to SAFI_READS, "
		              "SAFI_CHANGES or SAFI_WRITES", stage->name, stage->role);
	}

	g_autofree char *whose = g_strdup_printf("the %s '%s'", safi_role_name(stage->role),
	                                         stage->name);
	return check_unique(stages, i, whose, reason) &&
	       check_prose(stage->summary, "summary", whose, reason) &&
	       check_flags(stage, whose, reason) &&
	       check_role(stage, whose, reason) &&
	       check_functions(stage, whose, reason) &&
	       check_options(stage, whose, reason) &&
	       check_signature(stage->reads, true, whose, reason) &&
	       check_signature(stage->writes, false, whose, reason);
}

/* --- a plugin --------------------------------------------------------------------------------- */

/* The versions stand first in every major version's description, so they are read before its size
 * is held against this one's. */
static bool check_version(const safi_plugin *declared, char **reason)
{
	if (!SAFI_HAS(declared, abi_minor)) {
		return check_size(declared->size, NEEDED(safi_plugin, stages), "safi_plugin", "the plugin",
		                  reason);
	}
	if (declared->abi_major != SAFI_ABI_MAJOR) {
		return refuse(reason, "is built for ABI %u.%u, this safi speaks %d.%d; build it with this "
		              "safi's safi.h", declared->abi_major, declared->abi_minor, SAFI_ABI_MAJOR,
		              SAFI_ABI_MINOR);
	}
	if (declared->abi_minor > SAFI_ABI_MINOR) {
		return refuse(reason, "needs ABI %u.%u, this safi speaks %d.%d; use a newer safi",
		              declared->abi_major, declared->abi_minor, SAFI_ABI_MAJOR, SAFI_ABI_MINOR);
	}
	return check_size(declared->size, NEEDED(safi_plugin, stages), "safi_plugin", "the plugin",
	                  reason);
}

bool safi_declaration_check(const safi_plugin *declared, char **reason)
{
	if (declared == NULL) {
		return refuse(reason, "returns NULL from safi_plugin_entry(); make it return the "
		              "description");
	}
	if (!check_version(declared, reason) ||
	    !check_word(declared->id, "id", "the plugin", reason) ||
	    !check_word(declared->version, "version", "the plugin", reason) ||
	    !check_word(declared->license, "license", "the plugin", reason)) {
		return false;
	}
	if (declared->stages == NULL || declared->stages[0] == NULL) {
		return refuse(reason, "the plugin has no stages; name at least one in .stages");
	}
	for (guint i = 0; declared->stages[i] != NULL; i++) {
		if (i == MAX_STAGES) {
			return refuse(reason, "the plugin has over %d stages; does the list end with NULL?",
			              MAX_STAGES);
		}
		if (!check_stage(declared->stages, i, reason)) {
			return false;
		}
	}
	return true;
}
