#include "problem.h"

#include "printable.h"
#include <string.h>
#include <unistd.h>

/* Beyond these nobody reads on: problems shown, characters of a sentence.  And problems that are
 * kept to be sorted: a file can hold half a million. */
enum { MOST = 20, LONGEST = 400, KEPT = 1000 };

typedef struct File {
	char *path, *text;
	gsize len;
} File;

typedef struct Remark {
	SafiMark mark;
	char *sentence;
} Remark;

typedef struct Problem {
	Remark what;
	bool warning;
	guint file, number; /* file 0: none */
	GArray *notes;      /* Remark */
} Problem;

struct SafiReport {
	GPtrArray *files, *problems;
	Problem *last;        /* that notes belong to; NULL: it was not kept */
	guint errors, number; /* of all, kept or not */
};

/* What to write before and after a place, an error's word and so on; all empty without colour. */
typedef struct Colours {
	const char *place, *error, *warning, *note, *off;
} Colours;

static void file_free(gpointer data)
{
	File *file = data;
	g_free(file->path);
	g_free(file->text);
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

/* One line that is safe to show, whatever a file put into a name. */
static char *clean(const char *format, va_list args)
{
	g_autofree char *raw = g_strdup_vprintf(format, args);
	g_autofree char *valid = g_utf8_make_valid(raw, -1);
	g_autoptr(GString) sentence = g_string_new(NULL);
	glong left = LONGEST;
	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		if (left-- == 0) {
			g_string_append(sentence, " ...");
			break;
		}
		gunichar c = g_utf8_get_char(p);
		g_string_append_unichar(sentence, g_unichar_iscntrl(c) ? 0xFFFD : c);
	}
	return g_strdup(sentence->str);
}

static void add(SafiReport *report, bool warning, SafiMark mark, const char *format, va_list args)
{
	report->errors += !warning;
	report->number++;
	report->last = NULL;
	if (report->problems->len == KEPT) {
		return;
	}
	Problem *problem = g_new0(Problem, 1);
	problem->what = (Remark){ mark, clean(format, args) };
	problem->warning = warning;
	problem->file = file_of(report, mark.path);
	problem->number = report->number;
	problem->notes = g_array_new(FALSE, FALSE, sizeof(Remark));
	g_array_set_clear_func(problem->notes, remark_clear);
	g_ptr_array_add(report->problems, problem);
	report->last = problem;
}

void safi_report_error(SafiReport *report, SafiMark mark, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(report, false, mark, format, args);
	va_end(args);
}

void safi_report_warning(SafiReport *report, SafiMark mark, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(report, true, mark, format, args);
	va_end(args);
}

void safi_report_note(SafiReport *report, SafiMark mark, const char *format, ...)
{
	if (report->last == NULL) {
		return;
	}
	va_list args;
	va_start(args, format);
	Remark note = { mark, clean(format, args) };
	va_end(args);
	g_array_append_val(report->last->notes, note);
}

guint safi_report_errors(const SafiReport *report)
{
	return report->errors;
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

static void add_place(GString *to, SafiMark mark)
{
	/* The path is a person's word or any file's name. */
	g_autofree char *path = safi_printable(mark.path ? mark.path : "safi", G_MAXSIZE);
	g_string_append(to, path);
	if (mark.path && mark.line > 0) {
		g_string_append_printf(to, ":%u:%u", mark.line, mark.column);
	}
	g_string_append_c(to, ':');
}

static void add_remark(const SafiReport *report, const Remark *remark, const char *kind,
                       const char *colour, const Colours *colours, GString *to)
{
	guint file = file_of(report, remark->mark.path);
	g_string_append(to, colours->place);
	add_place(to, remark->mark);
	g_string_append_printf(to, "%s %s%s:%s %s\n", colours->off, colour, kind, colours->off,
	                       remark->sentence);
	if (file == 0) {
		return;
	}
	const File *found = report->files->pdata[file - 1];
	safi_mark_excerpt(remark->mark, found->text, found->len, colour, colours->off, to);
}

static void add_problem(const SafiReport *report, const Problem *problem, const Colours *colours,
                        GString *to)
{
	if (problem->warning) {
		add_remark(report, &problem->what, "warning", colours->warning, colours, to);
	} else {
		add_remark(report, &problem->what, "error", colours->error, colours, to);
	}
	for (guint i = 0; i < problem->notes->len; i++) {
		add_remark(report, &g_array_index(problem->notes, Remark, i), "note", colours->note,
		           colours, to);
	}
}

/* https://no-color.org: present and not empty, whatever its value. */
static Colours colours_for(FILE *to)
{
	static const Colours none = { "", "", "", "", "" };
	static const Colours some = { "\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[0m" };
	const char *no = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
	bool wanted = (no == NULL || *no == '\0') && g_strcmp0(term, "dumb") != 0;
	return wanted && isatty(fileno(to)) ? some : none;
}

void safi_report_print(const SafiReport *report, FILE *to)
{
	Colours colours = colours_for(to);
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);
	guint shown = MIN(report->problems->len, MOST);
	g_ptr_array_extend(sorted, report->problems, NULL, NULL);
	g_ptr_array_sort(sorted, by_place);
	for (guint i = 0; i < shown; i++) {
		add_problem(report, sorted->pdata[i], &colours, text);
	}
	if (report->number > shown) {
		g_string_append_printf(text, "safi: and %u more\n", report->number - shown);
	}
	fwrite(text->str, 1, text->len, to);
}
