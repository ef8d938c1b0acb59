/*
 * ioctl_tty(2): what all terminals understand.
 *
 * Not done: TIOCSTI and TIOCLINUX, which let a program type for others
 * (-EIO and -ENOTTY, as where dev.tty.legacy_tiocsti is off), modem lines and
 * serial settings (-ENOTTY, as of a pseudo terminal).
 */
#include "fs/tty/internal.h"

#include "kernel/task.h"
#include "mm/uaccess.h"

/* The old struct termio, as TCGETA has it. */
struct linux_termio {
	u16 iflag, oflag, cflag, lflag;
	u8 line;
	u8 cc[8];
};

static long get_termios(struct tty *tty, struct task *t, uaddr_t arg, size_t size)
{
	struct tty_termios tio;
	int err = tty->ops->get_termios(tty, &tio);

	return err ? err : copy_to_user(t, arg, &tio, size);
}

static long get_termio(struct tty *tty, struct task *t, uaddr_t arg)
{
	struct linux_termio old = {0};
	struct tty_termios tio;
	int err = tty->ops->get_termios(tty, &tio);

	if (err)
		return err;
	old.iflag = (u16)tio.iflag;
	old.oflag = (u16)tio.oflag;
	old.cflag = (u16)tio.cflag;
	old.lflag = (u16)tio.lflag;
	old.line = tio.line;
	memcpy(old.cc, tio.cc, sizeof(old.cc));
	return copy_to_user(t, arg, &old, sizeof(old));
}

static u32 speed_of(u32 cflag)
{
	static const u32 speeds[] = {0,   50,   75,   110,  134,  150,  200,   300,
				     600, 1200, 1800, 2400, 4800, 9600, 19200, 38400};
	static const u32 high[] = {0,       57600,   115200,  230400,  460800,  500000,
				   576000,  921600,  1000000, 1152000, 1500000, 2000000,
				   2500000, 3000000, 3500000, 4000000};

	return cflag & CBAUDEX ? high[cflag & 15] : speeds[cflag & 15];
}

static long set_termios(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg,
			size_t size, enum tty_when when)
{
	struct tty_termios tio;
	int err = tty_check_change(tty, t, SIGTTOU);

	if (!err)
		err = tty->ops->get_termios(tty, &tio);
	if (!err)
		err = copy_from_user(t, &tio, arg, size);
	if (err)
		return err;
	if (size == TTY_TERMIOS_SIZE || (tio.cflag & CBAUD) != BOTHER)
		tio.ispeed = tio.ospeed = speed_of(tio.cflag);
	return tty->ops->set_termios(tty, &tio, when, &tf->file);
}

static long set_termio(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg,
		       enum tty_when when)
{
	struct linux_termio old;
	struct tty_termios tio;
	int err = tty_check_change(tty, t, SIGTTOU);

	if (!err)
		err = tty->ops->get_termios(tty, &tio);
	if (!err)
		err = copy_from_user(t, &old, arg, sizeof(old));
	if (err)
		return err;
	tio.iflag = (tio.iflag & 0xffff0000) | old.iflag;
	tio.oflag = (tio.oflag & 0xffff0000) | old.oflag;
	tio.cflag = (tio.cflag & 0xffff0000) | old.cflag;
	tio.lflag = (tio.lflag & 0xffff0000) | old.lflag;
	tio.line = old.line;
	memcpy(tio.cc, old.cc, sizeof(old.cc));
	tio.ispeed = tio.ospeed = speed_of(tio.cflag);
	return tty->ops->set_termios(tty, &tio, when, &tf->file);
}

static long set_winsize(struct tty *tty, struct task *t, uaddr_t arg)
{
	struct tty_winsize ws, old;
	int err = copy_from_user(t, &ws, arg, sizeof(ws));

	if (!err)
		err = tty->ops->get_winsize(tty, &old);
	if (err || !memcmp(&ws, &old, sizeof(ws)))
		return err;
	err = tty->ops->set_winsize(tty, &ws);
	if (!err)
		(void)!tty_signal(tty, SIGWINCH);
	return err;
}

static long get_winsize(struct tty *tty, struct task *t, uaddr_t arg)
{
	struct tty_winsize ws;
	int err = tty->ops->get_winsize(tty, &ws);

	return err ? err : copy_to_user(t, arg, &ws, sizeof(ws));
}

static long count_pending(struct tty *tty, struct task *t, uaddr_t arg, bool output)
{
	long n = tty->ops->pending(tty, output);

	return n < 0 ? n : put_user(t, (int)n, arg);
}

static long set_line(struct task *t, uaddr_t arg)
{
	int n;

	if (get_user(t, &n, arg))
		return -EFAULT;
	return n == 0 ? 0 : -EINVAL;
}

/* Settings, in all their forms. */
static long ioctl_termios(struct tty *tty, struct tty_file *tf, struct task *t, unsigned cmd,
			  u64 arg)
{
	switch (cmd) {
	case TCGETS:
		return get_termios(tty, t, arg, TTY_TERMIOS_SIZE);
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(tty, tf, t, arg, TTY_TERMIOS_SIZE, cmd - TCSETS);
	case TCGETS2:
		return get_termios(tty, t, arg, sizeof(struct tty_termios));
	case TCSETS2:
		return set_termios(tty, tf, t, arg, sizeof(struct tty_termios), TTY_NOW);
	case TCSETSW2:
		return set_termios(tty, tf, t, arg, sizeof(struct tty_termios), TTY_DRAIN);
	case TCSETSF2:
		return set_termios(tty, tf, t, arg, sizeof(struct tty_termios), TTY_FLUSH);
	case TCGETA:
		return get_termio(tty, t, arg);
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		return set_termio(tty, tf, t, arg, cmd - TCSETA);
	default:
		return -ENOIOCTLCMD;
	}
}

/* Sessions and groups. */
static long ioctl_job(struct tty *tty, struct tty_file *tf, struct task *t, unsigned cmd, u64 arg)
{
	switch (cmd) {
	case TIOCSCTTY:
		return tty_ioctl_sctty(tty, tf, t, arg);
	case TIOCNOTTY:
		return tty_ioctl_notty(tty, t);
	case TIOCGPGRP:
		return tty_ioctl_gpgrp(tty, tf, t, arg);
	case TIOCSPGRP:
		return tty_ioctl_spgrp(tty, t, arg);
	case TIOCGSID:
		return tty_ioctl_gsid(tty, tf, t, arg);
	default:
		return -ENOIOCTLCMD;
	}
}

/* Bytes on their way. */
static long ioctl_queues(struct tty *tty, struct tty_file *tf, struct task *t, unsigned cmd,
			 u64 arg)
{
	int err;

	switch (cmd) {
	case FIONREAD:
		return count_pending(tty, t, arg, false);
	case TIOCOUTQ:
		return count_pending(tty, t, arg, true);
	case TCFLSH:
		if (arg > TCIOFLUSH)
			return -EINVAL;
		err = tty_check_change(tty, t, SIGTTOU);
		return err ? err : tty->ops->flush(tty, (int)arg);
	case TCXONC:
		if (arg > TCION)
			return -EINVAL;
		err = tty_check_change(tty, t, SIGTTOU);
		return err ? err : tty->ops->flow(tty, (int)arg);
	case TCSBRK:
	case TCSBRKP:
		/* A break is nothing on a line that is none; what is left is to drain. */
		err = tty_check_change(tty, t, SIGTTOU);
		return err ? err : tty->ops->drain(tty, &tf->file);
	case TIOCSBRK:
	case TIOCCBRK:
		return 0;
	default:
		return -ENOIOCTLCMD;
	}
}

static long ioctl_rest(struct tty *tty, struct task *t, unsigned cmd, u64 arg)
{
	bool exclusive = __atomic_load_n(&tty->exclusive, __ATOMIC_RELAXED);

	switch (cmd) {
	case TIOCGWINSZ:
		return get_winsize(tty, t, arg);
	case TIOCSWINSZ:
		return set_winsize(tty, t, arg);
	case TIOCEXCL:
	case TIOCNXCL:
		__atomic_store_n(&tty->exclusive, cmd == TIOCEXCL, __ATOMIC_RELAXED);
		return 0;
	case TIOCGEXCL:
		return put_user(t, (int)exclusive, arg);
	case TIOCGETD:
		return put_user(t, 0, arg);
	case TIOCSETD:
		return set_line(t, arg);
	case TIOCGDEV:
		return put_user(t, (u32)tty->rdev, arg);
	case TIOCVHANGUP:
		if (!task_capable(t, CAP_SYS_ADMIN))
			return -EPERM;
		tty_hangup(tty);
		return 0;
	case TIOCCONS:
		return -EPERM;
	case TIOCSTI:
		return -EIO;
	default:
		return -ENOIOCTLCMD;
	}
}

long tty_ioctl(struct tty *tty, struct tty_file *tf, struct task *t, unsigned cmd, u64 arg)
{
	long ret = ioctl_termios(tty, tf, t, cmd, arg);

	if (ret == -ENOIOCTLCMD)
		ret = ioctl_job(tty, tf, t, cmd, arg);
	if (ret == -ENOIOCTLCMD)
		ret = ioctl_queues(tty, tf, t, cmd, arg);
	return ret == -ENOIOCTLCMD ? ioctl_rest(tty, t, cmd, arg) : ret;
}
