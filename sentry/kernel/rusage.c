/*
 * What threads and processes have used (rusage.h): CPU time, faults, switches,
 * memory.
 *
 * A thread's counts are its own; when it leaves they go to the process
 * (dead_*), and when somebody waits for the process, to its parent
 * (children_*), as on Linux.
 */
#include "kernel/rusage.h"

#include "kernel/task.h"
#include "mm/mm.h"
#include "platform/platform.h"

void task_times(struct task *t, struct cpu_times *ret)
{
	ret->utime = task_utime(t);
	ret->stime = task_stime(t);
}

void tgroup_times_locked(struct tgroup *tg, struct cpu_times *ret)
{
	struct task *t;

	*ret = (struct cpu_times){tg->dead_utime, tg->dead_stime};
	list_for_each_entry (t, &tg->threads, thread_node) {
		struct cpu_times one;

		task_times(t, &one);
		ret->utime += one.utime;
		ret->stime += one.stime;
	}
}

static struct timeval ns_to_timeval(u64 ns)
{
	return (struct timeval){
		.tv_sec = (time_t)(ns / NSEC_PER_SEC),
		.tv_usec = (suseconds_t)(ns % NSEC_PER_SEC / NSEC_PER_USEC),
	};
}

static void set_times(struct rusage *ru, u64 utime, u64 stime)
{
	ru->ru_utime = ns_to_timeval(utime);
	ru->ru_stime = ns_to_timeval(stime);
}

static void add_task(struct rusage *ru, const struct task *t)
{
	ru->ru_minflt += (long)t->minflt;
	ru->ru_majflt += (long)t->majflt;
	ru->ru_nvcsw += (long)t->nvcsw;
	ru->ru_nivcsw += (long)t->nivcsw;
}

/* Not times: those are kept in ns elsewhere. */
void rusage_add_counts(struct rusage *ru, const struct rusage *more)
{
	ru->ru_maxrss = max(ru->ru_maxrss, more->ru_maxrss);
	ru->ru_minflt += more->ru_minflt;
	ru->ru_majflt += more->ru_majflt;
	ru->ru_nvcsw += more->ru_nvcsw;
	ru->ru_nivcsw += more->ru_nivcsw;
	ru->ru_inblock += more->ru_inblock;
	ru->ru_oublock += more->ru_oublock;
}

void rusage_task(struct task *t, struct rusage *ret)
{
	struct cpu_times ct;

	*ret = (struct rusage){0};
	task_times(t, &ct);
	set_times(ret, ct.utime, ct.stime);
	add_task(ret, t);
}

void rusage_tgroup_locked(struct tgroup *tg, struct rusage *ret)
{
	struct cpu_times ct;
	struct task *t;

	*ret = tg->dead_ru;
	list_for_each_entry (t, &tg->threads, thread_node) {
		add_task(ret, t);
	}
	tgroup_times_locked(tg, &ct);
	set_times(ret, ct.utime, ct.stime);
}

void rusage_children_locked(struct tgroup *tg, struct rusage *ret)
{
	*ret = tg->children_ru;
	set_times(ret, tg->children_utime, tg->children_stime);
}

void rusage_both_locked(struct tgroup *tg, struct rusage *ret)
{
	struct cpu_times ct;

	rusage_tgroup_locked(tg, ret);
	rusage_add_counts(ret, &tg->children_ru);
	tgroup_times_locked(tg, &ct);
	set_times(ret, ct.utime + tg->children_utime, ct.stime + tg->children_stime);
}

void rusage_bury_locked(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct cpu_times ct;

	task_times(t, &ct);
	tg->dead_utime += ct.utime;
	tg->dead_stime += ct.stime;
	add_task(&tg->dead_ru, t);
}

void rusage_reap_locked(struct tgroup *parent, struct tgroup *child)
{
	struct cpu_times ct;
	struct rusage ru;

	rusage_both_locked(child, &ru);
	rusage_add_counts(&parent->children_ru, &ru);
	tgroup_times_locked(child, &ct);
	parent->children_utime += ct.utime + child->children_utime;
	parent->children_stime += ct.stime + child->children_stime;
}

void rusage_host(struct task *t, struct rusage *ru)
{
	struct vcpu_usage u;
	unsigned threads;

	mutex_lock(&tasklist_lock);
	threads = t->tg->nr_threads;
	mutex_unlock(&tasklist_lock);
	if (!t->mm || !t->vcpu || __atomic_load_n(&t->mm->nr_users, __ATOMIC_RELAXED) > threads ||
	    vcpu_usage(t->vcpu, &u))
		return;
	ru->ru_minflt += (long)u.minflt;
	ru->ru_majflt += (long)u.majflt;
	ru->ru_maxrss = max(ru->ru_maxrss, (long)u.maxrss);
}
