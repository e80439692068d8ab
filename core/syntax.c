#include "syntax.h"

#include <stdbool.h>
#include <string.h>

typedef struct Words {
	const char *libyaml, *ours;
} Words;

static const Words problems[] = {
	{ "mapping values are not allowed in this context",
	  "a ':' has no place here; does the text need quotation marks, or the line another "
	  "indentation?" },
	{ "block sequence entries are not allowed in this context",
	  "a '- ' has no place here; a list begins on a line of its own" },
	{ "did not find expected key", "a key was expected here; is the indentation right?" },
	{ "did not find expected '-' indicator",
	  "a '- ' was expected here; is the indentation right?" },
	{ "could not find expected ':'", "a ':' is missing behind this key" },
	{ "did not find expected ',' or ']'", "a ',' or ']' is missing" },
	{ "did not find expected ',' or '}'", "a ',' or '}' is missing" },
	{ "did not find expected node content", "a value is missing here" },
	{ "did not find expected <document start>",
	  "nothing may follow here; is the indentation right?" },
	{ "found character that cannot start any token",
	  "a text that begins with this character needs quotation marks" },
	{ "found unexpected end of stream", "the file ends before the closing quotation mark" },
	{ "found unexpected document indicator", "a line of '---' or '...' ends the text too early" },
	{ "found unknown escape character",
	  "there is no such escape; between '...' a backslash is just a backslash" },
	{ "did not find expected hexdecimal number",
	  "\\x wants 2 hexadecimal digits, \\u 4 and \\U 8; between '...' a backslash is just a "
	  "backslash" },
	{ "found invalid Unicode character escape code", "there is no such character" },
	{ "did not find expected comment or line break",
	  "only a comment may stand behind this, on its line" },
	{ "did not find expected alphabetic or numeric character",
	  "a name of letters, digits, - and _ is missing behind & or *" },
	{ "found incompatible YAML document", "only YAML 1.1 and 1.2 are read" },
	{ "found undefined tag handle", "the tag is not known here; the only one is !env NAME" },
	{ "found duplicate %YAML directive", "the version is told twice" },
};

static const Words contexts[] = {
	{ "while parsing a block mapping", "in the map that begins here" },
	{ "while parsing a block collection", "in the list that begins here" },
	{ "while parsing a flow mapping", "in the map that begins here" },
	{ "while parsing a flow sequence", "in the list that begins here" },
	{ "while scanning a quoted scalar", "in the text that begins here" },
	{ "while parsing a quoted scalar", "in the text that begins here" },
	{ "while scanning a block scalar", "in the block of text that begins here" },
	{ "while scanning a plain scalar", "in the text that begins here" },
};

static const char *in_words(const Words *words, guint n, const char *libyaml)
{
	for (guint i = 0; i < n; i++) {
		if (strcmp(words[i].libyaml, libyaml) == 0) {
			return words[i].ours;
		}
	}
	return libyaml;
}

SafiYamlText safi_syntax_text(const char *path, const char *text, gsize len, gsize bom)
{
	gsize last = len;
	while (last > 0 && g_ascii_isspace(text[last - 1])) {
		last--;
	}
	return (SafiYamlText){
		.path = path, .text = text, .len = len, .bom = bom,
		.chars = (gsize)g_utf8_strlen(text, (gssize)len),
		.end = safi_mark_of_byte(path, text, len, last),
	};
}

SafiMark safi_syntax_mark(const SafiYamlText *file, const yaml_mark_t *mark)
{
	if (mark->index >= file->chars) {
		return file->end;
	}
	return (SafiMark){ file->path, (guint)mark->line + 1, (guint)mark->column + 1, 1 };
}

static const char *at_index(const SafiYamlText *file, gsize index)
{
	const char *p = file->text, *end = p + file->len;
	while (p < end && index-- > 0) {
		p = g_utf8_next_char(p);
	}
	return p;
}

/* The rest of the line, as a token that has no end. */
static guint line_length(const SafiYamlText *file, gsize index)
{
	const char *p = at_index(file, index), *end = file->text + file->len;
	guint n = 0;
	for (; p < end && safi_mark_break(p, end) == 0; n++) {
		p = g_utf8_next_char(p);
	}
	return n;
}

static void report_problem(const SafiYamlText *file, const yaml_parser_t *parser,
                           SafiReport *report)
{
	const char *problem = parser->problem ? parser->problem : "not enough memory";
	const char *context = parser->context ? parser->context : "";
	/* It looks for the colon to the end of the key's line and beyond, and stops there. */
	bool at_context = strcmp(context, "while scanning a simple key") == 0;
	const yaml_mark_t *where = at_context ? &parser->context_mark : &parser->problem_mark;
	SafiMark mark = safi_syntax_mark(file, where);
	mark.length = at_context ? line_length(file, where->index) : 1;
	safi_report_error(report, mark, "%s", in_words(problems, G_N_ELEMENTS(problems), problem));
	if (*context && parser->context_mark.index != where->index) {
		safi_report_note(report, safi_syntax_mark(file, &parser->context_mark), "%s",
		                 in_words(contexts, G_N_ELEMENTS(contexts), context));
	}
}

void safi_syntax_report(const SafiYamlText *file, const yaml_parser_t *parser, SafiReport *report)
{
	const char *at = at_index(file, parser->problem_mark.index);
	if (parser->error == YAML_READER_ERROR) {
		safi_report_error(report, safi_mark_of_byte(file->path, file->text, file->len,
		                                            parser->problem_offset - file->bom),
		                  "the control character U+%04X may not stand in YAML",
		                  (guint)parser->problem_value);
	} else if (at < file->text + file->len && *at == '\t') {
		safi_report_error(report, safi_syntax_mark(file, &parser->problem_mark),
		                  "YAML is indented with spaces, not with tabs");
	} else {
		report_problem(file, parser, report);
	}
}
