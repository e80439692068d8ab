/* What libyaml finds wrong with a file, in words for people: it speaks of its grammar, and its
 * place is where it noticed, not always where the mistake is.  [main] */
#pragma once

#include "problem.h"

#include <yaml.h>

/* Reports what the parser stopped at. */
void safi_syntax_report(const yaml_parser_t *parser, const char *path, const char *text, gsize len,
                        SafiReport *report);
