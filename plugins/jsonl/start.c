#include "start.h"

#include "textkit/form.h"
#include "textkit/magic.h"

static const StartFault no_fault = { NULL, NULL };
static const StartFault markup = {
	"looks-like-html",
	"HTML or XML, where each line is to be a JSON object; make JSON Lines of it first"
};
static const StartFault open_object = {
	"not-json-lines",
	"a JSON object over several lines, where each line is to be one; make one line of each first: "
	"jq -c . FILE | safi ..."
};
const StartFault start_array = {
	"not-json-lines",
	"a JSON array, where each line is to be an object; make lines of its elements first: "
	"jq -c '.[]' FILE | safi ..."
};

#define UTF(name) \
	{ "not-utf-8", name ", where UTF-8 is wanted; convert it first: iconv -f " name \
	  " -t UTF-8 FILE | safi ..." }

static StartFault form_fault(safi_bytes start)
{
	static const StartFault faults[] = {
		[SAFI_FORM_UTF16LE] = UTF("UTF-16LE"), [SAFI_FORM_UTF16BE] = UTF("UTF-16BE"),
		[SAFI_FORM_UTF32LE] = UTF("UTF-32LE"), [SAFI_FORM_UTF32BE] = UTF("UTF-32BE"),
	};
	uint32_t mark;
	SafiForm form = safi_form_mark(start, &mark);
	if (form == SAFI_FORM_NONE) {
		form = safi_form_guess(start);
	}
	return form > SAFI_FORM_UTF8 ? faults[form] : no_fault;
}

static bool is_markup(safi_bytes start)
{
	if (start.len < 2 || start.ptr[0] != '<') {
		return false;
	}
	uint8_t next = start.ptr[1] | 0x20; /* '!' has that bit too */
	return (next >= 'a' && next <= 'z') || next == '!' || next == '?';
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Without white space at its edges, as JSON has it. */
static safi_bytes trim(safi_bytes bytes)
{
	while (bytes.len > 0 && is_blank(bytes.ptr[0])) {
		bytes.ptr++;
		bytes.len--;
	}
	while (bytes.len > 0 && is_blank(bytes.ptr[bytes.len - 1])) {
		bytes.len--;
	}
	return bytes;
}

StartFault start_fault(safi_bytes start)
{
	StartFault form = form_fault(start);
	const char *what = safi_magic_find(start);
	if (what != NULL) {
		return (StartFault){ "looks-like-binary", what };
	}
	if (form.code != NULL) {
		return form;
	}
	return is_markup(trim(start)) ? markup : no_fault;
}

StartFault start_open_fault(safi_bytes line)
{
	line = trim(line);
	if (line.len > 0 && line.ptr[0] == '[' && line.ptr[line.len - 1] != ']') {
		return start_array;
	}
	return line.len == 1 && line.ptr[0] == '{' ? open_object : no_fault;
}
