/*
 * Pseudo terminals: a struct tty whose other end is a file.
 *
 * Life: made by opening ptmx, which gives the master's file; slaves are opened
 * through devpts.  Found by number as long as the master is open.  When that
 * closes the terminal hangs up; the last file frees it.
 */
#pragma once
#include "fs/tty/n_tty.h"
#include "fs/tty/tty.h"

#define PTY_MAX 1024 /* some 40 KB of the sentry's memory each */

struct pty {
	struct tty tty; /* base: the slave side */
	unsigned index; /* immutable */

	struct mutex mu; /* LOCK_TTY; guards all below */
	struct n_tty n;
	struct tty_winsize ws;
	struct byte_queue typed; /* written by the master, not yet taken by n */
	bool locked;             /* TIOCSPTLCK: slaves cannot be opened */
	bool packet;             /* TIOCPKT */
	u8 packet_status;        /* TIOCPKT_* that the master has to hear */
	bool master_open;
	bool slave_gone;     /* all slaves have closed */
	struct inode *inode; /* in devpts; counted; NULL after hangup */

	struct waitq master_wq;
};

static inline struct pty *to_pty(struct tty *tty)
{
	return container_of(tty, struct pty, tty);
}

/* pty_find - by number; a reference, or NULL */
struct pty *pty_find(unsigned index);

/* pty_next - the lowest number >= @index in use, or PTY_MAX */
unsigned pty_next(unsigned index);

/* pty_reserve_console - number 0 is the host terminal's, not a pty's */
void pty_reserve_console(void);

/* pty_pump_locked - let the line discipline take typed bytes while it has room */
void pty_pump_locked(struct pty *pty, struct n_tty_events *ev) REQUIRES(pty->mu);

/* pty_tell - what @ev asks for: wake-ups and signals.  Locks: none. */
void pty_tell(struct pty *pty, const struct n_tty_events *ev);

/* pty_slave_ops - of the slave side (pty_slave.c) */
extern const struct tty_ops pty_slave_ops;

/* queue_put, queue_take, queue_room - bytes of a struct byte_queue */
u32 queue_room(const struct byte_queue *q);
void queue_put(struct byte_queue *q, const u8 *buf, u32 len);
bool queue_take(struct byte_queue *q, u8 *ret);

/* devpts.c: the inode of number @index, owned by @cred's user, group tty */
int devpts_new_inode(unsigned index, const struct cred *cred, struct inode **ret) must_check;
/* devpts_path - where the slave of @index is mounted for @t; -ENOENT */
int devpts_path(struct task *t, unsigned index, struct path *ret) must_check;
