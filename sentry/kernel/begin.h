/*
 * What each program asks and says at its start, answered in its stub (platform/begin.h).
 */
#pragma once
#include "lib/base.h"

struct task;
struct tgroup;

/*
 * task_tell_begin - the calling task @t, or one that does not run yet, has a vcpu or memory anew
 * task_tell_limits - only the limits, which somebody may have changed
 * task_tell_brk - only the heap: it has another end, or more tasks have it
 */
void task_tell_begin(struct task *t);
void task_tell_limits(struct task *t);
void task_tell_brk(struct task *t);

/*
 * task_hear_begin - what the guest of the calling task @t has set in its stub is set
 *
 * Before it is used or set anew, and before @t loses its vcpu.
 */
void task_hear_begin(struct task *t);

/* task_robust_list - of any task, as it is now */
uaddr_t task_robust_list(struct task *t);

/* tgroup_lock_limits, tgroup_unlock_limits - around a change; no stub tells of any from now on */
void tgroup_lock_limits(struct tgroup *tg);
void tgroup_unlock_limits(struct tgroup *tg);
