/*
 * The files of /proc that tell of the whole system, and its root table.
 *
 * Memory and load are the host's, as sysinfo(2) tells them; CPU time is that of
 * the guest's processes.
 */
#include <sched.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "fs/procfs/internal.h"
#include "host/host.h"
#include "kernel/prio.h"
#include "kernel/rusage.h"
#include "kernel/utsname.h"

unsigned proc_nr_cpus(void)
{
	const cpu_set_t *online = prio_online();
	unsigned nr = CPU_SETSIZE;

	while (nr > 1 && !CPU_ISSET(nr - 1, online))
		nr--;
	return nr;
}

bool proc_cpu_online(unsigned cpu)
{
	return CPU_ISSET(cpu, prio_online());
}

static u64 clock_ns(clockid_t clock)
{
	struct timespec ts = {0};

	if (host_clock_gettime(clock, &ts))
		return 0;
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

/* What every process has used, and how many there are. */
struct load {
	struct cpu_times times;
	unsigned running, threads;
	pid_t last;
};

static void sum_load(struct load *ret)
{
	struct tgroup *tg;
	pid_t after = 0;

	*ret = (struct load){0};
	while ((tg = tgroup_next_get(after))) {
		struct cpu_times times;

		after = ret->last = tg->pid->nr;
		mutex_lock(&tasklist_lock);
		tgroup_times_locked(tg, &times);
		ret->times.utime += times.utime + tg->children_utime;
		ret->times.stime += times.stime + tg->children_stime;
		ret->threads += tg->nr_threads;
		ret->running += tg->leader && task_state_char(tg->leader) == 'R';
		mutex_unlock(&tasklist_lock);
		tgroup_put(tg);
	}
}

static int show_stat(struct pseudo_file *pf, struct seq *s)
{
	u64 up = clock_ns(CLOCK_BOOTTIME), now = clock_ns(CLOCK_REALTIME);
	unsigned nr = proc_nr_cpus(), online = 0;
	struct load load;
	long user, sys, idle;

	(void)pf;
	sum_load(&load);
	for (unsigned i = 0; i < nr; i++)
		online += proc_cpu_online(i);
	user = ns_to_clock_t(load.times.utime);
	sys = ns_to_clock_t(load.times.stime);
	idle = max(0l, ns_to_clock_t(up) * (long)online - user - sys);
	seq_printf(s, "cpu  %ld 0 %ld %ld 0 0 0 0 0 0\n", user, sys, idle);
	for (unsigned i = 0; i < nr; i++) {
		if (proc_cpu_online(i))
			seq_printf(s, "cpu%u %ld 0 %ld %ld 0 0 0 0 0 0\n", i, user / (long)online,
				   sys / (long)online, idle / (long)online);
	}
	seq_printf(s,
		   "intr 0\nctxt 0\nbtime %lu\nprocesses %d\nprocs_running %u\nprocs_blocked 0\n",
		   (u64)((now - up) / NSEC_PER_SEC), load.last, max(load.running, 1u));
	seq_puts(s, "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
	return 0;
}

static int show_meminfo(struct pseudo_file *pf, struct seq *s)
{
	struct sysinfo si;
	u64 kb;
	int err = host_sysinfo(&si);

	(void)pf;
	if (err)
		return err;
	kb = si.mem_unit;
	seq_printf(s, "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
		   si.totalram * kb >> 10, si.freeram * kb >> 10,
		   (si.freeram + si.bufferram) * kb >> 10);
	seq_printf(s, "Buffers:        %8lu kB\nCached:         %8d kB\nSwapCached:     %8d kB\n",
		   si.bufferram * kb >> 10, 0, 0);
	seq_printf(s, "Active:         %8d kB\nInactive:       %8d kB\n", 0, 0);
	seq_printf(s, "SwapTotal:      %8d kB\nSwapFree:       %8d kB\nDirty:          %8d kB\n", 0,
		   0, 0);
	seq_printf(s, "Writeback:      %8d kB\nAnonPages:      %8d kB\nMapped:         %8d kB\n", 0,
		   0, 0);
	seq_printf(s, "Shmem:          %8lu kB\nSlab:           %8d kB\n", si.sharedram * kb >> 10,
		   0);
	seq_printf(s, "CommitLimit:    %8lu kB\nCommitted_AS:   %8lu kB\n", si.totalram * kb >> 10,
		   (si.totalram - si.freeram) * kb >> 10);
	seq_printf(s, "VmallocTotal:   34359738367 kB\nVmallocUsed:    %8d kB\n", 0);
	seq_printf(s, "HugePages_Total: %7d\nHugePages_Free: %8d\nHugepagesize:   %8d kB\n", 0, 0,
		   2048);
	return 0;
}

/* What there is of it; swap there is none. */
static int show_vmstat(struct pseudo_file *pf, struct seq *s)
{
	struct sysinfo si;
	int err = host_sysinfo(&si);

	(void)pf;
	if (err)
		return err;
	seq_printf(s, "nr_free_pages %lu\nnr_shmem %lu\npswpin 0\npswpout 0\n",
		   si.freeram * si.mem_unit / PAGE_SIZE, si.sharedram * si.mem_unit / PAGE_SIZE);
	return 0;
}

static int show_uptime(struct pseudo_file *pf, struct seq *s)
{
	u64 cs = clock_ns(CLOCK_BOOTTIME) / 10000000;
	struct load load;
	u64 busy, idle = cs * max(proc_nr_cpus(), 1u);

	(void)pf;
	sum_load(&load);
	busy = (load.times.utime + load.times.stime) / 10000000;
	idle -= min(idle, busy);
	seq_printf(s, "%lu.%02lu %lu.%02lu\n", cs / 100, cs % 100, idle / 100, idle % 100);
	return 0;
}

static int show_loadavg(struct pseudo_file *pf, struct seq *s)
{
	struct sysinfo si = {0};
	struct load load;
	int err = host_sysinfo(&si);

	(void)pf;
	if (err)
		return err;
	sum_load(&load);
	for (int i = 0; i < 3; i++)
		seq_printf(s, "%lu.%02lu ", si.loads[i] >> 16,
			   ((si.loads[i] & 0xffff) * 100) >> 16);
	seq_printf(s, "%u/%u %d\n", max(load.running, 1u), load.threads, load.last);
	return 0;
}

static int show_version(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	seq_printf(s, "%s version %s (bailey@bailey) %s\n", UTS_SYSNAME, UTS_RELEASE, UTS_VERSION);
	return 0;
}

static int show_filesystems(struct pseudo_file *pf, struct seq *s)
{
	const struct fs_type *type;

	(void)pf;
	for (type = fs_type_first(); type; type = type->next)
		seq_printf(s, "%s\t%s\n", type->nodev ? "nodev" : "", type->name);
	return 0;
}

static const struct pseudo_entry fs_entries[] = {{0}};
static const struct pseudo_entry bus_entries[] = {{0}};

static const struct pseudo_entry tty_entries[] = {
	PSEUDO_TEXT("drivers", "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
			       "/dev/console         /dev/console    5       1 system:console\n"
			       "/dev/ptmx            /dev/ptmx       5       2 system\n"
			       "pty_slave            /dev/pts      136 0-1023 pty:slave\n"),
	PSEUDO_TEXT("ldiscs", "n_tty       0\n"),
	{0},
};

static const struct pseudo_entry root_entries[] = {
	{.name = "self", .mode = S_IFLNK | 0777, .readlink = proc_self_readlink},
	{.name = "thread-self", .mode = S_IFLNK | 0777, .readlink = proc_thread_self_readlink},
	PSEUDO_FILE("cpuinfo", proc_cpuinfo),
	PSEUDO_FILE("meminfo", show_meminfo),
	PSEUDO_FILE("stat", show_stat),
	PSEUDO_FILE("vmstat", show_vmstat),
	PSEUDO_FILE("uptime", show_uptime),
	PSEUDO_FILE("loadavg", show_loadavg),
	PSEUDO_FILE("version", show_version),
	PSEUDO_FILE("filesystems", show_filesystems),
	PSEUDO_LINK("mounts", "self/mounts"),
	PSEUDO_LINK("net", "self/net"),
	PSEUDO_TEXT("cmdline", "bailey\n"),
	PSEUDO_TEXT("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
	PSEUDO_TEXT("partitions", "major minor  #blocks  name\n\n"),
	PSEUDO_TEXT("diskstats", ""),
	PSEUDO_TEXT("modules", ""),
	PSEUDO_TEXT("devices",
		    "Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n"
		    "136 pts\n\nBlock devices:\n"),
	PSEUDO_TEXT("misc", ""),
	PSEUDO_TEXT("locks", ""),
	PSEUDO_TEXT("cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"),
	PSEUDO_DIR("sys", proc_sys_entries),
	PSEUDO_DIR("tty", tty_entries),
	PSEUDO_DIR("fs", fs_entries),
	PSEUDO_DIR("bus", bus_entries),
	{0},
};

const struct pseudo_entry proc_root = {
	.name = "proc",
	.mode = S_IFDIR | 0555,
	.entries = root_entries,
	.dyn = &proc_pid_dyn,
};
