/*
 * A tmpfs to walk in, for the tests of fs/: as root and as an ordinary user.
 */
#pragma once
#include <fcntl.h>

#include "fs/attr.h"
#include "fs/dentry.h"
#include "fs/dirops.h"
#include "fs/file.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/open.h"
#include "fs/super.h"
#include "fs/tmpfs/tmpfs.h"
#include "kernel/cred.h"
#include "lib/base.h"
#include "tests/unit/harness.h"

struct fs_fixture {
	struct mnt_ns *ns;
	struct cred *root_cred, *user_cred;
	struct namei_base root; /* uid 0, every capability */
	struct namei_base user; /* uid 1000, none */
};

/* fs_setup_super - let @super be the top; consumes it */
static inline void fs_setup_super(struct fs_fixture *fx, struct super *super)
{
	struct path top;
	struct mount *mnt;

	CHECK_EQ(0, mount_create(super, NULL, "test", MNT_RELATIME, &mnt));
	super_put(super);
	CHECK_EQ(0, mnt_ns_create(mnt, &fx->ns));
	CHECK_EQ(0, cred_create(0, 0, NULL, 0, CAP_FULL_SET, &fx->root_cred));
	CHECK_EQ(0, cred_create(1000, 1000, NULL, 0, 0, &fx->user_cred));
	top = (struct path){mnt, mnt->root};
	namei_base_init(&fx->root, fx->root_cred, &top, &top);
	namei_base_init(&fx->user, fx->user_cred, &top, &top);
	mount_put(mnt);
}

/* fs_setup - a tmpfs of @size bytes (0: the default), mode 1777 */
static inline void fs_setup(struct fs_fixture *fx, u64 size)
{
	struct tmpfs_options opts = {.max_bytes = size, .mode = 01777};
	struct super *super;

	CHECK_EQ(0, tmpfs_create(&opts, &super));
	fs_setup_super(fx, super);
}

static inline void fs_teardown(struct fs_fixture *fx)
{
	namei_base_fini(&fx->root);
	namei_base_fini(&fx->user);
	mnt_ns_put(fx->ns);
	cred_put(fx->root_cred);
	cred_put(fx->user_cred);
	CHECK_EQ(0, file_live());
}

#define cleanup_fs __attribute__((cleanup(fs_teardown)))

static inline ssize_t fs_pwrite(struct file *f, const void *buf, size_t len, off_t pos)
{
	struct iov_iter it;

	iov_iter_kernel(&it, (void *)(uintptr_t)buf, len);
	return vfs_pwrite(f, &it, &pos);
}

static inline ssize_t fs_pread(struct file *f, void *buf, size_t len, off_t pos)
{
	struct iov_iter it;

	iov_iter_kernel(&it, buf, len);
	return vfs_pread(f, &it, &pos);
}

/* fs_put - a new file with @text in it; 0 or -errno */
static inline int fs_put(const struct namei_base *b, const char *name, const char *text)
{
	cleanup_file struct file *f = NULL;
	int err = vfs_open(b, name, O_CREAT | O_WRONLY | O_TRUNC, 0644, &f);

	if (err)
		return err;
	return fs_pwrite(f, text, strlen(text), 0) == (ssize_t)strlen(text) ? 0 : -EIO;
}

/* fs_text - what stands in the file, for CHECK_STR; "<errno>" if it cannot be opened */
static inline const char *fs_text(const struct namei_base *b, const char *name)
{
	static char buf[4096];
	cleanup_file struct file *f = NULL;
	int err = vfs_open(b, name, O_RDONLY, 0, &f);
	ssize_t n;

	if (err) {
		snprintf(buf, sizeof(buf), "<%d>", -err);
		return buf;
	}
	n = fs_pread(f, buf, sizeof(buf) - 1, 0);
	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

/* fs_stat - follows no link; 0 or -errno */
static inline int fs_stat(const struct namei_base *b, const char *name, struct kstat *ret)
{
	cleanup_path struct path p = PATH_NONE;
	int err = path_lookup(b, name, 0, &p);

	return err ? err : vfs_getattr(&p, ret);
}

/* What fs_list() collects: names in order, each followed by a space. */
struct fs_listing {
	struct dir_context ctx;
	char text[8192];
	size_t len;
	unsigned nr, max; /* stops after max entries, 0: never */
};

static inline bool fs_list_emit(struct dir_context *ctx, const char *name, size_t len, u64 ino,
				unsigned type, off_t next)
{
	struct fs_listing *l = container_of(ctx, struct fs_listing, ctx);

	(void)ino;
	(void)type;
	(void)next;
	if (l->max && l->nr == l->max)
		return false;
	l->nr++;
	l->len += (size_t)snprintf(l->text + l->len, sizeof(l->text) - l->len, "%.*s ", (int)len,
				   name);
	return true;
}
