/*
 * Looking at other processes: who may, and finding them (access.c).
 */
#pragma once
#include "lib/base.h"

struct cred;
struct pid;
struct task;

/*
 * pid_task_get - the task a struct pid stands for; counted
 * @thread: the thread of that number; else the leader of that process
 *
 * Zombies included.  NULL: it is gone.  Locks: takes LOCK_TASKS.
 */
struct task *pid_task_get(struct pid *pid, bool thread);

/* task_dumpable - is the task's memory an ordinary program's, open to its own user */
bool task_dumpable(struct task *t);

/*
 * task_may_look - Linux's ptrace_may_access()
 * @from: who looks; NULL: the sentry, which may
 * @cred: with whose file system credentials; NULL: with @from's real ones
 *
 * The rule is one for looking and for changing (ptrace, process_vm_writev).
 *
 * Return: 0, -EPERM; -EACCES for the files of /proc is the caller's to make of it.
 */
int task_may_look(struct task *from, const struct cred *cred, struct task *to) must_check;
