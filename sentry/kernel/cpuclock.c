/*
 * CPU clocks: how long a thread or a process has run.
 *
 * The host counts the guest's own instructions, the sentry what it did for the
 * guest.  Nothing tells when such a clock reaches a time, so whoever waits for
 * one looks again at the earliest moment it can have come: what is left divided
 * by the threads (or cores) that can run, but not more often than each tick.
 */
#include "kernel/clock.h"
#include "kernel/task.h"

/* As in Linux's uapi: a CPU clock id is ~pid << 3, a bit for threads, two for the kind. */
#define ID_THREAD   4
#define ID_KIND     3
#define CPU_TICK_NS 1000000u

static int kind_from_id(clockid_t id, enum cpuclock_kind *ret)
{
	switch (id & ID_KIND) {
	case 0:
		*ret = CPUCLOCK_PROF;
		return 0;
	case 1:
		*ret = CPUCLOCK_VIRT;
		return 0;
	case 2:
		*ret = CPUCLOCK_SCHED;
		return 0;
	default:
		return -EINVAL; /* a clock of a device */
	}
}

int cpuclock_open(struct task *t, clockid_t id, struct cpuclock *ret)
{
	bool thread = id == CLOCK_THREAD_CPUTIME_ID;
	pid_t nr = 0;

	*ret = (struct cpuclock){.kind = CPUCLOCK_SCHED};
	if (id < 0) {
		int err = kind_from_id(id, &ret->kind);

		if (err)
			return err;
		thread = id & ID_THREAD;
		nr = ~(id >> 3);
	}
	if (!thread) {
		ret->tg = nr ? tgroup_find_get(nr) : tgroup_get(t->tg);
		return ret->tg ? 0 : -EINVAL;
	}
	ret->task = nr ? task_find_get(nr) : task_get(t);
	/* Threads of other processes are none of our business, as on Linux. */
	if (!ret->task || ret->task->tg != t->tg) {
		cpuclock_close(ret);
		return -EINVAL;
	}
	return 0;
}

void cpuclock_close(struct cpuclock *c)
{
	if (c->task)
		task_put(c->task);
	if (c->tg)
		tgroup_put(c->tg);
	c->task = NULL;
	c->tg = NULL;
}

void task_cputime(struct task *t, u64 *ret_user, u64 *ret_sys)
{
	*ret_user = task_utime(t);
	*ret_sys = task_stime(t);
}

void tgroup_cputime(struct tgroup *tg, u64 *ret_user, u64 *ret_sys)
{
	struct task *t;

	mutex_lock(&tasklist_lock);
	*ret_user = tg->dead_utime;
	*ret_sys = tg->dead_stime;
	list_for_each_entry (t, &tg->threads, thread_node) {
		u64 user, sys;

		task_cputime(t, &user, &sys);
		*ret_user += user;
		*ret_sys += sys;
	}
	mutex_unlock(&tasklist_lock);
}

u64 cpuclock_read(const struct cpuclock *c)
{
	u64 user, sys;

	if (c->task)
		task_cputime(c->task, &user, &sys);
	else
		tgroup_cputime(c->tg, &user, &sys);
	return c->kind == CPUCLOCK_VIRT ? user : user + sys;
}

u64 cpuclock_poll_at(const struct cpuclock *c, u64 ns)
{
	unsigned runners = 1;

	if (!c->task) {
		mutex_lock(&tasklist_lock);
		runners = max(c->tg->nr_threads, 1u);
		mutex_unlock(&tasklist_lock);
	}
	return now_ns() + max(ns / runners, (u64)CPU_TICK_NS);
}
