#include "feed.h"

#include "crash.h"
#include "input.h"
#include "inputs.h"
#include "log.h"

typedef struct Feed {
	SafiCourse *course;
	guint64 limit;  /* of records */
	bool failed;    /* an input could not be read */
} Feed;

static void fail_reading(Feed *feed, const char *path, const char *why)
{
	safi_log_at(SAFI_LOG_ERROR, g_str_equal(path, "-") ? "stdin" : path, "cannot be read: %s", why);
	feed->failed = true;
}

/* next() gave a status of the input's own: a record that is too long, or an error. */
static void take_fault(Feed *feed, safi_record *record, const safi_input *input)
{
	const SafiInputFault *fault = safi_input_fault(input);

	if (record->reason.status || !fault->code) {
		return;
	}
	safi_record_set_raw(record, fault->head, NULL);
	safi_record_set_origin(record, safi_input_name(input), fault->begin, fault->end);
	safi_record_set_reason(record, SAFI_FAIL, fault->code, fault->message);
}

static bool end_of_input(Feed *feed, safi_record *record, const safi_input *input,
                         safi_status status)
{
	if (status == SAFI_END) {
		safi_course_give_back(feed->course, record);
		return true;
	}
	if (status != SAFI_FATAL) {
		return false;
	}
	const SafiInputFault *fault = input ? safi_input_fault(input) : NULL;
	if (fault && fault->code) {
		fail_reading(feed, safi_input_name(input).ptr, fault->message);
	} else {
		safi_course_stop(feed->course, 0, status);
	}
	safi_course_give_back(feed->course, record);
	return true;
}

static bool may_read(const Feed *feed)
{
	return !feed->course->ending.status &&
	       feed->course->ending.tally->read < feed->limit;
}

/* All records of one input; NULL: the reader has a source of its own. */
static void read_input(Feed *feed, safi_input *input)
{
	const SafiInstances *reader = safi_course_at(feed->course, 0);

	while (may_read(feed)) {
		safi_record *record = safi_course_take(feed->course);
		record->input = input;
		if (input) {
			safi_input_begin_record(input);
		}
		const SafiCall outer = safi_crash_into(reader, "next()", NULL);
		safi_status status = reader->stage->next(reader->own, input, record);
		safi_crash_out(outer);
		if (end_of_input(feed, record, input, status)) {
			return;
		}
		const guint worker = feed->course->ending.tally->read % feed->course->workers;
		record->number = ++feed->course->ending.tally->read;
		if (status == SAFI_FAIL && input) {
			take_fault(feed, record, input);
		}
		record->input = NULL;
		if (status == SAFI_KEEP && !record->broken.status) {
			safi_course_run(feed->course, record, 0, worker);
		} else {
			safi_course_settle(feed->course, record, 0, worker, status);
		}
	}
}

static void flush_output(void *data)
{
	Feed *feed = data;

	safi_output_flush(feed->course->output);
	safi_course_check_output(feed->course);
}

/* Reading what the run itself writes would never end. */
static bool is_own(const Feed *feed, const safi_input *input)
{
	struct stat file;

	return (safi_output_stat(feed->course->output, &file) && safi_input_is_file(input, &file)) ||
	       (safi_letters_stat(feed->course->ending.letters, &file) &&
	        safi_input_is_file(input, &file));
}

static void read_path(Feed *feed, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(safi_input) input = safi_input_open(path, feed->course->limits.record, &error);

	if (!input) {
		fail_reading(feed, path, error->message);
		return;
	}
	if (is_own(feed, input)) {
		safi_log_at(SAFI_LOG_WARNING, path, "is written by this run, so it is not read");
		return;
	}
	if (!(safi_course_last(feed->course)->stage->flags & SAFI_OWN_FILE)) {
		safi_input_on_wait(input, flush_output, feed);
	}
	read_input(feed, input);
}

static void read_paths(Feed *feed, const char *const *words, const char *list)
{
	g_autoptr(GError) unopened = NULL;
	g_autoptr(SafiInputs) inputs = safi_inputs_new(words, list, &unopened);
	bool more = inputs != NULL;

	if (!inputs) {
		fail_reading(feed, list, unopened->message);
	}

	while (more && may_read(feed)) {
		g_autoptr(GError) error = NULL;
		const char *path = safi_inputs_next(inputs, &error);
		if (error) {
			fail_reading(feed, path, error->message);
		} else if (path) {
			read_path(feed, path);
		} else {
			more = false;
		}
	}
}

bool safi_feed(SafiCourse *course, const char *const *words, const char *list, guint64 limit)
{
	Feed feed = {.course = course, .limit = limit};

	if (safi_course_at(course, 0)->stage->flags & SAFI_NO_INPUT) {
		read_input(&feed, NULL);
	} else {
		read_paths(&feed, words, list);
	}
	return !feed.failed;
}
