#include "yaml.h"

#include "said.h"
#include <glib/gstdio.h>
#include <string.h>

/* The tree written out: lists in [], maps in {}, texts as they are, quoted ones in '', and behind
 * each its line:column+length. */
static void write_node(GString *to, const SafiNode *node)
{
	if (node->kind == SAFI_NODE_SCALAR) {
		const char *quote = node->quoted ? "'" : "";
		g_string_append_printf(to, "%s%s%s", quote, node->text, quote);
	} else {
		g_string_append_c(to, node->kind == SAFI_NODE_MAP ? '{' : '[');
		for (guint i = 0; i < node->values->len; i++) {
			if (node->kind == SAFI_NODE_MAP) {
				write_node(to, node->keys->pdata[i]);
				g_string_append_c(to, '=');
			}
			write_node(to, node->values->pdata[i]);
			if (i + 1 < node->values->len) {
				g_string_append_c(to, ' ');
			}
		}
		g_string_append_c(to, node->kind == SAFI_NODE_MAP ? '}' : ']');
	}
	if (node->tag != NULL) {
		g_string_append_printf(to, "<%s>", node->tag);
	}
	g_string_append_printf(to, "@%u:%u+%u", node->mark.line, node->mark.column,
	                       node->mark.length);
}

static void assert_tree(const char *text, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", text, strlen(text), report);
	g_autoptr(GString) written = g_string_new(NULL);
	assert_said(report, "");
	write_node(written, root);
	g_assert_cmpstr(written->str, ==, expected);
}

static void assert_bytes_refused(const char *text, gsize len, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", text, len, report);
	assert_said(report, expected);
	g_assert_null(root);
	g_assert_cmpuint(safi_report_errors(report), ==, 1);
}

static void assert_refused(const char *text, const char *expected)
{
	assert_bytes_refused(text, strlen(text), expected);
}

static void test_places(void)
{
	assert_tree("a: b\nlist:\n  - one\n  - {k: 'v'}\n",
	            "{a@1:1+1=b@1:4+1 list@2:1+4=[one@3:5+3 {k@4:6+1='v'@4:9+3}@4:5+8]@3:3+1}@1:1+1");
	assert_tree("عنوان: خبر عاجل\n", "{عنوان@1:1+5=خبر عاجل@1:8+8}@1:1+5");
	assert_tree("\xEF\xBB\xBFread: x\r\nto: y", "{read@1:1+4=x@1:7+1 to@2:1+2=y@2:5+1}@1:1+4");
	/* A second mark is a character of the line. */
	assert_tree("\xEF\xBB\xBF\xEF\xBB\xBF"
	            "a: x", "{a@1:2+1=x@1:5+1}@1:2+1");
	assert_tree("a: [x,\n y]\n", "{a@1:1+1=[x@1:5+1 y@2:2+1]@1:4+7}@1:1+1");
}

/* Where the last line has no end, nothing stands in the line behind it. */
static void test_end(void)
{
	assert_tree("a: x\nb:", "{a@1:1+1=x@1:4+1 b@2:1+1=@2:3+0}@1:1+1");
	assert_refused("a: [x", "a.yaml:1:6: error: a ',' or ']' is missing\n"
	                        "    1 | a: [x\n"
	                        "      |      ^\n"
	                        "a.yaml:1:4: note: in the list that begins here\n"
	                        "    1 | a: [x\n"
	                        "      |    ^\n");
}

static void test_texts(void)
{
	assert_tree("[no, 012, ~, '~', 1.10, \"\\u0646\"]",
	            "[no@1:2+2 012@1:6+3 ~@1:11+1 '~'@1:14+3 1.10@1:19+4 'ن'@1:25+8]@1:1+33");
	assert_tree("a:\nb: |\n  one\n", "{a@1:1+1=@1:3+0 b@2:1+1='one\n'@2:4+8}@1:1+1");
	assert_tree("a: !env HOME\n", "{a@1:1+1=HOME<!env>@1:4+9}@1:1+1");
}

static void test_aliases(void)
{
	assert_tree("a: &x [1, &y 2]\nb: *x\nc: *y\n*y : 3\n",
	            "{a@1:1+1=[1@1:8+1 2@1:11+4]@1:4+12 b@2:1+1=[1@1:8+1 2@1:11+4]@1:4+12"
	            " c@3:1+1=2@1:11+4 2@1:11+4=3@4:6+1}@1:1+1");
}

static void test_duplicate_keys(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *text = "b: 1\nread: x\na: 2\n'read': y\nread: z\n";
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", text, strlen(text), report);
	assert_said(report, "a.yaml:4:1: error: the key 'read' is given twice\n"
	                    "    4 | 'read': y\n"
	                    "      | ^~~~~~\n"
	                    "a.yaml:2:1: note: first given here\n"
	                    "    2 | read: x\n"
	                    "      | ^~~~\n"
	                    "a.yaml:5:1: error: the key 'read' is given twice\n"
	                    "    5 | read: z\n"
	                    "      | ^~~~\n"
	                    "a.yaml:2:1: note: first given here\n"
	                    "    2 | read: x\n"
	                    "      | ^~~~\n");
	g_assert_cmpstr(safi_node_get(root, "read")->text, ==, "x");
	g_assert_null(safi_node_get(root, "write"));
}

static void test_bad_aliases(void)
{
	assert_refused("a: &x [1, *x]\n", "a.yaml:1:11: error: the alias '*x' refers to itself\n"
	                                  "    1 | a: &x [1, *x]\n"
	                                  "      |           ^~\n");
	assert_refused("a: &x 1\nb: &x {c: [*x]}\n",
	               "a.yaml:2:12: error: the alias '*x' refers to itself\n"
	               "    2 | b: &x {c: [*x]}\n"
	               "      |            ^~\n");
	assert_refused("a: *x\n", "a.yaml:1:4: error: no anchor '&x' stands before this alias\n"
	                          "    1 | a: *x\n"
	                          "      |    ^~\n");
	assert_refused("a: &x [1]\n*x : b\n",
	               "a.yaml:2:1: error: a key must be a text, not a list or a map\n"
	               "    2 | *x : b\n"
	               "      | ^~\n");
}

static void test_keys(void)
{
	assert_refused("? [a, b]\n: c\n",
	               "a.yaml:1:3: error: a key must be a text, not a list or a map\n"
	               "    1 | ? [a, b]\n"
	               "      |   ^\n");
}

static void test_depth(void)
{
	g_autofree char *open = g_strnfill(64, '['), *close = g_strnfill(64, ']');
	g_autofree char *allowed = g_strconcat(open, "x", close, NULL);
	g_autofree char *deeper = g_strconcat(open, "[x]", close, NULL);
	g_autofree char *flood = g_strnfill(1 << 20, '[');
	g_autofree char *row = g_strnfill(120, '[');
	g_autofree char *expected = g_strdup_printf(
		"a.yaml:1:65: error: lists and maps are nested over 64 deep\n"
		"    1 | %s[x]%.53s ...\n"
		"      | %64s^\n", open, close, "");
	g_autofree char *flooded = g_strdup_printf(
		"a.yaml:1:65: error: lists and maps are nested over 64 deep\n"
		"    1 | %s ...\n"
		"      | %64s^\n", row, "");
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", allowed, strlen(allowed), report);
	assert_said(report, "");
	g_assert_nonnull(root);
	assert_refused(deeper, expected);
	assert_bytes_refused(flood, 1 << 20, flooded);
}

/* Each list holds the one before at its deepest place. */
static void test_depth_through_aliases(void)
{
	g_autofree char *open = g_strnfill(40, '['), *close = g_strnfill(40, ']');
	g_autofree char *text = g_strdup_printf("a: &a %sx%s\nb: %s*a%s\n", open, close, open, close);
	g_autofree char *expected = g_strdup_printf(
		"a.yaml:2:44: error: lists and maps are nested over 64 deep\n"
		"    2 | b: %s*a%s\n"
		"      | %43s^~\n", open, close, "");
	assert_refused(text, expected);
}

static void test_laughs(void)
{
	g_autoptr(GString) text = g_string_new("a0: &a0 [x]\n");
	for (int i = 1; i < 60; i++) {
		g_string_append_printf(text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
		                       i - 1, i - 1);
	}
	assert_refused(text->str, "a.yaml:9:15: error: the aliases multiply: with this one there "
	                         "are over 100000 values\n"
	                          "    9 | a8: &a8 [*a7, *a7, *a7, *a7]\n"
	                          "      |               ^~~\n");
}

static void test_long_laughs(void)
{
	g_autofree char *word = g_strnfill(900000, 'x');
	g_autoptr(GString) text = g_string_new(NULL);
	g_string_append_printf(text, "a: &a %s\nb:\n", word);
	for (int i = 0; i < 20000; i++) {
		g_string_append(text, "- *a\n");
	}
	assert_refused(text->str, "a.yaml:10:3: error: the aliases multiply: with this one there "
	                         "are over 100000 values\n"
	                          "   10 | - *a\n"
	                          "      |   ^~\n");
}

static void test_documents(void)
{
	assert_tree("---\na: b\n...\n", "{a@2:1+1=b@2:4+1}@2:1+1");
	assert_refused("a: b\n---\nc: d\n", "a.yaml:2:1: error: a second document begins here; a file "
	                                    "holds one\n"
	                                    "    2 | ---\n"
	                                    "      | ^~~\n");
	assert_refused("", "a.yaml: error: is empty; a pipeline begins with 'safi: 1'\n");
	assert_refused("# only this\n", "a.yaml: error: is empty; a pipeline begins with 'safi: 1'\n");
}

static void test_tabs(void)
{
	assert_refused("stages:\n\t- normalize\n",
	               "a.yaml:2:1: error: YAML is indented with spaces, not with tabs\n"
	               "    2 | \t- normalize\n"
	               "      | ^\n");
	assert_refused("a: {\n  b: c\n}\nread:\n\tjsonl: {}\n",
	               "a.yaml:5:1: error: YAML is indented with spaces, not with tabs\n"
	               "    5 | \tjsonl: {}\n"
	               "      | ^\n");
	assert_refused("read: text\n\twrite: jsonl\n",
	               "a.yaml:2:1: error: YAML is indented with spaces, not with tabs\n"
	               "    2 | \twrite: jsonl\n"
	               "      | ^\n");
}

static void test_bytes(void)
{
	assert_bytes_refused("\xFF\xFEr\0e\0", 6,
	                     "a.yaml: error: is UTF-16; save it as UTF-8\n");
	assert_bytes_refused("\xFE\xFF\0r\0e", 6,
	                     "a.yaml: error: is UTF-16; save it as UTF-8\n");
	assert_bytes_refused("a: b\nc: \0d\n", 11,
	                     "a.yaml:2:4: error: a NUL byte may not stand in YAML; is this a text?\n"
	                     "    2 | c: \uFFFDd\n"
	                     "      |    ^\n");
	assert_refused("a: خبر\nب: \xC8\xC8\n",
	               "a.yaml:2:4: error: the byte 0xC8 is not UTF-8; save the file as UTF-8\n"
	                                        "    2 | ب: \uFFFD\uFFFD\n"
	                                        "      |    ^\n");
	assert_refused("a: خبر \x07\n",
	               "a.yaml:1:8: error: the character U+0007 may not stand in YAML\n"
	               "    1 | a: خبر \uFFFD\n"
	               "      |        ^\n");
	assert_refused("a: \"x\\0y\"\n", "a.yaml:1:4: error: a text may not contain U+0000\n"
	                                 "    1 | a: \"x\\0y\"\n"
	                                 "      |    ^~~~~~\n");
}

static void test_syntax(void)
{
	assert_refused("read: a: b\n",
	               "a.yaml:1:8: error: a ':' has no place here; does the text need quotation "
	               "marks, or the line another indentation?\n"
	               "    1 | read: a: b\n"
	               "      |        ^\n");
	assert_refused("a: [b, c\nd: e\n",
	               "a.yaml:2:2: error: a ',' or ']' is missing\n"
	               "    2 | d: e\n"
	               "      |  ^\n"
	               "a.yaml:1:4: note: in the list that begins here\n"
	               "    1 | a: [b, c\n"
	               "      |    ^\n");
	assert_refused("a: 'b\n", "a.yaml:1:6: error: the file ends before the closing quotation mark\n"
	                          "    1 | a: 'b\n"
	                          "      |      ^\n"
	                          "a.yaml:1:4: note: in the text that begins here\n"
	                          "    1 | a: 'b\n"
	                          "      |    ^\n");
	assert_refused("a: @b\n", "a.yaml:1:4: error: a text that begins with this character needs "
	                          "quotation marks\n"
	                          "    1 | a: @b\n"
	                          "      |    ^\n");
}

static void test_odd_line_ends(void)
{
	assert_refused("a: b\xC2\x85" "c: d\u2028e: @\n",
	               "a.yaml:3:4: error: a text that begins with this character needs quotation "
	               "marks\n"
	               "    3 | e: @\n"
	               "      |    ^\n");
}

static void test_size(void)
{
	g_autofree char *text = g_strnfill((1 << 20) + 1, ' ');
	text[0] = 'x';
	assert_bytes_refused(text, (1 << 20) + 1,
	                     "a.yaml: error: is larger than 1 MiB; is this YAML that a person "
	                     "wrote?\n");
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", text, 1 << 20, report);
	assert_said(report, "");
	g_assert_nonnull(root);
}

static void test_files(void)
{
	g_autofree char *dir = g_dir_make_tmp("safi-XXXXXX", NULL);
	g_autofree char *good = g_build_filename(dir, "good.yaml", NULL);
	g_autofree char *none = g_build_filename(dir, "none.yaml", NULL);
	g_autofree char *near = g_build_filename(dir, "god.yaml", NULL);
	g_autofree char *expected = g_strdup_printf("%s: error: is a directory; name a file in it\n"
	                                            "%s: error: cannot be read: No such file or "
	                                            "directory\n"
	                                            "%s: error: cannot be read: No such file or "
	                                            "directory; did you mean 'good.yaml'?\n"
	                                            "/dev/zero: error: is larger than 1 MiB; is this "
	                                            "YAML that a person wrote?\n",
	                                            dir, none, near);
	g_assert_true(g_file_set_contents(good, "a: b\n", -1, NULL));
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_load(good, report);
	g_assert_cmpstr(safi_node_get(root, "a")->mark.path, ==, good);
	g_assert_null(safi_yaml_load(dir, report));
	g_assert_null(safi_yaml_load(none, report));
	g_assert_null(safi_yaml_load(near, report));
	g_assert_null(safi_yaml_load("/dev/zero", report));
	assert_said(report, expected);
	g_unlink(good);
	g_rmdir(dir);
}

static void test_directives(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 1; i <= 20; i++) {
		g_string_append_printf(text, "%%TAG !a%d! b\n", i);
	}
	assert_refused(text->str, "a.yaml:17:1: error: more than 16 lines begin with a '%'; a pipeline "
	                          "needs none\n"
	                          "   17 | %TAG !a17! b\n"
	                          "      | ^\n");
}

/* Of a part over and over, with a number in it, a megabyte. */
static void take_megabyte(const char *part)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(GString) text = g_string_new(NULL);
	for (guint i = 0; text->len < 1000000; i++) {
		g_auto(GStrv) pieces = g_strsplit(part, "#", 2);
		g_string_append(text, pieces[0]);
		if (pieces[1] != NULL) {
			g_string_append_printf(text, "%u%s", i, pieces[1]);
		}
	}
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", text->str, text->len, report);
	g_autofree char *printed = said(report);
	g_assert_cmpuint(strlen(printed), <, 20000);
}

/* Whatever a megabyte is made of, it is taken or refused at once: if it were compared with itself,
 * the test would not end in its time. */
static void test_hostile(void)
{
	static const char *const parts[] = {
		"- a\n", "[", "[\n", "{", "- ", "? ", "? a\n", "- &a# x\n", "- &a x\n", "a: 1\n", "a#: 1\n",
		"x", " x", "\"", "'a' ", ",", "#", "\n", "\t", "%TAG !#! x\n", "%TAG ! x\n", "---\n", "a: ",
		"a\n", "|\n", "  x\n", "\xE2\x80\xA8", "\xD9\x91", "\xEF\xBB\xBF", "!a#!b ", "*a ", "\x07",
	};
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		take_megabyte(parts[i]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/yaml/every node knows its line, column and length", test_places);
	g_test_add_func("/yaml/what is missing at the end is told in the last line", test_end);
	g_test_add_func("/yaml/scalars stay the texts they are", test_texts);
	g_test_add_func("/yaml/an alias is a copy with the places of the original", test_aliases);
	g_test_add_func("/yaml/keys that are given twice are all told", test_duplicate_keys);
	g_test_add_func("/yaml/an alias to itself or to nothing is refused", test_bad_aliases);
	g_test_add_func("/yaml/a key that is a list is refused", test_keys);
	g_test_add_func("/yaml/nesting ends at 64, even for a megabyte of brackets", test_depth);
	g_test_add_func("/yaml/aliases cannot nest deeper either", test_depth_through_aliases);
	g_test_add_func("/yaml/a billion laughs end at 100,000 nodes", test_laughs);
	g_test_add_func("/yaml/a long text repeated ends as soon", test_long_laughs);
	g_test_add_func("/yaml/a file holds one document", test_documents);
	g_test_add_func("/yaml/tabs as indentation are told as such", test_tabs);
	g_test_add_func("/yaml/what is not UTF-8 text is told with its place", test_bytes);
	g_test_add_func("/yaml/mistakes of syntax are told in words", test_syntax);
	g_test_add_func("/yaml/lines end as YAML ends them", test_odd_line_ends);
	g_test_add_func("/yaml/a file over 1 MiB is refused", test_size);
	g_test_add_func("/yaml/a directory, a missing and an endless file are refused", test_files);
	g_test_add_func("/yaml/directives are few", test_directives);
	g_test_add_func("/yaml/a megabyte of anything is taken or refused at once", test_hostile);
	return g_test_run();
}
