#include "obedient.h"

#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static const safi_host *host;

typedef struct Stage {
	const safi_host *host;
	const safi_config *config;
	safi_key what, count, result, made;
	int64_t n;
	safi_record *held[100];
	uint32_t n_held;
} Stage;

static void *create(const safi_host *with, const safi_config *config, const void *model)
{
	Stage *stage = calloc(1, sizeof *stage);

	stage->host = with;
	stage->config = config;
	stage->what = with->key("do");
	stage->count = with->key("count");
	stage->result = with->key("result");
	stage->made = with->key("made");
	return stage;
}

static void destroy(void *self)
{
	free(self);
}

static void wait_for_ever(void)
{
	for (;;) {
		pause();
	}
}

static void close_all(void)
{
	for (int fd = 0; fd < 1000; fd++) {
		close(fd);
	}
}

static void write_garbage(void)
{
	char garbage[3000];

	memset(garbage, 0xA5, sizeof garbage);
	for (int fd = 0; fd < 1000; fd++) {
		ssize_t written = send(fd, garbage, sizeof garbage, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)written;
	}
}

static void *volatile kept;

/* A volatile pointer, so that no compiler leaves it out. */
static bool allocate(size_t size, bool touch)
{
	char *room = malloc(size);

	kept = room;
	if (room && touch) {
		memset(room, 1, size);
	}
	return room != NULL;
}

/* What nothing but a spoilt process would have. */
static void spoil(safi_record *record)
{
	record->fields.items[0]->type = 77;
	record->fields.items[0]->changed = record->fields.changed = true;
}

static int result_of(bool good)
{
	return good ? 0 : errno;
}

static void emit(Stage *stage, safi_record *record, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		safi_record *made = host->emit(record);
		if (!made) {
			return;
		}
		host->put_int(made, 0, stage->made, i, SAFI_REPLACE);
		host->view_add(made, host->name(made, safi_str("view")), SAFI_RAW, safi_str("new"),
		               &(safi_change){0, (uint32_t)host->raw(made).len, 3}, 1);
		if (i == 1) {
			host->fail(made, "one", "the second fails");
		}
		host->submit(made);
	}
	host->emit(record); /* comes to nothing */
}

static void release_all(Stage *stage)
{
	for (uint32_t i = 0; i < stage->n_held; i++) {
		host->put_int(stage->held[i], 0, stage->result, i, SAFI_REPLACE);
		host->release(stage->held[i], i % 3 ? SAFI_KEEP : SAFI_DROP);
	}
	stage->n_held = 0;
}

static safi_status misbehave(Stage *stage, safi_record *record, const char *what)
{
	if (g_str_equal(what, "crash")) {
		raise(SIGSEGV);
	} else if (g_str_equal(what, "abort")) {
		abort();
	} else if (g_str_equal(what, "exit")) {
		exit(0);
	} else if (g_str_equal(what, "loop")) {
		for (volatile int i = 0;; i++) {
		}
	} else if (g_str_equal(what, "hang")) {
		wait_for_ever();
	} else if (g_str_equal(what, "close")) {
		close_all();
	} else if (g_str_equal(what, "close-and-hang")) {
		close_all();
		wait_for_ever();
	} else if (g_str_equal(what, "garbage")) {
		write_garbage();
	} else if (g_str_equal(what, "spoil")) {
		spoil(record);
	} else if (g_str_equal(what, "flood")) {
		for (;;) {
			host->submit(host->emit(record));
		}
	} else if (g_str_equal(what, "kill")) {
		host->put_int(record, 0, stage->result, result_of(kill(getppid(), SIGKILL) == 0), 0);
	} else if (g_str_equal(what, "99")) {
		return 99;
	} else if (g_str_equal(what, "5")) {
		return SAFI_HOLD;
	} else {
		return SAFI_END;
	}
	return SAFI_KEEP;
}

static void try_limits(Stage *stage, safi_record *record, const char *what)
{
	const size_t large = (size_t)4 << 30;
	int64_t result = -1;

	if (g_str_equal(what, "allocate")) {
		result = allocate(large, false);
	} else if (g_str_equal(what, "touch")) {
		result = allocate(large, true);
	} else if (g_str_equal(what, "socket")) {
		result = result_of(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	} else if (g_str_equal(what, "write")) {
		result = result_of(open("/tmp/safi-test-shelter", O_CREAT | O_WRONLY, 0600) >= 0);
	} else if (g_str_equal(what, "read")) {
		result = result_of(open("/etc/passwd", O_RDONLY) >= 0);
	} else if (g_str_equal(what, "library")) {
		result = result_of(open("/usr", O_RDONLY) >= 0);
	} else if (g_str_equal(what, "descriptors")) {
		result = 0;
		for (int fd = 3; fd < 1000; fd++) {
			result += fcntl(fd, F_GETFD) >= 0;
		}
	}
	host->put_int(record, 0, stage->result, result, SAFI_REPLACE);
}

static safi_status process(void *self, safi_record *record)
{
	Stage *stage = self;
	safi_text text = {"", 0};

	host = stage->host;
	host->get_text(record, 0, stage->what, 0, &text);
	g_autofree char *what = g_strndup(text.ptr, text.len);
	host->put_int(record, 0, stage->count, ++stage->n, SAFI_REPLACE);
	if (g_str_has_prefix(what, "try-")) {
		try_limits(stage, record, what + 4);
	} else if (g_str_equal(what, "drop")) {
		return host->drop(record, "unwanted", "nobody wants it");
	} else if (g_str_equal(what, "fail")) {
		return host->fail(record, "bad", "it is \xFF bad");
	} else if (g_str_equal(what, "break")) {
		host->put_text(record, 0, stage->result, (safi_text){"\xFF", 1}, SAFI_REPLACE);
	} else if (g_str_equal(what, "fatal")) {
		return host->fatal(stage->config, "no-more", "it cannot go on");
	} else if (g_str_equal(what, "log")) {
		host->log(stage->config, record, SAFI_LOG_WARNING, "look at this");
	} else if (g_str_equal(what, "tally")) {
		host->tally(record, "things", -3);
	} else if (g_str_equal(what, "emit")) {
		emit(stage, record, 3);
	} else if (g_str_equal(what, "hold")) {
		stage->held[stage->n_held++] = record;
		return SAFI_HOLD;
	} else if (g_str_equal(what, "release")) {
		release_all(stage);
	} else if (*what) {
		return misbehave(stage, record, what);
	}
	return SAFI_KEEP;
}

static safi_status finish(void *self, safi_record *tail)
{
	Stage *stage = self;

	host = stage->host;
	release_all(stage);
	if (tail) {
		host->tally(tail, "finished", stage->n);
		emit(stage, tail, 2);
	}
	return SAFI_KEEP;
}

safi_status obedient_crash_at_end(void *self, safi_record *tail)
{
	raise(SIGSEGV);
	return SAFI_KEEP;
}

safi_stage obedient_stage(uint32_t flags)
{
	return (safi_stage){.size = sizeof(safi_stage), .role = SAFI_CHANGES, .flags = flags,
	                    .name = "obey", .create = create, .process = process,
	                    .finish = finish, .destroy = destroy};
}
