/* fs/goferfs: the VFS over a gofer over a real directory */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "fs/dcache.h"
#include "fs/goferfs/goferfs.h"
#include "fs/stat.h"
#include "host/guard.h"
#include "host/host.h"
#include "tests/unit/fs_fixture.h"
#include "tests/unit/gofer_rig.h"

enum { EXCLUSIVE, READONLY, SHARED };

static bool setup(struct rig *r, struct fs_fixture *fx, u32 mount, u32 max_handles)
{
	struct super *super;

	if (!rig_start(r, max_handles))
		return false;
	if (mount == SHARED) {
		close(r->root_fd);
		r->root_fd = openat(r->top_fd, "other", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (goferfs_create(r->c, mount, 0, &super))
		return false;
	fs_setup_super(fx, super);
	return true;
}

static void teardown(struct rig *r, struct fs_fixture *fx)
{
	fs_teardown(fx);
	rig_stop(r);
}

/* The host's view of a file of the mount. */
static const char *host_text(struct rig *r, const char *name)
{
	static char buf[4096];
	int fd = openat(r->root_fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	buf[n < 0 ? 0 : n] = 0;
	if (fd >= 0)
		close(fd);
	return n < 0 ? "<none>" : buf;
}

TEST(goferfs_reads_and_writes_host_files)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	rig_file(r.root_fd, "there", "host");
	CHECK_STR("host", fs_text(&fx.root, "/there"));
	CHECK_EQ(0, fs_put(&fx.root, "/new", "guest"));
	CHECK_STR("guest", host_text(&r, "new"));
	CHECK_STR("guest", fs_text(&fx.root, "/new"));
	CHECK_EQ(0, fs_put(&fx.root, "/new", "g"));
	CHECK_STR("g", host_text(&r, "new"));
	CHECK_EQ(0, fs_stat(&fx.root, "/new", &st));
	CHECK_EQ(1, st.size);
	CHECK_EQ(S_IFREG | 0644, st.mode);
	CHECK_STR("<2>", fs_text(&fx.root, "/none"));
	teardown(&r, &fx);
}

TEST(goferfs_makes_every_kind_of_name)
{
	cleanup_path struct path p = PATH_NONE;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char buf[16];

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/d", 0750));
	CHECK_EQ(0, vfs_symlink(&fx.root, "d/f", "/s"));
	CHECK_EQ(0, vfs_mknod(&fx.root, "/p", S_IFIFO | 0600, 0));
	CHECK_EQ(0, vfs_mknod(&fx.root, "/sock", S_IFSOCK | 0600, 0));
	CHECK_EQ(-EPERM, vfs_mknod(&fx.root, "/null", S_IFCHR | 0600, 259));
	CHECK_EQ(0, fs_put(&fx.root, "/d/f", "x"));
	CHECK_STR("x", fs_text(&fx.root, "/s"));
	CHECK_EQ(0, path_lookup(&fx.root, "/d/f", 0, &p));
	CHECK_EQ(0, vfs_link(&p, &fx.root, "/hard"));
	CHECK_EQ(0, fs_stat(&fx.root, "/hard", &st));
	CHECK_EQ(2, st.nlink);
	CHECK_EQ(3, readlinkat(r.root_fd, "s", buf, sizeof(buf)));
	CHECK_EQ(-ENOTEMPTY, vfs_rmdir(&fx.root, "/d"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "/d/f"));
	CHECK_EQ(0, fs_stat(&fx.root, "/hard", &st));
	CHECK_EQ(1, st.nlink);
	CHECK_EQ(0, vfs_rmdir(&fx.root, "/d"));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/d", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/p", &st));
	CHECK_EQ(S_IFIFO | 0600, st.mode);
	path_put(&p);
	teardown(&r, &fx);
}

TEST(goferfs_two_names_are_one_inode)
{
	cleanup_path struct path a = PATH_NONE, b = PATH_NONE;
	struct fs_fixture fx;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	rig_file(r.root_fd, "a", "x");
	CHECK_EQ(0, linkat(r.root_fd, "a", r.root_fd, "b", 0));
	CHECK_EQ(0, path_lookup(&fx.root, "/a", 0, &a));
	CHECK_EQ(0, path_lookup(&fx.root, "/b", 0, &b));
	CHECK(a.dentry->inode == b.dentry->inode);
	path_put(&a);
	path_put(&b);
	teardown(&r, &fx);
}

TEST(goferfs_unlinked_file_stays_usable)
{
	struct file *f = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char buf[4] = "";

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/f", "abc"));
	REQUIRE(!vfs_open(&fx.root, "/f", O_RDWR, 0, &f));
	CHECK_EQ(0, vfs_unlink(&fx.root, "/f"));
	CHECK_EQ(3, fs_pread(f, buf, 3, 0));
	CHECK_STR("abc", buf);
	CHECK_EQ(1, fs_pwrite(f, "d", 1, 3));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(0, st.nlink);
	CHECK_EQ(0, vfs_ftruncate(f, 1, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(1, st.size);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_rename_replaces_and_exchanges)
{
	struct file *f = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/a", "a"));
	CHECK_EQ(0, fs_put(&fx.root, "/b", "b"));
	REQUIRE(!vfs_open(&fx.root, "/b", O_RDONLY, 0, &f));
	CHECK_EQ(0, vfs_rename(&fx.root, "/a", &fx.root, "/b", 0));
	CHECK_STR("a", fs_text(&fx.root, "/b"));
	CHECK_STR("<2>", fs_text(&fx.root, "/a"));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(0, st.nlink);
	file_put(f);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/d", 0755));
	CHECK_EQ(0, vfs_rename(&fx.root, "/b", &fx.root, "/d/c", 0));
	CHECK_STR("a", host_text(&r, "d/c"));
	CHECK_EQ(0, fs_put(&fx.root, "/x", "x"));
	CHECK_EQ(0, vfs_rename(&fx.root, "/x", &fx.root, "/d/c", RENAME_EXCHANGE));
	CHECK_STR("a", fs_text(&fx.root, "/x"));
	CHECK_STR("x", fs_text(&fx.root, "/d/c"));
	CHECK_EQ(-EEXIST, vfs_rename(&fx.root, "/x", &fx.root, "/d/c", RENAME_NOREPLACE));
	teardown(&r, &fx);
}

TEST(goferfs_times_and_modes_reach_the_host)
{
	const struct timespec times[2] = {{.tv_sec = 100, .tv_nsec = 5}, {.tv_sec = 200}};
	struct fs_fixture fx;
	struct kstat kst;
	struct stat st;
	struct path p;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/f", "abc"));
	REQUIRE(!path_lookup(&fx.root, "/f", 0, &p));
	CHECK_EQ(0, vfs_chmod(&p, 0600, fx.root_cred));
	CHECK_EQ(0, vfs_utimes(&p, times, fx.root_cred));
	CHECK_EQ(0, vfs_truncate(&p, 10, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_utimes(&p, times, fx.root_cred));
	CHECK_EQ(0, vfs_getattr(&p, &kst));
	CHECK_EQ(0, fstatat(r.root_fd, "f", &st, 0));
	CHECK_EQ(S_IFREG | 0600, st.st_mode);
	CHECK_EQ(100, st.st_atim.tv_sec);
	CHECK_EQ(5, st.st_atim.tv_nsec);
	CHECK_EQ(200, st.st_mtim.tv_sec);
	CHECK_EQ(10, st.st_size);
	CHECK_EQ(st.st_mtim.tv_sec, kst.mtime.tv_sec);
	CHECK_EQ(st.st_ctim.tv_nsec, kst.ctime.tv_nsec);
	CHECK_EQ(st.st_ino, kst.ino);
	CHECK_EQ(st.st_blocks, kst.blocks);
	path_put(&p);
	teardown(&r, &fx);
}

TEST(goferfs_readonly_refuses_all_changes)
{
	struct file *f = NULL;
	struct fs_fixture fx;
	struct path p;
	struct rig r;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "f", "host");
	CHECK_EQ(-EROFS, vfs_open(&fx.root, "/f", O_RDWR, 0, &f));
	CHECK_EQ(-EROFS, vfs_open(&fx.root, "/f", O_RDONLY | O_TRUNC, 0, &f));
	CHECK_EQ(-EROFS, vfs_open(&fx.root, "/new", O_RDWR | O_CREAT, 0644, &f));
	CHECK_EQ(-EROFS, vfs_mkdir(&fx.root, "/d", 0755));
	CHECK_EQ(-EROFS, vfs_unlink(&fx.root, "/f"));
	CHECK_EQ(-EROFS, vfs_rename(&fx.root, "/f", &fx.root, "/g", 0));
	REQUIRE(!path_lookup(&fx.root, "/f", 0, &p));
	CHECK_EQ(-EROFS, vfs_chmod(&p, 0777, fx.root_cred));
	CHECK_EQ(-EROFS, vfs_truncate(&p, 0, UINT64_MAX, fx.root_cred));
	CHECK_EQ(-EROFS, vfs_setxattr(&p, "user.a", "b", 1, 0, fx.root_cred));
	path_put(&p);
	REQUIRE(!vfs_open(&fx.root, "/f", O_RDONLY, 0, &f));
	file_put(f);
	CHECK_STR("host", host_text(&r, "f"));
	teardown(&r, &fx);
}

TEST(goferfs_shared_sees_the_host_change)
{
	struct fs_fixture fx;
	struct file *f = NULL;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, SHARED, 64));
	CHECK_STR("<2>", fs_text(&fx.root, "/f"));
	rig_file(r.root_fd, "f", "one");
	CHECK_STR("one", fs_text(&fx.root, "/f"));
	rig_file(r.root_fd, "f", "longer");
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(6, st.size);
	CHECK_STR("longer", fs_text(&fx.root, "/f"));
	CHECK_EQ(0, unlinkat(r.root_fd, "f", 0));
	CHECK_STR("<2>", fs_text(&fx.root, "/f"));
	CHECK_EQ(0, mkdirat(r.root_fd, "f", 0755));
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(S_IFDIR | 0755, st.mode);

	/* An append finds the end that the host made. */
	rig_file(r.root_fd, "log", "a");
	REQUIRE(!vfs_open(&fx.root, "/log", O_WRONLY | O_APPEND, 0, &f));
	rig_file(r.root_fd, "log", "abc");
	CHECK_EQ(1, fs_pwrite(f, "d", 1, 0));
	file_put(f);
	CHECK_STR("abcd", host_text(&r, "log"));
	teardown(&r, &fx);
}

TEST(goferfs_lists_directories)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}, .max = 3};
	struct fs_fixture fx;
	struct file *f = NULL;
	unsigned total = 0;
	struct rig r;
	int i;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	for (i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "/f%d", i);
		CHECK_EQ(0, fs_put(&fx.root, name, ""));
	}
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &f));
	do {
		l.nr = 0;
		l.len = 0;
		CHECK_EQ(0, vfs_readdir(f, &l.ctx));
		if (!total)
			CHECK_EQ(0, strncmp(l.text, ". .. f", 6));
		total += l.nr;
	} while (l.nr);
	CHECK_EQ(302, total);
	CHECK_EQ(0, vfs_llseek(f, 0, SEEK_SET));
	l.max = 0;
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_EQ(302, l.nr);
	file_put(f);
	teardown(&r, &fx);
}

/* After a directory was read, its files are looked at without a request, opened with one. */
TEST(goferfs_frozen_mount_reads_ahead)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	struct file *dir = NULL, *f = NULL;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char buf[8] = "";

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0750));
	CHECK_EQ(0, symlinkat("d/f", r.root_fd, "s"));
	rig_file(r.root_fd, "d/f", "deep");
	rig_file(r.root_fd, "f", "text");
	REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	CHECK_EQ(5, l.nr);

	fault_gofer_at = 1;
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(0, fs_stat(&fx.root, "/d", &st));
	CHECK_EQ(S_IFDIR | 0750, st.mode);
	CHECK_EQ(1, fault_gofer_at);
	fault_gofer_at = 2;
	CHECK_EQ(0, vfs_open(&fx.root, "/f", O_RDONLY, 0, &f));
	CHECK_EQ(1, fault_gofer_at);
	CHECK_EQ(4, fs_pread(f, buf, sizeof(buf), 0));
	CHECK_STR("text", buf);
	file_put(f);
	fault_gofer_at = 0;
	CHECK_STR("deep", fs_text(&fx.root, "/s"));

	file_put(dir);
	teardown(&r, &fx);
}

/* All names of a small directory are known after some were asked for, and so are those it has not.
 */
TEST(goferfs_frozen_mount_knows_what_is_not_there)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[16];
	int i;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	rig_file(r.root_fd, "f", "text");
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "/n%d", i);
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	}
	fault_gofer_at = 1;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/nothing", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(4, st.size);
	CHECK_EQ(1, fault_gofer_at);
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

/* No handle is held for a file, however many there are, and however deep. */
TEST(goferfs_frozen_mount_holds_no_handles)
{
	char path[1024] = "", target[16];
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	int i;

	/* The roots take four. */
	REQUIRE(setup(&r, &fx, READONLY, 24));
	for (i = 0; i < 40; i++) {
		memcpy(path + 2 * i, "/d", 3);
		CHECK_EQ(0, mkdirat(r.root_fd, path + 1, 0755));
	}
	memcpy(path + 2 * i, "/f", 3);
	rig_file(r.root_fd, path + 1, "deep");
	CHECK_STR("deep", fs_text(&fx.root, path));
	for (i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "l%d", i);
		snprintf(target, sizeof(target), "t%d", i);
		CHECK_EQ(0, symlinkat(target, r.root_fd, path));
		rig_file(r.root_fd, target, target);
	}
	for (i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "/l%d", i);
		snprintf(target, sizeof(target), "t%d", i);
		CHECK_STR(target, fs_text(&fx.root, path));
		CHECK_EQ(0, fs_stat(&fx.root, path, &st));
		CHECK_EQ(strlen(target), st.size);
	}
	teardown(&r, &fx);
}

/* Opened one after the other, the files of a directory are asked for before they are opened. */
TEST(goferfs_opens_early_what_comes_next)
{
	struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
	char name[21], order[40][24];
	struct file *dir = NULL;
	const char *text;
	struct fs_fixture fx;
	struct rig r;
	int i, nr = 0;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d/f%d", i);
		rig_file(r.root_fd, name, name);
	}
	REQUIRE(!vfs_open(&fx.root, "/d", O_RDONLY | O_DIRECTORY, 0, &dir));
	CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
	REQUIRE(l.nr == 42);
	for (text = l.text; sscanf(text, "%20s%n", name, &i) == 1; text += i)
		if (name[0] == 'f')
			snprintf(order[nr++], sizeof(order[0]), "/d/%s", name);
	REQUIRE(nr == 40);
	/* The first brings others along, and so does the last of those. */
	fault_gofer_at = 1000;
	for (i = 0; i < 20; i++) {
		CHECK_STR(order[i] + 1, fs_text(&fx.root, order[i]));
		CHECK_EQ(999 - (i < 16 ? 16 : 32), fault_gofer_at);
	}
	/* From elsewhere: no more are asked for, and those that were are given back. */
	CHECK_STR(order[39] + 1, fs_text(&fx.root, order[39]));
	fault_gofer_at = 0;
	file_put(dir);
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

/* The same of directories: small, empty, and with more entries than are asked for early. */
TEST(goferfs_reads_early_the_directories_that_come_next)
{
	const unsigned sizes[] = {1, 0, 30, 2};
	struct fs_fixture fx;
	char name[40];
	struct rig r;
	long asked;

	REQUIRE(setup(&r, &fx, READONLY, 64));
	CHECK_EQ(0, mkdirat(r.root_fd, "d", 0755));
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "d/%02d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (unsigned f = 0; f < sizes[i % 4]; f++) {
			snprintf(name, sizeof(name), "d/%02d/name-of-file-%u", i, f);
			rig_file(r.root_fd, name, "x");
		}
	}
	CHECK_EQ(12, count_names(&fx, "/d"));
	for (int round = 0; round < 2; round++) {
		asked = fault_gofer_at = 1000;
		for (int i = 0; i < 12; i++) {
			snprintf(name, sizeof(name), "/d/%02d", i);
			CHECK_EQ(sizes[i % 4], count_names(&fx, name));
		}
		asked -= fault_gofer_at;
		CHECK(round ? asked == 0 : asked >= 12);
	}
	fault_gofer_at = 0;
	teardown(&r, &fx);
}

TEST(goferfs_xattrs_of_files_with_and_without)
{
	static const u32 mounts[] = {EXCLUSIVE, READONLY, SHARED};

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		cleanup_path struct path p = PATH_NONE, q = PATH_NONE;
		struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
		struct file *dir = NULL;
		struct fs_fixture fx;
		struct rig r;
		char buf[64];
		int fd;

		REQUIRE(setup(&r, &fx, mounts[i], 64));
		rig_file(r.root_fd, "with", "");
		rig_file(r.root_fd, "without", "");
		fd = openat(r.root_fd, "with", O_RDONLY | O_CLOEXEC);
		if (fsetxattr(fd, "user.a", "value", 5, 0)) {
			unit_skip("no user xattrs on /tmp");
			close(fd);
			teardown(&r, &fx);
			return;
		}
		close(fd);
		/* Found by what was read ahead, where that is done. */
		REQUIRE(!vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &dir));
		CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
		file_put(dir);
		CHECK_EQ(0, path_lookup(&fx.root, "/with", 0, &p));
		CHECK_EQ(5, vfs_getxattr(&p, "user.a", buf, sizeof(buf), fx.root_cred));
		CHECK_MEM("value", buf, 5);
		CHECK_EQ(7, vfs_listxattr(&p, buf, sizeof(buf), fx.root_cred));
		CHECK_EQ(-ENODATA, vfs_getxattr(&p, "user.b", buf, sizeof(buf), fx.root_cred));
		CHECK_EQ(0, path_lookup(&fx.root, "/without", 0, &q));
		CHECK_EQ(-ENODATA, vfs_getxattr(&q, "user.a", buf, sizeof(buf), fx.root_cred));
		CHECK_EQ(0, vfs_listxattr(&q, buf, sizeof(buf), fx.root_cred));
		path_put(&p);
		path_put(&q);
		teardown(&r, &fx);
	}
}

/* More directories than are kept ahead, names that share slots. */
TEST(goferfs_reads_ahead_of_many_directories)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[40];
	int i, k;

	REQUIRE(setup(&r, &fx, READONLY, 256));
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (k = 0; k < 9; k++) {
			snprintf(name, sizeof(name), "d%d/f%d", i, k);
			rig_file(r.root_fd, name, name);
		}
	}
	for (i = 0; i < 40; i++) {
		struct fs_listing l = {.ctx = {.emit = fs_list_emit}};
		struct file *dir = NULL;

		snprintf(name, sizeof(name), "/d%d", i);
		REQUIRE(!vfs_open(&fx.root, name, O_RDONLY | O_DIRECTORY, 0, &dir));
		CHECK_EQ(0, vfs_readdir(dir, &l.ctx));
		CHECK_EQ(11, l.nr);
		file_put(dir);
		for (k = 0; k < 9; k++) {
			snprintf(name, sizeof(name), "/d%d/f%d", i, k);
			CHECK_EQ(0, fs_stat(&fx.root, name, &st));
			CHECK_EQ(strlen(name) - 1, st.size);
			CHECK_STR(name + 1, fs_text(&fx.root, name));
		}
		snprintf(name, sizeof(name), "/d%d/none", i);
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	}
	teardown(&r, &fx);
}

TEST(goferfs_links_lead_nowhere_outside)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, symlinkat("../secret", r.root_fd, "up"));
	CHECK_EQ(0, symlinkat("/etc/passwd", r.root_fd, "abs"));
	CHECK_EQ(0, symlinkat("/proc/self/root/etc/passwd", r.root_fd, "magic"));
	CHECK_STR("<2>", fs_text(&fx.root, "/up"));
	CHECK_STR("<2>", fs_text(&fx.root, "/abs"));
	CHECK_STR("<2>", fs_text(&fx.root, "/magic"));
	CHECK_STR("<2>", fs_text(&fx.root, "/../../../etc/passwd"));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/../secret", &st));
	teardown(&r, &fx);
}

/* More files than handles: unused ones are given back. */
TEST(goferfs_lives_with_few_handles)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[16];
	int i;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 40));
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		rig_file(r.root_fd, name, "x");
	}
	for (i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "/f%d", i % 200);
		CHECK_EQ(0, fs_stat(&fx.root, name, &st));
		CHECK_EQ(1, st.size);
	}
	teardown(&r, &fx);
}

/* The sentry may have fewer descriptors than files it has seen, and no more than those are lost. */
TEST(goferfs_lives_with_few_descriptors)
{
	struct file *open[64] = {NULL};
	struct fs_fixture fx;
	struct rlimit lim;
	struct rig r;
	char name[16];
	int i, err = 0;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 4096));
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		rig_file(r.root_fd, name, "x");
	}
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "/f%d", i);
		CHECK_STR("x", fs_text(&fx.root, name));
	}
	/* Server and sentry share this process: room for handles, and for some of the files. */
	CHECK_EQ(0, getrlimit(RLIMIT_NOFILE, &lim));
	lim.rlim_cur = (rlim_t)dup(0) + 8;
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &lim));
	for (i = 0; i < 64 && !err; i++) {
		snprintf(name, sizeof(name), "/f%d", i);
		err = vfs_open(&fx.root, name, O_RDWR, 0, &open[i]);
	}
	CHECK(i > 8);
	CHECK(!err || err == -EMFILE || err == -ENFILE);
	for (i = 0; i < 64; i++)
		if (open[i])
			file_put(open[i]);
	lim.rlim_cur = lim.rlim_max;
	CHECK_EQ(0, setrlimit(RLIMIT_NOFILE, &lim));
	CHECK_STR("x", fs_text(&fx.root, "/f63"));
	teardown(&r, &fx);
}

TEST(goferfs_mmap_gives_no_more_than_the_open)
{
	struct file_map map = {.prot = PROT_READ, .shared = true, .len = PAGE_SIZE};
	struct file *f = NULL;
	struct fs_fixture fx;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/f", "abc"));
	REQUIRE(!vfs_open(&fx.root, "/f", O_RDONLY, 0, &f));
	CHECK_EQ(0, vfs_mmap(f, &map));
	CHECK(!map.fd_writable);
	CHECK_EQ(O_RDONLY, host_fcntl(map.fd, F_GETFL, 0) & O_ACCMODE);
	file_put(f);
	REQUIRE(!vfs_open(&fx.root, "/f", O_RDWR, 0, &f));
	CHECK_EQ(0, vfs_mmap(f, &map));
	CHECK(map.fd_writable);
	CHECK_EQ(O_RDWR, host_fcntl(map.fd, F_GETFL, 0) & O_ACCMODE);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_survives_every_failing_request)
{
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	long n;
	int err;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	for (n = 1; n < 50; n++) {
		fault_gofer_at = n;
		err = vfs_mkdir(&fx.root, "/d", 0755);
		err |= fs_put(&fx.root, "/d/f", "text");
		err |= fs_stat(&fx.root, "/d/f", &st);
		err |= vfs_rename(&fx.root, "/d/f", &fx.root, "/g", 0);
		if (fault_gofer_at > 0)
			break;
		fault_gofer_at = 0;
		CHECK(err);
		/* What is left of it differs from round to round. */
		err = vfs_unlink(&fx.root, "/g");
		err = vfs_unlink(&fx.root, "/d/f");
		err = vfs_rmdir(&fx.root, "/d");
		CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/d", &st));
	}
	fault_gofer_at = 0;
	CHECK(n > 4);
	CHECK_EQ(0, err);
	teardown(&r, &fx);
}

/* Mappings of this process whose file is called @name. */
static int count_maps(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int n = 0;

	while (maps && fgets(line, sizeof(line), maps))
		n += strstr(line, name) != NULL;
	if (maps)
		fclose(maps);
	return n;
}

/* A file of @size bytes, each page of one letter, read until it is hot; counts no host calls then.
 */
static struct file *hot_file(struct rig *r, struct fs_fixture *fx, size_t size)
{
	struct file *f = NULL;
	int fd = openat(r->root_fd, "hot", O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0644);
	char page[PAGE_SIZE], got[64];

	CHECK_EQ(0, guard_init());
	for (size_t off = 0; off < size; off += PAGE_SIZE) {
		memset(page, (int)('a' + off / PAGE_SIZE % 26), sizeof(page));
		CHECK_EQ(PAGE_SIZE, pwrite(fd, page, PAGE_SIZE, (off_t)off));
	}
	close(fd);
	CHECK_EQ(0, vfs_open(&fx->root, "/hot", O_RDWR, 0, &f));
	for (int i = 0; f && i < 16; i++)
		CHECK_EQ(sizeof(got), fs_pread(f, got, sizeof(got), 0));
	return f;
}

/* Host calls that a read of @len bytes at @pos makes. */
static long host_calls_of(struct file *f, void *buf, size_t len, off_t pos, ssize_t want)
{
	long calls;

	fault_host_at = 1000;
	CHECK_EQ(want, fs_pread(f, buf, len, pos));
	calls = 1000 - fault_host_at;
	fault_host_at = 0;
	return calls;
}

TEST(goferfs_hot_file_is_read_without_host_calls)
{
	char buf[2 * PAGE_SIZE];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, 4 * PAGE_SIZE);
	REQUIRE(f);
	CHECK_EQ(0, host_calls_of(f, buf, 100, PAGE_SIZE - 50, 100));
	CHECK_EQ('a', buf[49]);
	CHECK_EQ('b', buf[50]);
	CHECK_EQ(0, host_calls_of(f, buf, sizeof(buf), PAGE_SIZE, sizeof(buf)));
	CHECK_EQ('c', buf[PAGE_SIZE]);
	/* At the end, and past it. */
	CHECK_EQ(0, host_calls_of(f, buf, 100, 4 * PAGE_SIZE - 10, 10));
	CHECK_EQ(0, host_calls_of(f, buf, 100, 4 * PAGE_SIZE, 0));
	/* What is written is read, also where the file had no page before. */
	CHECK_EQ(5, fs_pwrite(f, "hello", 5, 0));
	CHECK_EQ(5, fs_pwrite(f, "there", 5, 9 * PAGE_SIZE));
	CHECK_EQ(0, host_calls_of(f, buf, 5, 0, 5));
	CHECK_MEM("hello", buf, 5);
	CHECK_EQ(0, host_calls_of(f, buf, 5, 9 * PAGE_SIZE, 5));
	CHECK_MEM("there", buf, 5);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_hot_file_is_cut)
{
	char buf[2 * PAGE_SIZE];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;
	int fd;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, 4 * PAGE_SIZE);
	REQUIRE(f);
	/* By the host, which we do not notice: what is there is read, nothing else. */
	fd = openat(r.root_fd, "hot", O_RDWR | O_CLOEXEC);
	CHECK_EQ(0, ftruncate(fd, PAGE_SIZE));
	CHECK_EQ(0, fs_pread(f, buf, 64, 2 * PAGE_SIZE));
	CHECK_EQ(64, fs_pread(f, buf, 64, 0));
	CHECK_EQ(PAGE_SIZE, fs_pread(f, buf, sizeof(buf), 0));
	CHECK_EQ('a', buf[PAGE_SIZE - 1]);
	CHECK_EQ(0, ftruncate(fd, 4 * PAGE_SIZE));
	CHECK_EQ(64, fs_pread(f, buf, 64, 2 * PAGE_SIZE));
	CHECK_EQ(0, buf[0]);
	close(fd);
	file_put(f);
	teardown(&r, &fx);
}

TEST(goferfs_hot_file_is_unmapped)
{
	char buf[64];
	struct fs_fixture fx;
	struct file *f;
	struct rig r;

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	f = hot_file(&r, &fx, PAGE_SIZE);
	REQUIRE(f);
	file_put(f);
	/* Kept over a close, and gone with the file. */
	CHECK_EQ(1, count_maps("/hot"));
	f = NULL;
	CHECK_EQ(0, vfs_open(&fx.root, "/hot", O_RDONLY, 0, &f));
	CHECK_EQ(0, host_calls_of(f, buf, sizeof(buf), 0, sizeof(buf)));
	file_put(f);
	CHECK_EQ(0, vfs_unlink(&fx.root, "/hot"));
	CHECK_EQ(0, count_maps("/hot"));
	teardown(&r, &fx);
}

/* Read all of directory @name, a few names at a time; how many host calls that took. */
static long list_all(struct fs_fixture *fx, const char *name, struct fs_listing *l)
{
	struct file *f = NULL;
	unsigned before;
	long calls;

	memset(l, 0, sizeof(*l));
	l->ctx.emit = fs_list_emit;
	CHECK_EQ(0, vfs_open(&fx->root, name, O_RDONLY | O_DIRECTORY, 0, &f));
	fault_host_at = 100000;
	do {
		before = l->nr;
		l->max = l->nr + 7;
		CHECK_EQ(0, vfs_readdir(f, &l->ctx));
	} while (l->nr != before);
	calls = 100000 - fault_host_at;
	fault_host_at = 0;
	file_put(f);
	return calls;
}

TEST(goferfs_directory_that_nobody_changes_is_read_once)
{
	static struct fs_listing first, again;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[32];

	REQUIRE(setup(&r, &fx, READONLY, 64));
	for (int d = 0; d < 4; d++) {
		snprintf(name, sizeof(name), "d%d", d);
		CHECK_EQ(0, mkdirat(r.root_fd, name, 0755));
		for (int i = 0; i < 50; i++) {
			snprintf(name, sizeof(name), "d%d/file%d", d, i);
			rig_file(r.root_fd, name, "x");
		}
	}
	CHECK(list_all(&fx, "/d0", &first) > 0);
	CHECK_EQ(52, first.nr);
	CHECK_EQ(0, list_all(&fx, "/d0", &again));
	CHECK_STR(first.text, again.text);
	/* The names are looked up without a request, too. */
	fault_host_at = 100;
	CHECK_EQ(0, fs_stat(&fx.root, "/d0/file7", &st));
	CHECK_EQ(100, fault_host_at);
	fault_host_at = 0;
	/* What there is no room for is forgotten, oldest first, also while somebody reads it. */
	goferfs_ahead_limit = 20000;
	for (int d = 1; d < 4; d++) {
		snprintf(name, sizeof(name), "/d%d", d);
		CHECK(list_all(&fx, name, &again) > 0);
		CHECK_EQ(52, again.nr);
	}
	CHECK(list_all(&fx, "/d0", &again) > 0);
	CHECK_STR(first.text, again.text);
	goferfs_ahead_limit = 1;
	CHECK(list_all(&fx, "/d0", &again) >= 0);
	CHECK_STR(first.text, again.text);
	goferfs_ahead_limit = 2u << 20;
	teardown(&r, &fx);
}

TEST(goferfs_removed_name_is_known_to_be_gone)
{
	cleanup_path struct path top = PATH_NONE;
	struct fs_fixture fx;
	struct kstat st;
	struct rig r;
	char name[32];

	REQUIRE(setup(&r, &fx, EXCLUSIVE, 64));
	CHECK_EQ(0, fs_put(&fx.root, "/f", "x"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "/f"));
	fault_host_at = 100;
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "/f", &st));
	CHECK_EQ(100, fault_host_at);
	fault_host_at = 0;
	CHECK_EQ(0, fs_put(&fx.root, "/f", "y"));
	CHECK_STR("y", fs_text(&fx.root, "/f"));
	/* But not for ever. */
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "/f%d", i);
		CHECK_EQ(0, vfs_mkdir(&fx.root, name, 0700));
		CHECK_EQ(0, vfs_rmdir(&fx.root, name));
	}
	CHECK_EQ(0, path_lookup(&fx.root, "/", 0, &top));
	CHECK(top.dentry->super->dcache->nr <= dcache_limit + 64);
	path_put(&top);
	teardown(&r, &fx);
}
