/* The walk keeps `good`, the end of the last token that was right, because simdjson does not say
 * where it stumbled: the fault is at the first byte behind it that is not blank. */
#include "json-members.h"

#include <simdjson.h>

#include <new>
#include <string_view>

namespace od = simdjson::ondemand;

struct JsonParser {
	od::parser simdjson;
};

namespace {

static_assert(SAFI_PADDING >= simdjson::SIMDJSON_PADDING, "the host pads enough for simdjson");

/* As deep as the host lets a value nest. */
constexpr unsigned max_depth = 1024;

constexpr const char *not_json = "not-json";

bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view token)
{
	while (!token.empty() && is_blank(token.back())) {
		token.remove_suffix(1);
	}
	return token;
}

/* The end of the string whose contents begin here; that there is one, simdjson has seen to. */
const char *closing_quote(const char *at)
{
	while (*at != '"') {
		at += *at == '\\' ? 2 : 1;
	}
	return at;
}

/* Takes digits from the front; false when there are none. */
bool take_digits(std::string_view &token)
{
	size_t n = 0;
	while (n < token.size() && is_digit(token[n])) {
		n++;
	}
	token.remove_prefix(n);
	return n > 0;
}

bool take_one_of(std::string_view &token, const char *characters)
{
	if (token.empty() || token[0] == '\0' || std::strchr(characters, token[0]) == nullptr) {
		return false;
	}
	token.remove_prefix(1);
	return true;
}

bool is_number(std::string_view token)
{
	take_one_of(token, "-");
	if (!take_one_of(token, "0") && !take_digits(token)) {
		return false;
	}
	if (take_one_of(token, ".") && !take_digits(token)) {
		return false;
	}
	if (take_one_of(token, "eE")) {
		take_one_of(token, "+-");
		if (!take_digits(token)) {
			return false;
		}
	}
	return token.empty();
}

bool is_scalar(std::string_view token)
{
	return is_number(token) || token == "true" || token == "false" || token == "null";
}

class Walk {
public:
	Walk(safi_bytes bytes, JsonFault *report)
		: text(reinterpret_cast<const char *>(bytes.ptr), bytes.len), good(text.data()),
		  fault(report)
	{
	}

	bool run(od::parser &parser, JsonMember member, void *to);

private:
	bool members(od::object &object, JsonMember member, void *to);
	bool inner_object(od::value &value, unsigned depth);
	bool inner_array(od::value &value, unsigned depth);
	bool any_value(od::value &value, unsigned depth);
	bool string_value(od::value &value, std::string_view token);
	bool take_name(od::field &field, std::string_view &name);
	bool take_bracket(od::value &value);

	bool refuse(const char *at, const char *message, const char *code = not_json);
	bool refuse_next();
	bool refuse_text(simdjson::error_code error);
	const char *behind_blanks(const char *at) const;
	const char *bad_string(const char **message) const;

	const char *end() const { return text.data() + text.size(); }

	std::string_view text;
	const char *good;
	JsonFault *fault;
	od::document document;
};

/* --- faults ----------------------------------------------------------------------------------- */

bool Walk::refuse(const char *at, const char *message, const char *code)
{
	*fault = { code, message, uint32_t(at - text.data()) };
	return false;
}

const char *Walk::behind_blanks(const char *at) const
{
	while (at < end() && is_blank(*at)) {
		at++;
	}
	return at;
}

/* What follows `good` is wrong, or it is a comma, a colon or a name that simdjson was still content
 * with, and what follows that is. */
bool Walk::refuse_next()
{
	const char *at = behind_blanks(good);
	bool fresh = good > text.data() && (good[-1] == '{' || good[-1] == '[');
	if (!fresh && at < end() && (*at == ',' || *at == ':')) {
		at = behind_blanks(at + 1);
		fresh = true;
	}
	if (fresh && at < end() && *at == '"') {
		at = behind_blanks(closing_quote(at + 1) + 1);
	}
	if (at >= end()) {
		return refuse(end(), "the line ends before its object does");
	}
	return refuse(at, "this cannot stand here in a JSON object");
}

/* The first string that does not close, or that holds a raw control character. */
const char *Walk::bad_string(const char **message) const
{
	const char *open = nullptr;
	for (const char *at = text.data(); at < end(); at++) {
		if (*at == '"') {
			open = open ? nullptr : at;
		} else if (open && static_cast<unsigned char>(*at) < 0x20) {
			*message = "a control character in a string must be escaped";
			return at;
		} else if (open && *at == '\\') {
			at++;
		}
	}
	*message = open ? "a string without its closing quotation mark" : "this is not JSON";
	return open ? open : text.data();
}

/* What simdjson found before it began to walk. */
bool Walk::refuse_text(simdjson::error_code error)
{
	const char *message;
	if (error == simdjson::UTF8_ERROR) {
		return refuse(text.data(), "the line is not UTF-8", "not-utf-8");
	}
	if (error == simdjson::MEMALLOC || error == simdjson::CAPACITY) {
		return refuse(text.data(), "no memory for so long a line", "no-memory");
	}
	const char *at = bad_string(&message);
	return refuse(at, message);
}

/* --- the walk --------------------------------------------------------------------------------- */

bool Walk::take_name(od::field &field, std::string_view &name)
{
	const char *begin = field.key().raw();
	const char *close = closing_quote(begin);
	name = { begin, size_t(close - begin) };
	if (name.find('\\') != name.npos && field.unescaped_key().get(name)) {
		return refuse(begin - 1, "a name with an escape that is no character");
	}
	good = close + 1;
	return true;
}

bool Walk::string_value(od::value &value, std::string_view token)
{
	bool escaped = std::memchr(token.data(), '\\', token.size()) != nullptr;
	od::raw_json_string raw;
	std::string_view decoded;
	if (escaped ? value.get_string().get(decoded) : value.get_raw_json_string().get(raw)) {
		return refuse(token.data(), "a string with an escape that is no character");
	}
	return true;
}

/* A container is through: `good` moves behind its last bracket. */
bool Walk::take_bracket(od::value &value)
{
	const char *next;
	if (value.current_location().get(next)) {
		next = end();
	}
	std::string_view taken = trimmed({ good, size_t(next - good) });
	good = taken.data() + taken.size();
	return true;
}

bool Walk::inner_object(od::value &value, unsigned depth)
{
	od::object object;
	if (value.get_object().get(object)) {
		return refuse_next();
	}
	good++;
	for (auto item : object) {
		od::field field;
		std::string_view name;
		if (std::move(item).get(field)) {
			return refuse_next();
		}
		if (!take_name(field, name) || !any_value(field.value(), depth)) {
			return false;
		}
	}
	return take_bracket(value);
}

bool Walk::inner_array(od::value &value, unsigned depth)
{
	od::array array;
	if (value.get_array().get(array)) {
		return refuse_next();
	}
	good++;
	for (auto item : array) {
		od::value element;
		if (std::move(item).get(element)) {
			return refuse_next();
		}
		if (!any_value(element, depth)) {
			return false;
		}
	}
	return take_bracket(value);
}

bool Walk::any_value(od::value &value, unsigned depth)
{
	std::string_view token = value.raw_json_token();
	/* Behind the last token simdjson reads padding, which may look like a comma. */
	if (token.data() >= end()) {
		return refuse_next();
	}
	token = trimmed(token);
	char first = token[0];
	if (first == '{' || first == '[') {
		if (depth == max_depth) {
			return refuse(token.data(), "values nest deeper than 1,024");
		}
		good = token.data();
		return first == '{' ? inner_object(value, depth + 1)
		                    : inner_array(value, depth + 1);
	}
	if (first != '"' && !is_scalar(token)) {
		return refuse(token.data(), "this is no JSON value");
	}
	if (first == '"' && !string_value(value, token)) {
		return false;
	}
	good = token.data() + token.size();
	return true;
}

bool Walk::members(od::object &object, JsonMember member, void *to)
{
	for (auto item : object) {
		od::field field;
		std::string_view name;
		if (std::move(item).get(field)) {
			return refuse_next();
		}
		if (!take_name(field, name)) {
			return false;
		}
		const char *begin = field.value().raw_json_token().data();
		if (!any_value(field.value(), 1)) {
			return false;
		}
		safi_span span = { uint32_t(begin - text.data()), uint32_t(good - text.data()) };
		if (!member(to, { name.data(), name.size() }, span)) {
			return false;
		}
	}
	return true;
}

bool Walk::run(od::parser &parser, JsonMember member, void *to)
{
	size_t room = text.size() + SAFI_PADDING;
	if (auto error = parser.iterate(text.data(), text.size(), room).get(document)) {
		return refuse_text(error);
	}
	const char *first = behind_blanks(text.data());
	if (first < end() && *first != '{' && (std::strchr("[\"-", *first) || is_digit(*first))) {
		bool array = *first == '[';
		return refuse(first, array ? "the line is an array, not an object (jq -c '.[]' FILE makes "
		                             "lines of its elements)"
		                           : "the line is not an object", "not-an-object");
	}
	od::object object;
	good = first;
	if (auto error = document.get_object().get(object)) {
		if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) {
			return refuse(end(), "the line does not end as an object does");
		}
		return refuse_next();
	}
	good++;
	if (!members(object, member, to)) {
		return false;
	}
	const char *more;
	if (!document.current_location().get(more)) {
		return refuse(more, "something follows the object");
	}
	return true;
}

} // namespace

JsonParser *json_parser_create(void)
{
	return new (std::nothrow) JsonParser;
}

void json_parser_destroy(JsonParser *parser)
{
	delete parser;
}

bool json_parser_walk(JsonParser *parser, safi_bytes text, JsonMember member, void *to,
                      JsonFault *fault)
{
	*fault = {};
	return Walk(text, fault).run(parser->simdjson, member, to);
}
