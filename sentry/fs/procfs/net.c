/*
 * /proc/PID/net: what there is of it here, and what net/ adds (procfs.h).
 */
#include <dirent.h>

#include "fs/procfs/internal.h"
#include "fs/procfs/procfs.h"

static struct procfs_net_file *files;

void procfs_net_register(struct procfs_net_file *f)
{
	struct procfs_net_file **at = &files;

	while (*at)
		at = &(*at)->next;
	f->entry.name = f->name;
	f->entry.mode = S_IFREG | 0444;
	f->next = NULL;
	*at = f;
}

static int net_show(struct pseudo_file *pf, struct seq *s)
{
	const struct procfs_net_file *f = container_of(pf->pi->e, struct procfs_net_file, entry);

	return f->show(s);
}

static int net_lookup(struct pseudo_inode *dir, const struct qname *name, struct inode **ret)
{
	struct procfs_net_file *f = files;

	while (f && (strlen(f->name) != name->len || memcmp(f->name, name->str, name->len)))
		f = f->next;
	if (!f)
		return 0;
	f->entry.show = net_show;
	return pseudo_inode_create(dir->inode.super, &f->entry, dir->pid, dir->thread, -1, ret);
}

static int net_readdir(struct pseudo_inode *dir, struct dir_context *ctx)
{
	off_t i = PSEUDO_DYN_POS;

	for (const struct procfs_net_file *f = files; f; f = f->next, i++) {
		if (i < ctx->pos)
			continue;
		if (!dir_emit(ctx, f->name, strlen(f->name), dir->inode.ino + (u64)i, DT_REG,
			      i + 1))
			break;
	}
	return 0;
}

const struct pseudo_dyn proc_net_dyn = {
	.lookup = net_lookup,
	.readdir = net_readdir,
};

#define NET_DEV                                                                                    \
	"Inter-|   Receive                                                |  Transmit\n"           \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs " \
	"drop fifo colls carrier compressed\n"                                                     \
	"    lo:       0       0    0    0    0     0          0         0        0       0    0 " \
	"   0    0     0       0          0\n"

const struct pseudo_entry proc_net_entries[] = {
	PSEUDO_TEXT("dev", NET_DEV),
	PSEUDO_TEXT("route",
		    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\t"
		    "Window\tIRTT                                                       \n"),
	PSEUDO_TEXT("if_inet6", "00000000000000000000000000000001 01 80 10 80       lo\n"),
	PSEUDO_TEXT("arp", "IP address       HW type     Flags       HW address            Mask"
			   "     Device\n"),
	{0},
};
