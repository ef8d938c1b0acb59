/* fs/namei.c, dirops.c, rename.c, open.c on a tmpfs */
#include <linux/openat2.h>

#include "tests/unit/fs_fixture.h"

TEST(namei_walks_names_dots_and_slashes)
{
	cleanup_fs struct fs_fixture fx;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/a", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "a/b/", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "/a/b/f", "hello"));
	CHECK_STR("hello", fs_text(&fx.root, "//a/./b/../b//f"));
	CHECK_STR("hello", fs_text(&fx.root, "../../a/b/f"));
	CHECK_EQ(0, fs_stat(&fx.root, "/", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "a/b/..", &st));
	CHECK_EQ(0, fs_stat(&fx.root, "a/b/.", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "a/x/f", &st));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "a/x", &st));
	CHECK_EQ(-ENOTDIR, fs_stat(&fx.root, "a/b/f/", &st));
	CHECK_EQ(-ENOTDIR, fs_stat(&fx.root, "a/b/f/.", &st));
	CHECK_EQ(-ENOTDIR, fs_stat(&fx.root, "a/b/f/x", &st));
}

TEST(namei_refuses_long_names)
{
	cleanup_fs struct fs_fixture fx;
	char name[300];
	struct kstat st;

	fs_setup(&fx, 0);
	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	CHECK_EQ(-ENAMETOOLONG, fs_stat(&fx.root, name, &st));
	CHECK_EQ(-ENAMETOOLONG, vfs_mkdir(&fx.root, name, 0755));
	name[255] = '\0';
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, name, &st));
	CHECK_EQ(0, vfs_mkdir(&fx.root, name, 0755));
	CHECK_EQ(0, fs_stat(&fx.root, name, &st));
}

TEST(namei_follows_links)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct kstat st;
	char buf[64];

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d/e", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "d/e/f", "x"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "d/e", "l1"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/l1", "d/l2"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "../d/l2/f", "d/l3"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/", "d/top"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "d/e/", "slash"));
	CHECK_STR("x", fs_text(&fx.root, "l1/f"));
	CHECK_STR("x", fs_text(&fx.root, "d/l2/f"));
	CHECK_STR("x", fs_text(&fx.root, "d/l3"));
	CHECK_STR("x", fs_text(&fx.root, "d/top/d/top/l1/f"));
	CHECK_STR("x", fs_text(&fx.root, "slash/f"));
	CHECK_EQ(0, fs_stat(&fx.root, "d/l3", &st));
	CHECK(S_ISLNK(st.mode));
	CHECK_EQ(9, st.size);
	CHECK_EQ(0, fs_stat(&fx.root, "l1/", &st));
	CHECK(S_ISDIR(st.mode));
	CHECK_EQ(-ENOTDIR, fs_stat(&fx.root, "d/l3/", &st));
	CHECK_EQ(0, path_lookup(&fx.root, "d/l3", 0, &p));
	CHECK_EQ(4, vfs_readlink(&p, NULL, buf, 4));
	CHECK_MEM("../d", buf, 4);
	CHECK_EQ(-ENOENT, vfs_symlink(&fx.root, "", "empty"));
}

TEST(namei_counts_links)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	char from[16], to[16];

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_symlink(&fx.root, "self", "self"));
	CHECK_EQ(-ELOOP, path_lookup(&fx.root, "self", LOOKUP_FOLLOW, &p));
	CHECK_EQ(-ELOOP, path_lookup(&fx.root, "self/x", LOOKUP_FOLLOW, &p));
	CHECK_EQ(0, fs_put(&fx.root, "l0", "end"));
	for (int i = 1; i <= 41; i++) {
		snprintf(to, sizeof(to), "l%d", i - 1);
		snprintf(from, sizeof(from), "l%d", i);
		CHECK_EQ(0, vfs_symlink(&fx.root, to, from));
	}
	CHECK_STR("end", fs_text(&fx.root, "l40"));
	CHECK_EQ(-ELOOP, path_lookup(&fx.root, "l41", LOOKUP_FOLLOW, &p));
}

TEST(namei_resolve_flags)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct namei_base in = {0};

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "jail", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "jail/d", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "secret", "s"));
	CHECK_EQ(0, fs_put(&fx.root, "jail/secret", "mine"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/secret", "jail/abs"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "../secret", "jail/up"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "d", "jail/in"));
	CHECK_EQ(0, path_lookup(&fx.root, "jail", 0, &p));
	namei_base_init(&in, fx.root_cred, &fx.root.root, &p);
	path_put(&p);

	CHECK_STR("s", fs_text(&in, "abs"));
	in.resolve = RESOLVE_BENEATH;
	CHECK_EQ(-EXDEV, path_lookup(&in, "abs", LOOKUP_FOLLOW, &p));
	CHECK_EQ(-EXDEV, path_lookup(&in, "up", LOOKUP_FOLLOW, &p));
	CHECK_EQ(-EXDEV, path_lookup(&in, "..", 0, &p));
	CHECK_EQ(-EXDEV, path_lookup(&in, "/secret", 0, &p));
	CHECK_STR("mine", fs_text(&in, "d/../secret"));
	in.resolve = RESOLVE_IN_ROOT;
	CHECK_STR("mine", fs_text(&in, "abs"));
	CHECK_STR("mine", fs_text(&in, "up"));
	CHECK_STR("mine", fs_text(&in, "/../../secret"));
	in.resolve = RESOLVE_NO_SYMLINKS;
	CHECK_EQ(-ELOOP, path_lookup(&in, "in/.", 0, &p));
	namei_base_fini(&in);
}

TEST(namei_checks_search_permission)
{
	cleanup_fs struct fs_fixture fx;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0700));
	CHECK_EQ(0, fs_put(&fx.root, "d/f", "x"));
	CHECK_STR("<13>", fs_text(&fx.user, "d/f"));
	CHECK_STR("x", fs_text(&fx.root, "d/f"));
	CHECK_EQ(-EACCES, vfs_mkdir(&fx.user, "d/e", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.user, "mine", 0755));
	CHECK_EQ(-EACCES, fs_put(&fx.user, "d/g", ""));
}

TEST(namei_protected_links)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;

	fs_setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.root, "f", "x"));
	CHECK_EQ(0, vfs_symlink(&fx.user, "f", "l"));
	/* The top is sticky and open to the world: root does not follow a stranger's link. */
	CHECK_STR("<13>", fs_text(&fx.root, "l"));
	CHECK_STR("x", fs_text(&fx.user, "l"));
	CHECK_EQ(0, path_lookup(&fx.root, "f", 0, &p));
	CHECK_EQ(-EPERM, vfs_link(&p, &fx.user, "stolen"));
	CHECK_EQ(0, vfs_link(&p, &fx.root, "linked"));
}

TEST(dirops_mkdir_rmdir)
{
	cleanup_fs struct fs_fixture fx;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 02755));
	CHECK_EQ(-EEXIST, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(-EEXIST, vfs_mkdir(&fx.root, "/", 0755));
	CHECK_EQ(-EEXIST, vfs_mkdir(&fx.root, "d/.", 0755));
	CHECK_EQ(-ENOENT, vfs_mkdir(&fx.root, "x/y", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d/e", 0777));
	CHECK_EQ(0, fs_stat(&fx.root, "d", &st));
	CHECK_EQ(3, st.nlink);
	CHECK_EQ(S_IFDIR | 0755, st.mode);
	CHECK_EQ(-ENOTEMPTY, vfs_rmdir(&fx.root, "d"));
	CHECK_EQ(-EINVAL, vfs_rmdir(&fx.root, "d/."));
	CHECK_EQ(-ENOTEMPTY, vfs_rmdir(&fx.root, "d/e/.."));
	CHECK_EQ(-EBUSY, vfs_rmdir(&fx.root, "/"));
	CHECK_EQ(-EISDIR, vfs_unlink(&fx.root, "d/e"));
	CHECK_EQ(0, vfs_rmdir(&fx.root, "d/e"));
	CHECK_EQ(-ENOENT, vfs_rmdir(&fx.root, "d/e"));
	CHECK_EQ(0, fs_put(&fx.root, "f", ""));
	CHECK_EQ(-ENOTDIR, vfs_rmdir(&fx.root, "f"));
	CHECK_EQ(-ENOTDIR, vfs_unlink(&fx.root, "f/"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "f"));
	CHECK_EQ(-ENOENT, vfs_unlink(&fx.root, "f"));
	CHECK_EQ(0, vfs_rmdir(&fx.root, "d/"));
}

TEST(dirops_sticky_and_owner)
{
	cleanup_fs struct fs_fixture fx;

	fs_setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.root, "f", "x"));
	CHECK_EQ(-EPERM, vfs_unlink(&fx.user, "f"));
	CHECK_EQ(-EPERM, vfs_rename(&fx.user, "f", &fx.user, "g", 0));
	CHECK_EQ(0, fs_put(&fx.user, "mine", "x"));
	CHECK_EQ(0, vfs_unlink(&fx.user, "mine"));
	CHECK_EQ(-EPERM, vfs_mknod(&fx.user, "dev", S_IFCHR | 0666, 0x103));
	CHECK_EQ(0, vfs_mknod(&fx.user, "fifo", S_IFIFO | 0666, 0));
	CHECK_EQ(-EPERM, vfs_mknod(&fx.root, "dir", S_IFDIR | 0666, 0));
	CHECK_EQ(-EINVAL, vfs_mknod(&fx.root, "lnk", S_IFLNK | 0666, 0));
}

TEST(dirops_setgid_directory_gives_its_group)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0777));
	CHECK_EQ(0, path_lookup(&fx.root, "d", 0, &p));
	CHECK_EQ(0, vfs_chown(&p, 0, 500, fx.root_cred));
	CHECK_EQ(0, vfs_chmod(&p, 02777, fx.root_cred));
	CHECK_EQ(0, fs_put(&fx.user, "d/f", ""));
	CHECK_EQ(0, vfs_mkdir(&fx.user, "d/e", 0755));
	CHECK_EQ(0, fs_stat(&fx.root, "d/f", &st));
	CHECK_EQ(500, st.gid);
	CHECK_EQ(1000, st.uid);
	CHECK_EQ(0, fs_stat(&fx.root, "d/e", &st));
	CHECK_EQ(500, st.gid);
	CHECK_EQ(S_IFDIR | 02755, st.mode);
}

TEST(rename_moves_replaces_and_exchanges)
{
	cleanup_fs struct fs_fixture fx;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "e", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "e/sub", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "a", "A"));
	CHECK_EQ(0, fs_put(&fx.root, "b", "B"));
	CHECK_EQ(0,
		 vfs_rename(&fx.root, "a", &fx.root, "d/a_rather_long_name_that_is_not_inline", 0));
	CHECK_STR("<2>", fs_text(&fx.root, "a"));
	CHECK_STR("A", fs_text(&fx.root, "d/a_rather_long_name_that_is_not_inline"));
	CHECK_EQ(0,
		 vfs_rename(&fx.root, "d/a_rather_long_name_that_is_not_inline", &fx.root, "b", 0));
	CHECK_STR("A", fs_text(&fx.root, "b"));
	CHECK_STR("<2>", fs_text(&fx.root, "d/a_rather_long_name_that_is_not_inline"));
	CHECK_EQ(0, fs_put(&fx.root, "c", "C"));
	CHECK_EQ(0, vfs_rename(&fx.root, "b", &fx.root, "c", RENAME_EXCHANGE));
	CHECK_STR("C", fs_text(&fx.root, "b"));
	CHECK_STR("A", fs_text(&fx.root, "c"));
	CHECK_EQ(-EEXIST, vfs_rename(&fx.root, "b", &fx.root, "c", RENAME_NOREPLACE));
	CHECK_EQ(-EISDIR, vfs_rename(&fx.root, "b", &fx.root, "d", 0));
	CHECK_EQ(-ENOTDIR, vfs_rename(&fx.root, "d", &fx.root, "b", 0));
	CHECK_EQ(-ENOTEMPTY, vfs_rename(&fx.root, "d", &fx.root, "e", 0));
	CHECK_EQ(-EINVAL, vfs_rename(&fx.root, "e", &fx.root, "e/sub/x", 0));
	CHECK_EQ(-ENOTEMPTY, vfs_rename(&fx.root, "e/sub", &fx.root, "e", 0));
	CHECK_EQ(-EBUSY, vfs_rename(&fx.root, "e/.", &fx.root, "g", 0));
	CHECK_EQ(0, vfs_rename(&fx.root, "e/sub", &fx.root, "d", 0));
	CHECK_EQ(0, fs_stat(&fx.root, "e", &st));
	CHECK_EQ(2, st.nlink);
	CHECK_EQ(0, vfs_rename(&fx.root, "e", &fx.root, "d/e", 0));
	CHECK_EQ(0, fs_stat(&fx.root, "d", &st));
	CHECK_EQ(3, st.nlink);
	CHECK_EQ(0, fs_stat(&fx.root, "d/e/..", &st));
	CHECK_EQ(0, vfs_rename(&fx.root, "d/e", &fx.root, "c", RENAME_EXCHANGE));
	CHECK_STR("A", fs_text(&fx.root, "d/e"));
	CHECK_EQ(0, fs_stat(&fx.root, "c", &st));
	CHECK(S_ISDIR(st.mode));
}

TEST(path_text)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	cleanup_path struct path sub = PATH_NONE;
	char buf[4096], *text;
	bool reached;

	fs_setup(&fx, 0);
	CHECK_EQ(0, d_path(&fx.root.root, &fx.root.root, buf, sizeof(buf), &text, &reached));
	CHECK_STR("/", text);
	CHECK(reached);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d/e", 0755));
	CHECK_EQ(0, path_lookup(&fx.root, "d/e", 0, &p));
	CHECK_EQ(0, path_lookup(&fx.root, "d", 0, &sub));
	CHECK_EQ(0, d_path(&p, &fx.root.root, buf, sizeof(buf), &text, &reached));
	CHECK_STR("/d/e", text);
	CHECK_EQ(0, d_path(&p, &sub, buf, sizeof(buf), &text, &reached));
	CHECK_STR("/e", text);
	CHECK_EQ(0, d_path(&fx.root.root, &sub, buf, sizeof(buf), &text, &reached));
	CHECK(!reached);
	CHECK_EQ(-ENAMETOOLONG, d_path(&p, &fx.root.root, buf, 4, &text, &reached));
	CHECK_EQ(0, vfs_rmdir(&fx.root, "d/e"));
	CHECK_EQ(0, d_path(&p, &fx.root.root, buf, sizeof(buf), &text, &reached));
	CHECK_STR("/d/e (deleted)", text);
	CHECK(d_is_deleted(&p));
}

TEST(open_flags)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(-ENOENT, vfs_open(&fx.root, "f", O_RDONLY, 0, &f));
	CHECK_EQ(0, vfs_open(&fx.user, "f", O_CREAT | O_EXCL | O_RDWR, 0, &f));
	CHECK_EQ(5, fs_pwrite(f, "hello", 5, 0));
	file_put(steal(&f));
	CHECK_EQ(-EEXIST, vfs_open(&fx.root, "f", O_CREAT | O_EXCL | O_RDWR, 0600, &f));
	CHECK_EQ(-EACCES, vfs_open(&fx.user, "f", O_RDONLY, 0, &f));
	CHECK_EQ(-EISDIR, vfs_open(&fx.root, "/", O_RDWR, 0, &f));
	CHECK_EQ(-EISDIR, vfs_open(&fx.root, "g/", O_CREAT | O_RDWR, 0600, &f));
	CHECK_EQ(-ENOTDIR, vfs_open(&fx.root, "f", O_DIRECTORY, 0, &f));
	CHECK_EQ(-EINVAL, vfs_open(&fx.root, "f", O_DIRECTORY | O_CREAT, 0, &f));
	CHECK_EQ(0, vfs_symlink(&fx.root, "f", "l"));
	CHECK_EQ(-ELOOP, vfs_open(&fx.root, "l", O_NOFOLLOW, 0, &f));
	CHECK_EQ(-EEXIST, vfs_open(&fx.root, "l", O_CREAT | O_EXCL, 0, &f));
	CHECK_EQ(0, vfs_open(&fx.root, "l", O_NOFOLLOW | O_PATH, 0, &f));
	CHECK_EQ(-EBADF, vfs_fsync(f, false));
	file_put(steal(&f));
	CHECK_EQ(0, vfs_symlink(&fx.root, "made", "dangling"));
	CHECK_EQ(0, vfs_open(&fx.root, "dangling", O_CREAT | O_WRONLY, 0600, &f));
	CHECK_EQ(0, fs_stat(&fx.root, "made", &st));
	file_put(steal(&f));
	CHECK_EQ(0, vfs_open(&fx.root, "f", O_WRONLY | O_TRUNC, 0, &f));
	CHECK_EQ(0, fs_stat(&fx.root, "f", &st));
	CHECK_EQ(0, st.size);
	file_put(steal(&f));
	/* protected_regular: another's file in a sticky directory is not O_CREATed over. */
	CHECK_EQ(-EACCES, vfs_open(&fx.root, "f", O_CREAT | O_WRONLY, 0600, &f));
}

TEST(open_exec_denies_writing)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *x = NULL;
	cleanup_file struct file *w = NULL;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_open(&fx.root, "f", O_CREAT | O_WRONLY, 0755, &w));
	CHECK_EQ(-ETXTBSY, vfs_open_exec(&fx.root, "f", LOOKUP_FOLLOW, &x));
	file_put(steal(&w));
	CHECK_EQ(0, vfs_open_exec(&fx.user, "f", LOOKUP_FOLLOW, &x));
	CHECK_EQ(-ETXTBSY, vfs_open(&fx.root, "f", O_WRONLY, 0, &w));
	file_put(steal(&x));
	CHECK_EQ(0, vfs_open(&fx.root, "f", O_WRONLY, 0, &w));
	CHECK_EQ(0, fs_put(&fx.root, "plain", ""));
	CHECK_EQ(-EACCES, vfs_open_exec(&fx.root, "plain", LOOKUP_FOLLOW, &x));
	CHECK_EQ(-EACCES, vfs_open_exec(&fx.root, "/", LOOKUP_FOLLOW, &x));
}

TEST(open_tmpfile_can_be_linked)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;

	fs_setup(&fx, 0);
	CHECK_EQ(-EINVAL, vfs_open(&fx.root, "/", O_TMPFILE | O_RDONLY, 0600, &f));
	CHECK_EQ(0, vfs_open(&fx.root, "/", O_TMPFILE | O_RDWR, 0600, &f));
	CHECK_EQ(1, fs_pwrite(f, "t", 1, 0));
	CHECK_EQ(0, vfs_link(&f->path, &fx.root, "named"));
	CHECK_STR("t", fs_text(&fx.root, "named"));
	file_put(steal(&f));
	CHECK_EQ(0, vfs_open(&fx.root, "/", O_TMPFILE | O_EXCL | O_RDWR, 0600, &f));
	CHECK_EQ(-ENOENT, vfs_link(&f->path, &fx.root, "n2"));
}

TEST(mount_bind_and_readonly)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path d = PATH_NONE;
	cleanup_path struct path at = PATH_NONE;
	struct kstat st;

	fs_setup(&fx, 0);
	tmpfs_init(1ull << 30);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "m", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "d/f", "x"));
	CHECK_EQ(0, path_lookup(&fx.root, "d", 0, &d));
	CHECK_EQ(0, path_lookup(&fx.root, "m", 0, &at));
	CHECK_EQ(-EPERM, vfs_mount(fx.user_cred, NULL, &d, &at, NULL, 4096, NULL));
	CHECK_EQ(0, vfs_mount(fx.root_cred, NULL, &d, &at, NULL, 4096 /* MS_BIND */, NULL));
	CHECK_STR("x", fs_text(&fx.root, "m/f"));
	CHECK_EQ(-EBUSY, vfs_rmdir(&fx.root, "m"));
	CHECK_EQ(-EXDEV, vfs_rename(&fx.root, "m/f", &fx.root, "d/g", 0));
	path_put(&at);
	CHECK_EQ(0, path_lookup(&fx.root, "m", 0, &at));
	CHECK_EQ(0, vfs_mount(fx.root_cred, NULL, NULL, &at, NULL, 4096 | 32 | 1, NULL));
	CHECK_EQ(-EROFS, fs_put(&fx.root, "m/f", "y"));
	CHECK_EQ(-EROFS, fs_put(&fx.root, "m/new", "y"));
	CHECK_EQ(-EEXIST, vfs_mkdir(&fx.root, "m/f", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "d/f", "y"));
	CHECK_STR("y", fs_text(&fx.root, "m/f"));
	CHECK_EQ(0, fs_stat(&fx.root, "m/..", &st));
	CHECK_STR("y", fs_text(&fx.root, "m/../m/f"));
	CHECK_EQ(0, vfs_umount(fx.root_cred, &at, 0));
	path_put(&at);
	CHECK_STR("<2>", fs_text(&fx.root, "m/f"));
	CHECK_EQ(0, vfs_rmdir(&fx.root, "m"));
	CHECK_EQ(-EINVAL, vfs_umount(fx.root_cred, &fx.root.root, 0));
}

TEST(mount_recursive_bind_and_detach)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path d = PATH_NONE;
	cleanup_path struct path at = PATH_NONE;

	fs_setup(&fx, 0);
	tmpfs_init(1ull << 30);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d/t", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "m", 0755));
	CHECK_EQ(0, path_lookup(&fx.root, "d/t", 0, &at));
	CHECK_EQ(0, vfs_mount(fx.root_cred, "tmpfs", NULL, &at, "tmpfs", 0, "size=64k,mode=755"));
	CHECK_EQ(-EINVAL, vfs_mount(fx.root_cred, "tmpfs", NULL, &at, "tmpfs", 0, "size=x"));
	CHECK_EQ(-ENODEV, vfs_mount(fx.root_cred, "x", NULL, &at, "nofs", 0, NULL));
	path_put(&at);
	CHECK_EQ(0, fs_put(&fx.root, "d/t/f", "in tmpfs"));
	CHECK_EQ(0, path_lookup(&fx.root, "d", 0, &d));
	CHECK_EQ(0, path_lookup(&fx.root, "m", 0, &at));
	CHECK_EQ(0, vfs_mount(fx.root_cred, NULL, &d, &at, NULL, 4096 | 16384, NULL));
	path_put(&at);
	path_put(&d);
	CHECK_STR("in tmpfs", fs_text(&fx.root, "m/t/f"));
	CHECK_EQ(0, path_lookup(&fx.root, "m", 0, &at));
	CHECK_EQ(-EBUSY, vfs_umount(fx.root_cred, &at, 0));
	CHECK_EQ(0, vfs_umount(fx.root_cred, &at, 2 /* MNT_DETACH */));
	path_put(&at);
	CHECK_STR("<2>", fs_text(&fx.root, "m/t/f"));
	CHECK_STR("in tmpfs", fs_text(&fx.root, "d/t/f"));
}

/* Both ways to walk: a resolve flag that changes nothing here takes the slow one. */
static void compare_walks(const struct namei_base *b, const char *name, unsigned flags)
{
	cleanup_path struct path fast = PATH_NONE, slow = PATH_NONE;
	struct namei_base thorough = *b;
	int want, got;

	thorough.resolve = RESOLVE_NO_MAGICLINKS;
	want = path_lookup(&thorough, name, flags, &slow);
	got = path_lookup(b, name, flags, &fast);
	if (want != got || !path_equal(&fast, &slow))
		unit_fail(__FILE__, __LINE__, "'%s', flags %u: %d, not %d", name, flags, got, want);
}

TEST(namei_fast_walk_is_the_slow_one)
{
	static const char *const names[] = {
		"/",          "//",        "/d",      "d",        "/d/",        "/d//e/f",
		"/d/e/f/",    "/d/e/f",    "/none",   "/d/none",  "/none/x",    "/d/e/f/x",
		"/l",         "/l/",       "/l/f",    "/l//f",    "/d/up",      "/d/up/e",
		"/top",       "/top/d",    "/loop",   "/loop/x",  "/dangling",  "/dangling/",
		"/empty",     "/d/./e",    "/d/../d", "/chain/f", "/secret",    "/secret/in",
		"/secret/no", "/m/inside", "/m",      "/m/..",    "/lm/inside", "/lf/",
		"/lf",        ".",         "",        "d/e/f",    "/sticky/l",  "/sticky/l/f",
	};
	struct tmpfs_options opts = {.mode = 0755};
	cleanup_path struct path at = PATH_NONE;
	struct fs_fixture fx;
	struct super *super;
	struct mount *mnt;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/d", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/d/e", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/m", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/secret", 0700));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "/sticky", 0777));
	CHECK_EQ(0, path_lookup(&fx.root, "/sticky", 0, &at));
	CHECK_EQ(0, vfs_chmod(&at, 01777, fx.root_cred));
	path_put(&at);
	CHECK_EQ(0, fs_put(&fx.root, "/d/e/f", "x"));
	CHECK_EQ(0, fs_put(&fx.root, "/secret/in", "x"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "d/e", "/l"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/d/e/f", "/lf"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/", "/top"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "../d", "/d/up"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "loop", "/loop"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/none", "/dangling"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "l/", "/chain"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "m", "/lm"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "/d/e", "/sticky/l"));
	CHECK_EQ(0, tmpfs_create(&opts, &super));
	CHECK_EQ(0, mount_create(super, NULL, "m", MNT_RELATIME, &mnt));
	super_put(super);
	CHECK_EQ(0, path_lookup(&fx.root, "/m", 0, &at));
	CHECK_EQ(0, mount_attach(mnt, &at));
	mount_put(mnt);
	path_put(&at);
	CHECK_EQ(0, fs_put(&fx.root, "/m/inside", "x"));
	/* Twice: the first walk fills the cache. */
	for (size_t i = 0; i < 2 * ARRAY_SIZE(names); i++) {
		const char *name = names[i % ARRAY_SIZE(names)];

		for (unsigned flags = 0; flags < 8; flags++) {
			compare_walks(&fx.root, name, flags);
			compare_walks(&fx.user, name, flags);
		}
	}
	fs_teardown(&fx);
}
