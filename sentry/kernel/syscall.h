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

/* syscall_trace_enable - print calls to @fd; @calls as `--trace=` gives them, NULL for all */
int syscall_trace_enable(const char *calls, int fd) must_check;
