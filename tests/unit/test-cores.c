/* Quotas are found in trees of files like those of machines and containers. */
#include "cores.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>

#define V2 "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define ROOT "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"

static char *root;

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	return remove(path);
}

static void begin(const char *cgroup, const char *mountinfo)
{
	root = g_dir_make_tmp("safi-XXXXXX", NULL);
	g_autofree char *proc = g_strconcat(root, "/proc/self", NULL);
	g_autofree char *groups = g_strconcat(proc, "/cgroup", NULL);
	g_autofree char *mounts = g_strconcat(proc, "/mountinfo", NULL);

	g_assert_cmpint(g_mkdir_with_parents(proc, 0700), ==, 0);
	g_assert_true(g_file_set_contents(groups, cgroup, -1, NULL));
	g_assert_true(g_file_set_contents(mounts, mountinfo, -1, NULL));
}

static void put(const char *directory, const char *name, const char *content)
{
	g_autofree char *whole = g_strconcat(root, directory, NULL);
	g_autofree char *path = g_strconcat(whole, "/", name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(whole, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

/* Of 64 cores. */
static void end(guint expected)
{
	g_assert_cmpuint(safi_cores_within(root, 64), ==, expected);
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	g_free(root);
}

static void test_none(void)
{
	begin("0::/user.slice\n", ROOT V2);
	end(64);
	begin("", "");
	end(64);
	begin("0::/user.slice\n", ROOT V2);
	put("/sys/fs/cgroup/user.slice", "cpu.max", "max 100000\n");
	end(64);
	g_assert_cmpuint(safi_cores_within("/nowhere", 0), ==, 1);
}

static void test_rounding(void)
{
	static const struct {
		const char *max;
		guint cores;
	} cases[] = {{"200000 100000\n", 2}, {"150000 100000\n", 2}, {"100001 100000\n", 2},
	             {"1000 100000\n", 1},   {"9900000 100000\n", 64}, {"5 0\n", 64},
	             {"\n", 64},             {"100000", 64},         {"-1 100000\n", 64}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		begin("0::/a/b\n", ROOT V2);
		put("/sys/fs/cgroup/a/b", "cpu.max", cases[i].max);
		end(cases[i].cores);
	}
}

static void test_hierarchy(void)
{
	begin("0::/a/b/c\n", ROOT V2);
	put("/sys/fs/cgroup/a/b/c", "cpu.max", "max 100000\n");
	put("/sys/fs/cgroup/a/b", "cpu.max", "700000 100000\n");
	put("/sys/fs/cgroup/a", "cpu.max", "300000 100000\n");
	put("/sys/fs/cgroup/a/other", "cpu.max", "100000 100000\n");
	put("/sys/fs", "cpu.max", "100000 100000\n"); /* above all groups: nothing of theirs */
	end(3);
}

/* A namespace of its own, or the whole path of a group that is mounted itself, or another's. */
static void test_containers(void)
{
	begin("0::/\n", ROOT V2);
	put("/sys/fs/cgroup", "cpu.max", "400000 100000\n");
	end(4);
	begin("0::/docker/abc/inner\n", "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 none rw\n");
	put("/sys/fs/cgroup", "cpu.max", "500000 100000\n");
	put("/sys/fs/cgroup/inner", "cpu.max", "600000 100000\n");
	end(5);
	begin("0::/docker/abcdef\n", "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 none rw\n");
	put("/sys/fs/cgroup", "cpu.max", "500000 100000\n");
	end(5);
	begin("0::/../other\n", ROOT V2);
	put("/sys/fs/cgroup", "cpu.max", "500000 100000\n");
	put("/sys/fs/other", "cpu.max", "200000 100000\n");
	end(5);
}

static void test_version_1(void)
{
	static const char cgroup[] =
		"11:cpuset:/set\n4:cpu,cpuacct:/jobs:7\n1:name=systemd:/x\n0::/y\n";
	static const char mounts[] =
		"40 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
		"41 30 0:32 / /sys/fs/cgroup/cpu\\040time rw - cgroup cgroup rw,cpu,cpuacct\n"
		"42 30 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

	begin(cgroup, mounts);
	put("/sys/fs/cgroup/cpu time/jobs:7", "cpu.cfs_quota_us", "250000\n");
	put("/sys/fs/cgroup/cpu time/jobs:7", "cpu.cfs_period_us", "100000\n");
	put("/sys/fs/cgroup/cpu time", "cpu.cfs_quota_us", "-1\n");
	put("/sys/fs/cgroup/cpu time", "cpu.cfs_period_us", "100000\n");
	put("/sys/fs/cgroup/cpuset/set", "cpu.cfs_quota_us", "1\n");
	put("/sys/fs/cgroup/cpuset/set", "cpu.cfs_period_us", "1\n");
	end(3);
}

static void test_this_machine(void)
{
	g_assert_cmpuint(safi_cores(), >=, 1);
	g_assert_cmpuint(safi_cores(), <=, g_get_num_processors());
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cores/without a quota all are ours", test_none);
	g_test_add_func("/cores/part of a core counts as one", test_rounding);
	g_test_add_func("/cores/the groups around ours have a say", test_hierarchy);
	g_test_add_func("/cores/a container sees what is mounted for it", test_containers);
	g_test_add_func("/cores/version 1 has its quotas, too", test_version_1);
	g_test_add_func("/cores/this machine has some", test_this_machine);
	return g_test_run();
}
