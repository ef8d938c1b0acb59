/*
 * /proc/PID/status, stat, statm: what ps and top read.
 *
 * Differs: the host tells how much of a process is resident, not what of it, so
 * all of it counts as anonymous; and no peaks.
 */
#include <sched.h>

#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "fs/procfs/internal.h"
#include "fs/tty/tty.h"
#include "kernel/prio.h"
#include "kernel/rusage.h"
#include "kernel/session.h"
#include "mm/mm.h"

static const char *state_name(char c)
{
	switch (c) {
	case 'R':
		return "R (running)";
	case 'S':
		return "S (sleeping)";
	case 'T':
		return "T (stopped)";
	case 't':
		return "t (tracing stop)";
	case 'Z':
		return "Z (zombie)";
	default:
		return "D (disk sleep)";
	}
}

/* What stands under tasklist_lock. */
struct tree_facts {
	pid_t tgid, tid, ppid, pgrp, session, tty_pgrp;
	u32 tty_nr;
	unsigned nr_threads;
	int exit_signal;
	struct cpu_times times;
	struct rusage children;
	u64 children_utime, children_stime;
};

static void get_tree_facts(struct task *t, bool thread, struct tree_facts *ret)
{
	struct tgroup *tg = t->tg;
	u64 rdev;

	*ret = (struct tree_facts){0};
	mutex_lock(&tasklist_lock);
	ret->tgid = tg->pid->nr;
	ret->tid = t->pid->nr;
	ret->ppid = tg->parent ? tg->parent->pid->nr : 0;
	ret->pgrp = tg->pgrp ? tg->pgrp->nr : 0;
	ret->session = tg->session ? tg->session->nr : 0;
	ret->nr_threads = tg->nr_threads;
	ret->tty_pgrp = tty_ids_locked(tg, &rdev);
	ret->tty_nr = (u32)rdev;
	ret->exit_signal = tg->exit_signal;
	ret->children_utime = tg->children_utime;
	ret->children_stime = tg->children_stime;
	ret->children = tg->children_ru;
	if (!thread)
		tgroup_times_locked(tg, &ret->times);
	mutex_unlock(&tasklist_lock);
	if (thread)
		task_times(t, &ret->times);
}

/* What stands under the lock of the signal handlers. */
struct signal_facts {
	sigset64_t pending, shared, blocked, ignored, caught;
};

static void get_signal_facts(struct task *t, struct signal_facts *ret)
{
	struct sighand *sh = sighand_lock(t->tg);

	*ret = (struct signal_facts){
		.pending = t->pending.set,
		.shared = t->tg->pending.set,
		.blocked = t->blocked,
	};
	for (int sig = 1; sig <= NSIG_GUEST; sig++) {
		if (sh->action[sig - 1].handler == 1)
			ret->ignored |= sig_bit(sig);
		else if (sh->action[sig - 1].handler)
			ret->caught |= sig_bit(sig);
	}
	sighand_unlock(sh);
}

static void show_ids(struct seq *s, struct task *t)
{
	cleanup_cred struct cred *c = task_cred_get(t);
	struct fdtable *ft = task_files_get(t);

	seq_printf(s, "Uid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid, c->fsuid);
	seq_printf(s, "Gid:\t%u\t%u\t%u\t%u\n", c->gid, c->egid, c->sgid, c->fsgid);
	seq_printf(s, "FDSize:\t%u\nGroups:\t", ft ? fdtable_size(ft) : 0);
	for (u32 i = 0; i < c->nr_groups; i++)
		seq_printf(s, "%u ", c->groups[i]);
	seq_puts(s, "\n");
	if (ft)
		fdtable_put(ft);
}

/* What stands under mmap_lock: pages, and bytes of code. */
struct memory_facts {
	u64 total, locked, data, stack, exec, code;
};

static void get_memory_facts(struct mm *mm, struct memory_facts *ret)
{
	mutex_lock(&mm->mmap_lock);
	*ret = (struct memory_facts){
		.total = mm->total_vm,
		.locked = mm->locked_vm,
		.data = mm->data_vm,
		.stack = mm->stack_vm,
		.exec = mm->exec_vm,
		.code = mm->end_code - mm->start_code,
	};
	mutex_unlock(&mm->mmap_lock);
}

static void show_memory(struct seq *s, struct mm *mm)
{
	u64 rss = mm_rss(mm) >> 10, exec, code;
	struct memory_facts f;

	get_memory_facts(mm, &f);
	exec = f.exec * 4;
	code = min(exec, f.code >> 10);
	seq_printf(s,
		   "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\nVmLck:\t%8lu kB\nVmPin:\t%8d kB\n"
		   "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\n",
		   f.total * 4, f.total * 4, f.locked * 4, 0, rss, rss);
	seq_printf(s, "RssAnon:\t%8lu kB\nRssFile:\t%8d kB\nRssShmem:\t%8d kB\n", rss, 0, 0);
	seq_printf(s,
		   "VmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\nVmLib:\t%8lu kB\n"
		   "VmSwap:\t%8d kB\nHugetlbPages:\t%8d kB\n",
		   f.data * 4, f.stack * 4, code, exec - code, 0, 0);
	seq_puts(s, "CoreDumping:\t0\nTHP_enabled:\t1\nuntag_mask:\t0xffffffffffffffff\n");
}

static void show_queued(struct seq *s, struct task *t)
{
	cleanup_cred struct cred *c = task_cred_get(t);

	seq_printf(s, "SigQ:\t%lu/%lu\n", signal_nr_queued(c->uid),
		   task_rlimit(t, RLIMIT_SIGPENDING));
}

static void show_caps(struct seq *s, struct task *t)
{
	cleanup_cred struct cred *c = task_cred_get(t);

	seq_printf(s, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\n",
		   c->cap_inheritable, c->cap_permitted, c->cap_effective, c->cap_bset);
	seq_printf(s, "CapAmb:\t%016lx\n", c->cap_ambient);
}

static void show_cpus(struct seq *s, struct task *t)
{
	unsigned nr = proc_nr_cpus(), first = nr;
	bool comma = false;
	cpu_set_t set;
	u64 mask = 0;

	prio_get_affinity(t, &set);
	for (unsigned i = 0; i < nr && i < 64; i++)
		mask |= CPU_ISSET(i, &set) ? 1ull << i : 0;
	seq_printf(s, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", mask);
	for (unsigned i = 0; i <= nr; i++) {
		bool on = i < nr && CPU_ISSET(i, &set);

		if (on && first == nr) {
			first = i;
		} else if (!on && first != nr) {
			seq_printf(s, "%s%u", comma ? "," : "", first);
			if (first != i - 1)
				seq_printf(s, "-%u", i - 1);
			comma = true;
			first = nr;
		}
	}
	seq_puts(s, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
}

int proc_status(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	cleanup_mm struct mm *mm = NULL;
	struct fs_struct *fs;
	struct tree_facts tree;
	struct signal_facts sig;
	char comm[TASK_COMM_LEN];

	if (!t)
		return -ESRCH;
	get_tree_facts(t, pf->pi->thread, &tree);
	get_signal_facts(t, &sig);
	task_get_comm(t, comm);
	mm = task_mm_get(t);
	fs = task_fs_get(t);
	seq_puts(s, "Name:\t");
	seq_escape(s, comm, "\n");
	if (fs) {
		seq_printf(s, "\nUmask:\t%04o", fs_struct_umask(fs));
		fs_struct_put(fs);
	}
	seq_printf(s, "\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		   state_name(task_state_char(t)), tree.tgid, tree.tid, tree.ppid);
	show_ids(s, t);
	seq_printf(s, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\nKthread:\t%d\n", tree.tgid,
		   tree.tid, tree.pgrp, tree.session, 0);
	if (mm)
		show_memory(s, mm);
	seq_printf(s, "Threads:\t%u\n", tree.nr_threads);
	show_queued(s, t);
	seq_printf(s, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", sig.pending,
		   sig.shared, sig.blocked);
	seq_printf(s, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", sig.ignored, sig.caught);
	show_caps(s, t);
	seq_printf(s, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n",
		   __atomic_load_n(&t->no_new_privs, __ATOMIC_RELAXED));
	seq_puts(s, "Speculation_Store_Bypass:\tthread vulnerable\n"
		    "SpeculationIndirectBranch:\tconditional enabled\n");
	show_cpus(s, t);
	seq_printf(s, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n", t->nvcsw,
		   t->nivcsw);
	return 0;
}

/* Numbers of /proc/PID/stat that only those may see who may look into the process. */
struct stat_secrets {
	u64 start_code, end_code, start_stack, start_data, end_data, start_brk;
	u64 arg_start, arg_end, env_start, env_end;
};

static void get_secrets(struct mm *mm, struct stat_secrets *ret)
{
	mutex_lock(&mm->mmap_lock);
	*ret = (struct stat_secrets){
		mm->start_code, mm->end_code,  mm->start_stack, mm->start_data, mm->end_data,
		mm->start_brk,  mm->arg_start, mm->arg_end,     mm->env_start,  mm->env_end,
	};
	mutex_unlock(&mm->mmap_lock);
}

int proc_stat(struct pseudo_file *pf, struct seq *s)
{
	struct task *me = park_self()->owner;
	cleanup_task struct task *t = proc_task(pf);
	cleanup_mm struct mm *mm = NULL;
	struct stat_secrets sec = {0};
	struct signal_facts sig;
	struct tree_facts tree;
	char comm[TASK_COMM_LEN];
	struct prio_policy policy;
	bool may_look;
	u64 vsize = 0, rss = 0;
	int nice;

	if (!t)
		return -ESRCH;
	get_tree_facts(t, pf->pi->thread, &tree);
	get_signal_facts(t, &sig);
	task_get_comm(t, comm);
	prio_get_policy(t, &policy);
	nice = prio_get_nice(t);
	mm = task_mm_get(t);
	may_look = !task_may_look(me, me ? me->cred : NULL, t);
	if (mm) {
		struct memory_facts mem;

		get_memory_facts(mm, &mem);
		vsize = mem.total << PAGE_SHIFT;
		rss = mm_rss(mm) >> PAGE_SHIFT;
		if (may_look)
			get_secrets(mm, &sec);
	}
	seq_printf(s, "%d (%s) %c %d %d %d %u %d %u ", tree.tid, comm, task_state_char(t),
		   tree.ppid, tree.pgrp, tree.session, tree.tty_nr, tree.tty_pgrp, 0x400000u);
	seq_printf(s, "%lu %ld %lu %ld %ld %ld %ld %ld ",
		   __atomic_load_n(&t->minflt, __ATOMIC_RELAXED), tree.children.ru_minflt,
		   __atomic_load_n(&t->majflt, __ATOMIC_RELAXED), tree.children.ru_majflt,
		   ns_to_clock_t(tree.times.utime), ns_to_clock_t(tree.times.stime),
		   ns_to_clock_t(tree.children_utime), ns_to_clock_t(tree.children_stime));
	seq_printf(s, "%d %d %u 0 %ld %lu %lu %lu ", 20 + nice, nice, tree.nr_threads,
		   ns_to_clock_t(t->start_boottime), vsize, rss, task_rlimit(t, RLIMIT_RSS));
	seq_printf(s, "%lu %lu %lu 0 0 %lu %lu %lu %lu ", sec.start_code, sec.end_code,
		   sec.start_stack, sig.pending & INT32_MAX, sig.blocked & INT32_MAX,
		   sig.ignored & INT32_MAX, sig.caught & INT32_MAX);
	seq_printf(s, "%d 0 0 %d 0 %d %d 0 0 0 ", task_state_char(t) == 'S', tree.exit_signal,
		   policy.priority, policy.policy);
	seq_printf(s, "%lu %lu %lu %lu %lu %lu %lu %d\n", sec.start_data, sec.end_data,
		   sec.start_brk, sec.arg_start, sec.arg_end, sec.env_start, sec.env_end,
		   may_look ? __atomic_load_n(&t->exit_code, __ATOMIC_RELAXED) : 0);
	return 0;
}

int proc_statm(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	cleanup_mm struct mm *mm = t ? task_mm_get(t) : NULL;
	struct memory_facts f;
	u64 rss;

	if (!t)
		return -ESRCH;
	if (!mm) {
		seq_puts(s, "0 0 0 0 0 0 0\n");
		return 0;
	}
	get_memory_facts(mm, &f);
	rss = mm_rss(mm) >> PAGE_SHIFT;
	seq_printf(s, "%lu %lu 0 %lu 0 %lu 0\n", f.total, rss,
		   (f.code + PAGE_SIZE - 1) >> PAGE_SHIFT, f.data + f.stack);
	return 0;
}
