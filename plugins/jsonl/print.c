#include "print.h"

void print_raw(const Print *to, const char *bytes, size_t len)
{
	to->host->write(to->record, (safi_bytes){ (const uint8_t *)bytes, len });
}

void print_string(const Print *to, safi_text text)
{
	to->host->write_json(to->record, text);
}

void print_number(const Print *to, uint64_t number)
{
	char digits[20];
	char *end = digits + sizeof digits, *at = end;
	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	print_raw(to, at, (size_t)(end - at));
}

void print_name(const Print *to, safi_text name)
{
	print_string(to, name);
	print_raw(to, ":", 1);
}

void print_pair(const Print *to, const char *name, uint64_t begin, uint64_t end)
{
	print_name(to, safi_str(name));
	print_raw(to, "[", 1);
	print_number(to, begin);
	print_raw(to, ",", 1);
	print_number(to, end);
	print_raw(to, "]", 1);
}

/* A line feed in JSON is a blank, as strings must escape it; here it would end the record. */
static void print_json(const Print *to, safi_text json)
{
	for (;;) {
		const char *feed = memchr(json.ptr, '\n', json.len);
		size_t len = feed ? (size_t)(feed - json.ptr) : json.len;
		print_raw(to, json.ptr, len);
		if (feed == NULL) {
			return;
		}
		print_raw(to, " ", 1);
		json.ptr += len + 1;
		json.len -= len + 1;
	}
}

void print_field(const Print *to, safi_note note, safi_key key)
{
	const safi_host *host = to->host;
	safi_text text;
	if (host->type(to->record, note, key) == SAFI_TEXT &&
	    host->count(to->record, note, key) == 1 &&
	    host->get_text(to->record, note, key, 0, &text)) {
		print_string(to, text);
	} else if (host->get_json(to->record, note, key, SAFI_WHOLE, &text)) {
		print_json(to, text);
	} else {
		print_raw(to, "null", 4);
	}
}
