/* kill(2), tkill(2), tgkill(2), rt_sigqueueinfo(2), rt_tgsigqueueinfo(2), pidfd_send_signal(2) */
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

static bool sig_valid(int sig)
{
	return sig >= 0 && sig <= NSIG_GUEST;
}

/* As on Linux the target is looked up before the number is looked at. */
static long kill_checked(struct task *t, pid_t pid, int sig, const siginfo_t *info)
{
	if (!sig_valid(sig)) {
		int err = signal_kill(t, pid, 0, info);

		return err == -ESRCH ? -ESRCH : -EINVAL;
	}
	return signal_kill(t, pid, sig, info);
}

long sys_kill(struct task *t, pid_t pid, int sig)
{
	siginfo_t info;

	signal_info_user(&info, sig, SI_USER, t);
	return kill_checked(t, pid, sig, &info);
}

/* To one thread; @tgid 0: whatever process it belongs to. */
static long send_thread(struct task *t, pid_t tgid, pid_t tid, int sig, const siginfo_t *info)
{
	cleanup_task struct task *to = task_find_get(tid);
	int err;

	if (!to || (tgid && task_tgid(to) != tgid))
		return -ESRCH;
	if (!sig_valid(sig))
		return -EINVAL;
	err = signal_may_send(t, to, sig);
	if (err || sig == 0)
		return err;
	err = signal_send_task(to, info);
	/* As on Linux, one that ends between look-up and sending was there. */
	return err == -ESRCH ? 0 : err;
}

long sys_tgkill(struct task *t, pid_t tgid, pid_t pid, int sig)
{
	siginfo_t info;

	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	signal_info_user(&info, sig, SI_TKILL, t);
	return send_thread(t, tgid, pid, sig, &info);
}

long sys_tkill(struct task *t, pid_t pid, int sig)
{
	siginfo_t info;

	if (pid <= 0)
		return -EINVAL;
	signal_info_user(&info, sig, SI_TKILL, t);
	return send_thread(t, 0, pid, sig, &info);
}

/* Nobody may pretend to be the kernel or kill(2) to another. */
static bool may_forge(struct task *t, pid_t to, const siginfo_t *info)
{
	return (info->si_code < 0 && info->si_code != SI_TKILL) || to == task_tgid(t);
}

long sys_rt_sigqueueinfo(struct task *t, pid_t pid, int sig, uaddr_t uinfo)
{
	siginfo_t info;

	if (copy_from_user(t, &info, uinfo, sizeof(info)))
		return -EFAULT;
	info.si_signo = sig;
	if (!may_forge(t, pid, &info))
		return -EPERM;
	/* One process, no groups: the number must be positive. */
	return pid > 0 ? kill_checked(t, pid, sig, &info) : -ESRCH;
}

long sys_rt_tgsigqueueinfo(struct task *t, pid_t tgid, pid_t pid, int sig, uaddr_t uinfo)
{
	siginfo_t info;

	if (copy_from_user(t, &info, uinfo, sizeof(info)))
		return -EFAULT;
	info.si_signo = sig;
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	if (!may_forge(t, pid, &info))
		return -EPERM;
	return send_thread(t, tgid, pid, sig, &info);
}
