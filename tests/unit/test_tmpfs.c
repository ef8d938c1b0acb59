/* fs/tmpfs and the wrappers of fs/read_write.c, attr.c, xattr.c */
#include <linux/falloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/stat.h"
#include "tests/unit/fs_fixture.h"

static struct file *open_rw(const struct namei_base *b, const char *name)
{
	struct file *f = NULL;

	CHECK_EQ(0, vfs_open(b, name, O_CREAT | O_RDWR, 0644, &f));
	return f;
}

/* The same writes on a model; sizes cross the border between heap and memory file. */
TEST(tmpfs_random_writes_match_a_model)
{
	cleanup_fs struct fs_fixture fx;
	static u8 model[300000], buf[300000], piece[40000];
	cleanup_file struct file *f = NULL;
	u64 seed = 42, size = 0;
	struct kstat st;

	fs_setup(&fx, 0);
	f = open_rw(&fx.root, "f");
	for (int i = 0; i < 2000; i++) {
		u64 pos, len;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		pos = (seed >> 33) % (i < 1000 ? 70000 : 260000);
		len = (seed >> 20) % (i % 7 ? 3000 : sizeof(piece));
		switch ((seed >> 60) & 7) {
		case 0:
			CHECK_EQ(0, vfs_ftruncate(f, pos, UINT64_MAX, fx.root_cred));
			if (pos < size)
				memset(model + pos, 0, size - pos);
			size = pos;
			break;
		case 1:
			len = max(len, 1ul);
			CHECK_EQ(0, vfs_fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
						  (off_t)pos, (off_t)len, UINT64_MAX, NULL));
			memset(model + pos, 0, min(len, sizeof(model) - pos));
			break;
		case 2:
			len = max(len, 1ul);
			CHECK_EQ(0, vfs_fallocate(f, 0, (off_t)pos, (off_t)len, UINT64_MAX, NULL));
			size = max(size, pos + len);
			break;
		default:
			memset(piece, (int)(i + 1), len);
			CHECK_EQ(len, fs_pwrite(f, piece, len, (off_t)pos));
			memcpy(model + pos, piece, len);
			if (len)
				size = max(size, pos + len);
			break;
		}
		memset(buf, 0xee, sizeof(buf));
		CHECK_EQ(size, fs_pread(f, buf, sizeof(buf), 0));
		CHECK_MEM(model, buf, size);
		if (memcmp(model, buf, size)) {
			printf("# step %d\n", i);
			break;
		}
	}
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(size, st.size);
	CHECK(st.blocks * 512 <= ALIGN_UP(size, PAGE_SIZE));
}

TEST(tmpfs_sparse_files_cost_what_they_hold)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct kstatfs sfs;
	struct kstat st;
	u64 free_before;

	fs_setup(&fx, 1 << 20);
	CHECK_EQ(0, vfs_statfs(&fx.root.root, &sfs));
	free_before = sfs.bfree;
	f = open_rw(&fx.root, "f");
	CHECK_EQ(0, vfs_ftruncate(f, 1ull << 40, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(0, st.blocks);
	CHECK_EQ(1, fs_pwrite(f, "x", 1, 1ll << 39));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(8, st.blocks);
	CHECK_EQ(1ll << 39, vfs_llseek(f, 0, SEEK_DATA));
	CHECK_EQ((1ll << 39) + 4096, vfs_llseek(f, 1ll << 39, SEEK_HOLE));
	CHECK_EQ(0, vfs_ftruncate(f, 0, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_statfs(&fx.root.root, &sfs));
	CHECK_EQ(free_before, sfs.bfree);
	CHECK_EQ(-ENXIO, vfs_llseek(f, 0, SEEK_DATA));
}

TEST(tmpfs_quota_is_hard)
{
	cleanup_fs struct fs_fixture fx;
	static char buf[200000];
	cleanup_file struct file *f = NULL;
	struct kstatfs sfs;
	ssize_t n;
	off_t pos = 0;

	fs_setup(&fx, 512 * 1024);
	f = open_rw(&fx.root, "f");
	while ((n = fs_pwrite(f, buf, sizeof(buf), pos)) > 0)
		pos += n;
	CHECK_EQ(-ENOSPC, n);
	CHECK(pos >= 400000 && pos <= 512 * 1024);
	CHECK_EQ(-ENOSPC, vfs_fallocate(f, 0, 0, 1 << 20, UINT64_MAX, NULL));
	CHECK_EQ(-ENOSPC, fs_pwrite(f, buf, sizeof(buf), 1 << 30));
	file_put(steal(&f));
	CHECK_EQ(0, vfs_unlink(&fx.root, "f"));
	dcache_shrink(fx.root.root.mnt->super);
	CHECK_EQ(0, vfs_statfs(&fx.root.root, &sfs));
	CHECK_EQ(sfs.blocks, sfs.bfree);
	f = open_rw(&fx.root, "g");
	CHECK_EQ(sizeof(buf), fs_pwrite(f, buf, sizeof(buf), 0));
}

TEST(tmpfs_names_are_limited)
{
	cleanup_fs struct fs_fixture fx;
	char name[16];
	int err = 0, nr = 0;

	fs_setup(&fx, 64 * 1024); /* 16 inodes, the root is one */
	while (!err) {
		snprintf(name, sizeof(name), "f%d", nr);
		err = fs_put(&fx.root, name, "");
		nr += !err;
	}
	CHECK_EQ(-ENOSPC, err);
	CHECK_EQ(15, nr);
	CHECK_EQ(0, vfs_unlink(&fx.root, "f3"));
	CHECK_EQ(0, fs_put(&fx.root, "again", ""));
}

TEST(tmpfs_mapping_is_coherent)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct file_map map = {.prot = PROT_READ | PROT_WRITE, .shared = true, .len = 8192};
	char buf[8] = "";
	char *p;

	fs_setup(&fx, 0);
	f = open_rw(&fx.root, "f");
	CHECK_EQ(5, fs_pwrite(f, "hello", 5, 0));
	CHECK_EQ(0, vfs_ftruncate(f, 8192, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_mmap(f, &map));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd.n, 0);
	REQUIRE(p != MAP_FAILED);
	CHECK_MEM("hello", p, 5);
	memcpy(p + 5000, "mapped", 6);
	CHECK_EQ(6, fs_pread(f, buf, 6, 5000));
	CHECK_MEM("mapped", buf, 6);
	CHECK_EQ(6, fs_pwrite(f, "writes", 6, 5000));
	CHECK_MEM("writes", p + 5000, 6);
	munmap(p, 8192);
}

TEST(tmpfs_directory_reading_survives_removal)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct fs_listing l = {.ctx.emit = fs_list_emit, .max = 4};
	char name[16];

	fs_setup(&fx, 0);
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		CHECK_EQ(0, fs_put(&fx.root, name, ""));
	}
	CHECK_EQ(0, vfs_open(&fx.root, "/", O_RDONLY | O_DIRECTORY, 0, &f));
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR(". .. f0 f1 ", l.text);
	CHECK_EQ(0, vfs_unlink(&fx.root, "f1"));
	CHECK_EQ(0, vfs_unlink(&fx.root, "f2"));
	CHECK_EQ(0, fs_put(&fx.root, "new", ""));
	l = (struct fs_listing){.ctx.emit = fs_list_emit};
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_STR("f3 f4 f5 new ", l.text);
	CHECK_EQ(0, vfs_llseek(f, 0, SEEK_SET));
	l = (struct fs_listing){.ctx.emit = fs_list_emit};
	CHECK_EQ(0, vfs_readdir(f, &l.ctx));
	CHECK_EQ(7, l.nr);
}

TEST(tmpfs_removed_directory)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct fs_listing l = {.ctx.emit = fs_list_emit};
	struct namei_base in;

	fs_setup(&fx, 0);
	CHECK_EQ(0, vfs_mkdir(&fx.root, "d", 0755));
	CHECK_EQ(0, vfs_open(&fx.root, "d", O_RDONLY | O_DIRECTORY, 0, &f));
	namei_base_init(&in, fx.root_cred, &fx.root.root, &f->path);
	CHECK_EQ(0, vfs_rmdir(&fx.root, "d"));
	CHECK_EQ(-ENOENT, vfs_readdir(f, &l.ctx));
	CHECK_EQ(-ENOENT, vfs_mkdir(&in, "e", 0755));
	CHECK_STR("<2>", fs_text(&in, "x"));
	namei_base_fini(&in);
}

TEST(tmpfs_append_and_limits)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct write_opts opts = {.fsize_limit = 10};
	struct iov_iter it;
	off_t pos = 0;
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.root, "f", "12345678"));
	CHECK_EQ(0, vfs_open(&fx.root, "f", O_WRONLY | O_APPEND, 0, &f));
	iov_iter_kernel(&it, (char[]){"abcdef"}, 6);
	CHECK_EQ(2, vfs_pwrite_opts(f, &it, &pos, &opts));
	CHECK(!opts.hit_limit);
	iov_iter_kernel(&it, (char[]){"abcdef"}, 6);
	CHECK_EQ(-EFBIG, vfs_pwrite_opts(f, &it, &pos, &opts));
	CHECK(opts.hit_limit);
	CHECK_STR("12345678ab", fs_text(&fx.root, "f"));
	CHECK_EQ(-EFBIG, vfs_ftruncate(f, 11, 10, fx.root_cred));
	CHECK_EQ(0, vfs_ftruncate(f, 3, 10, fx.root_cred));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(3, st.size);
	CHECK_EQ(-EBADF, fs_pread(f, &st, 1, 0));
}

TEST(tmpfs_setuid_goes_with_a_write)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	cleanup_file struct file *f = NULL;
	struct write_opts opts = {.fsize_limit = UINT64_MAX};
	struct iov_iter it;
	struct kstat st;

	fs_setup(&fx, 0);
	opts.cred = fx.user_cred;
	f = open_rw(&fx.user, "f");
	CHECK_EQ(0, vfs_chmod(&f->path, 06755, fx.user_cred));
	iov_iter_kernel(&it, (char[]){"x"}, 1);
	CHECK_EQ(1, vfs_write_opts(f, &it, &opts));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(S_IFREG | 0755, st.mode);
	CHECK_EQ(0, vfs_chmod(&f->path, 04755, fx.user_cred));
	CHECK_EQ(-EPERM, vfs_chown(&f->path, 0, UINT32_MAX, fx.user_cred));
	CHECK_EQ(0, vfs_chown(&f->path, 1000, 1000, fx.user_cred));
	CHECK_EQ(0, vfs_fgetattr(f, &st));
	CHECK_EQ(S_IFREG | 0755, st.mode);
	CHECK_EQ(-EPERM, vfs_chown(&f->path, UINT32_MAX, 500, fx.user_cred));
	CHECK_EQ(0, vfs_chown(&f->path, 5, 5, fx.root_cred));
	CHECK_EQ(-EPERM, vfs_chmod(&f->path, 0777, fx.user_cred));
	CHECK_EQ(0, path_lookup(&fx.root, "f", 0, &p));
	CHECK_EQ(-EACCES, vfs_access(&p, MAY_WRITE, fx.user_cred));
	CHECK_EQ(0, vfs_access(&p, MAY_READ, fx.user_cred));
}

TEST(tmpfs_times)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	struct timespec ts[2] = {{.tv_sec = 100, .tv_nsec = 5}, {.tv_nsec = UTIME_OMIT}};
	struct kstat st;

	fs_setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.root, "f", ""));
	CHECK_EQ(0, path_lookup(&fx.root, "f", 0, &p));
	CHECK_EQ(0, vfs_utimes(&p, ts, fx.root_cred));
	CHECK_EQ(0, vfs_getattr(&p, &st));
	CHECK_EQ(100, st.atime.tv_sec);
	CHECK_EQ(5, st.atime.tv_nsec);
	CHECK(st.mtime.tv_sec > 100);
	CHECK_EQ(-EPERM, vfs_utimes(&p, ts, fx.user_cred));
	CHECK_EQ(-EACCES, vfs_utimes(&p, NULL, fx.user_cred));
	/* relatime: a read moves an atime that is not newer than mtime. */
	CHECK_STR("", fs_text(&fx.root, "f"));
	CHECK_EQ(0, vfs_getattr(&p, &st));
	CHECK(st.atime.tv_sec > 100);
}

TEST(tmpfs_xattrs)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_path struct path p = PATH_NONE;
	char buf[64];

	fs_setup(&fx, 0);
	CHECK_EQ(0, fs_put(&fx.user, "f", ""));
	CHECK_EQ(0, path_lookup(&fx.root, "f", 0, &p));
	CHECK_EQ(0, vfs_setxattr(&p, "user.a", "one", 3, 0, fx.user_cred));
	CHECK_EQ(-EEXIST, vfs_setxattr(&p, "user.a", "two", 3, 1, fx.user_cred));
	CHECK_EQ(-ENODATA, vfs_setxattr(&p, "user.b", "two", 3, 2, fx.user_cred));
	CHECK_EQ(-EPERM, vfs_setxattr(&p, "trusted.t", "x", 1, 0, fx.user_cred));
	CHECK_EQ(0, vfs_setxattr(&p, "trusted.t", "x", 1, 0, fx.root_cred));
	CHECK_EQ(-EOPNOTSUPP, vfs_setxattr(&p, "other.t", "x", 1, 0, fx.root_cred));
	CHECK_EQ(-EOPNOTSUPP, vfs_setxattr(&p, "system.posix_acl_access", "x", 1, 0, fx.root_cred));
	CHECK_EQ(3, vfs_getxattr(&p, "user.a", buf, 0, fx.user_cred));
	CHECK_EQ(-ERANGE, vfs_getxattr(&p, "user.a", buf, 2, fx.user_cred));
	CHECK_EQ(3, vfs_getxattr(&p, "user.a", buf, sizeof(buf), fx.user_cred));
	CHECK_MEM("one", buf, 3);
	CHECK_EQ(-ENODATA, vfs_getxattr(&p, "trusted.t", buf, sizeof(buf), fx.user_cred));
	CHECK_EQ(7, vfs_listxattr(&p, buf, sizeof(buf), fx.user_cred));
	CHECK_EQ(17, vfs_listxattr(&p, buf, sizeof(buf), fx.root_cred));
	CHECK_EQ(0, vfs_removexattr(&p, "user.a", fx.user_cred));
	CHECK_EQ(-ENODATA, vfs_removexattr(&p, "user.a", fx.user_cred));
}

TEST(tmpfs_seals)
{
	cleanup_fs struct fs_fixture fx;
	cleanup_file struct file *f = NULL;
	struct file_map map = {.prot = PROT_READ | PROT_WRITE, .shared = true, .len = 4096};
	void *p;

	fs_setup(&fx, 0);
	f = open_rw(&fx.root, "f");
	CHECK_EQ(F_SEAL_SEAL, tmpfs_get_seals(f->inode));
	CHECK_EQ(-EPERM, tmpfs_add_seals(f->inode, F_SEAL_GROW));
	tmpfs_allow_sealing(f->inode);
	CHECK_EQ(4, fs_pwrite(f, "data", 4, 0));
	CHECK_EQ(0, tmpfs_add_seals(f->inode, F_SEAL_GROW));
	CHECK_EQ(-EPERM, fs_pwrite(f, "more", 4, 4));
	CHECK_EQ(2, fs_pwrite(f, "more", 4, 2));
	CHECK_EQ(-EPERM, vfs_ftruncate(f, 10, UINT64_MAX, fx.root_cred));
	CHECK_EQ(0, vfs_mmap(f, &map));
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd.n, 0);
	REQUIRE(p != MAP_FAILED);
	CHECK_EQ(-EBUSY, tmpfs_add_seals(f->inode, F_SEAL_WRITE));
	munmap(p, 4096);
	CHECK_EQ(0, tmpfs_add_seals(f->inode, F_SEAL_WRITE | F_SEAL_SEAL));
	CHECK_EQ(-EPERM, fs_pwrite(f, "x", 1, 0));
	CHECK_EQ(-EPERM, vfs_mmap(f, &map));
	CHECK_STR("damo", fs_text(&fx.root, "f"));
	CHECK_EQ(-EPERM, tmpfs_add_seals(f->inode, F_SEAL_SHRINK));
}

TEST(tmpfs_every_allocation_may_fail)
{
	for (long n = 1; n < 400; n++) {
		cleanup_fs struct fs_fixture fx;
		struct kstat st;
		bool fired;

		fs_setup(&fx, 0);
		fault_alloc_at = n;
		(void)!vfs_mkdir(&fx.root, "d", 0755);
		(void)!fs_put(&fx.root, "d/f", "text");
		(void)!vfs_symlink(&fx.root, "d/f", "l");
		(void)!vfs_rename(&fx.root, "d/f", &fx.root, "g", 0);
		(void)!fs_stat(&fx.root, "l", &st);
		(void)!fs_text(&fx.root, "l");
		(void)!vfs_unlink(&fx.root, "g");
		(void)!vfs_rmdir(&fx.root, "d");
		fired = fault_alloc_at == 0;
		fault_alloc_at = 0;
		if (!fired)
			return;
	}
	CHECK(false);
}
