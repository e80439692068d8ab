#include "option.h"

#include "suggest.h"
#include "value.h"
#include <string.h>

/* One declared option and what it came to. */
typedef struct Value {
	const safi_option *option;
	SafiMark mark;    /* of what was given; path NULL: nothing was */
	bool given;       /* in the pipeline */
	bool set;         /* in the pipeline or by default */
	gint64 number;    /* int, size */
	double real;
	bool truth;
	char *text;       /* text, path */
	GPtrArray *items; /* list: char * */
	GArray *marks;    /* SafiMark, of each item */
} Value;

struct safi_config {
	const safi_stage *stage;
	char *label, *base;
	SafiMark place;
	SafiReport *report;
	Value *values;
	guint n;
	bool refused;
	gpointer owner;
};

/* --- messages --------------------------------------------------------------------------------- */

static void complain(const safi_config *config, const Value *value, SafiMark mark,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

/* "option 'x' of stage 'y' ...". */
static void complain(const safi_config *config, const Value *value, SafiMark mark,
                     const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	if (value->option->flags & SAFI_SECRET) {
		mark.hidden = true;
	}
	safi_report_error(config->report, mark, "option '%s' of stage '%s' %s", value->option->name,
	                  config->label, what);
}

/* ", not 'x'"; a secret is not repeated.  Free the result. */
static char *but_is(const Value *value, const char *text)
{
	bool secret = value->option->flags & SAFI_SECRET;
	return secret ? g_strdup("") : g_strdup_printf(", not '%s'", text);
}

static const char *wanted(const safi_option *option)
{
	switch (option->type) {
	case SAFI_INT:
		return "a whole number";
	case SAFI_REAL:
		return "a number";
	case SAFI_BOOL:
		return "true or false";
	case SAFI_SIZE:
		return "a size such as 8MiB";
	case SAFI_PATH:
		return "a path";
	case SAFI_LIST:
		return "a list of texts";
	default:
		return "a text";
	}
}

/* --- bounds and choices ----------------------------------------------------------------------- */

static char *bound_text(const safi_option *option, gint64 bound)
{
	return option->type == SAFI_SIZE ? safi_value_size_text(bound)
	                                 : g_strdup_printf("%" G_GINT64_FORMAT, bound);
}

char *safi_option_range(const safi_option *option)
{
	g_autofree char *min = bound_text(option, option->min), *max = bound_text(option, option->max);
	if (option->min == G_MININT64) {
		return g_strdup_printf("at most %s", max);
	}
	if (option->max == G_MAXINT64) {
		return g_strdup_printf("at least %s", min);
	}
	return g_strdup_printf("from %s to %s", min, max);
}

static bool unbounded(const safi_option *option)
{
	return option->min == 0 && option->max == 0;
}

static bool check_range(const safi_config *config, const Value *value, const char *text,
                        SafiMark mark)
{
	const safi_option *option = value->option;
	bool real = option->type == SAFI_REAL;
	bool low = real ? value->real < (double)option->min : value->number < option->min;
	bool high = real ? value->real > (double)option->max : value->number > option->max;
	if (unbounded(option) || (!low && !high)) {
		return true;
	}
	g_autofree char *range = safi_option_range(option), *but = but_is(value, text);
	complain(config, value, mark, "must be %s%s", range, but);
	return false;
}

static bool check_length(const safi_config *config, const Value *value, SafiMark mark)
{
	const safi_option *option = value->option;
	gint64 n = value->items->len;
	if (unbounded(option) || (n >= option->min && n <= option->max)) {
		return true;
	}
	g_autofree char *range = safi_option_range(option);
	complain(config, value, mark, "must have %s items, not %d", range, (int)n);
	return false;
}

static bool check_choice(const safi_config *config, const Value *value, const char *text,
                         SafiMark mark)
{
	const char *const *choices = value->option->choices;
	if (choices == NULL || g_strv_contains(choices, text)) {
		return true;
	}
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, text);
	safi_suggest_try_all(&suggest, choices);
	g_autofree char *all = g_strjoinv(", ", (char **)choices), *but = but_is(value, text);
	complain(config, value, mark, "must be one of %s%s", all, but);
	safi_report_suggest(config->report, &suggest);
	return false;
}

/* --- values ----------------------------------------------------------------------------------- */

static void clear(Value *value)
{
	g_clear_pointer(&value->text, g_free);
	g_clear_pointer(&value->items, g_ptr_array_unref);
	g_clear_pointer(&value->marks, g_array_unref);
}

static void begin_list(Value *value)
{
	clear(value);
	value->items = g_ptr_array_new_with_free_func(g_free);
	value->marks = g_array_new(FALSE, FALSE, sizeof(SafiMark));
}

static bool take_item(const safi_config *config, Value *value, const char *text, SafiMark mark)
{
	if (*text == '\0') {
		complain(config, value, mark, "has an empty item");
		return false;
	}
	g_ptr_array_add(value->items, g_strdup(text));
	g_array_append_val(value->marks, mark);
	return check_choice(config, value, text, mark);
}

/* Words with commas between them: a list as `safi pipe` and defaults have it. */
static bool take_words(const safi_config *config, Value *value, const char *text, SafiMark mark)
{
	bool good = true;
	/* Where the file has the text as it is, without quotes, each word has its own place. */
	bool plain = mark.line > 0 && mark.length == (guint)g_utf8_strlen(text, -1);
	SafiMark at = mark;
	begin_list(value);
	for (bool more = *text != '\0'; more;) {
		gsize blanks = strspn(text, " \t"), len = strcspn(text + blanks, ",");
		g_autofree char *word = g_strchomp(g_strndup(text + blanks, len));
		at.column += (guint)blanks;
		at.length = (guint)g_utf8_strlen(word, -1);
		good &= take_item(config, value, word, plain ? at : mark);
		at.column += (guint)g_utf8_strlen(text + blanks, (gssize)len) + 1;
		text += blanks + len;
		more = *text++ == ',';
	}
	return good;
}

static bool take_path(const safi_config *config, Value *value, const char *text, SafiMark mark)
{
	bool relative = config->base != NULL && !g_path_is_absolute(text);
	if (*text == '\0') {
		complain(config, value, mark, "wants a path, not an empty text");
		return false;
	}
	value->text = relative ? g_build_filename(config->base, text, NULL) : g_strdup(text);
	return true;
}

static bool take_number(const safi_config *config, Value *value, const char *text, SafiMark mark)
{
	bool good = false;
	switch (value->option->type) {
	case SAFI_INT:
		good = safi_value_int(text, &value->number);
		break;
	case SAFI_SIZE:
		good = safi_value_size(text, &value->number);
		break;
	case SAFI_REAL:
		good = safi_value_real(text, &value->real);
		break;
	case SAFI_BOOL:
		good = safi_value_bool(text, &value->truth);
		break;
	}
	if (!good) {
		g_autofree char *but = but_is(value, text);
		if (value->option->type != SAFI_BOOL && safi_value_is_beyond(text)) {
			complain(config, value, mark, "wants %s that 64 bits can hold%s", wanted(value->option),
			         but);
		} else {
			complain(config, value, mark, "wants %s%s", wanted(value->option), but);
		}
		return false;
	}
	return value->option->type == SAFI_BOOL || check_range(config, value, text, mark);
}

/* A value from a text, typed and checked; false: reported. */
static bool take_text(const safi_config *config, Value *value, const char *text, SafiMark mark)
{
	clear(value);
	switch (value->option->type) {
	case SAFI_TEXT:
		value->text = g_strdup(text);
		return check_choice(config, value, text, mark);
	case SAFI_PATH:
		return take_path(config, value, text, mark);
	case SAFI_LIST:
		return take_words(config, value, text, mark) && check_length(config, value, mark);
	default:
		return take_number(config, value, text, mark);
	}
}

static bool take_list(const safi_config *config, Value *value, const SafiNode *list)
{
	bool good = true;
	begin_list(value);
	for (guint i = 0; i < list->values->len; i++) {
		const SafiNode *item = list->values->pdata[i];
		if (item->wrong) {
			good = false;
		} else if (item->kind != SAFI_NODE_SCALAR || safi_node_null(item)) {
			complain(config, value, item->mark, "wants texts as items");
			good = false;
		} else {
			good &= take_item(config, value, item->text, item->mark);
		}
	}
	return good && check_length(config, value, list->mark);
}

static bool take_node(const safi_config *config, Value *value, const SafiNode *node)
{
	if (node->wrong) {
		return false;
	}
	if (safi_node_null(node)) {
		complain(config, value, node->mark, "has no value; give it one or leave it out");
		return false;
	}
	if (node->kind == SAFI_NODE_SCALAR) {
		return take_text(config, value, node->text, node->mark);
	}
	if (node->kind == SAFI_NODE_LIST && value->option->type == SAFI_LIST) {
		return take_list(config, value, node);
	}
	complain(config, value, node->mark, "wants %s, not a %s", wanted(value->option),
	         node->kind == SAFI_NODE_LIST ? "list" : "map");
	return false;
}

/* --- the whole -------------------------------------------------------------------------------- */

static Value *find(const safi_config *config, const char *name)
{
	for (guint i = 0; i < config->n; i++) {
		if (strcmp(config->values[i].option->name, name) == 0) {
			return &config->values[i];
		}
	}
	return NULL;
}

static void take_default(const safi_config *config, Value *value)
{
	const safi_option *option = value->option;
	bool required = option->flags & SAFI_REQUIRED;
	if (option->fallback != NULL) {
		value->set = take_text(config, value, option->fallback, config->place);
	} else if (required && !value->given) {
		safi_report_error(config->report, config->place, "stage '%s' needs the option '%s'%s%s",
		                  config->label, option->name, option->example ? ", such as " : "",
		                  option->example ? option->example : "");
	}
}

static void tell_unknown(const safi_config *config, const SafiNode *key)
{
	SafiSuggest suggest;
	safi_suggest_begin(&suggest, strchr(key->text, ':') ? "" : key->text);
	for (guint i = 0; i < config->n; i++) {
		safi_suggest_try(&suggest, config->values[i].option->name);
	}
	g_autofree char *see = suggest.name ? g_strdup("")
	                     : strchr(key->text, ':') ? g_strdup("; is a blank missing behind the ':'?")
	                     : config->n == 0 ? g_strdup("; it has none")
	                     : g_strdup_printf("; safi inspect %s shows those it has",
	                                       config->stage->name);
	safi_report_error(config->report, key->mark, "stage '%s' has no option '%s'%s", config->label,
	                  key->text, see);
	safi_report_suggest(config->report, &suggest);
}

static void take_given(const safi_config *config, const SafiNode *key, const SafiNode *node)
{
	Value *value = find(config, key->text);
	if (value == NULL) {
		tell_unknown(config, key);
		return;
	}
	if (value->given) {
		return; /* twice: told already */
	}
	if (value->option->flags & SAFI_DEPRECATED) {
		const char *doc = value->option->doc;
		safi_report_warning(config->report, key->mark,
		                    "option '%s' of stage '%s' is deprecated: %.*s", key->text,
		                    config->label, (int)strlen(doc) - g_str_has_suffix(doc, "."), doc);
	}
	value->given = true;
	value->mark = node->mark;
	value->set = take_node(config, value, node);
	if (!value->set) {
		clear(value);
	}
}

static void take_all(const safi_config *config, const SafiNode *given)
{
	if (given == NULL || given->wrong || safi_node_null(given)) {
		return;
	}
	if (given->kind != SAFI_NODE_MAP) {
		safi_report_error(config->report, given->mark,
		                  "the options of stage '%s' must be a map, such as {name: value}",
		                  config->label);
		return;
	}
	for (guint i = 0; i < given->keys->len; i++) {
		take_given(config, given->keys->pdata[i], given->values->pdata[i]);
	}
}

safi_config *safi_config_new(const safi_stage *stage, const char *label, const SafiNode *given,
                             SafiMark place, const char *base, SafiReport *report)
{
	safi_config *config = g_new0(safi_config, 1);
	config->stage = stage;
	config->label = g_strdup(label);
	config->base = g_strdup(base);
	config->place = place;
	config->report = report;
	while (stage->options != NULL && stage->options[config->n] != NULL) {
		config->n++;
	}
	config->values = g_new0(Value, config->n);
	for (guint i = 0; i < config->n; i++) {
		config->values[i].option = stage->options[i];
	}
	take_all(config, given);
	for (guint i = 0; i < config->n; i++) {
		if (!config->values[i].set) {
			take_default(config, &config->values[i]);
		}
	}
	return config;
}

void safi_config_free(safi_config *config)
{
	if (config == NULL) {
		return;
	}
	for (guint i = 0; i < config->n; i++) {
		clear(&config->values[i]);
	}
	g_free(config->values);
	g_free(config->label);
	g_free(config->base);
	g_free(config);
}

/* --- what a stage asks ------------------------------------------------------------------------ */

/* The value of an option that is one of two types, or NULL: refused, or not set. */
static const Value *get(const safi_config *config, const char *name, uint32_t type, uint32_t other)
{
	const Value *value = find(config, name);
	if (value != NULL && (value->option->type == type || value->option->type == other)) {
		return value->set ? value : NULL;
	}
	g_autofree char *message =
		g_strdup_printf(value ? "asks for its option '%s' as what it was not declared"
		                      : "asks for an option '%s' that it does not declare", name);
	safi_config_refuse(config, NULL, message);
	return NULL;
}

safi_text safi_config_text(const safi_config *config, const char *name)
{
	const Value *value = get(config, name, SAFI_TEXT, SAFI_PATH);
	return value ? safi_str(value->text) : (safi_text){ NULL, 0 };
}

int64_t safi_config_int(const safi_config *config, const char *name)
{
	const Value *value = get(config, name, SAFI_INT, SAFI_SIZE);
	return value ? value->number : 0;
}

double safi_config_real(const safi_config *config, const char *name)
{
	const Value *value = get(config, name, SAFI_REAL, SAFI_REAL);
	return value ? value->real : 0;
}

bool safi_config_bool(const safi_config *config, const char *name)
{
	const Value *value = get(config, name, SAFI_BOOL, SAFI_BOOL);
	return value && value->truth;
}

bool safi_config_item(const safi_config *config, const char *name, uint32_t i, safi_text *item)
{
	const Value *value = get(config, name, SAFI_LIST, SAFI_LIST);
	if (value == NULL || i >= value->items->len) {
		return false;
	}
	*item = safi_str(value->items->pdata[i]);
	return true;
}

static char *value_text(const Value *value)
{
	switch (value->option->type) {
	case SAFI_INT:
		return g_strdup_printf("%" G_GINT64_FORMAT, value->number);
	case SAFI_SIZE:
		return safi_value_size_text(value->number);
	case SAFI_REAL:
		return g_strdup_printf("%.15g", value->real);
	case SAFI_BOOL:
		return g_strdup(value->truth ? "true" : "false");
	default:
		return g_strdup(value->text);
	}
}

char *safi_config_shown(const safi_config *config, const char *name)
{
	const Value *value = find(config, name);
	if (value == NULL || !value->given || !value->set) {
		return NULL;
	}
	if (value->option->flags & SAFI_SECRET) {
		return g_strdup("...");
	}
	if (value->items == NULL) {
		return value_text(value);
	}
	g_autoptr(GString) items = g_string_new(NULL);
	for (guint i = 0; i < value->items->len; i++) {
		g_string_append_printf(items, "%s%s", i > 0 ? ", " : "",
		                       (const char *)value->items->pdata[i]);
	}
	return g_strdup(items->str);
}

/* A value is told with its length, so that no two lists of values are one text. */
static void add_to_sum(GChecksum *sum, const char *text)
{
	g_autofree char *part = g_strdup_printf("%" G_GSIZE_FORMAT ":%s", strlen(text), text);
	g_checksum_update(sum, (const guchar *)part, -1);
}

char *safi_config_fingerprint(const safi_config *config)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	for (guint i = 0; i < config->n; i++) {
		const Value *value = &config->values[i];
		g_autofree char *text = value->set && value->items == NULL ? value_text(value) : NULL;
		add_to_sum(sum, value->option->name);
		add_to_sum(sum, text ? text : value->set ? "list" : "none");
		for (guint k = 0; value->items != NULL && k < value->items->len; k++) {
			add_to_sum(sum, value->items->pdata[k]);
		}
	}
	return g_strndup(g_checksum_get_string(sum), 32);
}

bool safi_config_given(const safi_config *config, const char *name)
{
	const Value *value = find(config, name);
	if (value == NULL) {
		get(config, name, 0, 0);
	}
	return value && value->given;
}

bool safi_config_declares(const safi_config *config, const char *name, uint32_t type)
{
	const Value *value = find(config, name);

	return value && value->option->type == type;
}

SafiMark safi_config_item_mark(const safi_config *config, const char *option, uint32_t i)
{
	const Value *value = find(config, option);
	return value != NULL && value->given && value->marks != NULL && i < value->marks->len
		? g_array_index(value->marks, SafiMark, i) : safi_config_mark(config, option);
}

SafiMark safi_config_mark(const safi_config *config, const char *option)
{
	const Value *value = option ? find(config, option) : NULL;
	return value && value->given ? value->mark : config->place;
}

void safi_config_refuse(const safi_config *config, const char *option, const char *message)
{
	bool known = option != NULL && find(config, option) != NULL;
	SafiMark mark = safi_config_mark(config, known ? option : NULL);
	message = message != NULL && *message ? message : "it gave no reason";
	if (known) {
		safi_report_error(config->report, mark, "option '%s' of stage '%s': %s", option,
		                  config->label, message);
	} else {
		safi_report_error(config->report, mark, "stage '%s': %s", config->label, message);
	}
	/* Read-only to the stage; to its maker, on [main], it notes what became of it. */
	((safi_config *)config)->refused = true;
}

bool safi_config_refused(const safi_config *config)
{
	return config->refused;
}

void safi_config_set_owner(safi_config *config, gpointer owner)
{
	config->owner = owner;
}

gpointer safi_config_owner(const safi_config *config)
{
	return config->owner;
}
