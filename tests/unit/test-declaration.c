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
	bad(made, "its description has a size of 4 bytes, which is too small");
	made->plugin.size = offsetof(safi_plugin, stages);
	bad(made, "its description has a size of 32 bytes, which is too small");
	made->plugin.size = 0xdeadbeef;
	bad(made, "its description claims a size of 3735928559 bytes");
	made = make();
	made->stages[1].size = offsetof(safi_stage, extension);
	bad(made, "stage 2 has a size of 144 bytes, which is too small");
	made = make();
	made->options[0].size = 8;
	bad(made, "option 1 of the stage 'first' has a size of 8 bytes, which is too small");
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
	bad(made, "built for ABI 2.1, this host speaks 1.0");
	made->plugin.abi_major = 1;
	bad(made, "needs ABI 1.1, this host speaks 1.0");
}

static void test_identity(void)
{
	Made *made = make();

	made->plugin.id = "";
	bad(made, "the plugin has no id");
	made->plugin.id = "\xff";
	bad(made, "the id of the plugin is not UTF-8");
	made = make();
	made->plugin.version = NULL;
	bad(made, "the plugin has no version");
	made = make();
	made->plugin.license = NULL;
	bad(made, "the plugin has no license");
}

static void test_no_stages(void)
{
	Made *made = make();

	made->stage_list[0] = NULL;
	bad(made, "the plugin has no stages");
	made->plugin.stages = NULL;
	bad(made, "the plugin has no stages");
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
	bad(made, "the plugin has more than 256 stages");
}

/* --- a stage --------------------------------------------------------------------------------- */

static void test_stage_names(void)
{
	Made *made = make();

	made->stages[1].name = NULL;
	bad(made, "stage 2 has no name");
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
	bad(made, "the stage 'first' is declared twice");
	made->stages[1].role = SAFI_WRITES;
	good(made);
}

static void test_roles(void)
{
	Made *made = make();

	made->stages[0].role = 0;
	bad(made, "stage 'first' has the unknown role 0");
	made->stages[0].role = 4;
	bad(made, "stage 'first' has the unknown role 4");
}

static void test_summary(void)
{
	Made *made = make();

	made->stages[0].summary = NULL;
	bad(made, "the stage 'first' has no summary");
}

static void test_functions(void)
{
	Made *made = make();

	made->stages[0].process = NULL;
	bad(made, "the stage 'first' has no process()");
	made->stages[0].role = SAFI_WRITES;
	bad(made, "the writer 'first' has neither process() nor put()");
	made->stages[0].role = SAFI_READS;
	bad(made, "the reader 'first' has no next()");
	made->stages[0].next = next;
	bad(made, "the reader 'first' has no process()");
	made->stages[0].process = process;
	good(made);
}

static void test_flags(void)
{
	Made *made = make();

	made->stages[0].flags = SAFI_HOLDS | SAFI_PARALLEL;
	bad(made, "the stage 'first' is both parallel and holding, but only an ordered one may hold");
	made->stages[0].flags = SAFI_NO_INPUT;
	bad(made, "the stage 'first' has the flag NO_INPUT, which is for readers");
	made->stages[0].flags = SAFI_OWN_FILE;
	bad(made, "the stage 'first' has the flag OWN_FILE, which is for writers");
	made->stages[0].role = SAFI_WRITES;
	bad(made, "the writer 'first' has a file of its own, but no put()");
	made->stages[0].flags = SAFI_SPLITS | SAFI_PARALLEL;
	bad(made, "the writer 'first' may neither split nor hold records");
	made->stages[0].flags = SAFI_HOLDS;
	bad(made, "the writer 'first' may neither split nor hold records");
	made->stages[0].role = SAFI_CHANGES;
	good(made);
	made = make();
	made->stages[0].flags = 1u << 31;
	good(made);
	made->stages[0].reserved = 1;
	bad(made, "the stage 'first' has a reserved member that is not 0");
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
	bad(made, "the stage 'first' reads 'fields:title', "
	          "which is not of the form field:, view: or note:NAME");
	made->stages[0].reads = empty;
	bad(made, "the stage 'first' reads 'view:?', "
	          "which is not of the form field:, view: or note:NAME");
	made = make();
	made->stages[0].writes = optional;
	bad(made, "the stage 'first' writes 'field:title?', "
	          "which is not of the form field:, view: or note:NAME");
}

/* --- an option ------------------------------------------------------------------------------- */

static void test_option_names(void)
{
	Made *made = make();

	made->options[1].name = NULL;
	bad(made, "option 2 of the stage 'first' has no name");
	made->options[1].name = "min-length";
	bad(made, "option 2 of the stage 'first' has the name 'min-length': "
	          "names are of a-z, 0-9 and _, at most 64 bytes");
	made->options[1].name = "one";
	bad(made, "option 'one' of the stage 'first' is declared twice");
}

static void test_option_doc(void)
{
	Made *made = make();

	made->options[0].doc = NULL;
	bad(made, "option 'one' of the stage 'first' has no description");
}

static void test_option_types(void)
{
	Made *made = make();

	made->options[0].type = SAFI_JSON;
	bad(made, "option 'one' of the stage 'first' has the unknown type 8");
	made->options[0].type = SAFI_INT;
	made->options[0].flags = SAFI_NAMES_READ;
	bad(made, "option 'one' of the stage 'first' names fields, but is neither a text nor a list");
	made = make();
	made->options[0].reserved = 7;
	bad(made, "option 'one' of the stage 'first' has a reserved member that is not 0");
}

static void test_option_bounds(void)
{
	Made *made = make();

	made->options[0].type = SAFI_INT;
	made->options[0].min = 5;
	made->options[0].max = 4;
	bad(made, "option 'one' of the stage 'first' has a minimum above its maximum");
	made->options[0].max = 5;
	good(made);
}

static void test_option_choices(void)
{
	static const char *const none[] = { NULL };
	static const char *const two[] = { "keep", "drop", NULL };
	Made *made = make();

	made->options[0].choices = none;
	bad(made, "option 'one' of the stage 'first' has an empty list of choices");
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/a description without a fault is good", test_good);
	g_test_add_func("/a struct that is too small or absurdly large is refused", test_sizes);
	g_test_add_func("/a struct that has grown is good", test_larger);
	g_test_add_func("/another major and a later minor are told with both versions", test_versions);
	g_test_add_func("/a plugin says its id, version and license", test_identity);
	g_test_add_func("/a plugin without stages is refused", test_no_stages);
	g_test_add_func("/a list of stages that does not end is refused", test_endless_stages);
	g_test_add_func("/a stage's name is short, plain and shown without controls", test_stage_names);
	g_test_add_func("/two stages share a name only if their roles differ", test_twice);
	g_test_add_func("/a role is one of three", test_roles);
	g_test_add_func("/a stage says what it does", test_summary);
	g_test_add_func("/each role has the functions it cannot do without", test_functions);
	g_test_add_func("/flags fit the role, and a later one is let pass", test_flags);
	g_test_add_func("/what a stage reads and writes has a kind and a name", test_signature);
	g_test_add_func("/an option's name is plain and given once", test_option_names);
	g_test_add_func("/an option says what it does", test_option_doc);
	g_test_add_func("/an option's type is known and fits its flags", test_option_types);
	g_test_add_func("/an option's bounds are in order", test_option_bounds);
	g_test_add_func("/a default is among the choices", test_option_choices);
	return g_test_run();
}
