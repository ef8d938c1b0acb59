/*
 * /proc/PID/exe, cwd, root, ns/: links straight to places.
 *
 * Namespaces: there is one of each kind, so the links have fixed numbers, those
 * of Linux's initial ones.
 */
#include <limits.h>

#include "fs/dentry.h"
#include "fs/fs_struct.h"
#include "fs/procfs/internal.h"
#include "mm/mm.h"

struct path proc_root_of(struct task *t)
{
	struct fs_struct *fs = t ? task_fs_get(t) : NULL;
	struct path root = PATH_NONE;

	if (fs) {
		fs_struct_paths(fs, &root, NULL);
		fs_struct_put(fs);
	}
	return root;
}

/* The task behind a link, if @me may follow it. */
static int target_of(struct pseudo_inode *pi, struct task *me, struct task **ret)
{
	cleanup_task struct task *t = pid_task_get(pi->pid, pi->thread);

	if (!t)
		return -ENOENT;
	if (task_may_look(me, me ? me->cred : NULL, t))
		return -EACCES;
	*ret = steal(&t);
	return 0;
}

static ssize_t show_path(int (*get)(struct pseudo_inode *, struct task *, struct path *),
			 struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	cleanup_path struct path p = PATH_NONE, root = proc_root_of(me);
	cleanup_free char *text = kzalloc(PATH_MAX);
	char *name;
	int err;

	if (!text)
		return -ENOMEM;
	err = get(pi, me, &p);
	if (!err)
		err = d_path(&p, &root, text, PATH_MAX, &name, NULL);
	return err ? err : pseudo_copy_link(name, buf, size);
}

int proc_exe_link(struct pseudo_inode *pi, struct task *me, struct path *ret)
{
	cleanup_task struct task *t = NULL;
	cleanup_mm struct mm *mm = NULL;
	struct file *exe = NULL;
	int err = target_of(pi, me, &t);

	if (err)
		return err;
	mm = task_mm_get(t);
	if (mm) {
		mutex_lock(&mm->mmap_lock);
		exe = mm->exe ? file_get(mm->exe) : NULL;
		mutex_unlock(&mm->mmap_lock);
	}
	if (!exe)
		return -ENOENT;
	err = path_valid(&exe->path) ? 0 : -ENOENT;
	if (!err)
		*ret = path_get(&exe->path);
	file_put(exe);
	return err;
}

static int fs_link(struct pseudo_inode *pi, struct task *me, bool cwd, struct path *ret)
{
	cleanup_task struct task *t = NULL;
	struct fs_struct *fs;
	int err = target_of(pi, me, &t);

	if (err)
		return err;
	fs = task_fs_get(t);
	if (!fs)
		return -ENOENT;
	fs_struct_paths(fs, cwd ? NULL : ret, cwd ? ret : NULL);
	fs_struct_put(fs);
	return 0;
}

int proc_cwd_link(struct pseudo_inode *pi, struct task *me, struct path *ret)
{
	return fs_link(pi, me, true, ret);
}

int proc_root_link(struct pseudo_inode *pi, struct task *me, struct path *ret)
{
	return fs_link(pi, me, false, ret);
}

ssize_t proc_exe_readlink(struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	return show_path(proc_exe_link, pi, me, buf, size);
}

ssize_t proc_cwd_readlink(struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	return show_path(proc_cwd_link, pi, me, buf, size);
}

ssize_t proc_root_readlink(struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	return show_path(proc_root_link, pi, me, buf, size);
}

static ssize_t ns_readlink(struct pseudo_inode *pi, struct task *me, char *buf, size_t size)
{
	cleanup_task struct task *t = NULL;
	int err = target_of(pi, me, &t);

	return err ? err : pseudo_copy_link(pi->e->arg, buf, size);
}

/* What a namespace link leads to can be opened and compared, and no more. */
static ssize_t ns_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	(void)f, (void)dst, (void)pos;
	return -EINVAL;
}

static void ns_release(struct file *f)
{
	kfree(f);
}

static const struct file_ops ns_file_ops = {
	.read = ns_read,
	.release = ns_release,
};

static int ns_open(struct pseudo_inode *pi, const struct open_args *args, struct file **ret)
{
	struct file *f = kzalloc(sizeof(*f));

	if (!f)
		return -ENOMEM;
	file_init(f, &ns_file_ops, args->flags);
	file_set_inode(f, &pi->inode);
	*ret = f;
	return 0;
}

/* X(name of the link, text and name of what it leads to, inode number) */
#define NS_KINDS(X)                                              \
	X("cgroup", "cgroup:[4026531835]", 4026531835u)          \
	X("ipc", "ipc:[4026531839]", 4026531839u)                \
	X("mnt", "mnt:[4026531841]", 4026531841u)                \
	X("net", "net:[4026531840]", 4026531840u)                \
	X("pid", "pid:[4026531836]", 4026531836u)                \
	X("pid_for_children", "pid:[4026531836]", 4026531836u)   \
	X("time", "time:[4026531834]", 4026531834u)              \
	X("time_for_children", "time:[4026531834]", 4026531834u) \
	X("user", "user:[4026531837]", 4026531837u)              \
	X("uts", "uts:[4026531838]", 4026531838u)

static const struct {
	const char *text;
	u32 ino;
} places[] = {
#define X(name, text, ino) {text, ino},
	NS_KINDS(X)
#undef X
};

static const struct pseudo_entry ns_file = {.name = "ns", .mode = S_IFREG | 0444, .open = ns_open};

/* A link's text names a file beside it that no listing shows: there its walk ends. */
static int ns_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *text = places[i].text;
		int err;

		if (strlen(text) != name->len || memcmp(text, name->str, name->len))
			continue;
		err = pseudo_inode_create(dir->inode.super, &ns_file, NULL, false, -1, ret);
		if (!err)
			(*ret)->ino = places[i].ino;
		return err;
	}
	return 0;
}

static int ns_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	(void)dir, (void)ctx;
	return 0;
}

const struct pseudo_dyn proc_ns_dyn = {.lookup = ns_lookup, .readdir = ns_readdir};

const struct pseudo_entry proc_ns_entries[] = {
#define X(n, text, ino) {.name = n, .mode = S_IFLNK | 0777, .readlink = ns_readlink, .arg = text},
	NS_KINDS(X)
#undef X
		{0},
};
