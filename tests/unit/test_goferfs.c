/* fs/goferfs: the VFS over a gofer over a real directory */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "fs/stat.h"
#include "host/host.h"
#include "tests/unit/goferfs_fixture.h"

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
