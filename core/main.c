/* The command line: which subcommand a word names; everything else is a pipeline to run. */
#include "command.h"
#include "memory.h"
#include "pipeline.h"
#include "suggest.h"

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: safi [run] PIPELINE [FILE|DIR...]   refine FILEs, or stdin, through a pipeline\n"
	"       safi pipe 'CHAIN' [FILE|DIR...]     the same with a chain of stages given here\n"
	"       safi check PIPELINE...              say what is wrong with a pipeline; run nothing\n"
	"       safi list [stages|plugins|pipelines]\n"
	"       safi inspect STAGE|FILE.so          what a stage does, its options, reads and writes\n"
	"       safi COMMAND --help, safi --version\n"
	"\n"
	"Only records go to stdout.  Exit status: 0 all well, 1 the run failed, 2 finished with dead\n"
	"letters, 64 usage, 65 --strict and a bad record, 75 try again, 78 configuration, 128+n\n"
	"signal.\n"
	"Environment: SAFI_PLUGIN_PATH, SAFI_PIPELINE_PATH (colon lists), NO_COLOR.\n";

typedef struct Command {
	const char *name;
	int (*run)(int argc, char **argv);
} Command;

static const Command commands[] = {
	{"run", safi_command_run},
	{"pipe", safi_command_pipe},
	{"check", safi_command_check},
	{"list", safi_command_list},
	{"inspect", safi_command_inspect},
};

/* A word that is no command is a pipeline; one that is neither may be a command misspelt. */
static const char *command_meant(const char *word)
{
	static const char *const others[] = {"help", "--help", "version", "--version", NULL};
	g_autoptr(SafiReport) unheard = safi_report_new();
	g_autofree char *path = safi_pipeline_find(word, unheard);
	SafiSuggest suggest;

	safi_suggest_begin(&suggest, path ? "" : word);
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		safi_suggest_try(&suggest, commands[i].name);
	}
	safi_suggest_try_all(&suggest, others);
	return suggest.name;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int print_version(void)
{
	g_autofree char *text = g_strdup_printf("safi %s, ABI %d.%d\nplugins in %s\npipelines in %s\n",
	                                        SAFI_VERSION, SAFI_ABI_MAJOR, SAFI_ABI_MINOR,
	                                        SAFI_PLUGIN_DIR, SAFI_PIPELINE_DIR);

	return safi_command_print(text);
}

/* A standard descriptor that came closed must not become that of a file: then messages would be
 * written among records.  Each gets one that fails as a closed one does, reading or writing. */
static void occupy_closed(void)
{
	static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) < 0) {
			_exit(SAFI_EXIT_FAILED);
		}
	}
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	occupy_closed();
	safi_memory_watch();
	setlocale(LC_CTYPE, ""); /* file names on the command line; nothing else may depend on it */
	if (!word) {
		return safi_command_misused(usage, "no pipeline was given; safi --help says more");
	}
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(word, commands[i].name) == 0) {
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	if (is_one_of(word, "help", "--help", "-h")) {
		return safi_command_print(usage);
	}
	if (is_one_of(word, "version", "--version", "-V")) {
		return print_version();
	}
	const char *meant = command_meant(word);
	if (meant) {
		return safi_command_misused(usage, "there is no command or pipeline '%s'; did you mean "
		                            "'%s'?", word, meant);
	}
	return safi_command_run(argc, argv);
}
