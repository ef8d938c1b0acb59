/*
 * /proc: process numbers, self, thread-self, and the tables of the system.
 *
 * A process is found by number at lookup and held as a struct pid, so a number
 * that is used again is another directory.
 */
#include <dirent.h>
#include <limits.h>

#include "fs/procfs/internal.h"
#include "fs/procfs/procfs.h"
#include "sched/work.h"

#define PROC_SUPER_MAGIC 0x9fa0

bool proc_num_emit(struct dir_context *ctx, u64 num, u64 ino, unsigned type, off_t next)
{
	char name[24];
	int len = snprintf(name, sizeof(name), "%lu", num);

	return dir_emit(ctx, name, (size_t)len, ino, type, next);
}

static int pid_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	cleanup_pid struct pid *pid = NULL;
	cleanup_task struct task *t = NULL;
	u64 nr;

	if (!pseudo_parse_num(name, &nr) || nr > PID_MAX_GUEST)
		return 0;
	pid = pid_find_get((pid_t)nr);
	/* As on Linux, threads that no listing shows can be looked up too. */
	t = pid ? pid_task_get(pid, true) : NULL;
	if (!t)
		return 0;
	return pseudo_inode_create(dir->inode.super, &proc_pid_dir, pid, t->tg->leader != t, -1,
				   ret);
}

static int pid_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	pid_t after = (pid_t)(ctx->pos - PSEUDO_DYN_POS);
	struct tgroup *tg;

	while ((tg = tgroup_next_get(after))) {
		bool room;

		after = tg->pid->nr;
		room = proc_num_emit(ctx, (u64)after, dir->inode.ino + (u64)after, DT_DIR,
				     PSEUDO_DYN_POS + after);
		tgroup_put(tg);
		if (!room)
			break;
	}
	return 0;
}

static int pid_revalidate(struct pseudo_inode *dir, const struct qname *name,
			  struct pseudo_inode *child)
{
	cleanup_task struct task *t = pid_task_get(child->pid, child->thread);

	(void)dir, (void)name;
	return t != NULL;
}

const struct pseudo_dyn proc_pid_dyn = {
	.lookup = pid_lookup,
	.readdir = pid_readdir,
	.revalidate = pid_revalidate,
};

static int thread_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	cleanup_task struct task *leader = pid_task_get(dir->pid, dir->thread), *t = NULL;
	cleanup_pid struct pid *pid = NULL;
	u64 nr;

	if (!leader || !pseudo_parse_num(name, &nr) || nr > PID_MAX_GUEST)
		return 0;
	pid = pid_find_get((pid_t)nr);
	t = pid ? pid_task_get(pid, true) : NULL;
	if (!t || t->tg != leader->tg)
		return 0;
	return pseudo_inode_create(dir->inode.super, &proc_task_dir, pid, true, -1, ret);
}

/* The thread of @tg with the lowest number above @after, or 0. */
static pid_t next_thread_locked(struct tgroup *tg, pid_t after)
{
	pid_t best = 0;
	struct task *t;

	list_for_each_entry (t, &tg->threads, thread_node) {
		pid_t nr = t->pid->nr;

		if (nr > after && (!best || nr < best))
			best = nr;
	}
	return best;
}

static int thread_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	cleanup_task struct task *leader = pid_task_get(dir->pid, dir->thread);
	pid_t nr = (pid_t)(ctx->pos - PSEUDO_DYN_POS);

	if (!leader)
		return -ENOENT;
	do {
		mutex_lock(&tasklist_lock);
		nr = next_thread_locked(leader->tg, nr);
		mutex_unlock(&tasklist_lock);
	} while (nr && proc_num_emit(ctx, (u64)nr, dir->inode.ino + (u64)nr, DT_DIR,
				     PSEUDO_DYN_POS + nr));
	return 0;
}

const struct pseudo_dyn proc_thread_dyn = {
	.lookup = thread_lookup,
	.readdir = thread_readdir,
	.revalidate = pid_revalidate,
};

ssize_t proc_self_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size)
{
	char text[24];

	(void)pi;
	if (!t)
		return -ENOENT;
	snprintf(text, sizeof(text), "%d", task_tgid(t));
	return pseudo_copy_link(text, buf, size);
}

ssize_t proc_thread_self_readlink(struct pseudo_inode *pi, struct task *t, char *buf, size_t size)
{
	char text[48];

	(void)pi;
	if (!t)
		return -ENOENT;
	snprintf(text, sizeof(text), "%d/task/%d", task_tgid(t), task_tid(t));
	return pseudo_copy_link(text, buf, size);
}

static int create(u32 super_flags, struct super **ret)
{
	int err = pseudo_super_create(&proc_root, "proc", PROC_SUPER_MAGIC,
				      super_flags | SUPER_NOEXEC | SUPER_NODEV, ret);

	if (!err)
		pseudo_super_no_names(*ret);
	return err;
}

int procfs_create(struct super **ret)
{
	return create(0, ret);
}

static int proc_mount(const char *source, const char *data, u32 super_flags,
		      const struct cred *cred, struct super **ret)
{
	(void)source, (void)data, (void)cred;
	return create(super_flags, ret);
}

int procfs_init(void)
{
	static struct fs_type type = {.name = "proc", .nodev = true, .mount = proc_mount};

	int err = proc_anon_init();

	fs_type_register(&type);
	return err ? err : work_start();
}
