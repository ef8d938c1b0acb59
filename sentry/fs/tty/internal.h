/* What the files of tty/ share. */
#pragma once
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include "fs/tty/tty.h"

struct super;

/* job.c */

/* tty_open_controlling - opened by @t: does it become its session's terminal? */
void tty_open_controlling(struct tty *tty, struct task *t, bool readable);

/* tty_leave_session - take it from the processes that have it; nobody is told */
void tty_leave_session(struct tty *tty);

/* tty_hangup_session - the same, and SIGHUP and SIGCONT for the leader and the foreground */
void tty_hangup_session(struct tty *tty);

long tty_ioctl_sctty(struct tty *tty, struct tty_file *tf, struct task *t, u64 arg);
long tty_ioctl_notty(struct tty *tty, struct task *t);
long tty_ioctl_gpgrp(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg);
long tty_ioctl_spgrp(struct tty *tty, struct task *t, uaddr_t arg);
long tty_ioctl_gsid(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg);

/* tty_of - the controlling terminal of @t; counted, or NULL */
struct tty *tty_of(struct task *t);

/* tty_leader_exit - session_hooks.leader_exit */
void tty_leader_exit(struct tgroup *tg);

/* pty.c */
struct tty *pty_master_tty(const struct file *f);
int pty_open_master(struct inode *inode, const struct open_args *args, struct file **ret)
	must_check;
int pty_open_slave(struct inode *inode, const struct open_args *args, struct file **ret) must_check;
