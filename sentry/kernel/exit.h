/*
 * Zombies and orphans (exit.c); task_exit() itself stands in task.h.
 */
#pragma once
#include "kernel/pid.h"
#include "lib/base.h"

struct task;
struct tgroup;

/*
 * task_release_mm - @t leaves its address space: exec, exit
 *
 * Futexes are handed on, clear_child_tid is cleared and woken, a parent in
 * vfork(2) goes on.  Locks: none.  May sleep.
 */
void task_release_mm(struct task *t);

/* wait_status_to_info - a wait status as si_code (CLD_*) and si_status */
void wait_status_to_info(int status, int *ret_code, int *ret_status);

/*
 * tgroup_notify_stop - tell the parent that @tg stopped or went on
 * @code: CLD_STOPPED, CLD_CONTINUED or CLD_TRAPPED
 * @sig: the signal that did it
 *
 * SIGCHLD, unless the parent's SA_NOCLDSTOP is set, and a wake-up for wait(2).
 * The caller has set tg->stop_* first.
 *
 * Locks: none held; takes tasklist_lock.
 */
void tgroup_notify_stop(struct tgroup *tg, int code, int sig);

/*
 * tgroup_reap_locked - take a zombie out of the tree, its numbers free again
 *
 * Return: its leader, whose reference the caller puts after unlocking.
 */
struct task *tgroup_reap_locked(struct tgroup *tg) must_check REQUIRES(tasklist_lock);

/* tgroup_wait_status_locked - what wait(2) says of the zombie @tg */
int tgroup_wait_status_locked(struct tgroup *tg) REQUIRES(tasklist_lock);

/*
 * pgrp_is_orphaned_locked - has @pgrp no member whose parent is in another
 * group of the same session?
 * @ignored: looked at as if it were gone already; may be NULL
 *
 * Stop signals of terminals do not stop an orphaned group.
 */
bool pgrp_is_orphaned_locked(struct pid *pgrp, struct tgroup *ignored) REQUIRES(tasklist_lock);
