/*
 * New threads and processes (clone.c).
 */
#pragma once
#include "lib/base.h"

struct task;

#define CLONE_SET_TID_MAX 1 /* there is one pid namespace */

/* What fork, vfork, clone and clone3 ask for; guest addresses as they gave them. */
struct clone_req {
	u64 flags;       /* CLONE_*, without the signal */
	int exit_signal; /* 0: none */
	uaddr_t sp;      /* 0: the parent's */
	uaddr_t tls;
	uaddr_t parent_tid, child_tid, pidfd;
	pid_t set_tid; /* 0: any */
};

/*
 * do_clone - make a thread or process and let it run
 *
 * With CLONE_VFORK sleeps, killable, until the child has its own memory or is
 * gone.  On @t's fiber, its vcpu stopped.
 * Return: the number of the child; -EINVAL, -EPERM, -EAGAIN, -ENOMEM, -EFAULT,
 * -EEXIST, -EMFILE, -ERESTARTNOINTR when a signal came first.
 */
long do_clone(struct task *t, const struct clone_req *rq) must_check;
