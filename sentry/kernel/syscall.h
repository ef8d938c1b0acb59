/*
 * Serving one system call (syscall.c).
 */
#pragma once
#include "lib/base.h"

struct task;

/*
 * syscall_serve - look the call up, trace it, run its handler
 *
 * Return: a value, -errno, or a restart code.  -ENOSYS for a call that nobody
 * implemented, which is counted (syscall_unknown).
 */
long syscall_serve(struct task *t, u64 nr, const u64 args[6]);

/* syscall_unknown - how many calls were answered ENOSYS so far */
u64 syscall_unknown(void);
