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

/*
 * prio_init - ask the host which processors the sandbox may use
 *
 * Before the first worker runs: later, workers tie themselves to one of them for
 * a moment (sched/core.c).
 */
void prio_init(void);

/* prio_online - the processors the sandbox may use */
const cpu_set_t *prio_online(void);

/* prio_set_affinity - those of @mask that are online; -EINVAL none, -EPERM, -ENOMEM */
int prio_set_affinity(struct task *t, struct task *other, const cpu_set_t *mask) must_check;
void prio_get_affinity(struct task *other, cpu_set_t *ret);

/* prio_set_io, prio_get_io - the priority of its reads and writes, as ioprio_set(2) codes it */
int prio_set_io(struct task *t, struct task *other, int io) must_check;
int prio_get_io(struct task *other);

/* For every thread that a PRIO_* and a number mean. */
struct prio_walk {
	struct task *caller;
	int value; /* fn's: what to set, or the best so far */
	int err;   /* fn's */
	int which; /* PRIO_PROCESS, PRIO_PGRP, PRIO_USER */
	bool any;  /* fn was called before */
	void (*fn)(struct prio_walk *w, struct task *t);
};

/* prio_walk - call w->fn for each; 0, -EINVAL, -ESRCH when there is none */
int prio_walk(struct prio_walk *w, int which, int who) must_check;
