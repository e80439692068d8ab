/* The words of `safi pipe` become the same steps as a file, and the same messages. */
#include "pipeline.h"

#include "fake-catalog.h"
#include "said.h"
#include "steps.h"

static void assert_pipe(const char *words, const char *expected)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_parse(words, NULL, NULL, report);
	assert_said(report, expected);
	g_assert_true((pipeline == NULL) == (safi_report_errors(report) > 0));
}

static void test_pipe(void)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_parse(
		"text per=line|normalize profile=search keep=a,b | normalize names='my lists/a|b.txt'\n"
		"  keep=\"say \\\"x\\\"\" | jsonl", NULL, NULL, report);
	g_autoptr(SafiPipeline) same = safi_pipeline_parse("jsonl field=''|jsonl", NULL, NULL, report);
	safi_text item;
	assert_said(report, "");
	assert_labels(pipeline, "text -> normalize -> normalize-2 -> jsonl");
	assert_labels(same, "jsonl -> jsonl-2");
	g_assert_cmpstr(pipeline->name, ==, "pipe");
	g_assert_null(pipeline->path);
	g_assert_cmpstr(safi_config_text(pipeline->reader->config, "per").ptr, ==, "line");
	g_assert_true(safi_config_item(stage_at(pipeline, 0)->config, "keep", 1, &item));
	g_assert_cmpstr(item.ptr, ==, "b");
	const safi_config *second = stage_at(pipeline, 1)->config;
	g_assert_cmpstr(safi_config_text(second, "names").ptr, ==, "my lists/a|b.txt");
	g_assert_true(safi_config_item(second, "keep", 0, &item));
	g_assert_cmpstr(item.ptr, ==, "say \"x\"");
	g_assert_cmpstr(safi_config_text(same->reader->config, "field").ptr, ==, "");
}

static void test_pipe_mistakes(void)
{
	assert_pipe("text per=lin | normalise | normalize keep=x search keep=y =z | text",
	            "pipe:1:10: error: option 'per' of stage 'text' must be one of file, line, not "
	            "'lin'; did you mean 'line'?\n"
	            "    1 | text per=lin | normalise | normalize keep=x search keep=y =z | text\n"
	            "      |          ^~~\n"
	            "pipe:1:16: error: there is no stage 'normalise'; did you mean 'normalize'?\n"
	            "    1 | text per=lin | normalise | normalize keep=x search keep=y =z | text\n"
	            "      |                ^~~~~~~~~\n"
	            "pipe:1:45: error: 'search' is not option=value, without blanks but in '...'; "
	            "between stages stands a |\n"
	            "    1 | text per=lin | normalise | normalize keep=x search keep=y =z | text\n"
	            "      |                                             ^~~~~~\n"
	            "pipe:1:52: error: the option 'keep' is given twice\n"
	            "    1 | text per=lin | normalise | normalize keep=x search keep=y =z | text\n"
	            "      |                                                    ^~~~\n"
	            "pipe:1:64: error: 'text' is a reader; put it first\n"
	            "    1 | text per=lin | normalise | normalize keep=x search keep=y =z | text\n"
	            "      |                                                                ^~~~\n");
	assert_pipe("text | lines\n | jsonl", "pipe:1:8: error: 'lines' is a writer; put it last\n"
	                                      "    1 | text | lines\n"
	                                      "      |        ^~~~~\n");
	assert_pipe("text | extract-quotes | jsonl",
	            "pipe:1:8: error: extract-quotes needs note:sentence; put segment before it\n"
	            "    1 | text | extract-quotes | jsonl\n"
	            "      |        ^~~~~~~~~~~~~~\n");
}

static void test_pipe_shapes(void)
{
	assert_pipe("", "pipe:1:1: error: the name of a stage is missing here\n");
	assert_pipe("text", "pipe:1:5: error: a pipe is at least a reader and a writer, such as text | "
	                    "jsonl\n"
	                    "    1 | text\n"
	                    "      |     ^\n");
	assert_pipe("text || jsonl", "pipe:1:7: error: the name of a stage is missing here\n"
	                             "    1 | text || jsonl\n"
	                             "      |       ^\n");
	assert_pipe("text | jsonl |", "pipe:1:15: error: the name of a stage is missing here\n"
	                              "    1 | text | jsonl |\n"
	                              "      |               ^\n");
	assert_pipe("text per='line | jsonl", "pipe:1:10: error: this quotation mark is not closed\n"
	                                      "    1 | text per='line | jsonl\n"
	                                      "      |          ^\n");
	assert_pipe("\xEF\xBB\xBF"
	            "text x | jsonl", "pipe:1:6: error: 'x' is not option=value, without "
	                              "blanks but in '...'; between stages stands a |\n"
	                              "    1 | text x | jsonl\n"
	                              "      |      ^\n");
	assert_pipe("text | \xFF", "pipe:1:8: error: the byte 0xFF is not UTF-8\n"
	                           "    1 | text | \uFFFD\n"
	                           "      |        ^\n");
}

/* The lines of the excerpt are those of core/mark.c. */
static void test_pipe_lines(void)
{
	assert_pipe("text\r\n| x\r| 'y\u2028' 'a\nb'=c | jsonl",
	            "pipe:2:3: error: there is no stage 'x'; safi list names those there are\n"
	            "    2 | | x\n"
	            "      |   ^\n"
	            "safi: note: some plugins were refused; safi list --all says which and why\n"
	            "pipe:3:3: error: there is no stage 'y\\u{2028}'; safi list names those there "
	            "are\n"
	            "    3 | | 'y\n"
	            "      |   ^~\n"
	            "safi: note: some plugins were refused; safi list --all says which and why\n");
	assert_pipe("text 'a\nb'=c | jsonl",
	            "pipe:1:6: error: stage 'text' has no option 'a\\x0ab'; safi inspect text shows "
	            "those it has\n"
	            "    1 | text 'a\n"
	            "      |      ^~\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pipe/words become the same steps", test_pipe);
	g_test_add_func("/pipe/mistakes are told as in a file", test_pipe_mistakes);
	g_test_add_func("/pipe/a pipe is stages with bars between", test_pipe_shapes);
	g_test_add_func("/pipe/lines are counted as the excerpt counts them", test_pipe_lines);
	return g_test_run();
}
