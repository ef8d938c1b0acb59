/*
 * /proc/sys: what can be asked of the kernel, and the few things root may set.
 *
 * A file without a write function cannot be opened for writing: what it shows
 * is how this kernel works, not a knob.
 */
#include "fs/procfs/internal.h"
#include "host/host.h"
#include "kernel/utsname.h"

static int show_hostname(struct pseudo_file *pf, struct seq *s)
{
	char name[UTS_LEN + 1];

	(void)pf;
	uts_get_hostname(name);
	seq_printf(s, "%s\n", name);
	return 0;
}

static int show_domainname(struct pseudo_file *pf, struct seq *s)
{
	char name[UTS_LEN + 1];

	(void)pf;
	uts_get_domainname(name);
	seq_printf(s, "%s\n", name);
	return 0;
}

static ssize_t write_hostname(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	(void)pf;
	if (!me || !task_capable(me, CAP_SYS_ADMIN))
		return -EPERM;
	uts_set_hostname(buf, strcspn(buf, "\n"));
	return (ssize_t)len;
}

static ssize_t write_domainname(struct pseudo_file *pf, struct task *me, char *buf, size_t len)
{
	(void)pf;
	if (!me || !task_capable(me, CAP_SYS_ADMIN))
		return -EPERM;
	uts_set_domainname(buf, strcspn(buf, "\n"));
	return (ssize_t)len;
}

static int new_uuid(u8 u[16])
{
	int err = host_getrandom(u, 16);

	u[6] = (u8)((u[6] & 0x0f) | 0x40);
	u[8] = (u8)((u[8] & 0x3f) | 0x80);
	return err;
}

static void show_uuid_bytes(struct seq *s, const u8 u[16])
{
	for (int i = 0; i < 16; i++)
		seq_printf(s, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", u[i]);
	seq_putc(s, '\n');
}

static int show_uuid(struct pseudo_file *pf, struct seq *s)
{
	u8 u[16];
	int err = new_uuid(u);

	(void)pf;
	if (!err)
		show_uuid_bytes(s, u);
	return err;
}

/* One for the life of the sandbox, made when it is first asked for. */
static int show_boot_id(struct pseudo_file *pf, struct seq *s)
{
	static struct spinlock lock;
	static u8 id[16];
	static bool made;
	u8 fresh[16];
	int err = new_uuid(fresh);

	(void)pf;
	if (err)
		return err;
	spin_lock(&lock);
	if (!made)
		memcpy(id, fresh, sizeof(id));
	made = true;
	memcpy(fresh, id, sizeof(id));
	spin_unlock(&lock);
	show_uuid_bytes(s, fresh);
	return 0;
}

static const struct pseudo_entry random_entries[] = {
	PSEUDO_FILE("uuid", show_uuid),
	PSEUDO_FILE("boot_id", show_boot_id),
	PSEUDO_TEXT("entropy_avail", "256\n"),
	PSEUDO_TEXT("poolsize", "256\n"),
	PSEUDO_TEXT("urandom_min_reseed_secs", "60\n"),
	PSEUDO_TEXT("write_wakeup_threshold", "256\n"),
	{0},
};

static const struct pseudo_entry seccomp_entries[] = {
	PSEUDO_TEXT("actions_avail", "\n"),
	{0},
};

static const struct pseudo_entry pty_entries[] = {
	PSEUDO_TEXT("max", "1024\n"),
	PSEUDO_TEXT("reserve", "0\n"),
	{0},
};

static const struct pseudo_entry kernel_entries[] = {
	PSEUDO_RW("hostname", 0644, show_hostname, write_hostname),
	PSEUDO_RW("domainname", 0644, show_domainname, write_domainname),
	PSEUDO_TEXT("ostype", UTS_SYSNAME "\n"),
	PSEUDO_TEXT("osrelease", UTS_RELEASE "\n"),
	PSEUDO_TEXT("version", UTS_VERSION "\n"),
	PSEUDO_TEXT("pid_max", "4194304\n"),
	PSEUDO_TEXT("threads-max", "126000\n"),
	PSEUDO_TEXT("cap_last_cap", "40\n"),
	PSEUDO_TEXT("ngroups_max", "65536\n"),
	PSEUDO_TEXT("core_pattern", "core\n"),
	PSEUDO_TEXT("core_uses_pid", "0\n"),
	PSEUDO_TEXT("core_pipe_limit", "0\n"),
	PSEUDO_TEXT("shmmax", "18446744073692774399\n"),
	PSEUDO_TEXT("shmall", "18446744073692774399\n"),
	PSEUDO_TEXT("shmmni", "4096\n"),
	PSEUDO_TEXT("msgmax", "8192\n"),
	PSEUDO_TEXT("msgmnb", "16384\n"),
	PSEUDO_TEXT("msgmni", "32000\n"),
	PSEUDO_TEXT("sem", "32000\t1024000000\t500\t32000\n"),
	PSEUDO_TEXT("randomize_va_space", "2\n"),
	PSEUDO_TEXT("kptr_restrict", "2\n"),
	PSEUDO_TEXT("dmesg_restrict", "1\n"),
	PSEUDO_TEXT("perf_event_paranoid", "4\n"),
	PSEUDO_TEXT("unprivileged_bpf_disabled", "2\n"),
	PSEUDO_TEXT("sched_child_runs_first", "0\n"),
	PSEUDO_TEXT("sched_rr_timeslice_ms", "100\n"),
	PSEUDO_TEXT("tainted", "0\n"),
	PSEUDO_TEXT("overflowuid", "65534\n"),
	PSEUDO_TEXT("overflowgid", "65534\n"),
	PSEUDO_TEXT("numa_balancing", "0\n"),
	PSEUDO_TEXT("panic", "0\n"),
	PSEUDO_DIR("random", random_entries),
	PSEUDO_DIR("pty", pty_entries),
	PSEUDO_DIR("seccomp", seccomp_entries),
	{0},
};

static const struct pseudo_entry vm_entries[] = {
	PSEUDO_TEXT("overcommit_memory", "0\n"),
	PSEUDO_TEXT("overcommit_ratio", "50\n"),
	PSEUDO_TEXT("overcommit_kbytes", "0\n"),
	PSEUDO_TEXT("max_map_count", "65530\n"),
	PSEUDO_TEXT("mmap_min_addr", "65536\n"),
	PSEUDO_TEXT("swappiness", "60\n"),
	PSEUDO_TEXT("nr_hugepages", "0\n"),
	PSEUDO_TEXT("page-cluster", "3\n"),
	PSEUDO_TEXT("dirty_ratio", "20\n"),
	PSEUDO_TEXT("dirty_background_ratio", "10\n"),
	{0},
};

static const struct pseudo_entry inotify_entries[] = {
	PSEUDO_TEXT("max_queued_events", "16384\n"),
	PSEUDO_TEXT("max_user_instances", "128\n"),
	PSEUDO_TEXT("max_user_watches", "65536\n"),
	{0},
};

static const struct pseudo_entry epoll_entries[] = {
	PSEUDO_TEXT("max_user_watches", "1048576\n"),
	{0},
};

static const struct pseudo_entry mqueue_entries[] = {
	PSEUDO_TEXT("msg_default", "10\n"),       PSEUDO_TEXT("msg_max", "10\n"),
	PSEUDO_TEXT("msgsize_default", "8192\n"), PSEUDO_TEXT("msgsize_max", "8192\n"),
	PSEUDO_TEXT("queues_max", "256\n"),       {0},
};

static int show_file_nr(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	seq_printf(s, "%ld\t0\t9223372036854775807\n", file_live());
	return 0;
}

static const struct pseudo_entry fs_entries[] = {
	PSEUDO_TEXT("file-max", "9223372036854775807\n"),
	PSEUDO_FILE("file-nr", show_file_nr),
	PSEUDO_TEXT("nr_open", "1048576\n"),
	PSEUDO_TEXT("pipe-max-size", "1048576\n"),
	PSEUDO_TEXT("pipe-user-pages-hard", "0\n"),
	PSEUDO_TEXT("pipe-user-pages-soft", "16384\n"),
	PSEUDO_TEXT("aio-max-nr", "65536\n"),
	PSEUDO_TEXT("aio-nr", "0\n"),
	PSEUDO_TEXT("lease-break-time", "45\n"),
	PSEUDO_TEXT("leases-enable", "1\n"),
	PSEUDO_TEXT("mount-max", "100000\n"),
	PSEUDO_TEXT("overflowuid", "65534\n"),
	PSEUDO_TEXT("overflowgid", "65534\n"),
	PSEUDO_TEXT("protected_hardlinks", "1\n"),
	PSEUDO_TEXT("protected_symlinks", "1\n"),
	PSEUDO_TEXT("protected_fifos", "0\n"),
	PSEUDO_TEXT("protected_regular", "0\n"),
	PSEUDO_TEXT("suid_dumpable", "0\n"),
	PSEUDO_DIR("inotify", inotify_entries),
	PSEUDO_DIR("epoll", epoll_entries),
	PSEUDO_DIR("mqueue", mqueue_entries),
	{0},
};

static const struct pseudo_entry core_entries[] = {
	PSEUDO_TEXT("somaxconn", "4096\n"),
	PSEUDO_TEXT("rmem_default", "212992\n"),
	PSEUDO_TEXT("rmem_max", "212992\n"),
	PSEUDO_TEXT("wmem_default", "212992\n"),
	PSEUDO_TEXT("wmem_max", "212992\n"),
	PSEUDO_TEXT("optmem_max", "20480\n"),
	{0},
};

static const struct pseudo_entry ipv4_entries[] = {
	PSEUDO_TEXT("ip_local_port_range", "32768\t60999\n"),
	PSEUDO_TEXT("ip_unprivileged_port_start", "1024\n"),
	PSEUDO_TEXT("ip_forward", "0\n"),
	PSEUDO_TEXT("ip_nonlocal_bind", "0\n"),
	PSEUDO_TEXT("ip_default_ttl", "64\n"),
	PSEUDO_TEXT("tcp_congestion_control", "reno\n"),
	PSEUDO_TEXT("tcp_available_congestion_control", "reno\n"),
	PSEUDO_TEXT("tcp_allowed_congestion_control", "reno\n"),
	PSEUDO_TEXT("tcp_keepalive_time", "7200\n"),
	PSEUDO_TEXT("tcp_keepalive_intvl", "75\n"),
	PSEUDO_TEXT("tcp_keepalive_probes", "9\n"),
	PSEUDO_TEXT("tcp_fin_timeout", "60\n"),
	PSEUDO_TEXT("tcp_max_syn_backlog", "1024\n"),
	PSEUDO_TEXT("tcp_syncookies", "1\n"),
	PSEUDO_TEXT("tcp_timestamps", "1\n"),
	PSEUDO_TEXT("tcp_sack", "1\n"),
	PSEUDO_TEXT("tcp_window_scaling", "1\n"),
	PSEUDO_TEXT("tcp_fastopen", "0\n"),
	PSEUDO_TEXT("tcp_rmem", "4096\t131072\t6291456\n"),
	PSEUDO_TEXT("tcp_wmem", "4096\t16384\t4194304\n"),
	PSEUDO_TEXT("ping_group_range", "1\t0\n"),
	{0},
};

static const struct pseudo_entry ipv6_conf_each[] = {
	PSEUDO_TEXT("disable_ipv6", "0\n"),
	PSEUDO_TEXT("forwarding", "0\n"),
	{0},
};

static const struct pseudo_entry ipv6_conf[] = {
	PSEUDO_DIR("all", ipv6_conf_each),
	PSEUDO_DIR("default", ipv6_conf_each),
	PSEUDO_DIR("lo", ipv6_conf_each),
	{0},
};

static const struct pseudo_entry ipv6_entries[] = {
	PSEUDO_DIR("conf", ipv6_conf),
	PSEUDO_TEXT("bindv6only", "0\n"),
	{0},
};

static const struct pseudo_entry unix_entries[] = {
	PSEUDO_TEXT("max_dgram_qlen", "512\n"),
	{0},
};

static const struct pseudo_entry net_entries[] = {
	PSEUDO_DIR("core", core_entries),
	PSEUDO_DIR("ipv4", ipv4_entries),
	PSEUDO_DIR("ipv6", ipv6_entries),
	PSEUDO_DIR("unix", unix_entries),
	{0},
};

static const struct pseudo_entry user_entries[] = {
	PSEUDO_TEXT("max_user_namespaces", "0\n"),   PSEUDO_TEXT("max_pid_namespaces", "0\n"),
	PSEUDO_TEXT("max_net_namespaces", "0\n"),    PSEUDO_TEXT("max_mnt_namespaces", "0\n"),
	PSEUDO_TEXT("max_uts_namespaces", "0\n"),    PSEUDO_TEXT("max_ipc_namespaces", "0\n"),
	PSEUDO_TEXT("max_cgroup_namespaces", "0\n"), {0},
};

const struct pseudo_entry proc_sys_entries[] = {
	PSEUDO_DIR("kernel", kernel_entries), PSEUDO_DIR("vm", vm_entries),
	PSEUDO_DIR("fs", fs_entries),         PSEUDO_DIR("net", net_entries),
	PSEUDO_DIR("user", user_entries),     {0},
};
