#include "manual.h"

static safi_status process(void *self, safi_record *record)
{
	return SAFI_KEEP;
}

static const char *const profiles[] = { "repair", "search", NULL };

static const safi_option profile = {
	.size = sizeof profile, .type = SAFI_TEXT, .name = "profile", .fallback = "repair",
	.doc = "How far to go.  What is repaired is what no reader would call a difference: spaces, "
	       "marks of direction,\nforms of letters.",
	.choices = profiles,
};

static const safi_option size = {
	.size = sizeof size, .type = SAFI_SIZE, .flags = SAFI_REQUIRED, .name = "max_size",
	.doc = "Longest text.", .min = 1024, .max = 3ll << 30, .example = "8MiB",
};

static const safi_option fields = {
	.size = sizeof fields, .type = SAFI_LIST, .name = "fields", .fallback = "", .max = INT64_MAX,
	.flags = SAFI_NAMES_READ | SAFI_DEPRECATED, .min = 1, .doc = "Which fields\x1b[1m.",
};

static const safi_option *const options[] = { &profile, &size, &fields, NULL };
static const char *const reads[] = { "view:page", "field:lang?", NULL };
static const char *const writes[] = { "view:page", NULL };

static const safi_stage full = {
	.size = sizeof full, .role = SAFI_CHANGES, .flags = SAFI_PARALLEL | SAFI_SPLITS, .name = "full",
	.summary = "Shows all there is", .options = options, .reads = reads, .writes = writes,
	.process = process,
};

static const safi_stage bare = {
	.size = sizeof bare, .role = SAFI_WRITES, .flags = SAFI_OWN_FILE, .name = "bare",
	.summary = "Shows as little as may be", .process = process,
};

static const safi_stage *const stages[] = { &full, &bare, NULL };

static const safi_plugin declared = {
	.size = sizeof declared, .abi_major = 1, .id = "test.manual", .version = "1.2",
	.license = "MIT", .stages = stages,
};

static const SafiPlugin plugin = { .path = (char *)"/there/manual.so", .declared = &declared };

#define BARE \
	"NAME\n" \
	"    bare - Shows as little as may be\n" \
	"\n" \
	"ROLE\n" \
	"    writer\n" \
	"\n" \
	"THREADS\n" \
	"    ordered: one instance, records in input order\n" \
	"    writes a file of its own: never to stdout\n"

#define FULL \
	"NAME\n" \
	"    full - Shows all there is\n" \
	"\n" \
	"ROLE\n" \
	"    stage\n" \
	"\n" \
	"OPTIONS\n" \
	"    profile: text, one of repair, search; default repair\n" \
	"        How far to go. What is repaired is what no reader would call a\n" \
	"        difference: spaces, marks of direction, forms of letters.\n" \
	"\n" \
	"    max_size: size, from 1KiB to 3GiB; required\n" \
	"        Longest text.\n" \
	"        Example: max_size: 8MiB\n" \
	"\n" \
	"    fields: list, at least 1 items; default empty; deprecated\n" \
	"        Which fields\\x1b[1m.\n" \
	"\n" \
	"READS\n" \
	"    view:page\n" \
	"    field:lang, if it is there\n" \
	"    the fields that option 'fields' names\n" \
	"\n" \
	"WRITES\n" \
	"    view:page\n" \
	"\n" \
	"THREADS\n" \
	"    parallel: an instance for each worker, no memory between records\n" \
	"    may make further records of one\n"

#define PLUGIN \
	"\n" \
	"PLUGIN\n" \
	"    test.manual 1.2, license MIT\n" \
	"    needs ABI 1.0\n" \
	"    /there/manual.so\n"

static void test_full(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	safi_manual_stage(out, &plugin, &full);
	g_assert_cmpstr(out->str, ==, FULL PLUGIN);
}

static void test_bare(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	safi_manual_stage(out, &plugin, &bare);
	g_assert_cmpstr(out->str, ==, BARE PLUGIN);
}

static void test_file(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	safi_manual_file(out, &plugin);
	g_assert_cmpstr(out->str, ==, FULL "\n" BARE PLUGIN);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/a stage's page says all that it declares", test_full);
	g_test_add_func("/what a stage does not declare has no heading", test_bare);
	g_test_add_func("/a file's page has all its stages and the plugin once", test_file);
	return g_test_run();
}
