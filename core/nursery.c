#include "nursery.h"

#include "child.h"
#include "log.h"
#include "name.h"
#include "sandbox.h"
#include "ward.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is said to a nursery, and its answers. */
enum {
	NAMES = 1, /* some texts */
	MORE = 2,
	FORK = 3,  /* a socket beside it; the process */
	END = 4,   /* an Order; an Ending */
	CLOSE = 5,
	DONE = 6,  /* the answer to FORK, END and CLOSE */
	OPENED = 7,
	REFUSED = 8
};

enum { MOST_NAMES = 100000, GRACE = 50 /* ms for a ward that has closed its socket to end */ };

typedef struct Order {
	int64_t group, process;
	int64_t all; /* of the group */
} Order;

typedef struct Ending {
	int32_t status;
	int32_t killed;
} Ending;

/* Whether a child has ended, or does so at once; it stays to be reaped and keeps its number. */
static bool has_ended(pid_t child)
{
	siginfo_t info = {.si_pid = 0};

	for (int ms = 0; ms < GRACE; ms++) {
		if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid) {
			return true;
		}
		g_usleep(1000);
	}
	return false;
}

/* Ends it; its status. */
static int reap(pid_t child)
{
	int status = 0;

	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	return status;
}

struct SafiNursery {
	const SafiStep *step;
	pid_t child;
	int socket;
	uint32_t names;       /* that it knows */
	char *problem;        /* why it is no more */
	pthread_mutex_t lock; /* one question at a time */
};

/* --- names, either way ------------------------------------------------------------------------ */

static void add_names(SafiBuffer *to, uint32_t from)
{
	const uint32_t n = safi_name_count() - from;
	g_autofree safi_text *texts = g_new(safi_text, n + 1);

	for (uint32_t i = 0; i < n; i++) {
		texts[i] = safi_name_text(from + i + 1);
	}
	safi_wire_add_u32(to, n);
	safi_wire_add_texts(to, texts, sizeof *texts, n);
	safi_wire_end(to);
}

/* False unless each gets the next number. */
static bool take_names(const SafiBuffer *from)
{
	SafiArena arena = {0};
	SafiWire wire = safi_wire_open((safi_bytes){(const uint8_t *)from->data, from->len});
	const uint32_t n = safi_wire_u32(&wire);
	const safi_text *texts = n <= MOST_NAMES ? safi_wire_texts(&wire, &arena, sizeof *texts, n)
	                                         : NULL;
	bool good = texts != NULL && safi_wire_close(&wire);

	for (uint32_t i = 0; good && i < n; i++) {
		const uint32_t next = safi_name_count() + 1;
		g_autofree char *name = g_strndup(texts[i].ptr, texts[i].len);
		good = safi_name_intern(name) == next;
	}
	safi_arena_clear(&arena);
	return good;
}

static SafiPacketResult send_names(int to, uint32_t kind, uint32_t from, gint64 deadline)
{
	SafiBuffer names = {0}, message = {0};

	add_names(&names, from);
	safi_wire_add_u64(&message, names.len);
	safi_buffer_add(&message, names.data, names.len);
	const SafiPacketResult result = message.failed ? SAFI_PACKET_ENDED
		: safi_packet_send(to, kind, MORE, (safi_bytes){(const uint8_t *)message.data,
		                                                message.len}, deadline);
	safi_buffer_clear(&names);
	safi_buffer_clear(&message);
	return result;
}

/* The rest of a message of names, whose first packet is there; then only the names. */
static bool receive_names(int from, SafiBuffer *message, gint64 deadline)
{
	uint64_t len = 0;
	uint32_t kind;

	if (message->len < sizeof len) {
		return false;
	}
	memcpy(&len, message->data, sizeof len);
	while (message->len - sizeof len < len) {
		if (safi_packet_receive(from, &kind, message, deadline) != SAFI_PACKET_GOOD ||
		    kind != MORE) {
			return false;
		}
	}
	message->len -= sizeof len;
	memmove(message->data, message->data + sizeof len, message->len);
	return message->len == len;
}

/* --- the nursery's side ----------------------------------------------------------------------- */

typedef struct Home {
	int socket;
	const SafiStep *step;
	SafiInstances *instances;
	char **readable;
	GHashTable *groups; /* of its wards */
} Home;

/* A group of its own, so that a terminal's keys do not reach it; and not without its parent. */
static void settle_in(pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) {
		_exit(EXIT_FAILURE);
	}
}

/* What a stage does to signals it does to itself; a crash must be one. */
static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		signal(number, SIG_DFL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing is open but the socket, and what is printed goes nowhere. */
static void close_others(int socket)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		dup2(null, fd);
	}
	if (socket > STDERR_FILENO + 1) {
		close_range(STDERR_FILENO + 1, (unsigned)socket - 1, 0);
	}
	close_range((unsigned)socket + 1, ~0u, 0);
}

/* Where the stage may go on reading: beside its plugin, and what its options name. */
static char **readable_of(const SafiInstances *instances)
{
	const safi_config *config = instances->step->config;
	g_autoptr(GStrvBuilder) paths = g_strv_builder_new();

	g_strv_builder_add(paths, safi_site_data(instances->site));
	for (const safi_option *const *p = instances->stage->options; p && *p; p++) {
		const safi_text path = (*p)->type == SAFI_PATH ? safi_config_text(config, (*p)->name)
		                                               : (safi_text){NULL, 0};
		if (path.ptr) {
			g_strv_builder_add(paths, path.ptr);
		}
	}
	return g_strv_builder_end(paths);
}

static void say_done(const Home *home, const void *what, size_t len)
{
	if (safi_packet_send(home->socket, DONE, MORE, (safi_bytes){what, len}, G_MAXINT64) !=
	    SAFI_PACKET_GOOD) {
		_exit(EXIT_FAILURE);
	}
}

static void fork_ward(const Home *home, int socket)
{
	const SafiIsolation *isolation = &home->step->isolation;
	const SafiSandbox sandbox = {isolation->memory, (const char *const *)home->readable};
	const pid_t self = getpid();
	const pid_t ward = fork();

	if (ward == 0) {
		settle_in(self);
		close(home->socket);
		safi_sandbox_enter(&sandbox);
		safi_ward_work(socket, home->instances, isolation->seconds);
	}
	const int64_t number = ward;
	if (ward > 0) {
		setpgid(ward, ward); /* whoever of the two comes first */
		g_hash_table_add(home->groups, GINT_TO_POINTER(ward));
	}
	close(socket);
	say_done(home, &number, sizeof number);
}

static bool is_child(pid_t process)
{
	siginfo_t info;

	return process > 0 && waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* With what it started; orphans are ours to bury.  A successor says itself which process it is, so
 * that is not believed. */
static void end_ward(const Home *home, const Order *order)
{
	const pid_t process = (pid_t)order->process, group = (pid_t)order->group;
	Ending ending = {0};

	if (is_child(process)) {
		ending.killed = !has_ended(process);
		ending.status = reap(process);
	}
	if (order->all && g_hash_table_remove(home->groups, GINT_TO_POINTER(group))) {
		kill(-group, SIGKILL);
		while (waitpid(-group, NULL, 0) > 0) {
		}
	}
	say_done(home, &ending, sizeof ending);
}

G_NORETURN static void serve(const Home *home)
{
	SafiBuffer message = {0};

	for (;;) {
		uint32_t kind;
		int fd;
		Order order;
		safi_buffer_reset(&message);
		if (safi_packet_receive_fd(home->socket, &kind, &message, &fd, G_MAXINT64) !=
		    SAFI_PACKET_GOOD) {
			_exit(EXIT_SUCCESS);
		}
		if (kind == NAMES) {
			if (!receive_names(home->socket, &message, G_MAXINT64) || !take_names(&message)) {
				_exit(EXIT_FAILURE);
			}
		} else if (kind == FORK) {
			fork_ward(home, fd);
		} else if (kind == END && message.len == sizeof order) {
			memcpy(&order, message.data, sizeof order);
			end_ward(home, &order);
		} else {
			safi_instances_close(home->instances);
			say_done(home, NULL, 0);
			_exit(EXIT_SUCCESS);
		}
	}
}

G_NORETURN static void live(int socket, const SafiStep *step, pid_t parent)
{
	Home home = {.socket = socket, .step = step, .groups = g_hash_table_new(NULL, NULL)};
	const uint32_t names = safi_name_count();
	SafiReport *unheard = safi_report_new();

	settle_in(parent);
	reset_signals();
	close_others(socket);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	home.instances = safi_instances_open(step, 1, unheard);
	safi_report_free(unheard);
	if (home.instances) {
		home.readable = readable_of(home.instances);
	}
	if (send_names(socket, home.instances ? OPENED : REFUSED, names, G_MAXINT64) !=
	    SAFI_PACKET_GOOD) {
		_exit(EXIT_FAILURE);
	}
	serve(&home);
}

/* --- the run's side --------------------------------------------------------------------------- */

static gint64 deadline(void)
{
	return g_get_monotonic_time() + (gint64)(safi_child_seconds() * G_USEC_PER_SEC);
}

static char *explain_status(int status)
{
	if (WIFSIGNALED(status)) {
		return g_strdup_printf("crashed: signal %d, %s", WTERMSIG(status),
		                       g_strsignal(WTERMSIG(status)));
	}
	return g_strdup_printf("ended the process: exit status %d", WEXITSTATUS(status));
}

/* Ends the nursery; how it ended is why there is none any more. */
static void bury(SafiNursery *nursery, SafiPacketResult result)
{
	const bool hung = result == SAFI_PACKET_LATE;

	if (!hung) {
		has_ended(nursery->child);
	}
	const int status = reap(nursery->child);
	nursery->child = 0;
	nursery->problem = hung ? g_strdup("hung") : explain_status(status);
}

static void free_nursery(SafiNursery *nursery)
{
	if (nursery->socket >= 0) {
		close(nursery->socket);
	}
	g_free(nursery->problem);
	pthread_mutex_destroy(&nursery->lock);
	g_free(nursery);
}

static SafiNursery *fork_nursery(const SafiStep *step, SafiReport *report)
{
	int ends[2] = {-1, -1};
	const pid_t self = getpid(), child = safi_packet_pair(ends) ? fork() : -1;

	if (child == 0) {
		live(ends[1], step, self);
	}
	SafiNursery *nursery = g_new0(SafiNursery, 1);
	nursery->step = step;
	nursery->child = child;
	nursery->socket = ends[0];
	pthread_mutex_init(&nursery->lock, NULL);
	if (nursery->child < 0) {
		safi_report_error(report, step->mark, "stage '%s' has no process of its own: %s",
		                  step->label, g_strerror(errno));
	}
	close(ends[1]);
	return nursery;
}

/* It came through a trial, so it may say here why. */
static void tell_refusal(const SafiStep *step, SafiReport *report)
{
	SafiInstances *instances = safi_instances_open(step, 1, report);

	if (instances) {
		safi_report_error(report, step->mark, "stage '%s' refuses to be opened in a process of its "
		                  "own", step->label);
		safi_instances_close(instances);
	}
}

static bool is_opened(SafiNursery *nursery, SafiReport *report)
{
	const SafiStep *step = nursery->step;
	SafiBuffer message = {0};
	const gint64 until = deadline();
	uint32_t kind = 0;
	SafiPacketResult result = safi_packet_receive(nursery->socket, &kind, &message, until);
	bool good = result == SAFI_PACKET_GOOD && kind == OPENED &&
	            receive_names(nursery->socket, &message, until) && take_names(&message);

	safi_buffer_clear(&message);
	if (!good && result == SAFI_PACKET_GOOD && kind == REFUSED) {
		tell_refusal(step, report);
	} else if (!good) {
		bury(nursery, result);
		safi_report_error(report, step->mark, "stage '%s' %s in open() or create(); its plugin is "
		                  "%s", step->label, nursery->problem, step->plugin->path);
	}
	nursery->names = safi_name_count();
	return good;
}

SafiNursery *safi_nursery_open(const SafiStep *step, SafiReport *report)
{
	SafiNursery *nursery = fork_nursery(step, report);

	if (nursery->child > 0 && is_opened(nursery, report)) {
		return nursery;
	}
	safi_nursery_close(nursery);
	return NULL;
}

/* The answer into a struct of a size; false when there is none, and then there is a problem. */
static bool hear(SafiNursery *nursery, SafiPacketResult result, void *answer, size_t len)
{
	SafiBuffer message = {0};
	uint32_t kind = 0;

	if (result == SAFI_PACKET_GOOD) {
		result = safi_packet_receive(nursery->socket, &kind, &message, deadline());
	}
	const bool good = result == SAFI_PACKET_GOOD && kind == DONE && message.len == len;
	if (good && len) {
		memcpy(answer, message.data, len);
	} else if (!good) {
		bury(nursery, result);
	}
	safi_buffer_clear(&message);
	return good;
}

static bool teach_names(SafiNursery *nursery)
{
	SafiPacketResult result = SAFI_PACKET_GOOD;

	if (nursery->names < safi_name_count()) {
		result = send_names(nursery->socket, NAMES, nursery->names, deadline());
		nursery->names = safi_name_count();
	}
	if (result != SAFI_PACKET_GOOD) {
		bury(nursery, result);
	}
	return result == SAFI_PACKET_GOOD;
}

static bool ask_for_ward(SafiNursery *nursery, SafiWardId *ward)
{
	int ends[2];

	if (!teach_names(nursery)) {
		return false;
	}
	if (!safi_packet_pair(ends)) {
		nursery->problem = g_strdup_printf("cannot be reached: %s", g_strerror(errno));
		return false;
	}
	const SafiPacketResult result = safi_packet_send_fd(nursery->socket, FORK, ends[1], deadline());
	close(ends[1]);
	ward->socket = ends[0];
	const bool good = hear(nursery, result, &ward->group, sizeof ward->group);
	ward->process = ward->group;
	return good;
}

bool safi_nursery_fork(SafiNursery *nursery, SafiWardId *ward, char **problem)
{
	ward->socket = -1;
	pthread_mutex_lock(&nursery->lock);
	bool good = !nursery->problem && ask_for_ward(nursery, ward) && ward->group > 0;
	if (!good) {
		*problem = g_strdup_printf("the process that its work starts from %s",
		                           nursery->problem ? nursery->problem : "cannot fork");
	}
	pthread_mutex_unlock(&nursery->lock);
	if (!good && ward->socket >= 0) {
		close(ward->socket);
		ward->socket = -1;
	}
	return good;
}

static char *explain(const Ending *ending, SafiWardEnd *how)
{
	const int status = ending->status;

	*how = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? SAFI_WARD_TIRED : SAFI_WARD_CRASHED;
	if (ending->killed || (WIFEXITED(status) && WEXITSTATUS(status) == SAFI_WARD_LOST)) {
		return g_strdup("closed its connection");
	}
	return explain_status(status);
}

static char *end(SafiNursery *nursery, const SafiWardId *ward, bool all, SafiWardEnd *how)
{
	const Order order = {ward->group, ward->process, all};
	const safi_bytes message = {(const uint8_t *)&order, sizeof order};
	Ending ending = {0};

	*how = SAFI_WARD_CRASHED;
	pthread_mutex_lock(&nursery->lock);
	SafiPacketResult sent = SAFI_PACKET_ENDED;
	if (!nursery->problem) {
		sent = safi_packet_send(nursery->socket, END, END, message, deadline());
	}
	const bool heard = !nursery->problem && hear(nursery, sent, &ending, sizeof ending);
	char *sentence = heard ? explain(&ending, how) : g_strdup("ended");
	pthread_mutex_unlock(&nursery->lock);
	return sentence;
}

char *safi_nursery_end(SafiNursery *nursery, SafiWardId *ward, SafiWardEnd *how)
{
	close(ward->socket);
	ward->socket = -1;
	return end(nursery, ward, true, how);
}

char *safi_nursery_end_one(SafiNursery *nursery, const SafiWardId *ward, SafiWardEnd *how)
{
	return end(nursery, ward, false, how);
}

void safi_nursery_close(SafiNursery *nursery)
{
	if (!nursery) {
		return;
	}
	if (nursery->child > 0 && !nursery->problem) {
		const safi_bytes nothing = {NULL, 0};
		if (!hear(nursery, safi_packet_send(nursery->socket, CLOSE, CLOSE, nothing, deadline()),
		          NULL, 0)) {
			safi_log(SAFI_LOG_WARNING, "stage '%s' %s in destroy() or close(); its plugin is %s",
			         nursery->step->label, nursery->problem, nursery->step->plugin->path);
		} else {
			reap(nursery->child);
		}
	}
	free_nursery(nursery);
}
