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
	{ "found duplicate %TAG directive", "the tag is told twice" },
	{ "found unknown directive name", "no such directive; a pipeline needs none" },
	{ "could not find expected directive name", "the name of a directive is missing behind the %" },
	{ "did not find expected version number", "a version such as 1.2 is missing here" },
	{ "did not find expected digit or '.' character", "a version such as 1.2 is missing here" },
	{ "found extremely long version number", "this is no version of YAML" },
	{ "found unexpected non-alphabetical character", "a directive's name has letters only" },
	{ "found an indentation indicator equal to 0", "the number behind | or > is from 1 to 9" },
	{ "mapping keys are not allowed in this context", "a '? ' has no place here" },
	{ "found unexpected ':'", "a ':' has no place here; does the text need quotation marks?" },
	{ "did not find the expected '>'", "the tag is not closed; the only one is !env NAME" },
	{ "did not find expected tag URI", "this is no tag; the only one is !env NAME" },
	{ "did not find URI escaped octet", "this is no tag; the only one is !env NAME" },
	{ "did not find expected '!'", "this is no tag; the only one is !env NAME" },
	{ "did not find expected whitespace", "a blank is missing here" },
	{ "did not find expected whitespace or line break", "a blank is missing here" },
	{ "found a tab character that violates indentation",
	  "YAML is indented with spaces, not with tabs" },
	{ "found a tab character where an indentation space is expected",
	  "YAML is indented with spaces, not with tabs" },
	{ "control characters are not allowed", "a control character may not stand in YAML" },
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
	{ "while parsing a block node", "in the value that begins here" },
	{ "while parsing a flow node", "in the value that begins here" },
	{ "while parsing a node", "in the value that begins here" },
	{ "while scanning for the next token", "in what begins here" },
	{ "while scanning an anchor", "in the anchor that begins here" },
	{ "while scanning an alias", "in the alias that begins here" },
	{ "while scanning a tag", "in the tag that begins here" },
	{ "while parsing a tag", "in the tag that begins here" },
	{ "while scanning a directive", "in the directive that begins here" },
	{ "while scanning a tag directive", "in the directive that begins here" },
	{ "while parsing a tag directive", "in the directive that begins here" },
	{ "while scanning a %YAML directive", "in the directive that begins here" },
	{ "while scanning a %TAG directive", "in the directive that begins here" },
	{ "while parsing a %TAG directive", "in the directive that begins here" },
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

/* Whether something stands before the mark on its line but for blanks and the dashes of lists. */
static bool stands_behind(const SafiYamlText *file, gsize index)
{
	for (const char *p = at_index(file, index); p > file->text; p--) {
		if (p[-1] == '\n' || p[-1] == '\r') {
			return false;
		}
		if (strchr(" \t-", p[-1]) == NULL) {
			return true;
		}
	}
	return false;
}

/* It looks for the colon of a key to the end of its line and beyond, and no further than 1,024
 * characters: what is wrong is at the key. */
static void report_key(const SafiYamlText *file, const yaml_parser_t *parser, SafiReport *report)
{
	gsize index = parser->context_mark.index;
	SafiMark mark = safi_syntax_mark(file, &parser->context_mark);
	mark.length = line_length(file, index);
	const char *key = at_index(file, index);
	const char *colon = memchr(key, ':', (gsize)(at_index(file, index + mark.length) - key));
	safi_report_error(report, mark, "%s",
	                  mark.length > 1024 ? "a key has at most 1024 characters, and a ':' behind it"
	                  : colon != NULL    ? "a blank is missing behind the ':' of this key"
	                                     : "a ':' is missing behind this key");
}

static const char *problem_words(const SafiYamlText *file, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "not enough memory";
	if (strcmp(problem, "did not find expected key") == 0 &&
	    stands_behind(file, parser->problem_mark.index)) {
		return "nothing may stand behind the value here; is a bracket too many, or a comma or a "
		       "quotation mark missing?";
	}
	return in_words(problems, G_N_ELEMENTS(problems), problem);
}

static void report_problem(const SafiYamlText *file, const yaml_parser_t *parser,
                           SafiReport *report)
{
	const char *context = parser->context ? parser->context : "";
	safi_report_error(report, safi_syntax_mark(file, &parser->problem_mark), "%s",
	                  problem_words(file, parser));
	if (*context && parser->context_mark.index != parser->problem_mark.index) {
		safi_report_note(report, safi_syntax_mark(file, &parser->context_mark), "%s",
		                 in_words(contexts, G_N_ELEMENTS(contexts), context));
	}
}

void safi_syntax_report(const SafiYamlText *file, const yaml_parser_t *parser, SafiReport *report)
{
	const char *at = at_index(file, parser->problem_mark.index);
	bool tab = at < file->text + file->len && *at == '\t';
	if (parser->error == YAML_READER_ERROR) {
		safi_report_error(report, safi_mark_of_byte(file->path, file->text, file->len,
		                                            parser->problem_offset - file->bom),
		                  "the character U+%04X may not stand in YAML",
		                  (guint)parser->problem_value);
	} else if (tab && !stands_behind(file, parser->problem_mark.index)) {
		safi_report_error(report, safi_syntax_mark(file, &parser->problem_mark),
		                  "YAML is indented with spaces, not with tabs");
	} else if (g_strcmp0(parser->context, "while scanning a simple key") == 0) {
		report_key(file, parser, report);
	} else {
		report_problem(file, parser, report);
	}
}
