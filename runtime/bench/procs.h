/*
 * Processes of a command, as /proc shows them: to weigh them and to end them.
 */
#pragma once
#include "lib/base.h"

#define PROCS_MAX 256

/* procs_tree - @pid's descendants, without itself; how many were written to @ret */
size_t procs_tree(pid_t pid, pid_t ret[PROCS_MAX]);

/* procs_spare - the children we have now are somebody else's business: never ended */
void procs_spare(void);

/* procs_kill_tree - end all descendants of @pid, and @pid unless it is ourselves; reaps what
 * becomes ours */
void procs_kill_tree(pid_t pid);

/* procs_await - until the process behind @pidfd has ended, @ms at most */
void procs_await(int pidfd, int ms);

/* procs_pss - bytes of memory that are @pid's share; 0 when it is gone or hidden */
u64 procs_pss(pid_t pid);

/* procs_cpu_ns - processor time that @pid has used; 0 when it is gone */
u64 procs_cpu_ns(pid_t pid);

/* procs_runs - does @pid run program @path: is its text mapped */
bool procs_runs(pid_t pid, const char *path);
