/* kcmp(2) */
#include <linux/kcmp.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "host/host.h"
#include "kernel/access.h"
#include "kernel/task.h"

/*
 * Pointers are compared after a random, reversible change, one for the life of
 * the sentry: an order that is stable, and addresses that stay secret.
 */
static u64 cookie(unsigned which)
{
	static u64 c[2]; /* set at first use; the second is odd */
	static bool known;

	if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
		u64 fresh[2];

		if (host_getrandom(fresh, sizeof(fresh)) == 0) {
			c[0] = fresh[0];
			c[1] = fresh[1] | 1;
			__atomic_store_n(&known, true, __ATOMIC_RELEASE);
		}
	}
	return c[which];
}

static u64 veil(const void *p)
{
	return ((u64)(uintptr_t)p ^ cookie(0)) * cookie(1);
}

/* 0 equal, 1 less, 2 greater: so says kcmp(2). */
static long compare(const void *a, const void *b)
{
	u64 x = veil(a), y = veil(b);

	return a == b ? 0 : x < y ? 1 : 2;
}

static struct file *file_of(struct task *t, unsigned long idx)
{
	struct fdtable *ft = task_files_get(t);
	struct file *f = NULL;

	if (!ft)
		return NULL;
	if (idx <= INT32_MAX)
		f = fdtable_lookup(ft, (int)idx);
	fdtable_put(ft);
	return f;
}

static long compare_files(struct task *a, struct task *b, unsigned long idx1, unsigned long idx2)
{
	cleanup_file struct file *f1 = file_of(a, idx1), *f2 = file_of(b, idx2);

	return f1 && f2 ? compare(f1, f2) : -EBADF;
}

static long do_compare(struct task *a, struct task *b, int type, unsigned long idx1,
		       unsigned long idx2)
{
	switch (type) {
	case KCMP_FILE:
		return compare_files(a, b, idx1, idx2);
	case KCMP_VM:
		return compare(a->mm, b->mm);
	case KCMP_FILES:
		return compare(a->files, b->files);
	case KCMP_FS:
		return compare(a->fs, b->fs);
	case KCMP_SIGHAND:
		return compare(a->tg->sighand, b->tg->sighand);
	default:
		return -EINVAL;
	}
}

long sys_kcmp(struct task *t, pid_t pid1, pid_t pid2, int type, unsigned long idx1,
	      unsigned long idx2)
{
	cleanup_task struct task *a = task_find_get(pid1), *b = task_find_get(pid2);

	if (!a || !b)
		return -ESRCH;
	if (task_may_look(t, NULL, a) || task_may_look(t, NULL, b))
		return -EPERM;
	return do_compare(a, b, type, idx1, idx2);
}
