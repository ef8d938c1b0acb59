/*
 * The mount tree of a sandbox (boot.h): one super a line of the specification,
 * each attached where it belongs, parents first.
 */
#include <stdarg.h>
#include <sys/mount.h>

#include "boot/boot.h"
#include "fs/dentry.h"
#include "fs/dirops.h"
#include "fs/goferfs/goferfs.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/overlay/overlay.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/log.h"

#define TMPFS_OPTIONS_MAX 64

int boot_fail(struct boot_error *e, int status, const char *fmt, ...)
{
	va_list ap;

	e->status = status;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* What boot_mounts() carries from mount to mount. */
struct builder {
	const struct sandbox_spec *spec;
	struct gofer_client *gofer;
	const struct cred *cred;
	u32 next_source;      /* index of the gofer's next mount */
	const char *root_src; /* where the root file system comes from; for messages */
	struct mnt_ns *ns;
};

static int make_type(const struct builder *b, const char *type, const struct spec_mount *m,
		     struct super **ret)
{
	const struct fs_type *t = fs_type_find(type);
	char data[TMPFS_OPTIONS_MAX] = "";

	if (!t)
		return -ENODEV;
	if (m->type == SPEC_MOUNT_TMPFS)
		snprintf(data, sizeof(data), "mode=%o,size=%llu", m->mode ? m->mode : 0755,
			 (unsigned long long)m->size);
	return t->mount(NULL, data[0] ? data : NULL, 0, b->cred, ret);
}

static int make_bind(struct builder *b, const struct spec_mount *m, u32 flags, struct super **ret)
{
	flags |= m->read_only ? SUPER_RDONLY : 0;
	return goferfs_create(b->gofer, b->next_source++, flags, ret);
}

/* A host directory that stays as it is, under changes in memory. */
static int make_overlay(struct builder *b, const struct spec_mount *m, struct super **ret)
{
	struct overlay_options opts = {.max_bytes = m->size};
	struct super *lower;
	int err = goferfs_create(b->gofer, b->next_source++, SUPER_LAYER | SUPER_RDONLY, &lower);

	if (err)
		return err;
	if (m == &b->spec->mounts[0])
		boot_expect(b->spec, lower);
	return overlay_create(lower, &opts, ret);
}

static int make_super(struct builder *b, const struct spec_mount *m, struct super **ret)
{
	static const char *const type_name[] = {
		[SPEC_MOUNT_TMPFS] = "tmpfs",   [SPEC_MOUNT_PROC] = "proc",
		[SPEC_MOUNT_SYS] = "sysfs",     [SPEC_MOUNT_DEV] = "devtmpfs",
		[SPEC_MOUNT_DEVPTS] = "devpts", [SPEC_MOUNT_MQUEUE] = "mqueue",
	};

	switch (m->type) {
	case SPEC_MOUNT_BIND:
		return make_bind(b, m, 0, ret);
	case SPEC_MOUNT_OVERLAY:
		return make_overlay(b, m, ret);
	case SPEC_MOUNT_TMPFS:
	case SPEC_MOUNT_PROC:
	case SPEC_MOUNT_SYS:
	case SPEC_MOUNT_DEV:
	case SPEC_MOUNT_DEVPTS:
	case SPEC_MOUNT_MQUEUE:
		return make_type(b, type_name[m->type], m, ret);
	}
	return -EINVAL;
}

static u32 flags_of(const struct spec_mount *m)
{
	return MNT_LOCKED | MNT_RELATIME | (m->read_only ? MNT_RDONLY : 0) |
	       (m->nosuid ? MNT_NOSUID : 0) | (m->nodev ? MNT_NODEV : 0) |
	       (m->noexec ? MNT_NOEXEC : 0);
}

static void root_base(struct builder *b, struct namei_base *base)
{
	struct path root = {b->ns->root, b->ns->root->root};

	namei_base_init(base, b->cred, &root, &root);
}

/* mkdir -p of all but what is there already. */
static int make_dirs(const struct namei_base *base, const char *dst)
{
	char part[NAMEI_PATH_MAX];
	size_t len = 0;
	int err = 0;

	while (!err && dst[len]) {
		len++;
		len += strcspn(dst + len, "/");
		if (len >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, dst, len);
		part[len] = '\0';
		err = vfs_mkdir(base, part, 0755);
		if (err == -EEXIST || err == -EISDIR)
			err = 0;
	}
	return err;
}

/* The place a mount goes: found, or made. */
static int find_place(struct builder *b, struct mount *mnt, const char *dst, struct path *ret)
{
	cleanup_namei_base struct namei_base base = {0};
	int err;

	root_base(b, &base);
	err = path_lookup(&base, dst, LOOKUP_FOLLOW, ret);
	if (err != -ENOENT)
		return err;
	if (inode_is_dir(mnt->root->inode)) {
		err = make_dirs(&base, dst);
	} else {
		char parent[NAMEI_PATH_MAX];

		snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(dst, '/') - dst), dst);
		err = make_dirs(&base, parent);
		if (!err)
			err = vfs_mknod(&base, dst, S_IFREG | 0644, 0);
	}
	return err ? err : path_lookup(&base, dst, LOOKUP_FOLLOW, ret);
}

static int attach(struct builder *b, struct mount *mnt, const char *dst)
{
	cleanup_path struct path at = PATH_NONE;
	int err;

	if (!b->ns)
		return strcmp(dst, "/") ? -EINVAL : mnt_ns_create(mnt, &b->ns);
	err = find_place(b, mnt, dst, &at);
	return err ? err : mount_attach(mnt, &at);
}

static int add_mount(struct builder *b, const struct spec_mount *m, struct boot_error *e)
{
	cleanup_mount struct mount *mnt = NULL;
	struct super *super = NULL;
	int err = make_super(b, m, &super);

	if (err == -ENODEV && m->type == SPEC_MOUNT_MQUEUE) {
		log_debug("'%s' is left out: there are no message queues", m->dst);
		return 0;
	}
	if (err)
		return boot_fail(e, 125, "cannot set up the file system for '%s': %s", m->dst,
				 strerror(-err));
	/* The root closes last: mount points are made in it. */
	err = mount_create(super, NULL, super->type, flags_of(m) & (b->ns ? ~0u : ~MNT_RDONLY),
			   &mnt);
	super_put(super);
	if (!err)
		err = attach(b, mnt, m->dst);
	if (err)
		return boot_fail(e, 125, "cannot mount at '%s' in the root file system '%s': %s",
				 m->dst, b->root_src, strerror(-err));
	return 0;
}

int boot_mounts(const struct sandbox_spec *spec, struct gofer_client *gofer,
		const struct cred *cred, struct mnt_ns **ret, struct boot_error *e)
{
	const char *root_src = spec->mounts[0].src ? spec->mounts[0].src : "in memory";
	struct builder b = {.spec = spec, .gofer = gofer, .cred = cred, .root_src = root_src};

	for (u32 i = 0; i < spec->nr_mounts; i++)
		if (add_mount(&b, &spec->mounts[i], e)) {
			if (b.ns)
				mnt_ns_put(b.ns);
			return -1;
		}
	__atomic_or_fetch(&b.ns->root->flags, flags_of(&spec->mounts[0]), __ATOMIC_RELEASE);
	*ret = b.ns;
	return 0;
}
