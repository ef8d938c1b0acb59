/* fs/overlay over a tmpfs that stands for the host */
#include <sys/mman.h>
#include <unistd.h>

#include "fs/overlay/overlay.h"
#include "fs/stat.h"
#include "tests/unit/fs_fixture.h"

/*
 * The lower file system:
 *	/etc/passwd "root"	/etc/hosts "localhost"	/etc/link -> passwd
 *	/bin/sh 0755 "#!"	/bin/ash (hard link of sh)
 *	/usr/share/doc/readme "read me"
 */
static struct super *make_lower(void)
{
	struct tmpfs_options opts = {.mode = 0755, .super_flags = SUPER_LAYER};
	cleanup_path struct path p = PATH_NONE;
	struct fs_fixture fx;
	struct super *lower;

	CHECK_EQ(0, tmpfs_create(&opts, &lower));
	/* Filled through a mount of its own, whose end must not be the file system's. */
	lower->nr_mounts++;
	fs_setup_super(&fx, super_get(lower));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "etc", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "bin", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "usr", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "usr/share", 0755));
	CHECK_EQ(0, vfs_mkdir(&fx.root, "usr/share/doc", 0755));
	CHECK_EQ(0, fs_put(&fx.root, "etc/passwd", "root"));
	CHECK_EQ(0, fs_put(&fx.root, "etc/hosts", "localhost"));
	CHECK_EQ(0, vfs_symlink(&fx.root, "passwd", "etc/link"));
	CHECK_EQ(0, fs_put(&fx.root, "bin/sh", "#!"));
	CHECK_EQ(0, path_lookup(&fx.root, "bin/sh", 0, &p));
	CHECK_EQ(0, vfs_chmod(&p, 0755, fx.root_cred));
	CHECK_EQ(0, vfs_setxattr(&p, "user.kind", "shell", 5, 0, fx.root_cred));
	CHECK_EQ(0, vfs_link(&p, &fx.root, "bin/ash"));
	path_put(&p);
	CHECK_EQ(0, fs_put(&fx.root, "usr/share/doc/readme", "read me"));
	fs_teardown(&fx);
	lower->nr_mounts--;
	return lower;
}

static void setup(struct fs_fixture *fx, u64 max_bytes)
{
	struct overlay_options opts = {.max_bytes = max_bytes};
	struct super *super;

	CHECK_EQ(0, overlay_create(make_lower(), &opts, &super));
	fs_setup_super(fx, super);
}

static const char *list(const struct namei_base *b, const char *name)
{
	static struct fs_listing l;
	cleanup_file struct file *f = NULL;

	l = (struct fs_listing){.ctx.emit = fs_list_emit};
	CHECK_EQ(0, vfs_open(b, name, O_RDONLY | O_DIRECTORY, 0, &f));
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	return l.text;
}

TEST(overlay_reads_what_is_below)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	char buf[16];

	setup(&fx, 0);
	CHECK_STR("root", fs_text(&fx.root, "etc/passwd"));
	CHECK_STR("root", fs_text(&fx.root, "etc/link"));
	CHECK_STR("read me", fs_text(&fx.user, "/usr/share/doc/readme"));
	CHECK_STR(". .. passwd hosts link ", list(&fx.root, "etc"));
	CHECK_STR("<2>", fs_text(&fx.root, "etc/shadow"));
	CHECK_EQ(0, path_lookup(&fx.root, "bin/sh", 0, &p));
	CHECK_EQ(5, vfs_getxattr(&p, "user.kind", buf, sizeof(buf), fx.root_cred));
}

TEST(overlay_copies_up_on_write_and_keeps_the_number)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *reader = NULL;
	cleanup_file struct file *f = NULL;
	struct kstat before, after;
	char buf[16] = "";

	setup(&fx, 0);
	CHECK_EQ(0, fs_stat(&fx.root, "etc/passwd", &before));
	CHECK_EQ(0, vfs_open(&fx.root, "etc/passwd", O_RDONLY, 0, &reader));
	CHECK_EQ(0, vfs_open(&fx.root, "etc/passwd", O_RDWR | O_APPEND, 0, &f));
	CHECK_EQ(5, fs_pwrite(f, ":user", 5, 0));
	CHECK_STR("root:user", fs_text(&fx.root, "etc/passwd"));
	/* Who had it open before sees the change, too. */
	CHECK_EQ(9, fs_pread(reader, buf, sizeof(buf), 0));
	CHECK_MEM("root:user", buf, 9);
	file_put(steal(&f));
	file_put(steal(&reader));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_EQ(0, fs_stat(&fx.root, "etc/passwd", &after));
	CHECK_EQ(before.ino, after.ino);
	CHECK_EQ(before.dev, after.dev);
	CHECK_EQ(9, after.size);
	CHECK_STR("root:user", fs_text(&fx.root, "etc/link"));
}

TEST(overlay_hard_links_stay_together)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct kstat sh, ash;

	setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.root, "bin/sh", "changed"));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_STR("changed", fs_text(&fx.root, "bin/ash"));
	CHECK_EQ(0, fs_stat(&fx.root, "bin/sh", &sh));
	CHECK_EQ(0, fs_stat(&fx.root, "bin/ash", &ash));
	CHECK_EQ(sh.ino, ash.ino);
	CHECK_EQ(2, ash.nlink);
	CHECK_EQ(0, path_lookup(&fx.root, "bin/ash", 0, &p));
	CHECK_EQ(0, vfs_link(&p, &fx.root, "usr/dash"));
	path_put(&p);
	CHECK_EQ(0, vfs_unlink(&fx.root, "bin/sh"));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_STR("<2>", fs_text(&fx.root, "bin/sh"));
	CHECK_STR("changed", fs_text(&fx.root, "usr/dash"));
	CHECK_EQ(0, fs_stat(&fx.root, "bin/ash", &ash));
	CHECK_EQ(2, ash.nlink);
	CHECK_EQ(0, vfs_unlink(&fx.root, "bin/ash"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "usr/dash"));
	CHECK_STR(". .. ", list(&fx.root, "bin"));
}

TEST(overlay_attributes_without_copying_bytes)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct kstat st;
	char buf[16];

	setup(&fx, 0);
	CHECK_EQ(0, path_lookup(&fx.root, "bin/sh", 0, &p));
	CHECK_EQ(0, vfs_chmod(&p, 0700, fx.root_cred));
	CHECK_EQ(0, vfs_chown(&p, 1000, 1000, fx.root_cred));
	CHECK_EQ(0, vfs_setxattr(&p, "user.more", "x", 1, 0, fx.root_cred));
	path_put(&p);
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_EQ(0, fs_stat(&fx.root, "bin/ash", &st));
	CHECK_EQ(S_IFREG | 0700, st.mode);
	CHECK_EQ(1000, st.uid);
	CHECK_STR("#!", fs_text(&fx.user, "bin/sh"));
	CHECK_EQ(0, path_lookup(&fx.root, "bin/ash", 0, &p));
	CHECK_EQ(5, vfs_getxattr(&p, "user.kind", buf, sizeof(buf), fx.root_cred));
	CHECK_EQ(1, vfs_getxattr(&p, "user.more", buf, sizeof(buf), fx.root_cred));
}

TEST(overlay_truncation)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;

	setup(&fx, 0);
	CHECK_EQ(0, path_lookup(&fx.root, "etc/hosts", 0, &p));
	CHECK_EQ(0, vfs_truncate(&p, 5, UINT64_MAX, fx.root_cred));
	CHECK_STR("local", fs_text(&fx.root, "etc/hosts"));
	CHECK_EQ(0, fs_put(&fx.root, "etc/hosts", "x"));
	CHECK_STR("x", fs_text(&fx.root, "etc/hosts"));
}

TEST(overlay_removal_and_making_again)
{
	cleanup_fs struct fs_fixture fx;
	struct kstat st;

	setup(&fx, 0);
	CHECK_EQ(-ENOTEMPTY, vfs_rmdir(&fx.root, "etc"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/passwd"));
	CHECK_STR("<2>", fs_text(&fx.root, "etc/passwd"));
	CHECK_STR("<2>", fs_text(&fx.root, "etc/link"));
	CHECK_STR(". .. hosts link ", list(&fx.root, "etc"));
	CHECK_EQ(0, fs_put(&fx.root, "etc/passwd", "new"));
	CHECK_STR(". .. hosts link passwd ", list(&fx.root, "etc"));
	CHECK_STR("new", fs_text(&fx.root, "etc/link"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/passwd"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/hosts"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/link"));
	CHECK_EQ(0, vfs_rmdir(&fx.root, "etc"));
	CHECK_EQ(-ENOENT, fs_stat(&fx.root, "etc", &st));
	/* What is made under an old name has nothing of the old. */
	CHECK_EQ(0, vfs_mkdir(&fx.root, "etc", 0755));
	CHECK_STR(". .. ", list(&fx.root, "etc"));
	CHECK_STR("<2>", fs_text(&fx.root, "etc/passwd"));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_STR("<2>", fs_text(&fx.root, "etc/passwd"));
	CHECK_EQ(0, fs_stat(&fx.root, "/", &st));
	CHECK_EQ(5, st.nlink);
}

TEST(overlay_whiteouts_cannot_be_forged)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct kstat st;

	setup(&fx, 0);
	CHECK_EQ(-EEXIST, vfs_mknod(&fx.root, "etc/passwd", S_IFCHR, 0));
	CHECK_EQ(0, vfs_mknod(&fx.root, "etc/fake", S_IFCHR, 0));
	CHECK_EQ(0, vfs_rename(&fx.root, "etc/fake", &fx.root, "etc/passwd", 0));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_EQ(0, fs_stat(&fx.root, "etc/passwd", &st));
	CHECK(S_ISCHR(st.mode));
	CHECK_EQ(0, path_lookup(&fx.root, "usr", 0, &p));
	CHECK_EQ(0, vfs_setxattr(&p, "trusted.overlay.opaque", "y", 1, 0, fx.root_cred));
	path_put(&p);
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_STR("read me", fs_text(&fx.root, "usr/share/doc/readme"));
}

TEST(overlay_directories_move)
{
	cleanup_fs struct fs_fixture fx;
	struct kstat before, after;

	setup(&fx, 0);
	CHECK_EQ(0, fs_stat(&fx.root, "usr/share", &before));
	CHECK_EQ(0, fs_put(&fx.root, "usr/share/doc/new", "new"));
	CHECK_EQ(0, vfs_rename(&fx.root, "usr/share", &fx.root, "etc/moved", 0));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_EQ(0, fs_stat(&fx.root, "etc/moved", &after));
	CHECK_EQ(before.ino, after.ino);
	CHECK_STR("read me", fs_text(&fx.root, "etc/moved/doc/readme"));
	CHECK_STR("new", fs_text(&fx.root, "etc/moved/doc/new"));
	CHECK_STR("<2>", fs_text(&fx.root, "usr/share/doc/readme"));
	CHECK_STR(". .. ", list(&fx.root, "usr"));
	CHECK_EQ(0, fs_put(&fx.root, "etc/moved/doc/readme", "changed"));
	CHECK_EQ(0, vfs_rename(&fx.root, "etc/moved", &fx.root, "usr/share", RENAME_NOREPLACE));
	CHECK_STR("changed", fs_text(&fx.root, "usr/share/doc/readme"));
	CHECK_EQ(0, vfs_rename(&fx.root, "usr", &fx.root, "etc", RENAME_EXCHANGE));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_STR("changed", fs_text(&fx.root, "etc/share/doc/readme"));
	CHECK_STR("root", fs_text(&fx.root, "usr/link"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "bin/sh"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "bin/ash"));
	CHECK_EQ(0, vfs_rename(&fx.root, "etc/share", &fx.root, "bin", 0));
	CHECK_STR(". .. doc ", list(&fx.root, "bin"));
}

TEST(overlay_reading_while_removing)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct fs_listing l = {.ctx.emit = fs_list_emit, .max = 3};

	setup(&fx, 0);
	CHECK_EQ(0, vfs_open(&fx.root, "etc", O_RDONLY | O_DIRECTORY, 0, &f));
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR(". .. passwd ", l.text);
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/passwd"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/hosts"));
	l = (struct fs_listing){.ctx.emit = fs_list_emit};
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR("link ", l.text);
	CHECK_EQ(0, vfs_llseek(f, 0, SEEK_SET));
	l = (struct fs_listing){.ctx.emit = fs_list_emit, .max = 2};
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_EQ(0, fs_put(&fx.root, "etc/later", ""));
	CHECK_EQ(0, vfs_unlink(&fx.root, "etc/link"));
	l = (struct fs_listing){.ctx.emit = fs_list_emit};
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR("", l.text);
	CHECK_EQ(0, vfs_llseek(f, 0, SEEK_SET));
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR(". .. later ", l.text);
}

TEST(overlay_mapping_and_tmpfile)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct file_map map = {.prot = PROT_READ | PROT_WRITE, .shared = true, .len = 4096};
	char *p;

	setup(&fx, 0);
	CHECK_EQ(0, vfs_open(&fx.root, "etc/passwd", O_RDWR, 0, &f));
	CHECK_EQ(0, vfs_mmap(f, &map));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd.n, 0);
	REQUIRE(p != MAP_FAILED);
	CHECK_MEM("root", p, 4);
	memcpy(p, "toor", 4);
	CHECK_STR("toor", fs_text(&fx.root, "etc/passwd"));
	munmap(p, 4096);
	file_put(steal(&f));
	CHECK_EQ(0, vfs_open(&fx.root, "usr", O_TMPFILE | O_RDWR, 0600, &f));
	CHECK_EQ(3, fs_pwrite(f, "tmp", 3, 0));
	CHECK_EQ(0, vfs_link(&f->path, &fx.root, "usr/named"));
	CHECK_STR("tmp", fs_text(&fx.root, "usr/named"));
}

TEST(overlay_limits)
{
	cleanup_fs struct fs_fixture fx;
	static char big[100000];
	cleanup_file struct file *f = NULL;
	char name[32];
	int err = 0, nr = 0;

	setup(&fx, 64 * 1024); /* 16 names */
	CHECK_EQ(0, vfs_open(&fx.root, "usr/big", O_CREAT | O_RDWR, 0600, &f));
	CHECK_EQ(-ENOSPC, fs_pwrite(f, big, sizeof(big), 0));
	while (!err && nr < 100) {
		snprintf(name, sizeof(name), "usr/d%d", nr);
		err = vfs_mkdir(&fx.root, name, 0755);
		nr += !err;
	}
	CHECK_EQ(-ENOSPC, err);
	CHECK(nr > 8 && nr < 16);
}

TEST(overlay_every_allocation_may_fail)
{
	for (long n = 1; n < 600; n++) {
		cleanup_fs struct fs_fixture fx;
		bool fired;

		setup(&fx, 0);
		fault_alloc_at = n;
		(void)!fs_put(&fx.root, "etc/passwd", "text");
		(void)!fs_put(&fx.root, "etc/new", "text");
		(void)!vfs_unlink(&fx.root, "etc/hosts");
		(void)!vfs_rename(&fx.root, "usr/share", &fx.root, "bin/share", 0);
		(void)!vfs_symlink(&fx.root, "a", "etc/sym");
		(void)!vfs_rmdir(&fx.root, "usr");
		(void)!vfs_unlink(&fx.root, "bin/sh");
		fired = fault_alloc_at == 0;
		fault_alloc_at = 0;
		if (!fired)
			return;
	}
	CHECK(false);
}
