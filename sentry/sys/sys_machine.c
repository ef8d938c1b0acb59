/*
 * What an administrator asks of a machine: reboot(2), syslog(2), iopl(2),
 * ioperm(2), vhangup(2).  A sandbox has no machine of its own.
 */
#include <linux/reboot.h>

#include "fs/tty/tty.h"
#include "gen/sys_proto.h"
#include "kernel/sandbox.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "lib/park.h"

#define IOPL_MAX     3
#define IO_PORTS     65536
#define KLOG_TYPES   10
#define KLOG_BUFFER  (1 << 17)
#define KLOG_MIN_MAX 8

/* SYSLOG_ACTION_*, which no header of the C library names. */
enum { KLOG_READ = 2, KLOG_READ_ALL = 3, KLOG_READ_CLEAR = 4, KLOG_LEVEL = 8, KLOG_SIZE = 10 };

static bool magic_ok(int magic1, int magic2)
{
	return (u32)magic1 == LINUX_REBOOT_MAGIC1 &&
	       (magic2 == LINUX_REBOOT_MAGIC2 || magic2 == LINUX_REBOOT_MAGIC2A ||
		magic2 == LINUX_REBOOT_MAGIC2B || magic2 == LINUX_REBOOT_MAGIC2C);
}

/* As in a pid namespace: its init is seen to die of SIGHUP (restart) or SIGINT (halt). */
long sys_reboot(struct task *t, int magic1, int magic2, u32 cmd, uaddr_t arg)
{
	int sig;

	(void)arg;
	if (!task_capable(t, CAP_SYS_BOOT))
		return -EPERM;
	if (!magic_ok(magic1, magic2))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
		sig = SIGHUP;
		break;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		sig = SIGINT;
		break;
	default:
		return -EINVAL;
	}
	sandbox_exit(sig);
	tgroup_exit(t->tg, sig);
	return 0;
}

/* Nothing is ever logged, so a reader waits until a signal comes. */
static long klog_read(uaddr_t buf, int len)
{
	if (!buf || len < 0)
		return -EINVAL;
	if (!len)
		return 0;
	while (!task_interrupted())
		park_interruptible(PARK_FOREVER);
	return -ERESTARTSYS;
}

long sys_syslog(struct task *t, int type, uaddr_t buf, int len)
{
	/* Without dmesg_restrict everybody may look. */
	bool looks = type == KLOG_READ_ALL || type == KLOG_SIZE;

	if (!looks && !task_capable(t, CAP_SYSLOG) && !task_capable(t, CAP_SYS_ADMIN))
		return -EPERM;
	if (type < 0 || type > KLOG_TYPES)
		return -EINVAL;
	switch (type) {
	case KLOG_READ:
		return klog_read(buf, len);
	case KLOG_READ_ALL:
	case KLOG_READ_CLEAR:
		return !buf || len < 0 ? -EINVAL : 0;
	case KLOG_LEVEL:
		return len < 1 || len > KLOG_MIN_MAX ? -EINVAL : 0;
	case KLOG_SIZE:
		return KLOG_BUFFER;
	default:
		return 0; /* open, close, clear, console on and off, unread: of nothing */
	}
}

/* As a kernel that is locked down: nobody reaches the ports. */
long sys_iopl(struct task *t, u32 level)
{
	(void)t;
	if (level > IOPL_MAX)
		return -EINVAL;
	return level ? -EPERM : 0;
}

long sys_ioperm(struct task *t, unsigned long from, unsigned long num, int turn_on)
{
	(void)t;
	if (from + num <= from || from + num > IO_PORTS)
		return -EINVAL;
	return turn_on ? -EPERM : 0;
}

long sys_vhangup(struct task *t)
{
	cleanup_tty struct tty *tty = NULL;

	if (!task_capable(t, CAP_SYS_TTY_CONFIG))
		return -EPERM;
	mutex_lock(&tasklist_lock);
	if (t->tg->tty)
		tty = tty_get(t->tg->tty);
	mutex_unlock(&tasklist_lock);
	if (tty)
		tty_hangup(tty);
	return 0;
}
