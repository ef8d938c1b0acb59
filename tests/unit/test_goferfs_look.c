/* fs/goferfs: what comes with the first look at a file of a mount that nobody changes */
#include <sys/xattr.h>

#include "fs/attr.h"
#include "fs/stat.h"
#include "tests/unit/goferfs_fixture.h"

/* The way to a file, the file, and its descriptor come with one request; so does a link's text. */
TEST(goferfs_walks_and_opens_in_one_request)
{
	struct fs_fixture fx;
	struct file *f = NULL;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755) | mkdirat(r.root_fd, "a/b", 0755));
	rig_file(r.root_fd, "a/b/f", "deep");
	CHECK_EQ(0, symlinkat("a/b/f", r.root_fd, "link"));
	CHECK_EQ(0, symlinkat("../f", r.root_fd, "a/b/out"));
	CHECK_EQ(0, symlinkat("g", r.root_fd, "a/b/lib"));
	rig_file(r.root_fd, "a/b/g", "deep");
	CHECK_EQ(0, symlinkat("/second", r.root_fd, "first") |
			    symlinkat("a/b", r.root_fd, "second") |
			    symlinkat("../../a/./b", r.root_fd, "a/b/c") |
			    symlinkat("round", r.root_fd, "round"));
	fault_gofer_at = 100;
	CHECK_EQ(0, vfs_open(&fx.root, "/a//b/f", O_RDONLY, 0, &f));
	CHECK_EQ(99, fault_gofer_at);
	file_put(f);
	CHECK_EQ(0, fs_stat(&fx.root, "/a/b/f", &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(99, fault_gofer_at);
	CHECK_STR("deep", fs_text(&fx.root, "/link"));
	CHECK_EQ(98, fault_gofer_at);
	/* A link and what it leads to beside it. */
	CHECK_STR("deep", fs_text(&fx.root, "/a/b/lib"));
	CHECK_EQ(97, fault_gofer_at);
	CHECK_EQ(0, fs_stat(&fx.root, "/a/b/lib", &st));
	CHECK_EQ(1, st.size);
	CHECK_EQ(97, fault_gofer_at);
	/* From one link to the next, from the root of the mount and up. */
	CHECK_STR("deep", fs_text(&fx.root, "/first/c/g"));
	CHECK_EQ(96, fault_gofer_at);
	CHECK_EQ(0, fs_stat(&fx.root, "/a/b/c/../b/g", &st));
	CHECK_EQ(96, fault_gofer_at);
	CHECK_EQ(-ELOOP, vfs_open(&fx.root, "/round", O_RDONLY, 0, &f));
	/* A way that ends early, or goes up. */
	CHECK_EQ(-ENOTDIR, fs_stat(&fx.root, "/a/b/f/g", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/x/y/z", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/a/b/out/x", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/a/b/../b/./f", &st));
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

static unsigned count_names(struct fs_fixture *fx, const char *path)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL;

	if (vfs_open(&fx->root, path, O_RDONLY | O_DIRECTORY, 0, &dir))
		return 0;
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	file_put(dir);
	return l.nr - 2;
}

/* A directory that is found on the way tells what it has, when the walk asks for what it has not.
 */
TEST(goferfs_small_directory_is_known_after_one_miss)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "pkg", 0755));
	rig_file(r.root_fd, "pkg/init", "x");
	fault_gofer_at = 100;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/pkg/init.so", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/pkg/init.abi", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/pkg/init", &st));
	CHECK_EQ(1, count_names(&fx, "/pkg"));
	CHECK_EQ(99, fault_gofer_at);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* What is found and never asked for is let go again. */
TEST(goferfs_forgets_what_was_found_for_nobody)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[40];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0700));
		snprintf(name, sizeof(name), "d%d/f", i);
		rig_file(r.root_fd, name, name);
	}
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "/d%d/f", i);
		CHECK_EQ(-EACCES, fs_stat(&fx.user, name, &st));
	}
	teardown(&r, &fx);
}

/* What is expected is asked for at once, and costs nothing when it is looked at. */
TEST(goferfs_expected_names_are_found)
{
	static const char *const paths[] = {"to/f", "/a/b", "none", "link", "", "..", "a//b/"};
	struct file *f = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755) | mkdirat(r.root_fd, "a/b", 0755));
	CHECK_EQ(0, symlinkat("a/b", r.root_fd, "link") | symlinkat("/link", r.root_fd, "to"));
	rig_file(r.root_fd, "a/b/f", "x");
	goferfs_expect(fx.root.root.dentry->inode->super, paths, ARRAY_SIZE(paths), 1);
	fault_gofer_at = 100;
	CHECK_EQ(0, fs_stat(&fx.root, "/link", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/a/b", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/none", &st));
	CHECK_EQ(0, vfs_open(&fx.root, "/to/f", O_RDONLY, 0, &f));
	file_put(f);
	CHECK_EQ(100, fault_gofer_at);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* Where the host changes files, nothing is. */
TEST(goferfs_nothing_is_expected_of_a_shared_mount)
{
	static const char *const paths[] = {"a"};
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, SHARED, 64));
	goferfs_expect(fx.root.root.dentry->inode->super, paths, ARRAY_SIZE(paths), 0);
	CHECK_EQ(0, mkdirat(r.root_fd, "a", 0755));
	CHECK_EQ(0, fs_stat(&fx.root, "/a", &st));
	teardown(&r, &fx);
}

/* What the host puts in the place of a file that nobody has open is found when that is opened. */
TEST(goferfs_frozen_file_is_replaced)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "f", "old");
	rig_file(r.root_fd, "g", "old");
	rig_file(r.root_fd, "h", "old");
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	file_put(dir);
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/g", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/h", &st));
	rig_file(r.root_fd, "new", "another");
	CHECK_EQ(0, renameat(r.root_fd, "new", r.root_fd, "f"));
	CHECK_STR("another", fs_text(&fx.root, "/f"));
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(7, st.size);
	/* By what is no file, and by nothing. */
	CHECK_EQ(0, unlinkat(r.root_fd, "g", 0) | symlinkat("f", r.root_fd, "g"));
	CHECK_STR("another", fs_text(&fx.root, "/g"));
	CHECK_EQ(0, unlinkat(r.root_fd, "h", 0));
	CHECK_EQ(-ENOENT, vfs_open(&fx.root, "/h", O_RDONLY, 0, &dir));
	teardown(&r, &fx);
}

/* As ls -l does: which files have extended attributes is learnt of many at a time. */
TEST(goferfs_learns_together_who_has_no_extended_attributes)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL;
	struct fs_fixture fx;
	char name[16], buf[16];
	struct rig r;
	int fd;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		rig_file(r.root_fd, name, "x");
	}
	fd = openat(r.root_fd, "f7", O_RDWR | O_CLOEXEC);
	if (fsetxattr(fd, "user.a", "value", 5, 0)) {
		unit_skip("no user xattrs on /tmp");
		close(fd);
		teardown(&r, &fx);
		return;
	}
	close(fd);
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	file_put(dir);
	fault_gofer_at = 100;
	for (int i = 0; i < 20; i++) {
		cleanup_path struct path p = PATH_NONE;

		snprintf(name, sizeof(name), "/f%d", i);
		CHECK_EQ(0, path_lookup(&fx.root, name, 0, &p));
		CHECK_EQ(0, vfs_listxattr(&p, buf, 0, fx.root_cred) != (i == 7 ? 7 : 0));
	}
	CHECK(fault_gofer_at >= 91);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* What is opened and can be run comes with the word that it has none; one that has some says which.
 */
TEST(goferfs_program_is_opened_with_its_extended_attributes)
{
	static const char *const names[] = {"/plain", "/marked"};
	struct file *f = NULL;
	struct fs_fixture fx;
	char buf[16];
	struct rig r;
	int fd, err;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "plain", "x");
	rig_file(r.root_fd, "marked", "x");
	CHECK_EQ(0, fchmodat(r.root_fd, "plain", 0755, 0) | fchmodat(r.root_fd, "marked", 0755, 0));
	fd = openat(r.root_fd, "marked", O_RDWR | O_CLOEXEC);
	err = fsetxattr(fd, "user.a", "value", 5, 0);
	close(fd);
	for (int i = 0; i < 2 && !err; i++) {
		fault_gofer_at = 100;
		REQUIRE(!vfs_open(&fx.root, names[i], O_RDONLY, 0, &f));
		CHECK_EQ(99, fault_gofer_at);
		CHECK_EQ(i ? 5 : -ENODATA,
			 vfs_getxattr(&f->path, "user.a", buf, sizeof(buf), fx.root_cred));
		CHECK_EQ(i, fault_gofer_at != 99);
		file_put(f);
	}
	fault_gofer_at = 0;
	if (err)
		unit_skip("no user xattrs on /tmp");
	teardown(&r, &fx);
}

/* A few of the names of a large directory are asked for one by one. */
TEST(goferfs_large_directory_is_not_read_for_a_few_names)
{
	struct fs_fixture fx;
	struct stat host;
	struct kstat st;
	char name[200];
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "d/%0150d", i);
		rig_file(r.root_fd, name, "x");
	}
	CHECK_EQ(0, fstatat(r.root_fd, "d", &host, 0));
	fault_gofer_at = 100;
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "/d/%0150d", i);
		CHECK_EQ(0, fs_stat(&fx.root, name, &st));
		snprintf(name, sizeof(name), "/d/none%d", i);
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	}
	/* Not all file systems say how large a directory is. */
	CHECK_EQ(host.st_size > 32768, fault_gofer_at == 80);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

struct all_names {
	struct dir_context ctx;
	char v[1000][48];
	unsigned n;
};

static bool take_name(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned type,
		      off_t next)
{
	struct all_names *all = container_of(ctx, struct all_names, ctx);

	(void)ino, (void)type, (void)next;
	if (all->n < ARRAY_SIZE(all->v))
		snprintf(all->v[all->n++], sizeof(all->v[0]), "/%.*s", (int)len, name);
	return true;
}

/* ls -l in a directory whose entries with attributes are too many for one reply. */
TEST(goferfs_large_directory_is_gone_through_in_its_order)
{
	static struct all_names all = {.ctx = {.emit = take_name}};
	struct file *dir = NULL;
	struct fs_fixture fx;
	char name[48], buf[16];
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int i = 0; i < 900; i++) {
		snprintf(name, sizeof(name), "%040d", i);
		rig_file(r.root_fd, name, "");
	}
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &all.ctx));
	file_put(dir);
	CHECK_EQ(902, all.n);
	fault_gofer_at = 1000;
	for (unsigned i = 2; i < all.n; i++) {
		cleanup_path struct path p = PATH_NONE;

		CHECK_EQ(0, path_lookup(&fx.root, all.v[i], 0, &p));
		CHECK_EQ(0, vfs_listxattr(&p, buf, 0, fx.root_cred));
	}
	CHECK(fault_gofer_at >= 980);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}
