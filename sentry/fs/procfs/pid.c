/* /proc/PID and /proc/PID/task/TID: the tables, and the files of a line or two. */
#include <sys/resource.h>

#include "fs/procfs/internal.h"
#include "kernel/prio.h"
#include "kernel/rusage.h"
#include "mm/mm.h"
#include "sys/syscall_desc.h"

static int show_comm(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	char comm[TASK_COMM_LEN];

	if (!t)
		return -ESRCH;
	task_get_comm(t, comm);
	seq_printf(s, "%s\n", comm);
	return 0;
}

static ssize_t write_comm(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	if (!me || me->tg != t->tg)
		return -EINVAL;
	task_set_comm(t, buf);
	return (ssize_t)len;
}

static int show_limits(struct pseudo_file *pf, struct seq *s)
{
	static const struct {
		const char *name, *unit;
	} rows[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = {"Max cpu time", "seconds"},
		[RLIMIT_FSIZE] = {"Max file size", "bytes"},
		[RLIMIT_DATA] = {"Max data size", "bytes"},
		[RLIMIT_STACK] = {"Max stack size", "bytes"},
		[RLIMIT_CORE] = {"Max core file size", "bytes"},
		[RLIMIT_RSS] = {"Max resident set", "bytes"},
		[RLIMIT_NPROC] = {"Max processes", "processes"},
		[RLIMIT_NOFILE] = {"Max open files", "files"},
		[RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
		[RLIMIT_AS] = {"Max address space", "bytes"},
		[RLIMIT_LOCKS] = {"Max file locks", "locks"},
		[RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
		[RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
		[RLIMIT_NICE] = {"Max nice priority", ""},
		[RLIMIT_RTPRIO] = {"Max realtime priority", ""},
		[RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
	};
	cleanup_task struct task *t = proc_task(pf);
	struct rlimit64 rlim[RLIM_NLIMITS];

	if (!t)
		return -ESRCH;
	mutex_lock(&t->tg->rlim_mu);
	memcpy(rlim, t->tg->rlim, sizeof(rlim));
	mutex_unlock(&t->tg->rlim_mu);
	seq_printf(s, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		char soft[24] = "unlimited", hard[24] = "unlimited";

		if (rlim[i].rlim_cur != RLIM64_INFINITY)
			snprintf(soft, sizeof(soft), "%lu", rlim[i].rlim_cur);
		if (rlim[i].rlim_max != RLIM64_INFINITY)
			snprintf(hard, sizeof(hard), "%lu", rlim[i].rlim_max);
		seq_printf(s, "%-25s %-20s %-20s %-10s\n", rows[i].name, soft, hard, rows[i].unit);
	}
	return 0;
}

static int show_oom_score_adj(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	seq_printf(s, "%d\n", __atomic_load_n(&t->tg->oom_score_adj, __ATOMIC_RELAXED));
	return 0;
}

static int show_oom_adj(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	int adj;

	if (!t)
		return -ESRCH;
	adj = __atomic_load_n(&t->tg->oom_score_adj, __ATOMIC_RELAXED);
	seq_printf(s, "%d\n", adj == 1000 ? 15 : adj * 17 / 1000);
	return 0;
}

static int set_oom(struct pseudo_file *pf, struct task *me, s64 adj)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	if (adj < t->tg->oom_score_adj && (!me || !task_capable(me, CAP_SYS_RESOURCE)))
		return -EACCES;
	__atomic_store_n(&t->tg->oom_score_adj, (int)adj, __ATOMIC_RELAXED);
	return 0;
}

static ssize_t write_oom_score_adj(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	s64 adj;
	int err = pseudo_parse_long(buf, -1000, 1000, &adj);

	if (!err)
		err = set_oom(pf, me, adj);
	return err ? err : (ssize_t)len;
}

static ssize_t write_oom_adj(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	s64 adj;
	int err = pseudo_parse_long(buf, -17, 15, &adj);

	if (!err)
		err = set_oom(pf, me, adj == 15 ? 1000 : adj * 1000 / 17);
	return err ? err : (ssize_t)len;
}

/* Nothing is killed by score here: it is what Linux gives a process without memory. */
static int show_oom_score(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	seq_printf(s, "%d\n", max(0, 666 + t->tg->oom_score_adj * 2 / 3));
	return 0;
}

static int show_wchan(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	const struct syscall_desc *d;

	if (!t)
		return -ESRCH;
	/* The name of the call it sleeps in; Linux names the function. */
	d = task_state_char(t) == 'S' ? syscall_lookup(task_call(t)) : NULL;
	seq_printf(s, d ? "do_sys_%s" : "0", d ? d->name : "");
	return 0;
}

static int show_personality(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	seq_printf(s, "%08x\n", __atomic_load_n(&t->personality, __ATOMIC_RELAXED));
	return 0;
}

static int show_timerslack(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);

	if (!t)
		return -ESRCH;
	seq_printf(s, "%lu\n", __atomic_load_n(&t->timer_slack, __ATOMIC_RELAXED));
	return 0;
}

static ssize_t write_timerslack(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	cleanup_task struct task *t = proc_task(pf);
	s64 ns;
	int err = pseudo_parse_long(buf, 0, INT64_MAX, &ns);

	if (!t)
		return -ESRCH;
	if (err)
		return err;
	if (t != me && (!me || !task_capable(me, CAP_SYS_NICE)))
		return -EPERM;
	__atomic_store_n(&t->timer_slack, ns ? (u64)ns : 50000, __ATOMIC_RELAXED);
	return (ssize_t)len;
}

static int show_sched(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	struct prio_policy policy;
	struct cpu_times times;
	char comm[TASK_COMM_LEN];
	unsigned nr_threads;

	if (!t)
		return -ESRCH;
	task_get_comm(t, comm);
	task_times(t, &times);
	prio_get_policy(t, &policy);
	mutex_lock(&tasklist_lock);
	nr_threads = t->tg->nr_threads;
	mutex_unlock(&tasklist_lock);
	seq_printf(s, "%s (%d, #threads: %u)\n", comm, task_tid(t), nr_threads);
	for (int i = 0; i < 67; i++)
		seq_putc(s, '-');
	seq_printf(s, "\n%-45s:%21.6f\n", "se.sum_exec_runtime",
		   (double)(times.utime + times.stime) / 1e6);
	seq_printf(s, "%-45s:%21lu\n", "nr_switches", t->nvcsw + t->nivcsw);
	seq_printf(s, "%-45s:%21lu\n", "nr_voluntary_switches", t->nvcsw);
	seq_printf(s, "%-45s:%21lu\n", "nr_involuntary_switches", t->nivcsw);
	seq_printf(s, "%-45s:%21d\n", "policy", policy.policy);
	seq_printf(s, "%-45s:%21d\n", "prio", 120 + prio_get_nice(t));
	return 0;
}

static int show_schedstat(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	struct cpu_times times;

	if (!t)
		return -ESRCH;
	task_times(t, &times);
	seq_printf(s, "%lu 0 %lu\n", times.utime + times.stime, t->nvcsw + t->nivcsw);
	return 0;
}

static int show_children(struct pseudo_file *pf, struct seq *s)
{
	cleanup_task struct task *t = proc_task(pf);
	struct tgroup *child;

	if (!t)
		return -ESRCH;
	mutex_lock(&tasklist_lock);
	list_for_each_entry (child, &t->tg->children, sibling)
		seq_printf(s, "%d ", child->pid->nr);
	mutex_unlock(&tasklist_lock);
	return 0;
}

static ssize_t refuse_write(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	(void)pf, (void)me, (void)buf, (void)len;
	return -EPERM;
}

static int show_id_map(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	seq_puts(s, "         0          0 4294967295\n");
	return 0;
}

static int show_setgroups(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	seq_puts(s, "allow\n");
	return 0;
}

/* No security module: as on Linux without one, there is nothing to read. */
static int show_attr(struct pseudo_file *pf, struct seq *s)
{
	(void)pf, (void)s;
	return -EINVAL;
}

static ssize_t write_attr(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	(void)pf, (void)me, (void)buf, (void)len;
	return -EINVAL;
}

static const struct pseudo_entry attr_entries[] = {
	PSEUDO_RW("current", 0666, show_attr, write_attr),
	PSEUDO_FILE("prev", show_attr),
	PSEUDO_RW("exec", 0666, show_attr, write_attr),
	PSEUDO_RW("fscreate", 0666, show_attr, write_attr),
	PSEUDO_RW("keycreate", 0666, show_attr, write_attr),
	PSEUDO_RW("sockcreate", 0666, show_attr, write_attr),
	{0},
};

#define ENTRY(n, m, ...)                          \
	{                                         \
		.name = n, .mode = m, __VA_ARGS__ \
	}
#define MAGIC(n, fn) \
	ENTRY(n, S_IFLNK | 0777, .readlink = proc_##fn##_readlink, .get_link = proc_##fn##_link)

/* What a process and each of its threads have. */
#define COMMON_ENTRIES                                                                           \
	PSEUDO_FILE("status", proc_status), PSEUDO_FILE("stat", proc_stat),                      \
		PSEUDO_FILE("statm", proc_statm), PSEUDO_FILE("cmdline", proc_cmdline),          \
		ENTRY("maps", S_IFREG | 0444, .flags = PSEUDO_MM, .show = proc_maps),            \
		ENTRY("smaps", S_IFREG | 0444, .flags = PSEUDO_MM, .show = proc_smaps),          \
		ENTRY("smaps_rollup", S_IFREG | 0444, .flags = PSEUDO_MM,                        \
		      .show = proc_smaps_rollup),                                                \
		ENTRY("environ", S_IFREG | 0400, .flags = PSEUDO_MM, .show = proc_environ),      \
		ENTRY("auxv", S_IFREG | 0400, .flags = PSEUDO_MM, .show = proc_auxv),            \
		ENTRY("mem", S_IFREG | 0600, .open = proc_mem_open), MAGIC("exe", exe),          \
		MAGIC("cwd", cwd), MAGIC("root", root),                                          \
		ENTRY("fd", S_IFDIR | 0500, .dyn = &proc_fd_dyn),                                \
		ENTRY("fdinfo", S_IFDIR | 0555, .dyn = &proc_fdinfo_dyn),                        \
		PSEUDO_RW("comm", 0644, show_comm, write_comm),                                  \
		ENTRY("mounts", S_IFREG | 0444, .show = proc_mounts, .poll = proc_mounts_poll),  \
		ENTRY("mountinfo", S_IFREG | 0444, .show = proc_mountinfo,                       \
		      .poll = proc_mounts_poll),                                                 \
		PSEUDO_FILE("limits", show_limits), PSEUDO_TEXT("cgroup", "0::/\n"),             \
		PSEUDO_FILE("oom_score", show_oom_score),                                        \
		PSEUDO_RW("oom_score_adj", 0644, show_oom_score_adj, write_oom_score_adj),       \
		PSEUDO_RW("oom_adj", 0644, show_oom_adj, write_oom_adj),                         \
		PSEUDO_FILE("wchan", show_wchan),                                                \
		ENTRY("personality", S_IFREG | 0400, .flags = PSEUDO_PTRACE,                     \
		      .show = show_personality),                                                 \
		PSEUDO_FILE("sched", show_sched), PSEUDO_FILE("schedstat", show_schedstat),      \
		PSEUDO_TEXT("loginuid", "4294967295"), PSEUDO_TEXT("sessionid", "4294967295"),   \
		PSEUDO_TEXT("cpuset", "/\n"), PSEUDO_DIR("attr", attr_entries),                  \
		PSEUDO_RW("uid_map", 0644, show_id_map, refuse_write),                           \
		PSEUDO_RW("gid_map", 0644, show_id_map, refuse_write),                           \
		PSEUDO_RW("projid_map", 0644, show_id_map, refuse_write),                        \
		PSEUDO_RW("setgroups", 0644, show_setgroups, refuse_write),                      \
		ENTRY("net", S_IFDIR | 0555, .entries = proc_net_entries, .dyn = &proc_net_dyn), \
		ENTRY("ns", S_IFDIR | 0511, .entries = proc_ns_entries, .dyn = &proc_ns_dyn)

static const struct pseudo_entry task_entries[] = {
	COMMON_ENTRIES,
	PSEUDO_FILE("children", show_children),
	{0},
};

const struct pseudo_entry proc_task_dir = {
	.name = "task",
	.mode = S_IFDIR | 0555,
	.entries = task_entries,
};

static const struct pseudo_entry pid_entries[] = {
	COMMON_ENTRIES,
	ENTRY("task", S_IFDIR | 0555, .dyn = &proc_thread_dyn),
	PSEUDO_FILE("mountstats", proc_mountstats),
	PSEUDO_RW("timerslack_ns", 0666, show_timerslack, write_timerslack),
	{0},
};

const struct pseudo_entry proc_pid_dir = {
	.name = "pid",
	.mode = S_IFDIR | 0555,
	.entries = pid_entries,
};
