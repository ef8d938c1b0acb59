/*
 * Waiting for children (wait.c): what wait4(2) and waitid(2) share.
 */
#pragma once
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/base.h"

struct pid;
struct task;

struct wait_req {
	int type;        /* P_ALL, P_PID, P_PGID */
	struct pid *pid; /* whose; NULL for P_ALL.  The caller's reference. */
	int options;     /* WNOHANG, WEXITED, WSTOPPED, WCONTINUED, WNOWAIT, __WALL... */
};

struct wait_result {
	pid_t pid; /* 0: WNOHANG, and nothing to tell */
	u32 uid;
	int code;    /* CLD_* */
	int status;  /* as si_status */
	int wstatus; /* as wait4 */
	struct rusage ru;
};

/*
 * wait_for_child - find or wait for a child that has changed, and take the news
 *
 * A zombie is reaped unless WNOWAIT.  Locks: none.  May sleep.
 * Return: 0, -ECHILD, -ERESTARTSYS.
 */
int wait_for_child(struct task *t, const struct wait_req *req, struct wait_result *ret) must_check;
