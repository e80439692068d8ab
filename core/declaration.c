#include "declaration.h"

#include "printable.h"

/* Far above what anyone needs, and low enough that junk is told before it is believed. */
#define MAX_STAGES 256
#define MAX_OPTIONS 256
#define MAX_CHOICES 1024
#define MAX_SIGNATURE 256
#define MAX_STRUCT 65536
#define MAX_NAME 64
#define MAX_PROSE 16384

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
		return refuse(reason, "%s has no name", whose);
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

/* Anything written for people.  It may be long, but it ends and is UTF-8. */
static bool check_prose(const char *text, const char *whose, const char *what, char **reason)
{
	gsize len;

	if (text == NULL || text[0] == '\0') {
		return refuse(reason, "%s has no %s", whose, what);
	}
	len = strnlen(text, MAX_PROSE);
	if (len == MAX_PROSE) {
		return refuse(reason, "the %s of %s does not end within %d bytes", what, whose, MAX_PROSE);
	}
	if (!g_utf8_validate(text, len, NULL)) {
		return refuse(reason, "the %s of %s is not UTF-8", what, whose);
	}
	return true;
}

static bool check_size(uint32_t size, bool reaches, const char *whose, char **reason)
{
	if (size > MAX_STRUCT) {
		return refuse(reason, "%s claims a size of %u bytes", whose, size);
	}
	if (!reaches) {
		return refuse(reason, "%s has a size of %u bytes, which is too small", whose, size);
	}
	return true;
}

/* --- an option -------------------------------------------------------------------------------- */

static bool check_choices(const char *const *choices, const char *whose, char **reason)
{
	guint n = 0;

	while (n < MAX_CHOICES && choices[n] != NULL) {
		if (!check_prose(choices[n++], whose, "choice", reason)) {
			return false;
		}
	}
	if (n == 0 || n == MAX_CHOICES) {
		return refuse(reason, "%s has %s choices", whose, n == 0 ? "an empty list of" : "too many");
	}
	return true;
}

static bool is_choice(const char *item, const char *const *choices)
{
	while (*choices != NULL && strcmp(*choices, item) != 0) {
		choices++;
	}
	return *choices != NULL;
}

/* An empty list is a good default; so the loop ends where the text does. */
static bool check_fallback(const safi_option *option, const char *whose, char **reason)
{
	const char *separator = option->type == SAFI_LIST ? "," : "";

	for (const char *at = option->fallback; *at != '\0';) {
		gsize len = strcspn(at, separator);
		g_autofree char *item = g_strstrip(g_strndup(at, len));
		if (!is_choice(item, option->choices)) {
			g_autofree char *shown = safi_printable(item, MAX_NAME);
			return refuse(reason, "%s has the default '%s', which is not among its choices", whose,
			              shown);
		}
		at += at[len] == '\0' ? len : len + 1;
	}
	return true;
}

static bool check_values(const safi_option *option, const char *whose, char **reason)
{
	if (option->type < SAFI_TEXT || option->type > SAFI_SIZE) {
		return refuse(reason, "%s has the unknown type %u", whose, option->type);
	}
	if (option->min > option->max) {
		return refuse(reason, "%s has a minimum above its maximum", whose);
	}
	if ((option->flags & (SAFI_NAMES_READ | SAFI_NAMES_WRITTEN)) != 0 &&
	    option->type != SAFI_TEXT && option->type != SAFI_LIST) {
		return refuse(reason, "%s names fields, but is neither a text nor a list", whose);
	}
	if (option->fallback != NULL && *option->fallback != '\0' &&
	    !check_prose(option->fallback, whose, "default", reason)) {
		return false;
	}
	if (option->example != NULL && !check_prose(option->example, whose, "example", reason)) {
		return false;
	}
	if (option->choices == NULL) {
		return true;
	}
	return check_choices(option->choices, whose, reason) &&
	       (option->fallback == NULL || check_fallback(option, whose, reason));
}

static bool check_option(const safi_stage *stage, guint i, char **reason)
{
	const safi_option *option = stage->options[i];
	g_autofree char *place = g_strdup_printf("option %u of the %s '%s'", i + 1,
	                                         safi_role_name(stage->role), stage->name);

	if (!check_size(option->size, SAFI_HAS(option, choices), place, reason) ||
	    !check_name(option->name, '_', place, reason)) {
		return false;
	}

	g_autofree char *whose = g_strdup_printf("option '%s' of the %s '%s'", option->name,
	                                         safi_role_name(stage->role), stage->name);
	for (guint k = 0; k < i; k++) {
		if (strcmp(stage->options[k]->name, option->name) == 0) {
			return refuse(reason, "%s is declared twice", whose);
		}
	}
	if (option->reserved != 0) {
		return refuse(reason, "%s has a reserved member that is not 0", whose);
	}
	return check_prose(option->doc, whose, "description", reason) &&
	       check_values(option, whose, reason);
}

static bool check_options(const safi_stage *stage, const char *whose, char **reason)
{
	if (stage->options == NULL) {
		return true;
	}
	for (guint i = 0; stage->options[i] != NULL; i++) {
		if (i == MAX_OPTIONS) {
			return refuse(reason, "%s has more than %d options", whose, MAX_OPTIONS);
		}
		if (!check_option(stage, i, reason)) {
			return false;
		}
	}
	return true;
}

/* --- a stage ---------------------------------------------------------------------------------- */

static bool is_signature(const char *entry, bool reads)
{
	const char *colon = strchr(entry, ':');
	gsize kind = colon != NULL ? (gsize)(colon - entry) : 0;

	return colon != NULL && colon[1] != '\0' && strcmp(colon + 1, "?") != 0 &&
	       ((kind == 5 && memcmp(entry, "field", 5) == 0) ||
	        (kind == 4 && memcmp(entry, "view", 4) == 0) ||
	        (kind == 4 && memcmp(entry, "note", 4) == 0)) &&
	       (reads || !g_str_has_suffix(entry, "?"));
}

static bool check_signature(const char *const *entries, bool reads, const char *whose,
                            char **reason)
{
	const char *what = reads ? "reads" : "writes";

	for (guint i = 0; entries != NULL && entries[i] != NULL; i++) {
		if (i == MAX_SIGNATURE) {
			return refuse(reason, "%s %s more than %d things", whose, what, MAX_SIGNATURE);
		}
		if (strnlen(entries[i], MAX_PROSE) < MAX_PROSE && is_signature(entries[i], reads)) {
			continue;
		}
		g_autofree char *shown = safi_printable(entries[i], MAX_NAME);
		return refuse(reason, "%s %s '%s', which is not of the form field:, view: or note:NAME",
		              whose, what, shown);
	}
	return true;
}

static bool check_functions(const safi_stage *stage, const char *whose, char **reason)
{
	if (stage->role == SAFI_READS && stage->next == NULL) {
		return refuse(reason, "%s has no next()", whose);
	}
	if (stage->role == SAFI_WRITES && stage->process == NULL && stage->put == NULL) {
		return refuse(reason, "%s has neither process() nor put()", whose);
	}
	if (stage->role != SAFI_WRITES && stage->process == NULL) {
		return refuse(reason, "%s has no process()", whose);
	}
	return true;
}

static bool check_flags(const safi_stage *stage, const char *whose, char **reason)
{
	if ((stage->flags & SAFI_HOLDS) != 0 && (stage->flags & SAFI_PARALLEL) != 0) {
		return refuse(reason, "%s is both parallel and holding, but only an ordered one may hold",
		              whose);
	}
	if ((stage->flags & (SAFI_SPLITS | SAFI_HOLDS)) != 0 && stage->role == SAFI_WRITES) {
		return refuse(reason, "%s may neither split nor hold records", whose);
	}
	if ((stage->flags & SAFI_NO_INPUT) != 0 && stage->role != SAFI_READS) {
		return refuse(reason, "%s has the flag NO_INPUT, which is for readers", whose);
	}
	if ((stage->flags & SAFI_OWN_FILE) != 0 && stage->role != SAFI_WRITES) {
		return refuse(reason, "%s has the flag OWN_FILE, which is for writers", whose);
	}
	if ((stage->flags & SAFI_OWN_FILE) != 0 && stage->put == NULL) {
		return refuse(reason, "%s has a file of its own, but no put()", whose);
	}
	if (stage->reserved != 0) {
		return refuse(reason, "%s has a reserved member that is not 0", whose);
	}
	return true;
}

static bool check_unique(const safi_stage *const *stages, guint i, const char *whose, char **reason)
{
	for (guint k = 0; k < i; k++) {
		if (stages[k]->role == stages[i]->role && strcmp(stages[k]->name, stages[i]->name) == 0) {
			return refuse(reason, "%s is declared twice", whose);
		}
	}
	return true;
}

static bool check_stage(const safi_stage *const *stages, guint i, char **reason)
{
	const safi_stage *stage = stages[i];
	g_autofree char *place = g_strdup_printf("stage %u", i + 1);

	if (!check_size(stage->size, SAFI_HAS(stage, extension), place, reason) ||
	    !check_name(stage->name, '-', place, reason)) {
		return false;
	}
	if (safi_role_name(stage->role) == NULL) {
		return refuse(reason, "stage '%s' has the unknown role %u", stage->name, stage->role);
	}

	g_autofree char *whose = g_strdup_printf("the %s '%s'", safi_role_name(stage->role),
	                                         stage->name);
	return check_unique(stages, i, whose, reason) &&
	       check_prose(stage->summary, whose, "summary", reason) &&
	       check_flags(stage, whose, reason) &&
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
		return check_size(declared->size, false, "its description", reason);
	}
	if (declared->abi_major != SAFI_ABI_MAJOR) {
		return refuse(reason, "built for ABI %u.%u, this host speaks %d.%d", declared->abi_major,
		              declared->abi_minor, SAFI_ABI_MAJOR, SAFI_ABI_MINOR);
	}
	if (declared->abi_minor > SAFI_ABI_MINOR) {
		return refuse(reason, "needs ABI %u.%u, this host speaks %d.%d", declared->abi_major,
		              declared->abi_minor, SAFI_ABI_MAJOR, SAFI_ABI_MINOR);
	}
	return check_size(declared->size, SAFI_HAS(declared, stages), "its description", reason);
}

bool safi_declaration_check(const safi_plugin *declared, char **reason)
{
	if (declared == NULL) {
		return refuse(reason, "safi_plugin_entry() returned NULL");
	}
	if (!check_version(declared, reason) ||
	    !check_prose(declared->id, "the plugin", "id", reason) ||
	    !check_prose(declared->version, "the plugin", "version", reason) ||
	    !check_prose(declared->license, "the plugin", "license", reason)) {
		return false;
	}
	if (declared->stages == NULL || declared->stages[0] == NULL) {
		return refuse(reason, "the plugin has no stages");
	}
	for (guint i = 0; declared->stages[i] != NULL; i++) {
		if (i == MAX_STAGES) {
			return refuse(reason, "the plugin has more than %d stages", MAX_STAGES);
		}
		if (!check_stage(declared->stages, i, reason)) {
			return false;
		}
	}
	return true;
}
