/* process_vm_readv(2), process_vm_writev(2) */
#include "gen/sys_proto.h"
#include "kernel/access.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/mm.h"
#include "mm/uaccess.h"

/* Bytes on their way from one process to another at a time. */
#define STEP 65536

/* Both ends of a transfer; the arrays are freed by vm_rw_fini(). */
struct vm_rw {
	struct iov_seg local_fast[UIO_FASTIOV], remote_fast[UIO_FASTIOV];
	struct iov_seg *local, *remote;
	struct iov_iter here, there;
};

static void vm_rw_fini(struct vm_rw *rw)
{
	if (rw->local != rw->local_fast)
		kfree(rw->local);
	if (rw->remote != rw->remote_fast)
		kfree(rw->remote);
}

#define cleanup_vm_rw __attribute__((cleanup(vm_rw_fini)))

/* The memory of thread @nr, if @t may reach it. */
static int find_mm(struct task *t, pid_t nr, struct mm **ret)
{
	cleanup_pid struct pid *pid = pid_find_get(nr);
	cleanup_task struct task *other = pid ? pid_task_get(pid, true) : NULL;
	struct mm *mm;
	int err;

	if (!other)
		return -ESRCH;
	err = task_may_look(t, NULL, other);
	if (err)
		return -EPERM;
	mm = task_mm_get(other);
	if (!mm)
		return -ESRCH;
	*ret = mm;
	return 0;
}

/* Until one end is full, empty or faults; bytes moved, or -EFAULT for none. */
static ssize_t move(struct iov_iter *src, struct iov_iter *dst)
{
	size_t size = min(min(src->count, dst->count), (size_t)STEP), done = 0;
	cleanup_free u8 *buf = kzalloc(size);
	ssize_t n = 0, m = 0;

	if (!buf)
		return -ENOMEM;
	while (src->count && dst->count) {
		n = copy_from_iter_some(buf, src, min(min(src->count, dst->count), size));
		if (n > 0)
			m = copy_to_iter_some(dst, buf, (size_t)n);
		if (n <= 0 || m <= 0)
			break;
		done += (size_t)m;
		if (m < n)
			break;
	}
	return done ? (ssize_t)done : -EFAULT;
}

/* The vectors as the guest gave them. */
struct iovec_args {
	uaddr_t lvec, rvec;
	unsigned long nr_local, nr_remote, flags;
};

static long process_vm_rw(struct task *t, pid_t nr, const struct iovec_args *a, bool write)
{
	cleanup_vm_rw struct vm_rw rw = {.local = rw.local_fast, .remote = rw.remote_fast};
	cleanup_mm struct mm *mm = NULL;
	ssize_t n;
	int err;

	if (a->flags)
		return -EINVAL;
	n = iovec_from_user(t, a->lvec, a->nr_local, rw.local_fast, &rw.local);
	if (n <= 0)
		return n;
	n = iovec_from_user(t, a->rvec, a->nr_remote, rw.remote_fast, &rw.remote);
	if (n <= 0)
		return n;
	err = find_mm(t, nr, &mm);
	if (err)
		return err;
	iov_iter_segs(&rw.here, t->mm, rw.local, a->nr_local);
	iov_iter_segs(&rw.there, mm, rw.remote, a->nr_remote);
	return write ? move(&rw.here, &rw.there) : move(&rw.there, &rw.here);
}

long sys_process_vm_readv(struct task *t, pid_t pid, uaddr_t lvec, unsigned long liovcnt,
			  uaddr_t rvec, unsigned long riovcnt, unsigned long flags)
{
	struct iovec_args a = {lvec, rvec, liovcnt, riovcnt, flags};

	return process_vm_rw(t, pid, &a, false);
}

long sys_process_vm_writev(struct task *t, pid_t pid, uaddr_t lvec, unsigned long liovcnt,
			   uaddr_t rvec, unsigned long riovcnt, unsigned long flags)
{
	struct iovec_args a = {lvec, rvec, liovcnt, riovcnt, flags};

	return process_vm_rw(t, pid, &a, true);
}
