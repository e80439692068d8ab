#include "problem.h"

#include "buffer.h"
#include "json.h"
#include "memory.h"
#include "message.h"

#include <string.h>

/* Beyond 20 problems nobody reads on.  A file can hold half a million, of which the first by place
 * are kept. */
enum { MOST = 20, KEPT = 1000 };

typedef struct File {
	char *path, *text;
	gsize len, bom; /* bom: bytes of the file before the text */
	GArray *lines;  /* safi_mark_lines(), once somebody asks for bytes */
} File;

typedef struct Remark {
	SafiMark mark;
	char *sentence;
} Remark;

typedef struct Problem {
	Remark what;
	int32_t level;
	char *suggestion;   /* NULL: none */
	guint file, number; /* file 0: none */
	GArray *notes;      /* Remark */
} Problem;

struct SafiReport {
	GPtrArray *files, *problems;
	Problem *last;        /* that notes belong to; NULL: none yet */
	guint errors, number; /* of all, kept or not */
};

static void file_free(gpointer data)
{
	File *file = data;
	g_free(file->path);
	g_free(file->text);
	g_clear_pointer(&file->lines, g_array_unref);
	g_free(file);
}

static void remark_clear(gpointer data)
{
	g_free(((Remark *)data)->sentence);
}

static void problem_free(gpointer data)
{
	Problem *problem = data;
	remark_clear(&problem->what);
	g_free(problem->suggestion);
	g_array_unref(problem->notes);
	g_free(problem);
}

SafiReport *safi_report_new(void)
{
	SafiReport *report = g_new0(SafiReport, 1);
	report->files = g_ptr_array_new_with_free_func(file_free);
	report->problems = g_ptr_array_new_with_free_func(problem_free);
	return report;
}

void safi_report_free(SafiReport *report)
{
	if (report == NULL) {
		return;
	}
	g_ptr_array_unref(report->files);
	g_ptr_array_unref(report->problems);
	g_free(report);
}

const char *safi_report_add_file(SafiReport *report, const char *path, const char *text, gsize len)
{
	File *file = g_new0(File, 1);
	gsize bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	file->path = g_strdup(path);
	file->text = g_memdup2(text + bom, len - bom);
	file->len = len - bom;
	file->bom = bom;
	g_ptr_array_add(report->files, file);
	return file->path;
}

/* Its number, from 1; by address, as two files may have been given under one path. */
static guint file_of(const SafiReport *report, const char *path)
{
	for (guint i = 0; i < report->files->len; i++) {
		if (((File *)report->files->pdata[i])->path == path) {
			return i + 1;
		}
	}
	return 0;
}

static int order(guint a, guint b)
{
	return (a > b) - (a < b);
}

static gint by_place(gconstpointer left, gconstpointer right)
{
	const Problem *a = *(Problem *const *)left, *b = *(Problem *const *)right;
	int by = order(a->file, b->file);
	by = by ? by : order(a->what.mark.line, b->what.mark.line);
	by = by ? by : order(a->what.mark.column, b->what.mark.column);
	return by ? by : order(a->number, b->number);
}

static void keep_first(GPtrArray *problems)
{
	g_ptr_array_sort(problems, by_place);
	g_ptr_array_set_size(problems, (gint)MIN(problems->len, KEPT));
}

static void add_note(Problem *problem, SafiMark mark, char *sentence)
{
	Remark note = { mark, sentence };
	g_array_append_val(problem->notes, note);
}

static void add_alias(Problem *problem, SafiMark mark)
{
	SafiMark alias = { mark.path, mark.alias_line, mark.alias_column, mark.alias_length };
	if (alias.line > 0) {
		add_note(problem, alias, g_strdup("used here by this alias"));
	}
}

static void add(SafiReport *report, int32_t level, SafiMark mark, const char *format, va_list args)
{
	report->errors += level == SAFI_LOG_ERROR;
	report->number++;
	/* Not each time, as that would be quadratic; and before the last one is added, whose notes are
	 * still to come. */
	if (report->problems->len == 2 * KEPT) {
		keep_first(report->problems);
	}
	Problem *problem = g_new0(Problem, 1);
	problem->what = (Remark){ mark, g_strdup_vprintf(format, args) };
	problem->level = level;
	problem->file = file_of(report, mark.path);
	problem->number = report->number;
	problem->notes = g_array_new(FALSE, FALSE, sizeof(Remark));
	g_array_set_clear_func(problem->notes, remark_clear);
	add_alias(problem, mark);
	g_ptr_array_add(report->problems, problem);
	report->last = problem;
}

void safi_report_error(SafiReport *report, SafiMark mark, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(report, SAFI_LOG_ERROR, mark, format, args);
	va_end(args);
}

void safi_report_warning(SafiReport *report, SafiMark mark, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(report, SAFI_LOG_WARNING, mark, format, args);
	va_end(args);
}

void safi_report_note(SafiReport *report, SafiMark mark, const char *format, ...)
{
	if (report->last == NULL) {
		return;
	}
	va_list args;
	va_start(args, format);
	add_note(report->last, mark, g_strdup_vprintf(format, args));
	va_end(args);
}

void safi_report_suggest(SafiReport *report, const SafiSuggest *suggest)
{
	if (report->last != NULL && suggest->name != NULL) {
		g_free(report->last->suggestion);
		report->last->suggestion = g_strdup(suggest->name);
	}
}

guint safi_report_errors(const SafiReport *report)
{
	return report->errors;
}

/* The first problems, in order of place.  Free the array only. */
static GPtrArray *sorted(const SafiReport *report)
{
	GPtrArray *problems = g_ptr_array_new();
	g_ptr_array_extend(problems, report->problems, NULL, NULL);
	keep_first(problems);
	return problems;
}

static File *file_at(const SafiReport *report, const char *path)
{
	guint file = file_of(report, path);
	return file > 0 ? report->files->pdata[file - 1] : NULL;
}

/* --- for people ------------------------------------------------------------------------------- */

/* NULL: no file. */
static char *place_of(SafiMark mark)
{
	return mark.path && mark.line > 0
		? g_strdup_printf("%s:%u:%u", mark.path, mark.line, mark.column) : g_strdup(mark.path);
}

static void add_remark(const SafiReport *report, const Remark *remark, int32_t level,
                       const char *hint, SafiColours colours, GString *to)
{
	const File *file = file_at(report, remark->mark.path);
	g_autofree char *place = place_of(remark->mark);
	g_autofree char *sentence = g_strconcat(remark->sentence, hint, NULL);
	safi_message_add(to, colours, level, place, sentence);
	if (file != NULL) {
		safi_mark_excerpt(remark->mark, file->text, file->len, colours.words[level],
		                  colours.off, to);
	}
}

static void add_problem(const SafiReport *report, const Problem *problem, SafiColours colours,
                        GString *to)
{
	g_autofree char *hint = problem->suggestion
		? g_strdup_printf("; did you mean '%s'?", problem->suggestion) : g_strdup("");
	add_remark(report, &problem->what, problem->level, hint, colours, to);
	for (guint i = 0; i < problem->notes->len; i++) {
		add_remark(report, &g_array_index(problem->notes, Remark, i), SAFI_LOG_INFO, "",
		           colours, to);
	}
}

void safi_report_print(const SafiReport *report, FILE *to)
{
	g_autoptr(GPtrArray) problems = sorted(report);
	g_autoptr(GString) text = g_string_new(NULL);
	guint shown = MIN(problems->len, MOST);
	for (guint i = 0; i < shown; i++) {
		add_problem(report, problems->pdata[i], safi_message_colours(to), text);
	}
	if (report->number > shown) {
		g_string_append_printf(text, "safi: and %u more\n", report->number - shown);
	}
	fwrite(text->str, 1, text->len, to);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void add_string(SafiBuffer *to, const char *name, const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);
	safi_buffer_add(to, name, strlen(name));
	safi_json_escape(to, safi_str(valid));
}

static void add_mark(const SafiReport *report, SafiMark mark, SafiBuffer *to)
{
	File *file = file_at(report, mark.path);
	if (mark.path == NULL) {
		return;
	}
	add_string(to, ",\"file\":", mark.path);
	if (mark.line == 0 || file == NULL) {
		return;
	}
	if (file->lines == NULL) {
		file->lines = safi_mark_lines(file->text, file->len);
	}
	SafiMarkBytes bytes = safi_mark_bytes(mark, file->text, file->len, file->lines);
	g_autofree char *place = g_strdup_printf(
		",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u,\"span\":[%" G_GSIZE_FORMAT
		",%" G_GSIZE_FORMAT "]", mark.line, mark.column, bytes.end_line, bytes.end_column,
		file->bom + bytes.begin, file->bom + bytes.end);
	safi_buffer_add(to, place, strlen(place));
}

static void add_object(const SafiReport *report, const Remark *remark, int32_t level,
                       SafiBuffer *to)
{
	add_string(to, "{\"severity\":", safi_message_word(level));
	add_mark(report, remark->mark, to);
	add_string(to, ",\"message\":", remark->sentence);
}

static void add_line(const SafiReport *report, const Problem *problem, SafiBuffer *to)
{
	add_object(report, &problem->what, problem->level, to);
	if (problem->suggestion != NULL) {
		add_string(to, ",\"suggestion\":", problem->suggestion);
	}
	for (guint i = 0; i < problem->notes->len; i++) {
		safi_buffer_add(to, i == 0 ? ",\"notes\":[" : ",", i == 0 ? 10 : 1);
		add_object(report, &g_array_index(problem->notes, Remark, i), SAFI_LOG_INFO, to);
		safi_buffer_add(to, "}", 1);
	}
	safi_buffer_add(to, problem->notes->len > 0 ? "]}\n" : "}\n", problem->notes->len > 0 ? 3 : 2);
}

char *safi_report_json(const SafiReport *report)
{
	g_autoptr(GPtrArray) problems = sorted(report);
	SafiBuffer lines = {0};
	for (guint i = 0; i < problems->len; i++) {
		add_line(report, problems->pdata[i], &lines);
	}
	if (lines.failed) {
		safi_memory_end();
	}
	char *text = g_strndup(lines.data ? lines.data : "", lines.len);
	safi_buffer_clear(&lines);
	return text;
}
