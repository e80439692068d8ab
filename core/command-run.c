/* safi run and safi pipe: a pipeline from a file or from words, the same options for both. */
#include "command.h"

#include "cores.h"
#include "engine.h"
#include "log.h"
#include "signals.h"
#include "targets.h"
#include "trial.h"

#include <stdio.h>
#include <string.h>

#define OPTIONS \
	"      --files-from FILE  read what FILE names, too: a name a line, or up to each NUL if\n" \
	"                        its first 4,096 bytes have one; - is stdin\n" \
	"  -o, --output FILE     write to FILE; it gets its name when the run went well\n" \
	"  -j, --jobs N          work on N records at once (default: the cores it may use)\n" \
	"      --dead FILE       append dead letters to FILE (default PIPELINE.dead.jsonl)\n" \
	"      --strict          stop at the first record that fails, with status 65\n" \
	"      --max-failures N|P%  stop when more than N records failed, or P% (after 1,000)\n" \
	"      --limit N         read N records at the most\n" \
	"      --from-dead FILE  read the records of dead letters again, instead of FILEs\n" \
	"      --checkpoint FILE  keep in FILE what a run that was killed needs to go on\n" \
	"      --checkpoint-every SECONDS  how often (default 1)\n" \
	"      --resume          go on from the checkpoint, if there is one\n" \
	"      --isolate third-party|all|none  which stages run in processes of their own\n" \
	"      --set STAGE.OPTION=VALUE  set an option of a stage; may be given again\n" \
	"      --stats FILE      write the accounts of the run to FILE as JSON; - is stderr\n" \
	"  -q, --quiet           say nothing but errors\n"

static const char run_usage[] =
	"usage: safi [run] PIPELINE [FILE|DIR...]\n"
	"\n"
	"Refines FILEs, or stdin, through a pipeline; records go to stdout.  PIPELINE is a file, or\n"
	"the name of one in SAFI_PIPELINE_PATH or among the installed ones.\n"
	"\n" OPTIONS;

static const char pipe_usage[] =
	"usage: safi pipe 'READER option=value | STAGE | WRITER' [FILE|DIR...]\n"
	"\n"
	"Refines FILEs, or stdin, through a chain of stages given here; records go to stdout.\n"
	"\n" OPTIONS;

#define ALL G_MAXINT64
#define CORES G_MININT

/* The options as GLib parses them. */
typedef struct Options {
	char *files_from, *output, *dead, *max_failures, *stats, *from_dead, *checkpoint, *isolate;
	char **sets, **words;
	gint64 limit; /* ALL: none was given */
	gint workers; /* CORES: as many */
	gdouble every;
	gboolean strict, quiet, resume;
} Options;

static void options_clear(Options *options)
{
	g_free(options->files_from);
	g_free(options->output);
	g_free(options->dead);
	g_free(options->max_failures);
	g_free(options->stats);
	g_free(options->from_dead);
	g_free(options->checkpoint);
	g_free(options->isolate);
	g_strfreev(options->sets);
	g_strfreev(options->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* GLib wants a blank between a short option and its value; people do not type one. */
static char **part_short_options(char **argv)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	bool options = true;

	for (; *argv; argv++) {
		const char *word = *argv;
		options = options && strcmp(word, "--") != 0;
		if (options && word[0] == '-' && word[1] && strchr("jo", word[1]) && word[2]) {
			g_autofree char *name = g_strndup(word, 2);
			g_strv_builder_add(words, name);
			word += 2;
		}
		g_strv_builder_add(words, word);
	}
	return g_strv_builder_end(words);
}

static bool parse(Options *options, char **argv, const char *usage, int *status)
{
	const GOptionEntry entries[] = {
		{"files-from", 0, 0, G_OPTION_ARG_FILENAME, &options->files_from, NULL, NULL},
		{"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, NULL, NULL},
		{"jobs", 'j', 0, G_OPTION_ARG_INT, &options->workers, NULL, NULL},
		{"dead", 0, 0, G_OPTION_ARG_FILENAME, &options->dead, NULL, NULL},
		{"strict", 0, 0, G_OPTION_ARG_NONE, &options->strict, NULL, NULL},
		{"max-failures", 0, 0, G_OPTION_ARG_FILENAME, &options->max_failures, NULL, NULL},
		{"limit", 0, 0, G_OPTION_ARG_INT64, &options->limit, NULL, NULL},
		{"from-dead", 0, 0, G_OPTION_ARG_FILENAME, &options->from_dead, NULL, NULL},
		{"checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &options->checkpoint, NULL, NULL},
		{"checkpoint-every", 0, 0, G_OPTION_ARG_DOUBLE, &options->every, NULL, NULL},
		{"resume", 0, 0, G_OPTION_ARG_NONE, &options->resume, NULL, NULL},
		{"isolate", 0, 0, G_OPTION_ARG_FILENAME, &options->isolate, NULL, NULL},
		{"set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->sets, NULL, NULL},
		{"stats", 0, 0, G_OPTION_ARG_FILENAME, &options->stats, NULL, NULL},
		{"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, NULL, NULL},
		{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->words, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) words = part_short_options(argv);
	return safi_command_parse(entries, words, usage, status);
}

static bool has_empty(const Options *options)
{
	bool empty = g_strcmp0(options->output, "") == 0 || g_strcmp0(options->dead, "") == 0 ||
	             g_strcmp0(options->stats, "") == 0 || g_strcmp0(options->from_dead, "") == 0 ||
	             g_strcmp0(options->files_from, "") == 0 ||
	             g_strcmp0(options->checkpoint, "") == 0;

	for (char **word = options->words + 1; *word; word++) {
		empty |= **word == '\0';
	}
	return empty;
}

static bool reads_stdin_twice(const Options *options)
{
	return g_strcmp0(options->files_from, "-") == 0 &&
	       g_strv_contains((const char *const *)options->words + 1, "-");
}

/* What the words ask for; false when one of them makes no sense: told. */
static bool fill_run(SafiRun *run, const Options *options, const char *usage)
{
	*run = (SafiRun){
		.inputs = (const char *const *)options->words + 1,
		.files_from = options->files_from,
		.output = options->output,
		.dead = options->dead,
		.stats = options->stats,
		.limit = options->limit == ALL ? G_MAXUINT64 : (guint64)options->limit,
		.workers = options->workers == CORES ? safi_cores() : (guint)options->workers,
		.from_dead = options->from_dead,
		.quiet = options->quiet,
		.checkpoint = options->checkpoint,
		.checkpoint_every = options->every,
		.resume = options->resume,
		.strict = options->strict,
	};
	if (has_empty(options)) {
		safi_command_misused(usage, "a file's name is empty");
		return false;
	}
	if (options->from_dead && (run->inputs[0] || run->files_from)) {
		safi_command_misused(usage, "--from-dead takes the place of files");
		return false;
	}
	if (reads_stdin_twice(options)) {
		safi_command_misused(usage, "--files-from - reads the list from stdin, so - is no input");
		return false;
	}
	if (options->limit < 0) {
		safi_command_misused(usage, "--limit takes a number of records, 0 or more");
		return false;
	}
	if (run->workers < 1 || run->workers > 1024) {
		safi_command_misused(usage, "--jobs takes a number from 1 to 1024");
		return false;
	}
	if (options->max_failures &&
	    !safi_budget_parse(options->max_failures, &run->max_failures)) {
		safi_command_misused(usage, "--max-failures takes a number of records or a "
		                     "percentage, such as 100 or 1%%, not '%s'",
		                     options->max_failures);
		return false;
	}
	return true;
}

/* Files for a reader that opens its own source would be passed over in silence. */
static bool takes_inputs(const SafiPipeline *pipeline, const SafiRun *run, const char *usage)
{
	if (!(pipeline->reader->stage->flags & SAFI_NO_INPUT) ||
	    (!run->inputs[0] && !run->files_from)) {
		return true;
	}
	safi_command_misused(usage, "reader '%s' opens its own source and takes no files",
	                     pipeline->reader->label);
	return false;
}

static bool reads_stdin(const SafiRun *run)
{
	bool found = (!run->inputs[0] && !run->files_from) || g_strcmp0(run->files_from, "-") == 0;

	for (const char *const *word = run->inputs; *word; word++) {
		found |= strcmp(*word, "-") == 0;
	}
	return found;
}

/* A checkpoint wants files at both ends: what is read and written through a pipe is gone. */
static bool can_be_resumed(const SafiPipeline *pipeline, const SafiRun *run, const char *usage)
{
	const char *output = run->output ? run->output : pipeline->to;
	const bool from_files = pipeline->reader->stage->flags & SAFI_NO_INPUT || !reads_stdin(run);

	if (run->resume && !run->checkpoint) {
		safi_command_misused(usage, "--resume wants to know from where: --checkpoint FILE");
	} else if (run->checkpoint && (!output || strcmp(output, "-") == 0)) {
		safi_command_misused(usage, "--checkpoint needs a file to write to, -o FILE: what went to "
		                     "stdout cannot be taken back");
	} else if (run->checkpoint && (run->from_dead || !from_files)) {
		safi_command_misused(usage, "--checkpoint needs files to read: %s cannot be read again",
		                     run->from_dead ? "what --from-dead names" : "stdin");
	} else if (!(run->checkpoint_every >= 0 && run->checkpoint_every <= 1e6)) {
		safi_command_misused(usage, "--checkpoint-every takes a number of seconds");
	} else {
		return true;
	}
	return false;
}

static SafiPipeline *load(const Options *options, bool from_words, SafiCatalog *catalog,
                          SafiReport *report)
{
	const char *const *sets = (const char *const *)options->sets;

	if (from_words) {
		return safi_pipeline_parse(options->words[0], catalog, sets, report);
	}
	g_autofree char *path = safi_pipeline_find(options->words[0], report);
	return path ? safi_pipeline_load(path, catalog, sets, report) : NULL;
}

static int start(const SafiPipeline *pipeline, const SafiRun *run, SafiCatalog *catalog,
                 SafiReport *report)
{
	int status = safi_targets_check(pipeline, run, report);

	if (status != SAFI_EXIT_OK) {
		return status;
	}
	return safi_trial(pipeline, catalog, report) ? safi_engine_run(pipeline, run, report)
	                                             : SAFI_EXIT_CONFIG;
}

static int run_options(const Options *options, bool from_words, const char *usage)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiCatalog) catalog = safi_catalog_new();
	g_autoptr(SafiPipeline) pipeline = NULL;
	int status = SAFI_EXIT_CONFIG;
	SafiRun run;

	if (!fill_run(&run, options, usage)) {
		return SAFI_EXIT_USAGE;
	}
	pipeline = load(options, from_words, catalog, report);
	if (pipeline && (!takes_inputs(pipeline, &run, usage) ||
	                 !can_be_resumed(pipeline, &run, usage))) {
		return SAFI_EXIT_USAGE;
	}
	if (pipeline && !safi_isolation_apply(pipeline, options->isolate)) {
		return safi_command_misused(usage, "--isolate is third-party, all or none, not '%s'",
		                            options->isolate);
	}
	if (pipeline) {
		status = start(pipeline, &run, catalog, report);
	}
	safi_report_print(report, stderr);
	if (status > 128) {
		safi_signals_die(status - 128);
	}
	return status;
}

static int run_words(char **argv, bool from_words)
{
	const char *usage = from_words ? pipe_usage : run_usage;
	g_auto(Options) options = {.limit = ALL, .workers = CORES, .every = 1};
	int status;

	if (!parse(&options, argv, usage, &status)) {
		return status;
	}
	if (!options.words) {
		return safi_command_misused(usage, "no pipeline was given");
	}
	safi_log_set_level(options.quiet ? SAFI_LOG_ERROR : SAFI_LOG_WARNING);
	return run_options(&options, from_words, usage);
}

int safi_command_run(int argc, char **argv)
{
	return run_words(argv, false);
}

int safi_command_pipe(int argc, char **argv)
{
	return run_words(argv, true);
}
