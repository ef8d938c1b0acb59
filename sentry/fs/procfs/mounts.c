/* /proc/PID/mounts, mountinfo, mountstats: the mount tree, as seen from the root of the process. */
#include <limits.h>
#include <sys/epoll.h>
#include <sys/sysmacros.h>

#include "fs/dentry.h"
#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/procfs/internal.h"

#define ESCAPED " \t\n#"

enum table { MOUNTS, MOUNTINFO, MOUNTSTATS };

struct listing {
	struct seq *s;
	struct path root;
	enum table table;
	char *buf; /* PATH_MAX */
};

static void show_options(struct listing *l, struct super *super)
{
	char opts[512];

	if (super->ops->show_options && super->ops->show_options(super, opts, sizeof(opts)))
		seq_puts(l->s, opts);
}

/* Where @mnt stands; false: not below the root of who looks. */
static bool place_of(struct listing *l, struct mount *mnt, char **ret)
{
	struct path p = {mnt, mnt->root};
	bool reached;

	return !d_path(&p, &l->root, l->buf, PATH_MAX, ret, &reached) && reached;
}

static void show_mount(struct listing *l, struct mount *mnt, const char *place)
{
	char flags[128];

	mount_show_flags(mount_flags(mnt), flags, sizeof(flags));
	seq_escape(l->s, mnt->source, ESCAPED);
	seq_putc(l->s, ' ');
	seq_escape(l->s, place, ESCAPED);
	seq_printf(l->s, " %s %s", mnt->super->type, flags);
	show_options(l, mnt->super);
	seq_puts(l->s, " 0 0\n");
}

/* The path of the mount's root inside its own file system. */
static void show_root(struct listing *l, struct mount *mnt, char *buf)
{
	/* A mount of the whole, nowhere, for the length of this call. */
	struct mount whole = {.super = mnt->super, .root = mnt->super->root};
	struct path inner = {&whole, mnt->root}, top = {&whole, whole.root};
	char *name;

	ref_init(&whole.ref);
	if (mnt->root == whole.root || d_path(&inner, &top, buf, PATH_MAX, &name, NULL))
		seq_puts(l->s, "/");
	else
		seq_escape(l->s, name, ESCAPED);
}

static void show_mountinfo(struct listing *l, struct mount *mnt, const char *place)
{
	cleanup_free char *buf = kzalloc(PATH_MAX);
	char flags[128];
	u64 dev = mnt->super->dev;

	if (!buf) {
		l->s->oom = true;
		return;
	}
	mount_show_flags(mount_flags(mnt), flags, sizeof(flags));
	seq_printf(l->s, "%u %u %u:%u ", mnt->id, mnt->parent ? mnt->parent->id : mnt->id,
		   major(dev), minor(dev));
	show_root(l, mnt, buf);
	seq_putc(l->s, ' ');
	seq_escape(l->s, place, ESCAPED);
	seq_printf(l->s, " %s - %s ", flags, mnt->super->type);
	seq_escape(l->s, mnt->source, ESCAPED);
	seq_puts(l->s, super_is_rdonly(mnt->super) ? " ro" : " rw");
	show_options(l, mnt->super);
	seq_putc(l->s, '\n');
}

static int show_one(struct mount *mnt, void *arg)
{
	struct listing *l = arg;
	char *place;

	if (!place_of(l, mnt, &place))
		return 0;
	switch (l->table) {
	case MOUNTS:
		show_mount(l, mnt, place);
		break;
	case MOUNTINFO:
		show_mountinfo(l, mnt, place);
		break;
	case MOUNTSTATS:
		seq_puts(l->s, "device ");
		seq_escape(l->s, mnt->source, ESCAPED);
		seq_puts(l->s, " mounted on ");
		seq_escape(l->s, place, ESCAPED);
		seq_printf(l->s, " with fstype %s\n", mnt->super->type);
		break;
	}
	return 0;
}

static int show_table(struct pseudo_file *pf, struct seq *s, enum table table)
{
	cleanup_task struct task *t = proc_task(pf);
	struct listing l = {.s = s, .table = table};
	struct mnt_ns *ns = NULL;

	if (!t)
		return -ESRCH;
	l.root = proc_root_of(t);
	if (!path_valid(&l.root))
		return 0;
	ns = l.root.mnt->ns ? mnt_ns_get(l.root.mnt->ns) : NULL;
	l.buf = kzalloc(PATH_MAX);
	if (ns && l.buf)
		mnt_ns_for_each(ns, show_one, &l);
	if (ns)
		mnt_ns_put(ns);
	s->oom |= !l.buf;
	kfree(l.buf);
	path_put(&l.root);
	return 0;
}

int proc_mounts(struct pseudo_file *pf, struct seq *s)
{
	return show_table(pf, s, MOUNTS);
}

int proc_mountinfo(struct pseudo_file *pf, struct seq *s)
{
	return show_table(pf, s, MOUNTINFO);
}

int proc_mountstats(struct pseudo_file *pf, struct seq *s)
{
	return show_table(pf, s, MOUNTSTATS);
}

/* As on Linux, a change of the tree since the file was read is EPOLLPRI and EPOLLERR. */
poll_t proc_mounts_poll(struct pseudo_file *pf)
{
	(void)pf;
	return EPOLLIN | EPOLLRDNORM;
}
