/*
 * devpts: the names of pseudo terminals, and the devices of terminals.
 *
 * There is one instance; every mount shows it.  Number 0 is the terminal bailey
 * was started from, if there is one.
 */
#include "fs/tty/devpts.h"

#include <dirent.h>
#include <sys/sysmacros.h>

#include "fs/dentry.h"
#include "fs/hosttty.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/open.h"
#include "fs/pseudofs.h"
#include "fs/tty/internal.h"
#include "fs/tty/pty.h"
#include "kernel/session.h"
#include "kernel/task.h"

#define DEVPTS_MAGIC 0x1cd1
#define PTS_MAJOR    136
#define TTY_MAJOR    5
#define TTY_GID      5 /* Debian's group tty: what grantpt(3) wants */

static struct super *the_super; /* set at start-up */
static struct inode *console_inode;

static const struct pseudo_entry slave_entry = {.name = "pts", .mode = S_IFCHR | 0620};

static int new_inode(u64 rdev, s64 num, u32 uid, struct inode **ret)
{
	int err = pseudo_inode_create(the_super, &slave_entry, NULL, false, num, ret);

	if (err)
		return err;
	(*ret)->rdev = rdev;
	(*ret)->uid = uid;
	(*ret)->gid = TTY_GID;
	return 0;
}

int devpts_new_inode(unsigned index, const struct cred *cred, struct inode **ret)
{
	u64 rdev = makedev(PTS_MAJOR + index / 256, index % 256);

	return new_inode(rdev, index, cred ? cred->fsuid : 0, ret);
}

static int pts_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	struct pty *pty;
	u64 num;

	(void)dir;
	if (!pseudo_parse_num(name, &num) || num >= PTY_MAX)
		return 0;
	if (num == 0 && console_inode) {
		*ret = inode_get(console_inode);
		return 0;
	}
	pty = pty_find((unsigned)num);
	if (!pty)
		return 0;
	mutex_lock(&pty->mu);
	*ret = pty->inode ? inode_get(pty->inode) : NULL;
	mutex_unlock(&pty->mu);
	tty_put(&pty->tty);
	return 0;
}

static bool emit_number(struct dir_context *ctx, unsigned num, u64 ino)
{
	char name[16];
	int len = snprintf(name, sizeof(name), "%u", num);

	return dir_emit(ctx, name, (size_t)len, ino, DT_CHR, PSEUDO_DYN_POS + num + 1);
}

static int pts_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	unsigned num = (unsigned)(ctx->pos - PSEUDO_DYN_POS);

	if (num == 0 && console_inode && !emit_number(ctx, 0, console_inode->ino))
		return 0;
	while ((num = pty_next(num)) < PTY_MAX) {
		if (!emit_number(ctx, num, dir->inode.ino + num + 1))
			break;
		num++;
	}
	return 0;
}

static int pts_revalidate(struct pseudo_inode *dir, const struct qname *name,
			  struct pseudo_inode *child)
{
	struct inode *now = NULL;
	bool same;

	if (pts_lookup(dir, name, &now))
		return 0;
	same = now == &child->inode;
	if (now)
		inode_put(now);
	return same;
}

static const struct pseudo_dyn pts_dyn = {
	.lookup = pts_lookup,
	.readdir = pts_readdir,
	.revalidate = pts_revalidate,
};

static const struct pseudo_entry ptmx_entry[] = {
	{.name = "ptmx", .mode = S_IFCHR | 0666, .rdev = 0x502 /* makedev(5, 2) */},
	{0},
};

static const struct pseudo_entry pts_root = {
	.name = "pts",
	.mode = S_IFDIR | 0755,
	.entries = ptmx_entry,
	.dyn = &pts_dyn,
};

/* Where the task's mount tree shows devpts. */
struct find_mount {
	struct mount *found; /* counted */
};

static int is_devpts(struct mount *mnt, void *arg)
{
	struct find_mount *fm = arg;

	if (mnt->super != the_super)
		return 0;
	fm->found = mount_get(mnt);
	return 1;
}

int devpts_path(struct task *t, unsigned index, struct path *ret)
{
	cleanup_path struct path root = PATH_NONE;
	struct find_mount fm = {0};
	struct namei_base base;
	struct path top;
	char name[16];
	int err;

	err = namei_base_task(t, AT_FDCWD, "/", &base);
	if (err)
		return err;
	root = path_get(&base.root);
	namei_base_fini(&base);
	if (!root.mnt->ns || !mnt_ns_for_each(root.mnt->ns, is_devpts, &fm))
		return -ENOENT;
	snprintf(name, sizeof(name), "%u", index);
	top = (struct path){fm.found, fm.found->root};
	namei_base_init(&base, t->cred, &top, &top);
	base.task = t;
	err = path_lookup(&base, name, 0, ret);
	namei_base_fini(&base);
	mount_put(fm.found);
	return err;
}

static int open_pts(struct inode *inode, const struct open_args *args, struct file **ret)
{
	cleanup_tty struct tty *console = hosttty_get();

	if (console && inode->rdev == console->rdev)
		return tty_open(console, inode, args, ret);
	return pty_open_slave(inode, args, ret);
}

/* /dev/tty, /dev/console and /dev/ptmx. */
static int open_major5(struct inode *inode, const struct open_args *args, struct file **ret)
{
	cleanup_tty struct tty *tty = NULL;
	struct open_args quiet = *args;

	quiet.flags |= O_NOCTTY;
	switch (minor(inode->rdev)) {
	case 0:
		tty = args->task ? tty_of(args->task) : NULL;
		break;
	case 1:
		tty = hosttty_get();
		break;
	case 2:
		return pty_open_master(inode, args, ret);
	}
	return tty ? tty_open(tty, inode, &quiet, ret) : -ENXIO;
}

static int devpts_mount(const char *source, const char *data, u32 super_flags,
			const struct cred *cred, struct super **ret)
{
	(void)source, (void)data, (void)super_flags, (void)cred;
	return devpts_create(ret);
}

int devpts_create(struct super **ret)
{
	*ret = super_get(the_super);
	return 0;
}

int devpts_set_console(u64 rdev)
{
	pty_reserve_console();
	return new_inode(rdev, 0, 0, &console_inode);
}

int devpts_open_console(struct tty *tty, const struct path *pts, const struct open_args *args,
			struct file **ret)
{
	struct qname zero = qname_make("0", 1);
	cleanup_dentry struct dentry *d = NULL;
	cleanup_file struct file *f = NULL;
	struct path p;
	int err = tty_open(tty, console_inode, args, &f);

	if (!err && path_valid(pts) && pts->mnt->super == the_super) {
		err = dentry_lookup(pts->dentry, &zero, &d);
		p = (struct path){pts->mnt, d};
		if (!err && !dentry_is_negative(d))
			file_set_path(f, &p);
	}
	if (!err)
		*ret = steal(&f);
	return err;
}

int devpts_init(void)
{
	static struct fs_type type = {.name = "devpts", .nodev = true, .mount = devpts_mount};
	static struct chrdev pts = {
		.major = PTS_MAJOR,
		.minor = 0,
		.nr_minors = 256,
		.open = open_pts,
	};
	static struct chrdev five = {
		.major = TTY_MAJOR,
		.minor = 0,
		.nr_minors = 3,
		.open = open_major5,
	};
	int err = pseudo_super_create(&pts_root, "devpts", DEVPTS_MAGIC, SUPER_NOEXEC, &the_super);

	if (err)
		return err;
	/* It stays when the last mount of it goes: the next shows the same. */
	the_super->nr_mounts = 1;
	session_hooks.leader_exit = tty_leader_exit;
	chrdev_register(&pts);
	chrdev_register(&five);
	fs_type_register(&type);
	return 0;
}
