/*
 * Priorities, policies and processors of threads (prio.c).
 *
 * Kept and shown as the guest set them; the host schedules guest threads by its
 * own rules.
 */
#pragma once
#include <sched.h>

#include "lib/base.h"

struct task;

/* prio_set_nice - to [-20, 19]; -EPERM (another's), -EACCES (raising) */
int prio_set_nice(struct task *t, struct task *other, int nice) must_check;
int prio_get_nice(struct task *other);

/* prio_range - lowest and highest static priority of a policy; -EINVAL for no policy */
int prio_range(int policy, int *ret_min, int *ret_max) must_check;

struct prio_policy {
	int policy, priority;
	bool reset_on_fork;
};

/* prio_set_policy - sched_setscheduler(2) once the numbers are known; -EINVAL, -EPERM */
int prio_set_policy(struct task *t, struct task *other, const struct prio_policy *p) must_check;
void prio_get_policy(struct task *other, struct prio_policy *ret);

/* prio_online - the processors the sandbox may use; computed once */
const cpu_set_t *prio_online(void);

/* prio_set_affinity - those of @mask that are online; -EINVAL none, -EPERM, -ENOMEM */
int prio_set_affinity(struct task *t, struct task *other, const cpu_set_t *mask) must_check;
void prio_get_affinity(struct task *other, cpu_set_t *ret);
