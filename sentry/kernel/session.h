/*
 * Sessions and process groups (session.c).
 *
 * A terminal that becomes a session's controlling one sets tg->tty of its
 * members, and clears it in all of them (tasklist_lock) before it is freed; a
 * new process has its parent's.
 */
#pragma once
#include "kernel/pid.h"
#include "lib/base.h"

struct task;
struct tgroup;

/* What terminals want to know.  Filled at start-up by them; NULL: nobody listens. */
struct session_hooks {
	/* The leader of a session with a terminal is ending.  No locks; may sleep. */
	void (*leader_exit)(struct tgroup *tg);
};
extern struct session_hooks session_hooks;

/* session_leader_exit - if @tg leads a session, its terminal is told */
void session_leader_exit(struct tgroup *tg);

/* session_is_leader_locked - does @tg lead its session */
bool session_is_leader_locked(const struct tgroup *tg) REQUIRES(tasklist_lock);

/* session_create - setsid(2): 0 with *@ret_sid, -EPERM */
int session_create(struct task *t, pid_t *ret_sid) must_check;

/* session_set_pgrp - setpgid(2): 0, -EINVAL, -ESRCH, -EACCES, -EPERM */
int session_set_pgrp(struct task *t, pid_t pid, pid_t pgid) must_check;

/* session_get_pgrp, session_get_sid - of process @pid, 0 the caller's: number or -ESRCH */
long session_get_pgrp(struct task *t, pid_t pid) must_check;
long session_get_sid(struct task *t, pid_t pid) must_check;
