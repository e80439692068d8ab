#include "replay.h"

#include "input.h"
#include "json.h"

/* Each byte of a record may take so many in a letter ("\u0001"), and names and messages so many. */
enum { LONGEST_ESCAPE = 6, BESIDE_RAW = 1 << 20 };

struct SafiReplay {
	safi_input *input;
	size_t record_limit;
	uint64_t lines;  /* that are not blank */
	SafiBuffer room; /* for the strings of one letter without their escapes, and for its bytes */
};

/* ptr NULL: there was none. */
typedef struct Letter {
	safi_text raw, base64, code, name;
	uint64_t begin, end, number;
	bool has_begin, has_end, has_number;
	bool told_whole, whole;
} Letter;

/* --- opening ---------------------------------------------------------------------------------- */

SafiReplay *safi_replay_open(const char *path, size_t record_limit, GError **error)
{
	const size_t most = (SIZE_MAX - BESIDE_RAW) / LONGEST_ESCAPE;
	const size_t limit = MIN(record_limit, most) * LONGEST_ESCAPE + BESIDE_RAW;
	safi_input *input = safi_input_open(path, limit, error);

	if (!input) {
		return NULL;
	}
	SafiReplay *replay = g_new0(SafiReplay, 1);
	replay->input = input;
	replay->record_limit = record_limit;
	return replay;
}

void safi_replay_close(SafiReplay *replay)
{
	if (replay) {
		safi_input_close(replay->input);
		safi_buffer_clear(&replay->room);
		g_free(replay);
	}
}

safi_input *safi_replay_input(const SafiReplay *replay)
{
	return replay->input;
}

/* --- a letter's members ----------------------------------------------------------------------- */

static bool is_named(safi_text name, const char *wanted)
{
	return name.len == strlen(wanted) && memcmp(name.ptr, wanted, name.len) == 0;
}

/* The text of a string; it may lie in the room, which all strings of a letter fit into. */
static bool take_text(SafiReplay *replay, safi_text value, safi_text *text)
{
	if (safi_json_kind(value) != '"' ||
	    !safi_json_string(value, replay->room.data + replay->room.len, text)) {
		return false;
	}
	replay->room.len += value.len;
	return true;
}

static bool take_number(safi_text value, uint64_t *number, bool *has)
{
	char digits[24];
	guint64 taken;

	if (value.len >= sizeof digits) {
		return false;
	}
	memcpy(digits, value.ptr, value.len);
	digits[value.len] = '\0';
	*has = g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, &taken, NULL);
	*number = *has ? taken : 0;
	return *has;
}

static bool take_origin_member(SafiReplay *replay, safi_text name, safi_text value, void *to)
{
	Letter *letter = to;

	if (is_named(name, "name")) {
		return take_text(replay, value, &letter->name);
	}
	if (is_named(name, "begin")) {
		return take_number(value, &letter->begin, &letter->has_begin);
	}
	if (is_named(name, "end")) {
		return take_number(value, &letter->end, &letter->has_end);
	}
	return !is_named(name, "record") ||
	       take_number(value, &letter->number, &letter->has_number);
}

/* `take` gets each member; false as soon as it says so, or a name is no text. */
static bool take_members(SafiReplay *replay, safi_text object,
                         bool (*take)(SafiReplay *, safi_text name, safi_text value, void *to),
                         void *to)
{
	safi_text name, value;

	for (size_t at = 0; safi_json_member(object, &at, &name, &value);) {
		if (!take_text(replay, name, &name) || !take(replay, name, value, to)) {
			return false;
		}
	}
	return true;
}

static bool take_member(SafiReplay *replay, safi_text name, safi_text value, void *to)
{
	Letter *letter = to;

	if (is_named(name, "raw")) {
		return take_text(replay, value, &letter->raw);
	}
	if (is_named(name, "raw_base64")) {
		return take_text(replay, value, &letter->base64);
	}
	if (is_named(name, "code")) {
		return take_text(replay, value, &letter->code);
	}
	if (is_named(name, "whole")) {
		letter->told_whole = true;
		letter->whole = is_named(value, "true");
		return letter->whole || is_named(value, "false");
	}
	return !is_named(name, "origin") ||
	       (safi_json_kind(value) == '{' &&
	        take_members(replay, value, take_origin_member, letter));
}

/* --- a letter as a whole ---------------------------------------------------------------------- */

/* GLib decodes whatever it is given. */
static bool is_base64(safi_text text)
{
	size_t len = text.len;

	for (int i = 0; i < 2 && len > 0 && text.ptr[len - 1] == '='; i++) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isalnum(text.ptr[i]) && text.ptr[i] != '+' && text.ptr[i] != '/') {
			return false;
		}
	}
	return text.len % 4 == 0;
}

static safi_bytes decode(SafiReplay *replay, safi_text base64)
{
	uint8_t *to = (uint8_t *)replay->room.data + replay->room.len;
	guint save = 0;
	int state = 0;

	return (safi_bytes){to, g_base64_decode_step(base64.ptr, base64.len, to, &state, &save)};
}

static bool has_origin(const Letter *letter)
{
	return letter->name.ptr && letter->has_begin && letter->has_end && letter->has_number &&
	       letter->begin <= letter->end;
}

/* What is wrong with it; NULL: nothing. */
static const char *read_letter(SafiReplay *replay, safi_text line, Letter *letter, safi_bytes *raw)
{
	if (!safi_json_valid(line) || safi_json_kind(line) != '{') {
		return "the line is no JSON object";
	}
	if (!take_members(replay, line, take_member, letter)) {
		return "a member is not what it is in a letter";
	}
	if (!letter->raw.ptr == !letter->base64.ptr) {
		return "it has not one of raw and raw_base64";
	}
	if (letter->base64.ptr && !is_base64(letter->base64)) {
		return "its raw_base64 is no base64";
	}
	if (!has_origin(letter)) {
		return "its origin has not all of name, begin, end and record";
	}
	*raw = letter->base64.ptr
	               ? decode(replay, letter->base64)
	               : (safi_bytes){(const uint8_t *)letter->raw.ptr, letter->raw.len};
	return NULL;
}

/* Letters did not always say so; in those, one code stood for a cut. */
static bool is_whole(const Letter *letter, safi_bytes raw)
{
	if (letter->told_whole) {
		return letter->whole;
	}
	return !letter->code.ptr || !is_named(letter->code, "record-too-long") ||
	       raw.len == letter->end - letter->begin;
}

/* --- records ---------------------------------------------------------------------------------- */

static safi_status fail_line(SafiReplay *replay, safi_record *record, safi_bytes line,
                             uint64_t begin, const char *why)
{
	g_autofree char *message = g_strdup_printf("this is no dead letter: %s", why);

	safi_record_set_raw(record, line, NULL);
	safi_record_set_origin(record, safi_input_name(replay->input), begin, begin + line.len);
	record->number = replay->lines;
	return safi_record_set_reason(record, SAFI_FAIL, "not-a-letter", message);
}

static safi_status fail_long_line(SafiReplay *replay, safi_record *record)
{
	const SafiInputFault *fault = safi_input_fault(replay->input);

	replay->lines++;
	fail_line(replay, record, fault->head, fault->begin,
	          "the line is too long for a record within limits.record");
	record->origin_end = fault->end;
	record->cut = true;
	return SAFI_FAIL;
}

static safi_status fail_cut(safi_record *record, size_t len)
{
	g_autofree char *message = g_strdup_printf(
		"the letter has only the first %zu bytes of what failed, too little to try it again; "
		"run the pipeline on the file itself", len);

	record->cut = true;
	return safi_record_set_reason(record, SAFI_FAIL, "not-whole", message);
}

static safi_status fail_long(const SafiReplay *replay, safi_record *record)
{
	g_autofree char *message = g_strdup_printf(
		"the record is longer than limits.record, %zu bytes; raise it in the pipeline",
		replay->record_limit);

	return safi_record_set_reason(record, SAFI_FAIL, "record-over-limit", message);
}

static safi_status fill(SafiReplay *replay, safi_record *record, const Letter *letter,
                        safi_bytes raw)
{
	safi_record_set_raw(record, raw, NULL);
	safi_record_set_origin(record, letter->name, letter->begin, letter->end);
	record->number = letter->number;
	if (!is_whole(letter, raw)) {
		return fail_cut(record, raw.len);
	}
	return raw.len > replay->record_limit ? fail_long(replay, record) : SAFI_KEEP;
}

static safi_status take_line(SafiReplay *replay, safi_record *record, safi_bytes line,
                             uint64_t begin)
{
	Letter letter = {.begin = 0};
	safi_bytes raw = {NULL, 0};

	replay->lines++;
	safi_buffer_reset(&replay->room);
	if (!safi_buffer_room(&replay->room, line.len * 2)) {
		fail_line(replay, record, line, begin, "it cannot be read");
		return safi_record_set_reason(record, SAFI_FAIL, "out-of-memory",
		                              "no memory to read the letter");
	}
	const char *wrong = read_letter(replay, (safi_text){(const char *)line.ptr, line.len}, &letter,
	                                &raw);
	return wrong ? fail_line(replay, record, line, begin, wrong)
	             : fill(replay, record, &letter, raw);
}

static bool is_blank(safi_bytes line)
{
	while (line.len > 0 && g_ascii_isspace(line.ptr[line.len - 1])) {
		line.len--;
	}
	return line.len == 0;
}

safi_status safi_replay_next(SafiReplay *replay, safi_record *record)
{
	safi_bytes line;

	for (;;) {
		safi_input_begin_record(replay->input);
		const uint64_t begin = safi_input_offset(replay->input);
		const safi_status status = safi_input_line(replay->input, &line);
		if (status == SAFI_FAIL) {
			return fail_long_line(replay, record);
		}
		if (status != SAFI_KEEP) {
			return status;
		}
		if (!is_blank(line)) {
			return take_line(replay, record, line, begin);
		}
	}
}
