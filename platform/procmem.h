/*
 * Guest memory where the host refuses process_vm_readv(2), as some containers'
 * seccomp profiles do: /proc/PID/mem, opened by a helper.
 *
 * The sentry can open nothing by itself.  The *opener* is a process of ours that
 * was started before the sentry's filter was on; told the number of a child of
 * the sentry it sends that one's memory as a descriptor, and can do nothing
 * else (procmem_opener.c).
 *
 * Differs: what is read and written that way does not honour the guest's page
 * protection.  Whoever asks has to (platform_info()->mem_forced).
 */
#pragma once
#include "host/host.h"
#include "lib/base.h"

/*
 * procmem_start - see whether the opener is needed, and start it if so
 *
 * Before the sentry has a second thread.
 * Return: 0, needed or not; else *@ret_why says what is missing.
 */
int procmem_start(const char **ret_why) must_check;
void procmem_stop(void);

/* procmem_in_use - process_vm_readv() cannot be used */
bool procmem_in_use(void);

/*
 * procmem_open - the memory of the sentry's child @pid, which is not reaped meanwhile
 *
 * May sleep.  Return: 0 with *@ret; -errno of the host, -EIO when the opener is gone.
 */
int procmem_open(pid_t pid, hostfd_t *ret) must_check;

/* procmem_opener - its life, in the process that is it; @sock: to the sentry @parent */
noreturn_fn void procmem_opener(int sock, pid_t parent);

/* What is sent: the pid as an s32; what is answered: 0 with a descriptor, or -errno as an s32. */
