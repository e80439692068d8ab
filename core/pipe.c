/* The words of `safi pipe`: 'text per=line | normalize profile=search | jsonl'.
 *
 * Stages with a bar between them, each a name and option=value words.  A value with blanks or bars
 * stands in '...', where everything is itself, or in "...", where \" and \\ are one character. */
#include "draft.h"

#include <string.h>

typedef struct Scanner {
	const char *p, *end;
	SafiMark at; /* of *p */
	SafiReport *report;
	bool failed, told;        /* told: a word that may have been a stage */
	const SafiDraft *puzzled; /* the stage that had one */
} Scanner;

/* One word, without its quotes. */
typedef struct Word {
	GString *text;
	SafiMark mark, value_mark;
	gssize equals;     /* where in the text the first bare '=' is; -1: none */
	const char *value; /* what stands behind it, as it was written */
} Word;

static void word_free(Word *word)
{
	if (word != NULL) {
		g_string_free(word->text, TRUE);
	}
	g_free(word);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Word, word_free)

static void step(Scanner *scanner)
{
	gsize line_break = safi_mark_break(scanner->p, scanner->end);
	if (line_break > 0) {
		scanner->at.line++;
		scanner->at.column = 1;
		scanner->p += line_break;
	} else {
		scanner->at.column++;
		scanner->p = g_utf8_next_char(scanner->p);
	}
}

static void take(Scanner *scanner, Word *word)
{
	const char *from = scanner->p;
	step(scanner);
	g_string_append_len(word->text, from, scanner->p - from);
}

static void skip_blanks(Scanner *scanner)
{
	while (*scanner->p != '\0' && g_ascii_isspace(*scanner->p)) {
		step(scanner);
	}
}

/* What stands between two quotation marks of a kind. */
static void take_quoted(Scanner *scanner, Word *word)
{
	char quote = *scanner->p;
	SafiMark begin = scanner->at;
	step(scanner);
	while (*scanner->p != '\0' && *scanner->p != quote) {
		if (quote == '"' && *scanner->p == '\\' && strchr("\"\\", scanner->p[1]) && scanner->p[1]) {
			step(scanner);
		}
		take(scanner, word);
	}
	if (*scanner->p == quote) {
		step(scanner);
		return;
	}
	safi_report_error(scanner->report, begin, "this quotation mark is not closed");
	scanner->failed = true;
}

static void take_bare(Scanner *scanner, Word *word)
{
	bool equals = *scanner->p == '=' && word->equals < 0;
	if (equals) {
		word->equals = (gssize)word->text->len;
	}
	take(scanner, word);
	if (equals) {
		word->value_mark = scanner->at;
		word->value = scanner->p;
	}
}

/* The next word of a stage, or NULL at a bar or at the end. */
static Word *next_word(Scanner *scanner)
{
	skip_blanks(scanner);
	if (*scanner->p == '\0' || *scanner->p == '|') {
		return NULL;
	}
	const char *from = scanner->p;
	Word *word = g_new0(Word, 1);
	word->text = g_string_new(NULL);
	word->mark = scanner->at;
	word->equals = -1;
	while (*scanner->p != '\0' && *scanner->p != '|' && !g_ascii_isspace(*scanner->p)) {
		if (*scanner->p == '\'' || *scanner->p == '"') {
			take_quoted(scanner, word);
		} else {
			take_bare(scanner, word);
		}
	}
	const char *name_end = word->equals < 0 ? scanner->p : word->value - 1;
	word->mark.length = (guint)g_utf8_strlen(from, name_end - from);
	if (word->equals >= 0) {
		word->value_mark.length = (guint)g_utf8_strlen(word->value, scanner->p - word->value);
	}
	return word;
}

/* Once a stage: what follows is mostly the rest of the same mistake. */
static void tell_no_option(Scanner *scanner, const SafiDraft *draft, const Word *word)
{
	if (scanner->puzzled != draft) {
		safi_report_error(scanner->report, word->mark, "'%s' is not option=value, without blanks "
		                  "but in '...'; between stages stands a |", word->text->str);
	}
	scanner->puzzled = draft;
	scanner->told = true;
}

static void take_option(Scanner *scanner, SafiDraft *draft, const Word *word)
{
	if (word->equals <= 0) {
		tell_no_option(scanner, draft, word);
		return;
	}
	g_autofree char *name = g_strndup(word->text->str, (gsize)word->equals);
	const SafiNode *first = safi_node_get(draft->options, name);
	if (first != NULL) {
		safi_report_error(scanner->report, word->mark, "the option '%s' is given twice", name);
		return;
	}
	SafiNode *value =
		safi_node_new(SAFI_NODE_SCALAR, word->value_mark, word->text->str + word->equals + 1);
	value->quoted = true; /* a text, even an empty one */
	safi_node_put(draft->options, safi_node_new(SAFI_NODE_SCALAR, word->mark, name), value);
}

/* One stage: up to the next bar or the end. */
static void take_stage(Scanner *scanner, GPtrArray *drafts)
{
	g_autoptr(Word) name = next_word(scanner);
	if (name == NULL) {
		safi_report_error(scanner->report, scanner->at, "the name of a stage is missing here");
		scanner->failed = true;
		return;
	}
	SafiDraft *draft = safi_draft_new(SAFI_CHANGES, name->text->str, name->mark);
	draft->options = safi_node_new(SAFI_NODE_MAP, name->mark, NULL);
	g_ptr_array_add(drafts, draft);
	for (;;) {
		g_autoptr(Word) word = next_word(scanner);
		if (word == NULL) {
			return;
		}
		take_option(scanner, draft, word);
	}
}

static void take_all(Scanner *scanner, GPtrArray *drafts)
{
	take_stage(scanner, drafts);
	while (*scanner->p == '|') {
		step(scanner);
		take_stage(scanner, drafts);
	}
	if (scanner->failed) {
		return;
	}
	if (drafts->len < 2) {
		scanner->failed = true;
	}
	if (drafts->len < 2 && !scanner->told) {
		safi_report_error(scanner->report, scanner->at,
		                  "a pipe is at least a reader and a writer, such as text | jsonl");
	}
	if (scanner->failed) {
		return;
	}
	((SafiDraft *)drafts->pdata[0])->role = SAFI_READS;
	((SafiDraft *)drafts->pdata[drafts->len - 1])->role = SAFI_WRITES;
}

SafiPipeline *safi_pipeline_parse(const char *words, SafiCatalog *catalog, const char *const *sets,
                                  SafiReport *report)
{
	guint before = safi_report_errors(report);
	const char *path = safi_report_add_file(report, "pipe", words, strlen(words)), *wrong;
	words += g_str_has_prefix(words, "\xEF\xBB\xBF") ? 3 : 0; /* the report leaves it out too */
	gsize len = strlen(words);
	Scanner scanner = { words, words + len, { path, 1, 1, 1 }, report, false };
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_new("pipe", NULL);
	g_autoptr(GPtrArray) drafts = safi_drafts_new();
	if (!g_utf8_validate(words, (gssize)len, &wrong)) {
		safi_report_error(report, safi_mark_of_byte(path, words, len, (gsize)(wrong - words)),
		                  "the byte 0x%02X is not UTF-8", (guint)(guchar)*wrong);
		return NULL;
	}
	take_all(&scanner, drafts);
	if (!scanner.failed) {
		safi_draft_finish(drafts, pipeline, catalog, sets, report);
	}
	return safi_report_errors(report) == before ? g_steal_pointer(&pipeline) : NULL;
}
