/*
 * /sys: processors, memory, the loopback interface, and empty directories where
 * programs look for devices (sysfs.h).
 *
 * Not done: whatever can be written.
 */
#include "fs/sysfs/sysfs.h"

#include <dirent.h>
#include <sched.h>

#include "fs/pseudofs.h"
#include "kernel/prio.h"

#define SYSFS_MAGIC 0x62656572

/* One more than the highest processor. */
static unsigned nr_cpus(void)
{
	unsigned nr = CPU_SETSIZE;

	while (nr > 1 && !CPU_ISSET(nr - 1, prio_online()))
		nr--;
	return nr;
}

static void show_list(struct seq *s, const cpu_set_t *set)
{
	unsigned nr = nr_cpus();
	bool comma = false;

	for (unsigned i = 0, first; i < nr; i++) {
		if (!CPU_ISSET(i, set))
			continue;
		first = i;
		while (i + 1 < nr && CPU_ISSET(i + 1, set))
			i++;
		seq_printf(s, comma ? ",%u" : "%u", first);
		if (i != first)
			seq_printf(s, "-%u", i);
		comma = true;
	}
	seq_putc(s, '\n');
}

static int show_online(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	show_list(s, prio_online());
	return 0;
}

/* As /sys writes masks: groups of 32 bits, highest first. */
static void show_mask(struct seq *s, const cpu_set_t *set)
{
	for (unsigned word = (nr_cpus() + 31) / 32; word-- > 0;) {
		u32 bits = 0;

		for (unsigned i = 0; i < 32; i++)
			bits |= CPU_ISSET(word * 32 + i, set) ? 1u << i : 0;
		seq_printf(s, word ? "%08x," : "%08x", bits);
	}
	seq_putc(s, '\n');
}

static int show_self_list(struct pseudo_file *pf, struct seq *s)
{
	seq_printf(s, "%ld\n", (long)pf->pi->num);
	return 0;
}

static int show_self_mask(struct pseudo_file *pf, struct seq *s)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)pf->pi->num, &set);
	show_mask(s, &set);
	return 0;
}

static int show_online_mask(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	show_mask(s, prio_online());
	return 0;
}

static const struct pseudo_entry topology_entries[] = {
	PSEUDO_FILE("core_id", show_self_list),
	PSEUDO_TEXT("physical_package_id", "0\n"),
	PSEUDO_FILE("thread_siblings_list", show_self_list),
	PSEUDO_FILE("thread_siblings", show_self_mask),
	PSEUDO_FILE("core_cpus_list", show_self_list),
	PSEUDO_FILE("core_cpus", show_self_mask),
	PSEUDO_FILE("core_siblings_list", show_online),
	PSEUDO_FILE("core_siblings", show_online_mask),
	PSEUDO_FILE("package_cpus_list", show_online),
	PSEUDO_FILE("package_cpus", show_online_mask),
	{0},
};

static const struct pseudo_entry cpu_n_entries[] = {
	PSEUDO_TEXT("online", "1\n"),
	PSEUDO_DIR("topology", topology_entries),
	{0},
};

static const struct pseudo_entry cpu_n = {
	.name = "cpu",
	.mode = S_IFDIR | 0755,
	.entries = cpu_n_entries,
};

static int cpu_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	struct qname num = {.str = name->str + 3, .len = name->len - 3};
	u64 n;

	if (name->len <= 3 || memcmp(name->str, "cpu", 3) || !pseudo_parse_num(&num, &n) ||
	    n >= nr_cpus() || !CPU_ISSET(n, prio_online()))
		return 0;
	return pseudo_inode_create(dir->inode.super, &cpu_n, NULL, false, (s64)n, ret);
}

static int cpu_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	for (unsigned i = (unsigned)(ctx->pos - PSEUDO_DYN_POS); i < nr_cpus(); i++) {
		char name[16];
		int len = snprintf(name, sizeof(name), "cpu%u", i);

		if (CPU_ISSET(i, prio_online()) &&
		    !dir_emit(ctx, name, (size_t)len, dir->inode.ino + i + 1, DT_DIR,
			      PSEUDO_DYN_POS + i + 1))
			break;
	}
	return 0;
}

static const struct pseudo_dyn cpu_dyn = {.lookup = cpu_lookup, .readdir = cpu_readdir};

static int show_kernel_max(struct pseudo_file *pf, struct seq *s)
{
	(void)pf;
	seq_printf(s, "%d\n", CPU_SETSIZE - 1);
	return 0;
}

static const struct pseudo_entry cpu_entries[] = {
	PSEUDO_FILE("online", show_online),
	PSEUDO_FILE("possible", show_online),
	PSEUDO_FILE("present", show_online),
	PSEUDO_TEXT("offline", "\n"),
	PSEUDO_TEXT("isolated", "\n"),
	PSEUDO_FILE("kernel_max", show_kernel_max),
	{0},
};

static const struct pseudo_entry node0_entries[] = {
	PSEUDO_FILE("cpulist", show_online),
	PSEUDO_FILE("cpumap", show_online_mask),
	PSEUDO_TEXT("distance", "10\n"),
	{0},
};

static const struct pseudo_entry node_entries[] = {
	PSEUDO_TEXT("online", "0\n"),
	PSEUDO_TEXT("possible", "0\n"),
	PSEUDO_TEXT("has_cpu", "0\n"),
	PSEUDO_TEXT("has_memory", "0\n"),
	PSEUDO_TEXT("has_normal_memory", "0\n"),
	PSEUDO_DIR("node0", node0_entries),
	{0},
};

static const struct pseudo_entry system_entries[] = {
	{.name = "cpu", .mode = S_IFDIR | 0755, .entries = cpu_entries, .dyn = &cpu_dyn},
	PSEUDO_DIR("node", node_entries),
	{0},
};

static const struct pseudo_entry lo_entries[] = {
	PSEUDO_TEXT("address", "00:00:00:00:00:00\n"),
	PSEUDO_TEXT("broadcast", "00:00:00:00:00:00\n"),
	PSEUDO_TEXT("addr_len", "6\n"),
	PSEUDO_TEXT("carrier", "1\n"),
	PSEUDO_TEXT("dormant", "0\n"),
	PSEUDO_TEXT("flags", "0x9\n"),
	PSEUDO_TEXT("ifindex", "1\n"),
	PSEUDO_TEXT("iflink", "1\n"),
	PSEUDO_TEXT("mtu", "65536\n"),
	PSEUDO_TEXT("operstate", "unknown\n"),
	PSEUDO_TEXT("type", "772\n"),
	PSEUDO_TEXT("tx_queue_len", "1000\n"),
	{0},
};

static const struct pseudo_entry virtual_net_entries[] = {PSEUDO_DIR("lo", lo_entries), {0}};
static const struct pseudo_entry virtual_entries[] = {PSEUDO_DIR("net", virtual_net_entries), {0}};

static const struct pseudo_entry devices_entries[] = {
	PSEUDO_DIR("system", system_entries),
	PSEUDO_DIR("virtual", virtual_entries),
	{0},
};

static const struct pseudo_entry class_net_entries[] = {
	PSEUDO_LINK("lo", "../../devices/virtual/net/lo"),
	{0},
};

static const struct pseudo_entry no_entries[] = {{0}};

static const struct pseudo_entry class_entries[] = {
	PSEUDO_DIR("net", class_net_entries), PSEUDO_DIR("block", no_entries),
	PSEUDO_DIR("tty", no_entries),        PSEUDO_DIR("power_supply", no_entries),
	PSEUDO_DIR("thermal", no_entries),    {0},
};

static const struct pseudo_entry thp_entries[] = {
	PSEUDO_TEXT("enabled", "always [madvise] never\n"),
	PSEUDO_TEXT("defrag", "always defer defer+madvise [madvise] never\n"),
	PSEUDO_TEXT("hpage_pmd_size", "2097152\n"),
	PSEUDO_TEXT("shmem_enabled", "always within_size advise [never] deny force\n"),
	PSEUDO_TEXT("use_zero_page", "1\n"),
	{0},
};

static const struct pseudo_entry kernel_mm_entries[] = {
	PSEUDO_DIR("transparent_hugepage", thp_entries),
	PSEUDO_DIR("hugepages", no_entries),
	{0},
};

static const struct pseudo_entry kernel_entries[] = {
	PSEUDO_DIR("mm", kernel_mm_entries),
	PSEUDO_TEXT("profiling", "0\n"),
	{0},
};

static const struct pseudo_entry fs_entries[] = {
	PSEUDO_DIR("cgroup", no_entries),
	{0},
};

static const struct pseudo_entry bus_entries[] = {
	PSEUDO_DIR("cpu", no_entries),
	PSEUDO_DIR("pci", no_entries),
	{0},
};

static const struct pseudo_entry root_entries[] = {
	PSEUDO_DIR("block", no_entries),
	PSEUDO_DIR("bus", bus_entries),
	PSEUDO_DIR("class", class_entries),
	PSEUDO_DIR("dev", no_entries),
	PSEUDO_DIR("devices", devices_entries),
	PSEUDO_DIR("firmware", no_entries),
	PSEUDO_DIR("fs", fs_entries),
	PSEUDO_DIR("kernel", kernel_entries),
	PSEUDO_DIR("module", no_entries),
	PSEUDO_DIR("power", no_entries),
	{0},
};

static const struct pseudo_entry sysfs_root = {
	.name = "sys",
	.mode = S_IFDIR | 0555,
	.entries = root_entries,
};

static int sysfs_mount(const char *source, const char *data, u32 super_flags,
		       const struct cred *cred, struct super **ret)
{
	(void)source, (void)data, (void)cred;
	return pseudo_super_create(&sysfs_root, "sysfs", SYSFS_MAGIC,
				   super_flags | SUPER_NOEXEC | SUPER_NODEV, ret);
}

void sysfs_init(void)
{
	static struct fs_type type = {.name = "sysfs", .nodev = true, .mount = sysfs_mount};

	fs_type_register(&type);
}
