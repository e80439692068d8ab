#include "declaration.h"

/* A description without a fault, made anew for each test, which then spoils one thing of it. */
typedef struct Made {
	safi_option options[2];
	const safi_option *option_list[3];
	safi_stage stages[2];
	const safi_stage *stage_list[3];
	safi_plugin plugin;
} Made;

static safi_status next(void *self, safi_input *input, safi_record *record)
{
	return SAFI_END;
}

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

static safi_status make_durable(void *self, safi_output *output)
{
	return SAFI_KEEP;
}

static safi_option good_option(const char *name)
{
	return (safi_option){ .size = sizeof(safi_option), .type = SAFI_TEXT, .name = name,
	                      .doc = "What it does." };
}

static safi_stage good_stage(const char *name)
{
	return (safi_stage){ .size = sizeof(safi_stage), .role = SAFI_CHANGES, .name = name,
	                     .summary = "Does something", .process = process };
}

static Made *make(void)
{
	static Made made;

	made = (Made){ .options = { good_option("one"), good_option("two") },
	               .option_list = { &made.options[0], &made.options[1], NULL },
	               .stages = { good_stage("first"), good_stage("second") },
	               .stage_list = { &made.stages[0], &made.stages[1], NULL },
	               .plugin = { .size = sizeof(safi_plugin), .abi_major = 1, .id = "test.made",
	                           .version = "1", .license = "MIT", .stages = made.stage_list } };
	made.stages[0].options = made.option_list;
	return &made;
}

static void good(const Made *made)
{
	g_autofree char *reason = NULL;

	g_assert_true(safi_declaration_check(&made->plugin, &reason));
	g_assert_null(reason);
}

static void bad(const Made *made, const char *expected)
{
	g_autofree char *reason = NULL;

	g_assert_false(safi_declaration_check(&made->plugin, &reason));
	g_assert_cmpstr(reason, ==, expected);
}

/* --- the plugin ------------------------------------------------------------------------------ */

static void test_good(void)
{
	good(make());
}

static void test_sizes(void)
{
	Made *made = make();

	made->plugin.size = 4;
	bad(made, "the plugin has a size of 4 bytes, which is too small; "
	          "set .size to sizeof(safi_plugin)");
	made->plugin.size = offsetof(safi_plugin, stages);
	bad(made, "the plugin has a size of 32 bytes, which is too small; "
	          "set .size to sizeof(safi_plugin)");
	made->plugin.size = 0xdeadbeef;
	bad(made, "the plugin has a size of 3735928559 bytes, which is too large; "
	          "set .size to sizeof(safi_plugin)");
	made = make();
	made->stages[1].size = offsetof(safi_stage, extension);
	bad(made, "stage 2 has a size of 144 bytes, which is too small; "
	          "set .size to sizeof(safi_stage)");
	made = make();
	made->options[0].size = 8;
	bad(made, "option 1 of the stage 'first' has a size of 8 bytes, which is too small; "
	          "set .size to sizeof(safi_option)");
}

static void test_larger(void)
{
	Made *made = make();

	made->plugin.size += 64;
	made->stages[0].size += 64;
	made->options[0].size += 64;
	good(made);
}

static void test_versions(void)
{
	Made *made = make();

	made->plugin.abi_major = 2;
	made->plugin.abi_minor = 1;
	bad(made, "is built for ABI 2.1, this safi speaks 1.0; build it with this safi's safi.h");
	made->plugin.abi_major = 1;
	bad(made, "needs ABI 1.1, this safi speaks 1.0; use a newer safi");
}

static void test_identity(void)
{
	Made *made = make();

	made->plugin.id = "";
	bad(made, "the plugin has no id; give it one");
	made->plugin.id = "\xff";
	bad(made, "the id of the plugin is not UTF-8; convert it");
	made = make();
	made->plugin.version = NULL;
	bad(made, "the plugin has no version; give it one");
	made = make();
	made->plugin.license = NULL;
	bad(made, "the plugin has no license; give it one");
}

/* What a megabyte of one character is, and what its message says. */
static void bad_long(const Made *made, const char **text, char fill, const char *expected)
{
	g_autofree char *megabyte = g_strnfill(1 << 20, fill);

	*text = megabyte;
	bad(made, expected);
}

static void test_long_texts(void)
{
	Made *made = make();

	bad_long(made, &made->plugin.id, 'x',
	         "the id of the plugin is over 255 bytes long; shorten it");
	made = make();
	bad_long(made, &made->plugin.license, 'x',
	         "the license of the plugin is over 255 bytes long; shorten it");
	made = make();
	bad_long(made, &made->stages[0].summary, 'x',
	         "the summary of the stage 'first' is over 16384 bytes long; shorten it");
	made = make();
	bad_long(made, &made->stages[1].name, 'x',
	         "stage 2 has the name "
	         "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...': "
	         "names are of a-z, 0-9 and -, at most 64 bytes");
	made = make();
	bad_long(made, &made->options[0].doc, 'x',
	         "the description of option 'one' of the stage 'first' is over 16384 bytes long; "
	         "shorten it");
	made = make();
	bad_long(made, &made->options[0].fallback, 'x',
	         "the default of option 'one' of the stage 'first' is over 16384 bytes long; "
	         "shorten it");
}

static void test_control_characters(void)
{
	Made *made = make();

	made->plugin.version = "1\n2";
	bad(made, "the version of the plugin has the control character U+000A; take it out");
	made = make();
	made->stages[0].summary = "Does\x1b[2J";
	bad(made, "the summary of the stage 'first' has the control character U+001B; take it out");
	made->stages[0].summary = "Does \xc2\x9b" "2J";
	bad(made, "the summary of the stage 'first' has the control character U+009B; take it out");
	made->stages[0].summary = "Does this\nand that";
	good(made);
	made->options[0].example = "\x07";
	bad(made, "the example of option 'one' of the stage 'first' has the control character U+0007; "
	          "take it out");
	made->options[0].example = "\t";
	good(made);
}

static void test_no_stages(void)
{
	Made *made = make();

	made->stage_list[0] = NULL;
	bad(made, "the plugin has no stages; name at least one in .stages");
	made->plugin.stages = NULL;
	bad(made, "the plugin has no stages; name at least one in .stages");
}

static void test_endless_stages(void)
{
	static const safi_stage *endless[300];
	static safi_stage stages[300];
	static char names[300][8];
	Made *made = make();

	for (guint i = 0; i < 299; i++) {
		g_snprintf(names[i], sizeof names[i], "s%u", i);
		stages[i] = good_stage(names[i]);
		endless[i] = &stages[i];
	}
	made->plugin.stages = endless;
	bad(made, "the plugin has over 256 stages; does the list end with NULL?");
}

/* --- a stage --------------------------------------------------------------------------------- */

static void test_stage_names(void)
{
	Made *made = make();

	made->stages[1].name = NULL;
	bad(made, "stage 2 has no name; give it one");
	made->stages[1].name = "Second";
	bad(made, "stage 2 has the name 'Second': names are of a-z, 0-9 and -, at most 64 bytes");
	made->stages[1].name = "a\x1b[2J";
	bad(made, "stage 2 has the name 'a\\x1b[2J': names are of a-z, 0-9 and -, at most 64 bytes");
	made->stages[1].name = "sixty-four-bytes-are-the-most-that-a-name-may-have-and-no-more-x";
	good(made);
	made->stages[1].name = "sixty-five-bytes-are-more-than-the-most-that-a-name-may-have-here";
	bad(made, "stage 2 has the name "
	          "'sixty-five-bytes-are-more-than-the-most-that-a-name-may-have-her...': "
	          "names are of a-z, 0-9 and -, at most 64 bytes");
}

static void test_twice(void)
{
	Made *made = make();

	made->stages[1].name = "first";
	bad(made, "the stage 'first' is declared twice; rename one");
	made->stages[1].role = SAFI_WRITES;
	good(made);
}

static void test_roles(void)
{
	Made *made = make();

	made->stages[0].role = 0;
	bad(made, "stage 'first' has the unknown role 0; set it to SAFI_READS, SAFI_CHANGES or "
	          "SAFI_WRITES");
	made->stages[0].role = 4;
	bad(made, "stage 'first' has the unknown role 4; set it to SAFI_READS, SAFI_CHANGES or "
	          "SAFI_WRITES");
}

static void test_summary(void)
{
	Made *made = make();

	made->stages[0].summary = NULL;
	bad(made, "the stage 'first' has no summary; give it one");
}

static void test_functions(void)
{
	Made *made = make();

	made->stages[0].process = NULL;
	bad(made, "the stage 'first' has no process(); give it one");
	made->stages[0].role = SAFI_WRITES;
	bad(made, "the writer 'first' has neither process() nor put(); give it one of them");
	made->stages[0].role = SAFI_READS;
	bad(made, "the reader 'first' has no next(); it is what finds the records");
	made->stages[0].next = next;
	bad(made, "the reader 'first' has no process(); give it one");
	made->stages[0].process = process;
	good(made);
}

static void test_wrong_role(void)
{
	Made *made = make();

	made->stages[0].next = next;
	bad(made, "the stage 'first' has next(), which is for readers; change its role or leave it "
	          "out");
	made = make();
	made->stages[0].sync = make_durable;
	bad(made, "the stage 'first' has sync(), which is for writers; change its role or leave it "
	          "out");
	made->stages[0].role = SAFI_WRITES;
	good(made);
}

static void test_flags(void)
{
	Made *made = make();

	made->stages[0].flags = SAFI_HOLDS | SAFI_PARALLEL;
	bad(made, "the stage 'first' is both parallel and holding; take SAFI_PARALLEL from it, since "
	          "only an ordered one may hold");
	made->stages[0].flags = SAFI_NO_INPUT;
	bad(made, "the stage 'first' has the flag SAFI_NO_INPUT, which is for readers; take it out");
	made->stages[0].flags = SAFI_OWN_FILE;
	bad(made, "the stage 'first' has the flag SAFI_OWN_FILE, which is for writers; take it out");
	made->stages[0].role = SAFI_WRITES;
	bad(made, "the writer 'first' has a file of its own, but no put(); give it one");
	made->stages[0].flags = SAFI_SPLITS | SAFI_PARALLEL;
	bad(made, "the writer 'first' splits or holds, which no writer may; take the flag out");
	made->stages[0].flags = SAFI_HOLDS;
	bad(made, "the writer 'first' splits or holds, which no writer may; take the flag out");
	made->stages[0].role = SAFI_CHANGES;
	good(made);
	made = make();
	made->stages[0].flags = 1u << 31;
	good(made);
	made->stages[0].reserved = 1;
	bad(made, "the stage 'first' has a reserved member that is not 0; leave it 0");
}

static void test_signature(void)
{
	static const char *const fine[] = { "field:*", "field:title?", "view:page", "note:line", NULL };
	static const char *const optional[] = { "field:title?", NULL };
	static const char *const wrong[] = { "view:page", "fields:title", NULL };
	static const char *const empty[] = { "view:?", NULL };
	Made *made = make();

	made->stages[0].reads = fine;
	good(made);
	made->stages[0].reads = wrong;
	bad(made, "the stage 'first' reads 'fields:title'; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
	made->stages[0].reads = empty;
	bad(made, "the stage 'first' reads 'view:?'; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
	made = make();
	made->stages[0].writes = optional;
	bad(made, "the stage 'first' writes 'field:title?'; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
}

static void test_hostile_signature(void)
{
	static const char *entries[] = { NULL, NULL };
	static const char *endless[300];
	g_autofree char *longest = g_strdup_printf("field:%0255d?", 0);
	Made *made = make();

	made->stages[0].reads = entries;
	entries[0] = longest;
	good(made);
	entries[0] = "";
	bad(made, "the stage 'first' reads ''; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
	entries[0] = "field:\x1b";
	bad(made, "the stage 'first' reads 'field:\\x1b'; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
	entries[0] = "field:\xff";
	bad(made, "the stage 'first' reads 'field:\\xff'; write field:NAME, view:NAME or note:NAME, "
	          "the name of at most 255 bytes of UTF-8");
	bad_long(made, &entries[0], 'x',
	         "the stage 'first' reads "
	         "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'; "
	         "write field:NAME, view:NAME or note:NAME, the name of at most 255 bytes of UTF-8");
	for (guint i = 0; i < 299; i++) {
		endless[i] = "field:x";
	}
	made = make();
	made->stages[0].writes = endless;
	bad(made, "the stage 'first' writes over 256 things; does the list end with NULL?");
}

/* --- an option ------------------------------------------------------------------------------- */

static void test_option_names(void)
{
	Made *made = make();

	made->options[1].name = NULL;
	bad(made, "option 2 of the stage 'first' has no name; give it one");
	made->options[1].name = "min-length";
	bad(made, "option 2 of the stage 'first' has the name 'min-length': "
	          "names are of a-z, 0-9 and _, at most 64 bytes");
	made->options[1].name = "one";
	bad(made, "option 'one' of the stage 'first' is declared twice; rename one");
}

static void test_option_doc(void)
{
	Made *made = make();

	made->options[0].doc = NULL;
	bad(made, "option 'one' of the stage 'first' has no description; give it one");
}

static void test_option_types(void)
{
	Made *made = make();

	made->options[0].type = SAFI_JSON;
	bad(made, "option 'one' of the stage 'first' has the unknown type 8; "
	          "set it to one of SAFI_TEXT to SAFI_SIZE");
	made->options[0].type = SAFI_INT;
	made->options[0].flags = SAFI_NAMES_READ;
	bad(made, "option 'one' of the stage 'first' names fields, but is neither a text nor a list; "
	          "make it one");
	made = make();
	made->options[0].reserved = 7;
	bad(made, "option 'one' of the stage 'first' has a reserved member that is not 0; leave it 0");
}

static void test_option_bounds(void)
{
	Made *made = make();

	made->options[0].type = SAFI_INT;
	made->options[0].min = 5;
	made->options[0].max = 4;
	bad(made, "option 'one' of the stage 'first' has a minimum above its maximum; swap them");
	made->options[0].max = 5;
	good(made);
}

static void test_option_choices(void)
{
	static const char *const none[] = { NULL };
	static const char *const two[] = { "keep", "drop", NULL };
	Made *made = make();

	made->options[0].choices = none;
	bad(made, "option 'one' of the stage 'first' has an empty list of choices; "
	          "set it to NULL for none");
	made->options[0].choices = two;
	good(made);
	made->options[0].fallback = "drop";
	good(made);
	made->options[0].fallback = "keep, drop";
	bad(made, "option 'one' of the stage 'first' has the default 'keep, drop', "
	          "which is not among its choices");
	made->options[0].type = SAFI_LIST;
	good(made);
	made->options[0].fallback = "";
	good(made);
	made->options[0].fallback = "keep,flip";
	bad(made, "option 'one' of the stage 'first' has the default 'flip', "
	          "which is not among its choices");
}

static void bad_default(uint32_t type, const char *fallback, const char *fault)
{
	g_autofree char *expected =
		g_strdup_printf("option 'one' of the stage 'first' has the default '%s', which %s",
		                fallback, fault);
	Made *made = make();

	made->options[0].type = type;
	made->options[0].fallback = fallback;
	made->options[0].min = type == SAFI_PATH || type == SAFI_BOOL ? 0 : 2;
	made->options[0].max = type == SAFI_PATH || type == SAFI_BOOL ? 0 : 4;
	bad(made, expected);
}

static void test_defaults(void)
{
	bad_default(SAFI_INT, "abc", "is not a whole number");
	bad_default(SAFI_INT, "", "is not a whole number");
	bad_default(SAFI_INT, "9223372036854775808", "is not a whole number");
	bad_default(SAFI_INT, "5", "is not from 2 to 4");
	bad_default(SAFI_REAL, "many", "is not a number");
	bad_default(SAFI_REAL, "4.01", "is not from 2 to 4");
	bad_default(SAFI_SIZE, "-1", "is not a size such as 8MiB");
	bad_default(SAFI_SIZE, "1KiB", "is not from 2B to 4B");
	bad_default(SAFI_LIST, "one", "is not from 2 to 4 items");
	bad_default(SAFI_LIST, "", "is not from 2 to 4 items");
	bad_default(SAFI_LIST, "a,,b", "has an empty item");
	bad_default(SAFI_PATH, "", "is not a path");
	bad_default(SAFI_BOOL, "maybe", "is not true or false");
}

static void test_large_bounds(void)
{
	Made *made = make();

	made->options[0].type = SAFI_INT;
	made->options[0].min = G_MAXINT64;
	made->options[0].max = G_MAXINT64;
	made->options[0].fallback = "9223372036854775807";
	good(made);
	made->options[0].fallback = "9223372036854775806";
	bad(made, "option 'one' of the stage 'first' has the default '9223372036854775806', "
	          "which is not at least 9223372036854775807");
}

static void test_what_fits_no_type(void)
{
	static const char *const two[] = { "1", "2", NULL };
	Made *made = make();

	made->options[0].max = 9;
	bad(made, "option 'one' of the stage 'first' has bounds, but is neither a number nor a list; "
	          "leave them 0");
	made->options[0].type = SAFI_INT;
	good(made);
	made->options[0].choices = two;
	bad(made, "option 'one' of the stage 'first' has choices, but is neither a text nor a list; "
	          "leave them out");
}

static void test_hostile_choices(void)
{
	static const char *choices[1100] = { "one", "", NULL };
	Made *made = make();

	made->options[0].choices = choices;
	bad(made, "choice 2 of option 'one' of the stage 'first' is empty; leave it out");
	choices[1] = "\xc3";
	bad(made, "choice 2 of option 'one' of the stage 'first' is not UTF-8; convert it");
	bad_long(made, &choices[1], 'x',
	         "choice 2 of option 'one' of the stage 'first' is over 255 bytes long; shorten it");
	for (guint i = 0; i < 1099; i++) {
		choices[i] = "one";
	}
	bad(made, "option 'one' of the stage 'first' has over 1023 choices; "
	          "does the list end with NULL?");
}

static void test_endless_options(void)
{
	static safi_option options[300];
	static const safi_option *endless[300];
	static char names[300][8];
	Made *made = make();

	for (guint i = 0; i < 299; i++) {
		g_snprintf(names[i], sizeof names[i], "o%u", i);
		options[i] = good_option(names[i]);
		endless[i] = &options[i];
	}
	made->stages[0].options = endless;
	bad(made, "the stage 'first' has over 256 options; does the list end with NULL?");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/a description without a fault is good", test_good);
	g_test_add_func("/a struct that is too small or absurdly large is refused", test_sizes);
	g_test_add_func("/a struct that has grown is good", test_larger);
	g_test_add_func("/another major and a later minor are told with both versions", test_versions);
	g_test_add_func("/a plugin says its id, version and license", test_identity);
	g_test_add_func("/a text of a megabyte is refused, and not repeated", test_long_texts);
	g_test_add_func("/a text with control characters is refused", test_control_characters);
	g_test_add_func("/a plugin without stages is refused", test_no_stages);
	g_test_add_func("/a list of stages that does not end is refused", test_endless_stages);
	g_test_add_func("/a stage's name is short, plain and shown without controls", test_stage_names);
	g_test_add_func("/two stages share a name only if their roles differ", test_twice);
	g_test_add_func("/a role is one of three", test_roles);
	g_test_add_func("/a stage says what it does", test_summary);
	g_test_add_func("/each role has the functions it cannot do without", test_functions);
	g_test_add_func("/a function that the role never calls is refused", test_wrong_role);
	g_test_add_func("/flags fit the role, and a later one is let pass", test_flags);
	g_test_add_func("/what a stage reads and writes has a kind and a name", test_signature);
	g_test_add_func("/a name that is read or written is short and whole", test_hostile_signature);
	g_test_add_func("/an option's name is plain and given once", test_option_names);
	g_test_add_func("/an option says what it does", test_option_doc);
	g_test_add_func("/an option's type is known and fits its flags", test_option_types);
	g_test_add_func("/an option's bounds are in order", test_option_bounds);
	g_test_add_func("/a default is among the choices", test_option_choices);
	g_test_add_func("/a default is of its type and within its bounds", test_defaults);
	g_test_add_func("/large bounds are exact", test_large_bounds);
	g_test_add_func("/bounds and choices are for types that have them", test_what_fits_no_type);
	g_test_add_func("/choices are short and whole, and their list ends", test_hostile_choices);
	g_test_add_func("/a list of options that does not end is refused", test_endless_options);
	return g_test_run();
}
