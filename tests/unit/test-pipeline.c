#include "pipeline.h"

#include "fake-catalog.h"
#include "said.h"
#include "steps.h"
#include <glib/gstdio.h>
#include <string.h>

/* Where the files of the tests are: the current directory. */
static char *dir;

static void write_file(const char *name, const char *text)
{
	g_assert_true(g_file_set_contents(name, text, -1, NULL));
}

static SafiPipeline *load_with(const char *text, const char *const *sets, SafiReport *report)
{
	write_file("a.yaml", text);
	SafiPipeline *pipeline = safi_pipeline_load("a.yaml", NULL, sets, report);
	g_unlink("a.yaml");
	return pipeline;
}

static void assert_mistakes_with(const char *text, const char *const *sets, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = load_with(text, sets, report);
	assert_said(report, expected);
	g_assert_true((pipeline == NULL) == (safi_report_errors(report) > 0));
}

static void assert_mistakes(const char *text, const char *expected)
{
	assert_mistakes_with(text, NULL, expected);
}

/* --- the whole file --------------------------------------------------------------------------- */

static void test_whole(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = load_with(
		"safi: 1\n"
		"read: {text: {per: line}}\n"
		"stages:\n"
		"  - normalize\n"
		"  - segment:\n"
		"  - extract-quotes: {}\n"
		"    label: اقتباس\n"
		"    on_error: keep\n"
		"write:\n"
		"  jsonl:\n"
		"  to: out/records.jsonl\n"
		"limits: {in_flight: 8, bytes: 32MiB, record: 1MB, held: 1GiB}\n"
		"max_failures: 1%\n", NULL, report);
	assert_said(report, "");
	assert_labels(pipeline, "text -> normalize -> segment -> اقتباس -> jsonl");
	g_assert_cmpstr(pipeline->name, ==, "a");
	g_assert_cmpstr(pipeline->path, ==, "a.yaml");
	g_assert_cmpstr(pipeline->to, ==, "out/records.jsonl");
	g_assert_cmpstr(safi_config_text(pipeline->reader->config, "per").ptr, ==, "line");
	g_assert_true(stage_at(pipeline, 0)->plugin == &fake_plugin);
	g_assert_cmpint(stage_at(pipeline, 0)->on_error, ==, SAFI_ON_ERROR_DEAD);
	g_assert_cmpint(stage_at(pipeline, 2)->on_error, ==, SAFI_ON_ERROR_KEEP);
	g_assert_cmpuint(pipeline->limits.in_flight, ==, 8);
	g_assert_cmpuint(pipeline->limits.bytes, ==, 32 << 20);
	g_assert_cmpuint(pipeline->limits.record, ==, 1000000);
	g_assert_cmpuint(pipeline->limits.held, ==, 1 << 30);
	g_assert_true(pipeline->max_failures.given);
	g_assert_cmpfloat(pipeline->max_failures.share, ==, 0.01);
	g_assert_cmpuint(pipeline->max_failures.count, ==, G_MAXUINT64);
}

static void test_smallest(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline =
		load_with("safi: 1\nread: text\nwrite: jsonl\n", NULL, report);
	g_autoptr(SafiPipeline) empty =
		load_with("safi: 1\nread: jsonl\nstages: []\nlimits:\nwrite: jsonl\n", NULL, report);
	assert_said(report, "");
	assert_labels(pipeline, "text -> jsonl");
	assert_labels(empty, "jsonl -> jsonl-2");
	g_assert_null(pipeline->to);
	g_assert_false(pipeline->max_failures.given);
	g_assert_cmpuint(pipeline->limits.in_flight, ==, 1024);
	g_assert_cmpuint(pipeline->limits.bytes, ==, 16 << 20);
	g_assert_cmpuint(pipeline->limits.record, ==, 8 << 20);
	g_assert_cmpuint(pipeline->limits.held, ==, 64 << 20);
}

static void test_all_at_once(void)
{
	assert_mistakes(
		"safi: 1\n"
		"raed: text\n"
		"stages:\n"
		"  - normalise\n"
		"  - normalize: {profil: search, profile: serch}\n"
		"    lable: x\n"
		"write: jsonl\n"
		"max_failures: lots\n",
		"a.yaml: error: 'read' is missing; it names the reader, such as 'read: text'\n"
		"a.yaml:2:1: error: unknown key 'raed'; did you mean 'read'?\n"
		"    2 | raed: text\n"
		"      | ^~~~\n"
		"a.yaml:4:5: error: there is no stage 'normalise'; did you mean 'normalize'?\n"
		"    4 |   - normalise\n"
		"      |     ^~~~~~~~~\n"
		"a.yaml:5:17: error: stage 'normalize' has no option 'profil'; did you mean 'profile'?\n"
		"    5 |   - normalize: {profil: search, profile: serch}\n"
		"      |                 ^~~~~~\n"
		"a.yaml:5:42: error: option 'profile' of stage 'normalize' must be one of repair, search, "
		"not 'serch'; did you mean 'search'?\n"
		"    5 |   - normalize: {profil: search, profile: serch}\n"
		"      |                                          ^~~~~\n"
		"a.yaml:6:5: error: unknown key 'lable'; did you mean 'label'?\n"
		"    6 |     lable: x\n"
		"      |     ^~~~~\n"
		"a.yaml:8:15: error: 'max_failures' wants a number of records or a share of them, such as "
		"100 or 1%, not 'lots'\n"
		"    8 | max_failures: lots\n"
		"      |               ^~~~\n");
}

static void test_version(void)
{
	assert_mistakes("read: text\nwrite: jsonl\n",
	                "a.yaml: error: the version of the format is missing; begin the file with "
	                "'safi: 1'\n");
	assert_mistakes("safi: 2\nrecipe: from the future\n",
	                "a.yaml:1:7: error: format version '2' is not known; this safi reads "
	                "version 1\n"
	                "    1 | safi: 2\n"
	                "      |       ^\n");
	assert_mistakes("safi:\nread: text\nwrite: jsonl\n",
	                "a.yaml:1:6: error: 'safi' wants the version of the format: 1\n"
	                "    1 | safi:\n"
	                "      |      ^\n");
}

static void test_shapes(void)
{
	assert_mistakes("- text\n- jsonl\n",
	                "a.yaml:1:1: error: a pipeline is a map with the keys safi, read, stages and "
	                "write\n"
	                "    1 | - text\n"
	                "      | ^\n");
	assert_mistakes("safi: 1\nread: [text]\nstages: {normalize: {}}\nwrite:\nlimits: 5\n",
	                "a.yaml:2:7: error: the name of a reader belongs here, or {name: {option: "
	                "value}}\n"
	                "    2 | read: [text]\n"
	                "      |       ^~~~~~\n"
	                "a.yaml:3:9: error: 'stages' wants a list: one line for each, beginning with "
	                "'- '\n"
	                "    3 | stages: {normalize: {}}\n"
	                "      |         ^~~~~~~~~~~~~~~\n"
	                "a.yaml:4:7: error: the name of a writer belongs here, or {name: {option: "
	                "value}}\n"
	                "    4 | write:\n"
	                "      |       ^\n"
	                "a.yaml:5:9: error: 'limits' wants a map, such as {in_flight: 1024}\n"
	                "    5 | limits: 5\n"
	                "      |         ^\n");
	assert_mistakes("safi: 1\nread: text\nstages:\n  -\n  - normalize: search\nwrite: jsonl\n",
	                "a.yaml:4:4: error: the name of a stage belongs here, or {name: {option: "
	                "value}}\n"
	                "    4 |   -\n"
	                "      |    ^\n"
	                "a.yaml:5:16: error: the options of stage 'normalize' must be a map, such as "
	                "{name: value}\n"
	                "    5 |   - normalize: search\n"
	                "      |                ^~~~~~\n");
}

static void test_limits(void)
{
	assert_mistakes("safi: 1\nread: text\nwrite: jsonl\n"
	                "limits: {in_fligth: 3, in_flight: 0, record: 2GiB, bytes: lots, held: "
	                "64MiB}\n",
	                "a.yaml:4:10: error: unknown key 'in_fligth'; did you mean 'in_flight'?\n"
	                "    4 | limits: {in_fligth: 3, in_flight: 0, record: 2GiB, bytes: lots, held: "
	                "64MiB}\n"
	                "      |          ^~~~~~~~~\n"
	                "a.yaml:4:35: error: 'in_flight' wants a number of records from 1 to 1048576, "
	                "not '0'\n"
	                "    4 | limits: {in_fligth: 3, in_flight: 0, record: 2GiB, bytes: lots, held: "
	                "64MiB}\n"
	                "      |                                   ^\n"
	                "a.yaml:4:46: error: 'record' wants a size from 1B to 1GiB, such as 8MiB, not "
	                "'2GiB'\n"
	                "    4 | limits: {in_fligth: 3, in_flight: 0, record: 2GiB, bytes: lots, held: "
	                "64MiB}\n"
	                "      |                                              ^~~~\n"
	                "a.yaml:4:59: error: 'bytes' wants a size from 1B to 1TiB, such as 16MiB, not "
	                "'lots'\n"
	                "    4 | limits: {in_fligth: 3, in_flight: 0, record: 2GiB, bytes: lots, held: "
	                "64MiB}\n"
	                "      |                                                           ^~~~\n");
}

static void test_budget(void)
{
	static const char *const wrong[] = { "", "%", "-1", "101%", "-1%", "1.5", "1 %x", "many" };
	SafiBudget budget = { 0 };
	g_assert_true(safi_budget_parse("100", &budget));
	g_assert_cmpuint(budget.count, ==, 100);
	g_assert_cmpfloat(budget.share, ==, G_MAXDOUBLE);
	g_assert_true(safi_budget_parse("0.5%", &budget));
	g_assert_cmpuint(budget.count, ==, G_MAXUINT64);
	g_assert_cmpfloat(budget.share, ==, 0.005);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(safi_budget_parse(wrong[i], &budget));
	}
}

/* --- stages ----------------------------------------------------------------------------------- */

static void test_misplaced(void)
{
	assert_mistakes("safi: 1\nread: normalize\nstages: [text, jsonl]\nwrite: text\n",
	                "a.yaml:2:7: error: 'normalize' is a stage between reader and writer; put it "
	                "in 'stages'\n"
	                "    2 | read: normalize\n"
	                "      |       ^~~~~~~~~\n"
	                "a.yaml:3:10: error: 'text' is a reader; put it in 'read'\n"
	                "    3 | stages: [text, jsonl]\n"
	                "      |          ^~~~\n"
	                "a.yaml:3:16: error: 'jsonl' is a reader and a writer; put it in 'read' or in "
	                "'write'\n"
	                "    3 | stages: [text, jsonl]\n"
	                "      |                ^~~~~\n"
	                "a.yaml:4:8: error: 'text' is a reader; put it in 'read'\n"
	                "    4 | write: text\n"
	                "      |        ^~~~\n");
}

static void test_unknown(void)
{
	assert_mistakes("safi: 1\nread: txt\nstages: [dedup, json]\nwrite: xml\n",
	                "a.yaml:2:7: error: there is no reader 'txt'; did you mean 'text'?\n"
	                "    2 | read: txt\n"
	                "      |       ^~~\n"
	                "a.yaml:3:10: error: there is no stage 'dedup'\n"
	                "    3 | stages: [dedup, json]\n"
	                "      |          ^~~~~\n"
	                "/lib/safi/dedup.so: note: this plugin was refused: it wants ABI 2, this is "
	                "safi 1.0\n"
	                "a.yaml:3:17: error: there is no stage 'json'; did you mean 'jsonl'?\n"
	                "    3 | stages: [dedup, json]\n"
	                "      |                 ^~~~\n"
	                "a.yaml:4:8: error: there is no writer 'xml'; safi list names those there are\n"
	                "    4 | write: xml\n"
	                "      |        ^~~\n"
	                "safi: note: some plugins were refused; safi list --all says which and why\n");
}

static void test_nothing_installed(void)
{
	nothing_installed = true;
	assert_mistakes("safi: 1\nread: text\nstages: [x]\nwrite: jsonl\n",
	                "safi: error: no plugin was found, so there are no stages; SAFI_PLUGIN_PATH "
	                "says where they are\n");
	nothing_installed = false;
}

static void test_beside(void)
{
	assert_mistakes("safi: 1\n"
	                "read: text\n"
	                "stages:\n"
	                "  - normalize:\n"
	                "    persist: true\n"
	                "    on_error: kep\n"
	                "  - label: x\n"
	                "  - normalize: {}\n"
	                "    segment: {}\n"
	                "    label: a.b\n"
	                "    to: file\n"
	                "write: {jsonl: , to: }\n",
	                "a.yaml:5:5: error: unknown key 'persist'; the keys here are "
	                "label, on_error, isolate\n"
	                "    5 |     persist: true\n"
	                "      |     ^~~~~~~\n"
	                "a.yaml:6:15: error: 'on_error' wants one of dead, keep, drop, stop, not "
	                "'kep'; did you mean 'keep'?\n"
	                "    6 |     on_error: kep\n"
	                "      |               ^~~\n"
	                "a.yaml:7:5: error: the name of a stage belongs here, or {name: {option: "
	                "value}}\n"
	                "    7 |   - label: x\n"
	                "      |     ^~~~~\n"
	                "a.yaml:9:5: error: 'segment' stands in the item of 'normalize'; each stage is "
	                "an item of its own\n"
	                "    9 |     segment: {}\n"
	                "      |     ^~~~~~~\n"
	                "a.yaml:10:12: error: a label has letters, digits, - and _, at most 64, and is "
	                "neither 'read' nor 'write'\n"
	                "   10 |     label: a.b\n"
	                "      |            ^~~\n"
	                "a.yaml:11:5: error: unknown key 'to'; the keys here are "
	                "label, on_error, isolate\n"
	                "   11 |     to: file\n"
	                "      |     ^~\n"
	                "a.yaml:12:22: error: 'to' wants the path of a file\n"
	                "   12 | write: {jsonl: , to: }\n"
	                "      |                      ^\n");
}

static void test_on_error_of_writer(void)
{
	assert_mistakes("safi: 1\nread: text\nwrite: {jsonl: , on_error: keep}\n",
	                "a.yaml:3:28: error: a writer cannot keep a record that it could not write; "
	                "on_error is dead, drop or stop here\n"
	                "    3 | write: {jsonl: , on_error: keep}\n"
	                "      |                            ^~~~\n");
	assert_mistakes("safi: 1\nread: text\nwrite: {jsonl: , on_error: drop}\n", "");
}

/* The misspelt key stands first, the stage second. */
static void test_beside_first(void)
{
	assert_mistakes("safi: 1\nread: text\nstages:\n  - lable: x\n    normalize:\nwrite: jsonl\n",
	                "a.yaml:4:5: error: unknown key 'lable'; did you mean 'label'?\n"
	                "    4 |   - lable: x\n"
	                "      |     ^~~~~\n");
}

static void test_beside_twice(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = load_with(
		"safi: 1\nread: {text: , label: a, label: b}\nwrite: {jsonl: , to: c, to: d}\n", NULL,
		report);
	g_assert_null(pipeline);
	g_assert_cmpuint(safi_report_errors(report), ==, 2);
}

static void test_labels(void)
{
	assert_mistakes("safi: 1\nread: text\nstages:\n"
	                "  - {normalize: , label: n}\n"
	                "  - {segment: , label: n}\n"
	                "  - {extract-quotes: , label: read}\n"
	                "write: jsonl\n",
	                "a.yaml:5:24: error: the label 'n' is taken; choose another\n"
	                "    5 |   - {segment: , label: n}\n"
	                "      |                        ^\n"
	                "a.yaml:4:26: note: by this stage\n"
	                "    4 |   - {normalize: , label: n}\n"
	                "      |                          ^\n"
	                "a.yaml:6:31: error: a label has letters, digits, - and _, at most 64, and is "
	                "neither 'read' nor 'write'\n"
	                "    6 |   - {extract-quotes: , label: read}\n"
	                "      |                               ^~~~\n");
	assert_mistakes("safi: 1\nread: text\nstages: [normalize, normalize]\nwrite: jsonl\n",
	                "a.yaml:3:21: error: two stages are called 'normalize'; give one a label\n"
	                "    3 | stages: [normalize, normalize]\n"
	                "      |                     ^~~~~~~~~\n"
	                "a.yaml:3:10: note: the other one\n"
	                "    3 | stages: [normalize, normalize]\n"
	                "      |          ^~~~~~~~~\n");
	assert_mistakes("safi: 1\nread: text\nstages:\n"
	                "  - normalize\n"
	                "  - {normalize: , label: again}\n"
	                "write: jsonl\n", "");
}

static void test_too_many(void)
{
	g_autoptr(GString) text = g_string_new("safi: 1\nread: text\nstages:\n");
	for (int i = 0; i < 300; i++) {
		g_string_append(text, "  - x\n");
	}
	g_string_append(text, "write: jsonl\n");
	assert_mistakes(text->str, "a.yaml:259:5: error: a pipeline has at most 256 stages\n"
	                           "  259 |   - x\n"
	                           "      |     ^\n");
}

/* --- the chain -------------------------------------------------------------------------------- */

static void test_put_before(void)
{
	assert_mistakes("safi: 1\nread: text\nstages: [extract-quotes]\nwrite: jsonl\n",
	                "a.yaml:3:10: error: extract-quotes needs note:sentence; put segment before "
	                "it\n"
	                "    3 | stages: [extract-quotes]\n"
	                "      |          ^~~~~~~~~~~~~~\n");
}

static void test_move_before(void)
{
	assert_mistakes("safi: 1\nread: text\nstages:\n"
	                "  - extract-quotes\n"
	                "  - {segment: , label: seg}\n"
	                "write: lines\n",
	                "a.yaml:4:5: error: extract-quotes needs note:sentence; move seg before it\n"
	                "    4 |   - extract-quotes\n"
	                "      |     ^~~~~~~~~~~~~~\n"
	                "a.yaml:6:8: error: lines needs note:line; no stage makes it\n"
	                "    6 | write: lines\n"
	                "      |        ^~~~~\n");
}

static void test_fields_by_option(void)
{
	assert_mistakes("safi: 1\nread: text\nstages: [{sort: {by: id}}]\nwrite: jsonl\n", "");
	assert_mistakes("safi: 1\nread: jsonl\nstages: [{sort: {by: any}}]\nwrite: jsonl\n", "");
	assert_mistakes("safi: 1\nread: text\nstages: [tag, {sort: {by: tag}}]\nwrite: jsonl\n", "");
	assert_mistakes("safi: 1\nread: text\nstages: [{tag: {into: [topic, place]}}, {sort: {by: "
	                "topik}}]\nwrite: jsonl\n",
	                "a.yaml:3:53: error: sort needs field:topik; did you mean 'topic'?\n"
	                "    3 | stages: [{tag: {into: [topic, place]}}, {sort: {by: topik}}]\n"
	                "      |                                                     ^~~~~\n");
}

/* --- --set ------------------------------------------------------------------------------------ */

static const char chain_text[] =
	"safi: 1\nread: jsonl\nstages:\n"
	"  - {normalize: {profile: repair, names: lists/a.txt}}\n"
	"  - {normalize: , label: again}\n"
	"write: jsonl\n";

static void test_set(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *const sets[] = { "again.profile=search", "again.keep=a, b", "again.names=b.txt",
	                             "read.field=body=x", "again.profile=repair", NULL };
	g_autoptr(SafiPipeline) pipeline = load_with(chain_text, sets, report);
	g_autofree char *names = g_canonicalize_filename("b.txt", NULL);
	safi_text item;
	assert_said(report, "");
	const safi_config *again = stage_at(pipeline, 1)->config;
	g_assert_cmpstr(safi_config_text(again, "profile").ptr, ==, "repair");
	g_assert_true(safi_config_item(again, "keep", 1, &item));
	g_assert_cmpstr(item.ptr, ==, "b");
	g_assert_cmpstr(safi_config_text(again, "names").ptr, ==, names);
	g_assert_cmpstr(safi_config_text(pipeline->reader->config, "field").ptr, ==, "body=x");
	g_assert_cmpstr(safi_config_text(stage_at(pipeline, 0)->config, "names").ptr, ==,
	                "./lists/a.txt");
}

static void test_set_mistakes(void)
{
	const char *const sets[] = { "again.profil=search", "again.profile=", "agian.profile=search",
	                             "normalize.profile=search", "jsonl.field=x", "again.profile",
	                             ".x=y", "again.=y", "profile=search", NULL };
	assert_mistakes_with(chain_text, sets,
		"--set again.profil: error: stage 'again' has no option 'profil'; did you mean "
		"'profile'?\n"
		"--set again.profile: error: option 'profile' of stage 'again' must be one of repair, "
		"search, not ''\n"
		"--set agian.profile: error: this pipeline has no stage 'agian'; did you mean "
		"'again'?\n"
		"--set normalize.profile: error: 'normalize' may be 'normalize' or 'again' here; "
		"say which\n"
		"--set jsonl.field: error: 'jsonl' may be 'read' or 'write' here; say which\n"
		"--set again.profile: error: is not STAGE.OPTION=VALUE\n"
		"--set .x: error: is not STAGE.OPTION=VALUE\n"
		"--set again.: error: is not STAGE.OPTION=VALUE\n"
		"--set profile: error: is not STAGE.OPTION=VALUE\n");
}

/* --- the environment -------------------------------------------------------------------------- */

static void test_env(void)
{
	g_setenv("SAFI_TEST_PROFILE", "search", TRUE);
	g_setenv("SAFI_TEST_READER", "text", TRUE);
	g_unsetenv("SAFI_TEST_UNSET");
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = load_with(
		"safi: 1\nread: !env SAFI_TEST_READER\n"
		"stages: [{normalize: {profile: !env SAFI_TEST_PROFILE}}]\nwrite: jsonl\n", NULL, report);
	assert_said(report, "");
	g_assert_cmpstr(safi_config_text(stage_at(pipeline, 0)->config, "profile").ptr, ==, "search");
	assert_mistakes("safi: 1\nread: !env SAFI_TEST_UNSET\nwrite: !!str jsonl\n"
	                "!env max_failures: 1\n",
	                "a.yaml:2:7: error: the environment variable 'SAFI_TEST_UNSET' is not set\n"
	                "    2 | read: !env SAFI_TEST_UNSET\n"
	                "      |       ^~~~~~~~~~~~~~~~~~~~\n"
	                "a.yaml:3:8: error: the tag '!!str' is not known here; the "
	                "only one is !env NAME\n"
	                "    3 | write: !!str jsonl\n"
	                "      |        ^~~~~~~~~~~\n"
	                "a.yaml:4:1: error: a key may not have a tag\n"
	                "    4 | !env max_failures: 1\n"
	                "      | ^~~~~~~~~~~~~~~~~\n");
}

/* --- paths ------------------------------------------------------------------------------------ */

static void test_paths(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_assert_cmpint(g_mkdir("sub", 0700), ==, 0);
	write_file("sub/news.yaml", "safi: 1\nread: text\n"
	                            "stages: [{normalize: {names: a.txt}}]\n"
	                            "write: {jsonl: , to: out.jsonl}\n");
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_load("sub/news.yaml", NULL, NULL, report);
	assert_said(report, "");
	g_assert_cmpstr(pipeline->name, ==, "news");
	g_assert_cmpstr(pipeline->to, ==, "sub/out.jsonl");
	g_assert_cmpstr(safi_config_text(stage_at(pipeline, 0)->config, "names").ptr, ==,
	                "sub/a.txt");
	g_unlink("sub/news.yaml");
	g_rmdir("sub");
}

/* The path of what a test wrote, as the search gives it. */
static char *absolute(const char *name)
{
	return g_canonicalize_filename(name, NULL);
}

static void assert_found(const char *word, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *path = safi_pipeline_find(word, report);
	assert_said(report, "");
	g_assert_cmpstr(path, ==, expected);
}

static void assert_not_found(const char *word, const char *hint)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autofree char *one = absolute("one"), *two = absolute("two");
	bool installed = g_file_test(SAFI_PIPELINE_DIR, G_FILE_TEST_IS_DIR);
	g_autofree char *expected = g_strdup_printf(
		"safi: error: there is no pipeline '%s'%s\n"
		"safi: note: looked for %s.yaml in %s, %s%s\n", word, hint, word, one, two,
		installed ? ", " SAFI_PIPELINE_DIR : "");
	g_assert_null(safi_pipeline_find(word, report));
	assert_said(report, expected);
}

static void test_find(void)
{
	static const char *const files[] = { "one/arabic-news.yaml", "two/arabic-news.yaml",
	                                     "two/minimal.yaml", "two/minimal.test.yaml", "here.yaml",
	                                     "there.yml" };
	g_autofree char *news = absolute(files[0]), *minimal = absolute(files[2]);
	g_assert_cmpint(g_mkdir("one", 0700), ==, 0);
	g_assert_cmpint(g_mkdir("two", 0700), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		write_file(files[i], "");
	}
	g_setenv("SAFI_PIPELINE_PATH", "one::two", TRUE);
	assert_found("arabic-news", news);
	assert_found("minimal", minimal);
	assert_found("./arabic-news", "./arabic-news");
	assert_found("other.yaml", "other.yaml");
	assert_not_found("arabic-nwes", "; did you mean 'arabic-news'?");
	assert_not_found("minimal.test2", "");
	assert_not_found("here", "; did you mean 'here.yaml'?");
	assert_not_found("there", "; did you mean 'there.yml'?");
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_unlink(files[i]);
	}
	g_rmdir("one");
	g_rmdir("two");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("safi-XXXXXX", NULL);
	g_assert_cmpint(g_chdir(dir), ==, 0);
	g_test_add_func("/pipeline/a whole file becomes steps, limits and a budget", test_whole);
	g_test_add_func("/pipeline/a reader and a writer are enough", test_smallest);
	g_test_add_func("/pipeline/all mistakes are told in one go", test_all_at_once);
	g_test_add_func("/pipeline/the version is required and checked first", test_version);
	g_test_add_func("/pipeline/what should be a list, a map or a name is told", test_shapes);
	g_test_add_func("/pipeline/limits have types and bounds", test_limits);
	g_test_add_func("/pipeline/a budget is a number or a share", test_budget);
	g_test_add_func("/pipeline/a stage in the wrong place is told where it belongs",
	                test_misplaced);
	g_test_add_func("/pipeline/an unknown stage is told with the nearest name or the reason",
	                test_unknown);
	g_test_add_func("/pipeline/without any plugin that is all there is to say",
	                test_nothing_installed);
	g_test_add_func("/pipeline/what stands beside a stage is checked", test_beside);
	g_test_add_func("/pipeline/a writer keeps no record that it could not write",
	                test_on_error_of_writer);
	g_test_add_func("/pipeline/a stage is known whatever stands before it", test_beside_first);
	g_test_add_func("/pipeline/what stands there twice is told twice and freed", test_beside_twice);
	g_test_add_func("/pipeline/labels are unique", test_labels);
	g_test_add_func("/pipeline/there are at most 256 stages", test_too_many);
	g_test_add_func("/chain/a stage that needs what none wrote is told whom to put before it",
	                test_put_before);
	g_test_add_func("/chain/a stage that stands too late is to be moved", test_move_before);
	g_test_add_func("/chain/options may name fields", test_fields_by_option);
	g_test_add_func("/set/an option from the command line wins", test_set);
	g_test_add_func("/set/mistakes name the word", test_set_mistakes);
	g_test_add_func("/pipeline/!env is the only tag, and for values only", test_env);
	g_test_add_func("/pipeline/paths start from the pipeline file", test_paths);
	g_test_add_func("/pipeline/a bare name is looked up, a path is not", test_find);
	int status = g_test_run();
	g_rmdir(dir);
	g_free(dir);
	return status;
}
