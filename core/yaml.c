#include "yaml.h"

#include "memory.h"
#include "search.h"
#include "syntax.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

enum { DEEPEST = 64, LARGEST = 1 << 20, MOST_COPIED = 100000, MOST_DIRECTIVES = 16 };

/* A list or map that is not closed yet. */
typedef struct Frame {
	SafiNode *node;
	SafiNode *key;  /* of a map: waits for its value */
	char *anchor;   /* NULL: none */
	gsize begin;    /* characters before it; 0 for block style, which has no closing bracket */
} Frame;

typedef struct Loader {
	yaml_parser_t parser;
	SafiReport *report;
	SafiYamlText file;
	Frame frames[DEEPEST];
	guint depth;
	SafiNode *root;
	GTree *anchors; /* name -> SafiNode, complete; a tree, as hashes can be made to collide */
	guint copied;   /* nodes that aliases made; a text counts once more for every 64 bytes */
} Loader;

static SafiMark mark_of(const Loader *loader, const yaml_mark_t *from, const yaml_mark_t *to)
{
	SafiMark mark = safi_syntax_mark(&loader->file, from);
	if (to != NULL) {
		mark.length = (guint)(to->index - from->index);
	}
	return mark;
}

static SafiMark whole(const char *path)
{
	return (SafiMark){ path, 0, 0, 0 };
}

/* --- the tree --------------------------------------------------------------------------------- */

static bool is_key(const Loader *loader)
{
	const Frame *top = loader->depth > 0 ? &loader->frames[loader->depth - 1] : NULL;
	return top != NULL && top->node->kind == SAFI_NODE_MAP && top->key == NULL;
}

/* Puts a node where the file has it; the tree owns it from here. */
static void place(Loader *loader, SafiNode *node)
{
	Frame *top = loader->depth > 0 ? &loader->frames[loader->depth - 1] : NULL;
	if (top == NULL) {
		loader->root = node;
	} else if (is_key(loader)) {
		top->key = node;
	} else {
		if (top->key != NULL) {
			g_ptr_array_add(top->node->keys, g_steal_pointer(&top->key));
		}
		g_ptr_array_add(top->node->values, node);
	}
}

static void name(Loader *loader, const char *anchor, SafiNode *node)
{
	if (anchor != NULL) {
		g_tree_replace(loader->anchors, g_strdup(anchor), node);
	}
}

static void set_tag(SafiNode *node, const yaml_char_t *tag)
{
	node->tag = g_strdup((const char *)tag);
}

static bool too_deep(Loader *loader, SafiMark mark)
{
	safi_report_error(loader->report, mark, "lists and maps are nested over %d deep", DEEPEST);
	return false;
}

/* Of YAML 1.1 only; who uses it should not be told of an unknown key. */
static bool is_merge_key(const yaml_event_t *event)
{
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

static bool add_scalar(Loader *loader, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	SafiMark mark = mark_of(loader, &event->start_mark, &event->end_mark);
	if (strlen(text) != event->data.scalar.length) {
		safi_report_error(loader->report, mark, "a text may not contain U+0000");
		return false;
	}
	if (is_key(loader) && is_merge_key(event)) {
		safi_report_error(loader->report, mark, "YAML's merge key '<<' is not supported; write out "
		                  "what it would merge");
		return false;
	}
	SafiNode *node = safi_node_new(SAFI_NODE_SCALAR, mark, text);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	set_tag(node, event->data.scalar.tag);
	place(loader, node);
	name(loader, (const char *)event->data.scalar.anchor, node);
	return true;
}

static bool open_frame(Loader *loader, const yaml_event_t *event, SafiNodeKind kind, bool flow,
                       const yaml_char_t *anchor, const yaml_char_t *tag)
{
	SafiMark mark = mark_of(loader, &event->start_mark, NULL);
	if (is_key(loader)) {
		safi_report_error(loader->report, mark, "a key must be a text, not a list or a map");
		return false;
	}
	if (loader->depth == DEEPEST) {
		return too_deep(loader, mark);
	}
	SafiNode *node = safi_node_new(kind, mark, NULL);
	set_tag(node, tag);
	place(loader, node);
	loader->frames[loader->depth++] = (Frame){
		.node = node,
		.anchor = g_strdup((const char *)anchor),
		.begin = flow ? event->start_mark.index + 1 : 0,
	};
	return true;
}

static gint by_text(gconstpointer left, gconstpointer right)
{
	const SafiNode *a = *(SafiNode *const *)left, *b = *(SafiNode *const *)right;
	int by = strcmp(a->text, b->text);
	by = by ? by : (a->mark.line > b->mark.line) - (a->mark.line < b->mark.line);
	return by ? by : (a->mark.column > b->mark.column) - (a->mark.column < b->mark.column);
}

/* By sorting, not by hashing: no choice of keys makes it slow. */
static void refuse_duplicates(const Loader *loader, const SafiNode *map)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	g_ptr_array_extend(sorted, map->keys, NULL, NULL);
	g_ptr_array_sort(sorted, by_text);
	const SafiNode *first = sorted->len > 0 ? sorted->pdata[0] : NULL;
	for (guint i = 1; i < sorted->len; i++) {
		const SafiNode *key = sorted->pdata[i];
		if (strcmp(first->text, key->text) != 0) {
			first = key;
			continue;
		}
		safi_report_error(loader->report, key->mark, "the key '%s' is given twice", key->text);
		safi_report_note(loader->report, first->mark, "first given here");
	}
}

static void close_frame(Loader *loader, const yaml_event_t *event)
{
	Frame *top = &loader->frames[--loader->depth];
	SafiNode *node = top->node;
	if (top->begin > 0) {
		node->mark.length = (guint)(event->end_mark.index - (top->begin - 1));
	} else if (node->kind == SAFI_NODE_MAP && node->keys->len > 0) {
		node->mark.length = ((SafiNode *)node->keys->pdata[0])->mark.length;
	}
	if (node->kind == SAFI_NODE_MAP) {
		refuse_duplicates(loader, node);
	}
	name(loader, top->anchor, node);
	g_clear_pointer(&top->anchor, g_free);
}

/* --- aliases ---------------------------------------------------------------------------------- */

/* Whether a copy of the node fits, counted before anything is copied. */
static bool afford(Loader *loader, const SafiNode *node, guint depth, SafiMark alias)
{
	if (node->kind != SAFI_NODE_SCALAR && depth > DEEPEST) {
		return too_deep(loader, alias);
	}
	loader->copied += 1 + (node->text ? (guint)strlen(node->text) / 64 : 0);
	if (loader->copied > MOST_COPIED) {
		safi_report_error(loader->report, alias, "the aliases multiply: with this one there are "
		                  "over %d values", MOST_COPIED);
		return false;
	}
	for (guint i = 0; node->keys != NULL && i < node->keys->len; i++) {
		if (!afford(loader, node->keys->pdata[i], depth + 1, alias)) {
			return false;
		}
	}
	for (guint i = 0; node->values != NULL && i < node->values->len; i++) {
		if (!afford(loader, node->values->pdata[i], depth + 1, alias)) {
			return false;
		}
	}
	return true;
}

/* As deep as afford() allows. */
static void mark_alias(SafiNode *node, SafiMark alias)
{
	node->mark.alias_line = alias.line;
	node->mark.alias_column = alias.column;
	node->mark.alias_length = alias.length;
	for (guint i = 0; node->keys != NULL && i < node->keys->len; i++) {
		mark_alias(node->keys->pdata[i], alias);
	}
	for (guint i = 0; node->values != NULL && i < node->values->len; i++) {
		mark_alias(node->values->pdata[i], alias);
	}
}

static bool is_open(const Loader *loader, const char *anchor)
{
	for (guint i = 0; i < loader->depth; i++) {
		if (g_strcmp0(loader->frames[i].anchor, anchor) == 0) {
			return true;
		}
	}
	return false;
}

static bool add_alias(Loader *loader, const yaml_event_t *event)
{
	const char *anchor = (const char *)event->data.alias.anchor;
	SafiMark mark = mark_of(loader, &event->start_mark, &event->end_mark);
	const SafiNode *node = g_tree_lookup(loader->anchors, anchor);
	if (is_open(loader, anchor)) {
		safi_report_error(loader->report, mark, "the alias '*%s' refers to itself", anchor);
	} else if (node == NULL) {
		safi_report_error(loader->report, mark, "no anchor '&%s' stands before this alias", anchor);
	} else if (is_key(loader) && node->kind != SAFI_NODE_SCALAR) {
		safi_report_error(loader->report, mark, "a key must be a text, not a list or a map");
	} else if (afford(loader, node, loader->depth + 1, mark)) {
		SafiNode *copy = safi_node_copy(node);
		mark_alias(copy, mark);
		place(loader, copy);
		return true;
	}
	return false;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool begin_document(Loader *loader, const yaml_event_t *event)
{
	if (loader->root == NULL) {
		return true;
	}
	safi_report_error(loader->report, mark_of(loader, &event->start_mark, &event->end_mark),
	                  "a second document begins here; a file holds one");
	return false;
}

static bool take_event(Loader *loader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(loader, event);
	case YAML_SCALAR_EVENT:
		return add_scalar(loader, event);
	case YAML_ALIAS_EVENT:
		return add_alias(loader, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_frame(loader, event, SAFI_NODE_LIST,
		                  event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
		                  event->data.sequence_start.anchor, event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return open_frame(loader, event, SAFI_NODE_MAP,
		                  event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
		                  event->data.mapping_start.anchor, event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_frame(loader, event);
		return true;
	default:
		return true;
	}
}

/* False when no tree can be made of it: reported. */
static bool take_all(Loader *loader)
{
	for (bool done = false; !done;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&loader->parser, &event)) {
			safi_syntax_report(&loader->file, &loader->parser, loader->report);
			return false;
		}
		done = event.type == YAML_STREAM_END_EVENT;
		bool good = take_event(loader, &event);
		yaml_event_delete(&event);
		if (!good) {
			return false;
		}
	}
	if (loader->root == NULL) {
		safi_report_error(loader->report, whole(loader->file.path),
		                  "is empty; a pipeline begins with 'safi: 1'");
	}
	return loader->root != NULL;
}

static gint by_name(gconstpointer a, gconstpointer b, gpointer unused)
{
	return strcmp(a, b);
}

static SafiNode *load(Loader *loader)
{
	const SafiYamlText *file = &loader->file;
	/* One that is not whole would parse without end. */
	if (!yaml_parser_initialize(&loader->parser)) {
		safi_memory_end();
	}
	yaml_parser_set_input_string(&loader->parser, (const yaml_char_t *)file->text - file->bom,
	                             file->len + file->bom);
	loader->anchors = g_tree_new_full(by_name, NULL, g_free, NULL);
	bool good = take_all(loader);
	g_tree_unref(loader->anchors);
	yaml_parser_delete(&loader->parser);
	for (guint i = 0; i < loader->depth; i++) {
		safi_node_free(loader->frames[i].key);
		g_free(loader->frames[i].anchor);
	}
	if (!good) {
		g_clear_pointer(&loader->root, safi_node_free);
	}
	return loader->root;
}

/* --- files ------------------------------------------------------------------------------------ */

/* By its byte order mark, or by an ASCII character, as every pipeline begins with one. */
static bool is_utf16(const char *text, gsize len)
{
	return len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 ||
	                    (text[0] == '\0') != (text[1] == '\0'));
}

/* Looks before libyaml does, whose own message has neither line nor column. */
static bool check_bytes(const char *path, const char *text, gsize len, SafiReport *report)
{
	const char *nul = memchr(text, '\0', len), *wrong;
	if (is_utf16(text, len)) {
		safi_report_error(report, whole(path), "is UTF-16; save it as UTF-8");
	} else if (nul != NULL) {
		safi_report_error(report, safi_mark_of_byte(path, text, len, (gsize)(nul - text)),
		                  "a NUL byte may not stand in YAML; is this a text?");
	} else if (!g_utf8_validate(text, (gssize)len, &wrong)) {
		safi_report_error(report, safi_mark_of_byte(path, text, len, (gsize)(wrong - text)),
		                  "the byte 0x%02X is not UTF-8; save the file as UTF-8",
		                  (guint)(guchar)*wrong);
	} else {
		return true;
	}
	return false;
}

/* libyaml compares every two %TAG lines. */
static bool check_directives(const char *path, const char *text, gsize len, SafiReport *report)
{
	bool begins = true;
	guint n = 0;
	for (const char *p = text, *end = text + len; p < end;) {
		gsize line_break = safi_mark_break(p, end);
		n += begins && *p == '%';
		if (n > MOST_DIRECTIVES) {
			safi_report_error(report, safi_mark_of_byte(path, text, len, (gsize)(p - text)),
			                  "more than %d lines begin with a '%%'; a pipeline needs none",
			                  MOST_DIRECTIVES);
			return false;
		}
		begins = line_break > 0;
		p += MAX(line_break, 1);
	}
	return true;
}

SafiNode *safi_yaml_parse(const char *path, const char *text, gsize len, SafiReport *report)
{
	const char *known = safi_report_add_file(report, path, text, len);
	gsize bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	text += bom;
	len -= bom;
	if (len > LARGEST) {
		safi_report_error(report, whole(known),
		                  "is larger than 1 MiB; is this YAML that a person wrote?");
		return NULL;
	}
	if (!check_bytes(known, text, len, report) || !check_directives(known, text, len, report)) {
		return NULL;
	}
	Loader loader = { .report = report, .file = safi_syntax_text(known, text, len, bom) };
	return load(&loader);
}

/* Reads a little more than is allowed, so that /dev/zero ends too.  Returns 0 or an errno. */
static int read_file(const char *path, char *text, gsize size, gsize *len)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return errno;
	}
	*len = fread(text, 1, size, file);
	int why = ferror(file) ? errno : 0;
	fclose(file);
	return why;
}

/* Tries the names of a directory's files with the ending, without it; *file is the nearest. */
static void try_files(const char *directory, const char *ending, SafiSuggest *suggest, char **file)
{
	g_autoptr(GPtrArray) names = safi_search_files(directory, ending);
	for (guint i = 0; names != NULL && i < names->len; i++) {
		const char *name = names->pdata[i], *before = suggest->name;
		g_autofree char *stem = g_strndup(name, strlen(name) - strlen(ending));
		safi_suggest_try(suggest, stem);
		if (suggest->name != before) {
			g_free(*file);
			*file = g_strdup(name);
			suggest->name = *file;
		}
	}
}

/* The file beside it that has nearly its name.  Endings are not compared: each is one of two. */
static void suggest_file(const char *path, SafiReport *report)
{
	g_autofree char *directory = g_path_get_dirname(path), *base = g_path_get_basename(path);
	g_autofree char *file = NULL;
	SafiSuggest suggest;
	base[strcspn(base, ".")] = '\0';
	safi_suggest_begin(&suggest, base);
	try_files(directory, ".yaml", &suggest, &file);
	try_files(directory, ".yml", &suggest, &file);
	safi_report_suggest(report, &suggest);
}

SafiNode *safi_yaml_load(const char *path, SafiReport *report)
{
	enum { BOM = 3, SIZE = BOM + LARGEST + 1 };
	g_autofree char *text = g_malloc(SIZE);
	gsize len = 0;
	int why = read_file(path, text, SIZE, &len);
	if (why == 0) {
		return safi_yaml_parse(path, text, len, report);
	}
	SafiMark place = whole(safi_report_add_file(report, path, "", 0));
	if (why == EISDIR) {
		safi_report_error(report, place, "is a directory; name a file in it");
	} else {
		safi_report_error(report, place, "cannot be read: %s", g_strerror(why));
		suggest_file(path, report);
	}
	return NULL;
}
