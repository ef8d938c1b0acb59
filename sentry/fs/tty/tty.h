/*
 * Terminals: pseudo terminals (pty.c) and the terminal bailey was started from
 * (fs/hosttty.c), and what they have in common: open files, sessions, job
 * control, ioctls.
 *
 * A struct tty is the side programs talk to.  Files on it are struct tty_file.
 * A tty is embedded in what drives it and is freed with its last reference;
 * a controlling terminal is pointed at, uncounted, by the processes of its
 * session (tg->tty), and is taken from them before it dies.
 *
 *	tgroup --tty--> struct tty --session, pgrp--> struct pid
 *	                   ^-- tty_file (counted), one for each open
 *
 * Locks: mu (LOCK_TTY) guards termios, winsize and what a driver adds; session
 * and pgrp are guarded by tasklist_lock.
 */
#pragma once
#include "fs/file.h"
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"

struct open_args;
struct pid;
struct task;
struct tgroup;
struct tty;

/* The kernel's struct termios2; struct termios is all but the speeds. */
#define TTY_NCCS 19
struct tty_termios {
	u32 iflag, oflag, cflag, lflag;
	u8 line;
	u8 cc[TTY_NCCS];
	u32 ispeed, ospeed;
};
#define TTY_TERMIOS_SIZE 36 /* of struct termios */

struct tty_winsize {
	u16 row, col, xpixel, ypixel;
};

/* When new settings hold: TCSETS, TCSETSW, TCSETSF. */
enum tty_when { TTY_NOW, TTY_DRAIN, TTY_FLUSH };

/*
 * What drives a terminal.  None is called with a lock held; all may sleep but
 * poll.  @f is the file the request came through; its O_NONBLOCK counts.
 *
 *   read, write   job control has been checked; hangup is the driver's
 *   set_termios   draining and flushing included
 *   flush         TCIFLUSH, TCOFLUSH, TCIOFLUSH
 *   flow          TCOOFF, TCOON, TCIOFF, TCION
 *   drain         until all output is gone
 *   pending       bytes that wait: input that a read would give, or output
 *   release       last reference: frees the whole
 */
struct tty_ops {
	ssize_t (*read)(struct tty *tty, struct file *f, struct iov_iter *dst);
	ssize_t (*write)(struct tty *tty, struct file *f, struct iov_iter *src);
	poll_t (*poll)(struct tty *tty, struct file *f);
	int (*get_termios)(struct tty *tty, struct tty_termios *ret);
	int (*set_termios)(struct tty *tty, const struct tty_termios *t, enum tty_when when,
			   struct file *f);
	int (*get_winsize)(struct tty *tty, struct tty_winsize *ret);
	int (*set_winsize)(struct tty *tty, const struct tty_winsize *ws);
	int (*flush)(struct tty *tty, int queue);
	int (*flow)(struct tty *tty, int action);
	int (*drain)(struct tty *tty, struct file *f);
	long (*pending)(struct tty *tty, bool output);
	void (*opened)(struct tty *tty); /* one more file; NULL: nothing */
	void (*closed)(struct tty *tty); /* one fewer */
	void (*release)(struct tty *tty);
};

struct tty {
	struct ref ref;
	const struct tty_ops *ops; /* immutable */
	u64 rdev;                  /* immutable */
	struct waitq wq;           /* of all files: readiness */
	bool hung_up;              /* atomic: never false again */
	bool exclusive;            /* atomic: TIOCEXCL */
	u32 nr_files;              /* atomic: files that are open on it, master excepted */

	struct pid *session, *pgrp; /* tasklist_lock; counted or NULL */
};

void tty_init(struct tty *tty, const struct tty_ops *ops, u64 rdev);
struct tty *tty_get(struct tty *tty);
void tty_put(struct tty *tty); /* Locks: none.  May sleep. */

/* tty_init_devices - registers /dev/tty, /dev/console, ptmx and pts; hooks of sessions */
void tty_init_devices(void);

struct tty_file {
	struct file file;
	struct tty *tty; /* counted; immutable */
	bool master;     /* immutable: the other end of a pseudo terminal */
};

/*
 * tty_open - a new file on @tty, which becomes the controlling terminal of a
 * session leader that has none (O_NOCTTY not given)
 *
 * @inode: what was opened; may be NULL
 * Return: 0, -EBUSY (exclusive), -EIO (hung up), -ENOMEM.
 */
int tty_open(struct tty *tty, struct inode *inode, const struct open_args *args, struct file **ret)
	must_check;

/* file_tty - the terminal of an open file, master ends included; NULL: it is none */
struct tty *file_tty(const struct file *f);

/* tty_set_controlling - @tty becomes that of @tg's session, @tg's group the foreground */
void tty_set_controlling(struct tty *tty, struct tgroup *tg);

/*
 * tty_signal - SIGINT, SIGWINCH... for the foreground group, as the kernel
 * Return: 0, -ESRCH when there is nobody.
 */
int tty_signal(struct tty *tty, int sig);

/* tty_hangup - the line is gone: files fail, the session loses its terminal and gets SIGHUP */
void tty_hangup(struct tty *tty);

/*
 * tty_check_change - may @t change or (@sig SIGTTIN) read the terminal
 *
 * A background process of its session is sent @sig.
 * Return: 0, -ERESTARTSYS, -EIO.
 */
int tty_check_change(struct tty *tty, struct task *t, int sig) must_check;

/* tty_ids - for /proc/PID/stat: the foreground group of @tg's terminal, -1 if none; and its rdev */
pid_t tty_ids_locked(const struct tgroup *tg, u64 *ret_rdev);

/* tty_ioctl - everything that is the same for all terminals; -ENOIOCTLCMD: not one of them */
#define ENOIOCTLCMD 515
long tty_ioctl(struct tty *tty, struct tty_file *tf, struct task *t, unsigned cmd, u64 arg)
	must_check;

static inline bool tty_is_hung_up(const struct tty *tty)
{
	return __atomic_load_n(&tty->hung_up, __ATOMIC_ACQUIRE);
}

static inline void tty_put_cleanup(struct tty **tty)
{
	if (*tty)
		tty_put(*tty);
}

#define cleanup_tty __attribute__((cleanup(tty_put_cleanup)))
