/* fs/goferfs/pairs.c: what is opened after another file was looked at is opened along with the look
 */
#include "fs/stat.h"
#include "tests/unit/goferfs_fixture.h"

#define ASKED 1000

/* How many requests there were since. */
static long asked(void)
{
	long n = ASKED - fault_gofer_at;

	fault_gofer_at = ASKED;
	return n;
}

static void make_package(struct rig *r, const char *dir, const char *files)
{
	char name[64];

	CHECK_EQ(0, mkdirat(r->root_fd, dir, 0755));
	snprintf(name, sizeof(name), "%s/cache", dir);
	CHECK_EQ(0, mkdirat(r->root_fd, name, 0755));
	for (; *files; files++) {
		snprintf(name, sizeof(name), "%s/%c.py", dir, *files);
		rig_file(r->root_fd, name, "source");
		snprintf(name, sizeof(name), "%s/cache/%c.x-1.pyc", dir, *files);
		rig_file(r->root_fd, name, name);
	}
}

static int stat_it(struct fs_fixture *fx, const char *path)
{
	struct kstat st;

	return fs_stat(&fx->root, path, &st);
}

TEST(goferfs_pair_is_opened_with_the_look)
{
	struct fs_fixture fx;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	make_package(&r, "d", "abcdefghijk");
	make_package(&r, "e", "ab");
	CHECK_EQ(0, stat_it(&fx, "/d/a.py"));
	CHECK_STR("d/cache/a.x-1.pyc", fs_text(&fx.root, "/d/cache/a.x-1.pyc"));
	fault_gofer_at = ASKED;
	/* Two requests, which are one packet. */
	CHECK_EQ(0, stat_it(&fx, "/d/b.py"));
	CHECK_EQ(2, asked());
	CHECK_STR("d/cache/b.x-1.pyc", fs_text(&fx.root, "/d/cache/b.x-1.pyc"));
	CHECK_EQ(0, asked());
	/* Where the directory in between is not known yet. */
	CHECK_EQ(0, stat_it(&fx, "/e"));
	CHECK_EQ(1, asked());
	CHECK_EQ(0, stat_it(&fx, "/e/a.py"));
	CHECK_EQ(2, asked());
	CHECK_STR("e/cache/a.x-1.pyc", fs_text(&fx.root, "/e/cache/a.x-1.pyc"));
	CHECK_EQ(0, asked());
	/* One that is not there is known not to be. */
	CHECK_EQ(0, unlinkat(r.root_fd, "e/cache/b.x-1.pyc", 0));
	CHECK_EQ(0, stat_it(&fx, "/e/b.py"));
	CHECK_EQ(2, asked());
	CHECK_EQ(-ENOENT, stat_it(&fx, "/e/cache/b.x-1.pyc"));
	CHECK_EQ(0, asked());
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* A file that is looked at and then opened itself. */
TEST(goferfs_pair_of_one_name)
{
	static const char *const names[] = {"one", "two"};
	struct fs_fixture fx;
	struct rig r;
	char path[16];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "one", "one");
	rig_file(r.root_fd, "two", "two");
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	rig_file(r.root_fd, "d/four", "four");
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/%s", names[i]);
		fault_gofer_at = ASKED;
		CHECK_EQ(0, stat_it(&fx, path));
		CHECK_EQ(i ? 2 : 1, asked());
		CHECK_STR(names[i], fs_text(&fx.root, path));
		CHECK_EQ(i ? 0 : 1, asked());
	}
	/* The host puts another file in its place. */
	CHECK_EQ(0, stat_it(&fx, "/d"));
	CHECK_EQ(0, stat_it(&fx, "/d/four"));
	rig_file(r.root_fd, "new", "another");
	CHECK_EQ(0, renameat(r.root_fd, "new", r.root_fd, "d/four"));
	CHECK_STR("four", fs_text(&fx.root, "/d/four"));
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* Guesses that nobody wants stop soon, and begin again with who is right. */
TEST(goferfs_pair_that_is_wrong_is_given_up)
{
	struct fs_fixture fx;
	struct rig r;
	char path[32];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "d%d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, path, 0755));
		snprintf(path, sizeof(path), "d%d/f.h", i);
		rig_file(r.root_fd, path, path);
	}
	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof(path), "/d%d", i);
		CHECK_EQ(0, stat_it(&fx, path));
	}
	CHECK_EQ(0, stat_it(&fx, "/d0/f.h"));
	CHECK_STR("d0/f.h", fs_text(&fx.root, "/d0/f.h"));
	fault_gofer_at = ASKED;
	for (int i = 1; i < 20; i++) {
		snprintf(path, sizeof(path), "/d%d/f.h", i);
		CHECK_EQ(0, stat_it(&fx, path));
	}
	/* One for each, and two guesses. */
	CHECK_EQ(19 + 2, asked());
	CHECK_STR("d19/f.h", fs_text(&fx.root, "/d19/f.h"));
	CHECK_EQ(1, asked());
	CHECK_EQ(0, stat_it(&fx, "/d20/f.h"));
	CHECK_EQ(2, asked());
	CHECK_STR("d20/f.h", fs_text(&fx.root, "/d20/f.h"));
	CHECK_EQ(0, asked());
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* The strangest names. */
TEST(goferfs_pair_of_strange_names)
{
	static const char *const names[] = {"..b", "..a", ".a", "a.", "a..", ".a.b", "a.b.c.d.e"};
	struct fs_fixture fx;
	struct rig r;
	char path[300], longest[256];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	memset(longest, 'x', 255);
	longest[255] = 0;
	rig_file(r.root_fd, longest, "long");
	memcpy(longest + 100, ".y", 2);
	rig_file(r.root_fd, longest, "long");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		rig_file(r.root_fd, names[i], names[i]);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			snprintf(path, sizeof(path), "/%s", names[i]);
			CHECK_EQ(0, stat_it(&fx, path));
			CHECK_STR(names[i], fs_text(&fx.root, path));
		}
		longest[100] = round ? 'x' : '.';
		longest[101] = round ? 'x' : 'y';
		snprintf(path, sizeof(path), "/%s", longest);
		CHECK_EQ(0, stat_it(&fx, path));
		CHECK_STR("long", fs_text(&fx.root, path));
	}
	teardown(&r, &fx);
}
