/* pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2) */
#include <fcntl.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/pidfd.h"
#include "gen/sys_proto.h"
#include "kernel/access.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define PIDFD_NONBLOCK_FLAG O_NONBLOCK

/* A process, not a thread of one. */
static int find_process(pid_t nr, struct pid **ret)
{
	struct pid *p;
	int err = 0;

	mutex_lock(&tasklist_lock);
	p = pid_find_locked(nr);
	if (!p || !p->task)
		err = -ESRCH;
	else if (!p->tg)
		err = -EINVAL;
	else
		*ret = pid_get(p);
	mutex_unlock(&tasklist_lock);
	return err;
}

long sys_pidfd_open(struct task *t, pid_t nr, int flags)
{
	cleanup_pid struct pid *pid = NULL;
	cleanup_file struct file *f = NULL;
	int err;

	if (flags & ~PIDFD_NONBLOCK_FLAG || nr <= 0)
		return -EINVAL;
	err = find_process(nr, &pid);
	if (!err)
		err = pidfd_create(pid, flags, &f);
	return err ? err : fd_install(t, f, true);
}

/* What the guest wants its siginfo to say; only to itself may it pose as the kernel. */
static int read_info(struct task *t, struct pid *pid, int sig, uaddr_t uinfo, siginfo_t *ret)
{
	if (!uinfo) {
		signal_info_user(ret, sig, SI_USER, t);
		return 0;
	}
	if (copy_from_user(t, ret, uinfo, sizeof(*ret)))
		return -EFAULT;
	if (ret->si_signo != sig)
		return -EINVAL;
	if (pid != t->tg->pid && (ret->si_code >= 0 || ret->si_code == SI_TKILL))
		return -EPERM;
	return 0;
}

long sys_pidfd_send_signal(struct task *t, int pidfd, int sig, uaddr_t uinfo, u32 flags)
{
	cleanup_pid struct pid *pid = NULL;
	siginfo_t info;
	int err;

	if (flags)
		return -EINVAL;
	err = pidfd_get_pid(t, pidfd, &pid, NULL);
	if (err)
		return err;
	err = read_info(t, pid, sig, uinfo, &info);
	/* The file holds the pid, so its number means nobody else. */
	return err ? err : signal_kill(t, pid->nr, sig, sig ? &info : NULL);
}

long sys_pidfd_getfd(struct task *t, int pidfd, int targetfd, u32 flags)
{
	cleanup_pid struct pid *pid = NULL;
	cleanup_task struct task *other = NULL;
	cleanup_file struct file *f = NULL;
	struct fdtable *ft;
	int err;

	if (flags)
		return -EINVAL;
	err = pidfd_get_pid(t, pidfd, &pid, NULL);
	if (err)
		return err;
	other = pid_task_get(pid, false);
	if (!other)
		return -ESRCH;
	if (task_may_look(t, NULL, other))
		return -EPERM;
	ft = task_files_get(other);
	if (!ft)
		return -ESRCH;
	f = fdtable_lookup(ft, targetfd);
	fdtable_put(ft);
	return f ? fd_install(t, f, true) : -EBADF;
}
