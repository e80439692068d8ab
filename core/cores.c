/* cgroups(7), proc(5) for mountinfo; cpu.max in the kernel's admin-guide/cgroup-v2.rst, cpu.cfs_*
 * in scheduler/sched-bwc.rst. */
#include "cores.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

/* --- those we are bound to -------------------------------------------------------------------- */

/* The kernel refuses a set that is smaller than its own, however few cores there are. */
static guint bound_to(void)
{
	enum { USUAL = 1024, MOST = 1 << 20 };

	for (size_t n = USUAL; n <= MOST; n *= 2) {
		cpu_set_t *set = CPU_ALLOC(n);
		const size_t size = CPU_ALLOC_SIZE(n);
		const bool got = set && sched_getaffinity(0, size, set) == 0;
		const bool too_small = !got && errno == EINVAL;
		const int count = got ? CPU_COUNT_S(size, set) : 0;
		CPU_FREE(set);
		if (!too_small) {
			return (guint)MAX(count, 1);
		}
	}
	return 1;
}

/* --- control groups --------------------------------------------------------------------------- */

typedef struct Group {
	char *path;  /* our own, as /proc/self/cgroup has it; NULL: there is none */
	char *mount; /* where the hierarchy is seen; NULL: nowhere */
	char *top;   /* which group is seen there */
} Group;

static void group_clear(Group *group)
{
	g_free(group->path);
	g_free(group->mount);
	g_free(group->top);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Group, group_clear)

static char *read_file(const char *root, const char *directory, const char *name)
{
	g_autofree char *path = g_strconcat(root, directory, "/", name, NULL);
	char *content = NULL;

	g_file_get_contents(path, &content, NULL, NULL);
	return content;
}

static bool has_word(const char *words, const char *word)
{
	g_auto(GStrv) parts = g_strsplit(words, ",", -1);

	return g_strv_contains((const char *const *)parts, word);
}

/* A line is NUMBER:CONTROLLERS:PATH; version 2 has number 0 and no controllers. */
static void find_path(Group *group, const char *root, bool second)
{
	g_autofree char *content = read_file(root, "/proc/self", "cgroup");
	g_auto(GStrv) lines = g_strsplit(content ? content : "", "\n", -1);

	for (char **line = lines; *line && !group->path; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, ":", 3);
		if (g_strv_length(parts) == 3 &&
		    (second ? g_str_equal(parts[0], "0") : has_word(parts[1], "cpu"))) {
			group->path = g_strdup(parts[2]);
		}
	}
}

/* A line is ID PARENT DEVICE TOP MOUNT OPTIONS... - TYPE SOURCE OPTIONS, with \040 for a blank. */
static bool take_mount(Group *group, const char *line, bool second)
{
	const char *behind = strstr(line, " - ");
	g_auto(GStrv) before = g_strsplit(line, " ", 6);
	g_auto(GStrv) after = g_strsplit(behind ? behind + strlen(" - ") : "", " ", 3);

	if (g_strv_length(before) < 6 || g_strv_length(after) < 3 ||
	    !g_str_equal(after[0], second ? "cgroup2" : "cgroup") ||
	    (!second && !has_word(after[2], "cpu")) || before[4][0] != '/') {
		return false;
	}
	group->top = g_strcompress(before[3]);
	group->mount = g_strcompress(before[4]);
	return true;
}

static void find_mount(Group *group, const char *root, bool second)
{
	g_autofree char *content = read_file(root, "/proc/self", "mountinfo");
	g_auto(GStrv) lines = g_strsplit(content ? content : "", "\n", -1);

	for (char **line = lines; *line && !take_mount(group, *line, second); line++) {
	}
}

/* Where our group lies below the mount; "" is the mount itself, also when our group is out of its
 * sight, as in a container without a namespace of its own. */
static const char *below(const Group *group)
{
	const size_t len = g_str_equal(group->top, "/") ? 0 : strlen(group->top);
	const char *rest = group->path + len;

	if (strncmp(group->path, group->top, len) != 0 || (*rest && *rest != '/') ||
	    strstr(rest, "/..") || g_str_equal(rest, "/")) {
		return "";
	}
	return rest;
}

/* --- quotas ----------------------------------------------------------------------------------- */

#define ALL G_MAXINT64

/* So many cores' worth of time, rounded up; "max" and -1 are all. */
static gint64 share(const char *quota, const char *period)
{
	const gint64 time = g_ascii_strtoll(quota, NULL, 10), of = g_ascii_strtoll(period, NULL, 10);

	return time > 0 && of > 0 ? (time - 1) / of + 1 : ALL;
}

static gint64 quota_2(const char *root, const char *directory)
{
	g_autofree char *content = read_file(root, directory, "cpu.max");
	g_auto(GStrv) parts = g_strsplit(content ? content : "", " ", 2);

	return g_strv_length(parts) == 2 ? share(parts[0], parts[1]) : ALL;
}

static gint64 quota_1(const char *root, const char *directory)
{
	g_autofree char *quota = read_file(root, directory, "cpu.cfs_quota_us");
	g_autofree char *period = read_file(root, directory, "cpu.cfs_period_us");

	return quota && period ? share(quota, period) : ALL;
}

/* The least of our group's and of those around it, as far as they are seen. */
static gint64 quota(const char *root, bool second)
{
	g_auto(Group) group = {NULL, NULL, NULL};
	gint64 least = ALL;

	find_path(&group, root, second);
	find_mount(&group, root, second);
	if (!group.path || !group.mount) {
		return ALL;
	}
	g_autofree char *directory = g_strconcat(group.mount, below(&group), NULL);
	while (strlen(directory) >= strlen(group.mount)) {
		const gint64 here = second ? quota_2(root, directory) : quota_1(root, directory);
		least = MIN(least, here);
		*strrchr(directory, '/') = '\0';
	}
	return least;
}

guint safi_cores_within(const char *root, guint cores)
{
	const gint64 least = MIN(quota(root, false), quota(root, true));

	return least < cores ? (guint)least : MAX(cores, 1);
}

guint safi_cores(void)
{
	return safi_cores_within("", bound_to());
}
