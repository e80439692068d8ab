/* What libyaml finds wrong with a file, in words for people: it speaks of its grammar, and its
 * place is where it noticed, not always where the mistake is.  [main] */
#pragma once

#include "problem.h"

#include <yaml.h>

/* The file that is parsed; texts belong to whoever made it. */
typedef struct SafiYamlText {
	const char *path, *text;
	gsize len, chars;
	gsize bom;    /* bytes before the text, which libyaml leaves out itself */
	SafiMark end; /* behind the last character that is no blank */
} SafiYamlText;

SafiYamlText safi_syntax_text(const char *path, const char *text, gsize len, gsize bom);

/* Where libyaml says, but nothing behind the end: it begins a new line there, also where the file
 * does not.  The mark is of one character. */
SafiMark safi_syntax_mark(const SafiYamlText *file, const yaml_mark_t *mark);

/* Reports what the parser stopped at. */
void safi_syntax_report(const SafiYamlText *file, const yaml_parser_t *parser, SafiReport *report);
