/*
 * set_mempolicy(2), get_mempolicy(2), mbind(2), set_mempolicy_home_node(2),
 * migrate_pages(2), move_pages(2)
 *
 * There is one node of memory, so every policy that can be had is obeyed: all
 * that is kept is what was asked for.
 */
#include <linux/mempolicy.h>

#include "gen/sys_proto.h"
#include "kernel/access.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "mm/vma.h"

#define MAXNODE_MAX (PAGE_SIZE * 8)
#define MODE_FLAGS  (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING)

/* Read a set of nodes: is it empty, is node 0 in it.  Nodes there cannot be are -EINVAL. */
static int get_nodes(struct task *t, uaddr_t nmask, unsigned long maxnode, bool *ret_any,
		     bool *ret_zero)
{
	*ret_any = *ret_zero = false;
	maxnode--;
	if (!maxnode || !nmask)
		return 0;
	if (maxnode > MAXNODE_MAX)
		return -EINVAL;
	for (unsigned long bit = 0; bit < maxnode; bit += 64) {
		u64 word;

		if (get_user(t, &word, nmask + bit / 8))
			return -EFAULT;
		if (maxnode - bit < 64)
			word &= (1ull << (maxnode - bit)) - 1;
		if (bit == 0 && word & 1)
			*ret_zero = true;
		*ret_any |= word != 0;
	}
	return 0;
}

/* The policy asked for, as it is kept; -EINVAL for one there is not. */
static int parse_policy(struct task *t, int mode, uaddr_t nmask, unsigned long maxnode,
			struct mempolicy *ret)
{
	int flags = mode & MODE_FLAGS;
	bool any, zero;
	int err;

	mode &= ~MODE_FLAGS;
	if (mode < 0 || mode >= MPOL_MAX ||
	    (flags & MPOL_F_STATIC_NODES && flags & MPOL_F_RELATIVE_NODES))
		return -EINVAL;
	if (flags & MPOL_F_NUMA_BALANCING && mode != MPOL_BIND)
		return -EINVAL;
	err = get_nodes(t, nmask, maxnode, &any, &zero);
	if (err)
		return err;
	if (any && !zero)
		return -EINVAL;
	switch (mode) {
	case MPOL_DEFAULT:
		if (any || flags)
			return -EINVAL;
		break;
	case MPOL_LOCAL:
		if (any || flags & (MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES))
			return -EINVAL;
		break;
	case MPOL_PREFERRED:
		if (!any)
			mode = MPOL_LOCAL;
		break;
	default:
		if (!any)
			return -EINVAL;
		break;
	}
	*ret = (struct mempolicy){.mode = (u8)mode, .flags = (u16)flags};
	return 0;
}

static bool has_nodes(const struct mempolicy *p)
{
	return p->mode != MPOL_DEFAULT && p->mode != MPOL_LOCAL;
}

long sys_set_mempolicy(struct task *t, int mode, uaddr_t nmask, unsigned long maxnode)
{
	struct mempolicy p;
	int err = parse_policy(t, mode, nmask, maxnode, &p);

	if (!err)
		t->mempolicy = p;
	return err;
}

/* Write a set of nodes: node 0 or none. */
static int put_nodes(struct task *t, uaddr_t nmask, unsigned long maxnode, bool zero)
{
	size_t size = ALIGN_UP(maxnode - 1, 64) / 8;
	u64 word = zero;
	int err;

	if (size > PAGE_SIZE)
		return -EINVAL;
	if (!size)
		return 0;
	err = put_user(t, word, nmask);
	return err || size == 8 ? err : clear_user(t, nmask + 8, size - 8);
}

/* What get_mempolicy(2) is about: an address, or the task. */
static int find_policy(struct task *t, uaddr_t addr, unsigned long flags, struct mempolicy *ret)
{
	if (flags & MPOL_F_ADDR)
		return mm_get_policy(t->mm, addr, ret);
	if (addr)
		return -EINVAL;
	*ret = t->mempolicy;
	return 0;
}

long sys_get_mempolicy(struct task *t, uaddr_t policy, uaddr_t nmask, unsigned long maxnode,
		       uaddr_t addr, unsigned long flags)
{
	struct mempolicy p = {0};
	int mode, err;
	bool nodes;

	if ((nmask && maxnode < 1) ||
	    flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		if (flags & (MPOL_F_NODE | MPOL_F_ADDR))
			return -EINVAL;
		mode = 0;
		nodes = true;
	} else {
		err = find_policy(t, addr, flags, &p);
		if (err)
			return err;
		nodes = has_nodes(&p);
		mode = p.mode | p.flags;
		if (flags & MPOL_F_NODE) {
			if (!(flags & MPOL_F_ADDR) && p.mode != MPOL_INTERLEAVE)
				return -EINVAL;
			mode = 0; /* the node */
		}
	}
	if (policy && put_user(t, mode, policy))
		return -EFAULT;
	return nmask ? put_nodes(t, nmask, maxnode, nodes) : 0;
}

long sys_mbind(struct task *t, uaddr_t start, size_t len, unsigned long mode, uaddr_t nmask,
	       unsigned long maxnode, u32 flags)
{
	size_t size = ALIGN_UP(len, PAGE_SIZE);
	struct mempolicy p;
	int err;

	if (flags & ~(u32)MPOL_MF_VALID || mode > INT32_MAX)
		return -EINVAL;
	err = parse_policy(t, (int)mode, nmask, maxnode, &p);
	if (err)
		return err;
	if (flags & MPOL_MF_MOVE_ALL && !task_capable(t, CAP_SYS_NICE))
		return -EPERM;
	if (!IS_ALIGNED(start, PAGE_SIZE) || start + size < start)
		return -EINVAL;
	return size ? mm_set_policy(t, t->mm, start, size, &p) : 0;
}

long sys_set_mempolicy_home_node(struct task *t, uaddr_t start, unsigned long len,
				 unsigned long home_node, unsigned long flags)
{
	struct mempolicy p;
	int err;

	if (flags || !IS_ALIGNED(start, PAGE_SIZE) || home_node != 0 || start + len < start)
		return -EINVAL;
	if (!len)
		return 0;
	err = mm_get_policy(t->mm, start, &p);
	if (err)
		return err == -EFAULT ? 0 : err;
	return p.mode == MPOL_BIND || p.mode == MPOL_PREFERRED_MANY ? 0 : -EOPNOTSUPP;
}

/* The memory of process @nr, if @t may move its pages. */
static int movable_mm(struct task *t, pid_t nr, struct mm **ret)
{
	cleanup_task struct task *other = nr ? task_find_get(nr) : task_get(t);

	if (!other)
		return -ESRCH;
	if (task_may_look(t, NULL, other))
		return -EPERM;
	*ret = task_mm_get(other);
	return *ret ? 0 : -EINVAL;
}

long sys_migrate_pages(struct task *t, pid_t pid, unsigned long maxnode, uaddr_t old_nodes,
		       uaddr_t new_nodes)
{
	cleanup_mm struct mm *mm = NULL;
	bool any, zero;
	int err = get_nodes(t, old_nodes, maxnode, &any, &zero);

	if (!err)
		err = get_nodes(t, new_nodes, maxnode, &any, &zero);
	if (!err)
		err = movable_mm(t, pid, &mm);
	if (err)
		return err;
	/* All pages are on the node they may go to: none is left behind. */
	return any && zero ? 0 : -EINVAL;
}

/* Where the page at @addr is: 0, the node; -EFAULT unmapped, -ENOENT not there yet, -ENODEV. */
static int page_status(struct task *t, struct mm *mm, uaddr_t addr, uaddr_t node_at)
{
	struct mempolicy p;
	int node = 0, err;
	bool there;

	if (node_at && get_user(t, &node, node_at))
		return -EFAULT;
	if (node)
		return -ENODEV;
	err = mm_get_policy(mm, addr, &p);
	if (!err && mm == t->mm) {
		err = mm_page_resident(mm, t->vcpu, addr, &there);
		if (!err && !there)
			err = -ENOENT;
	}
	return err;
}

long sys_move_pages(struct task *t, pid_t pid, unsigned long nr_pages, uaddr_t pages, uaddr_t nodes,
		    uaddr_t status, int flags)
{
	cleanup_mm struct mm *mm = NULL;
	int err;

	if (flags & ~(MPOL_MF_MOVE | MPOL_MF_MOVE_ALL))
		return -EINVAL;
	if (flags & MPOL_MF_MOVE_ALL && !task_capable(t, CAP_SYS_NICE))
		return -EPERM;
	err = movable_mm(t, pid, &mm);
	for (unsigned long i = 0; i < nr_pages && !err; i++) {
		u64 addr;
		int s;

		if (task_interrupted())
			return -ERESTARTSYS;
		if (get_user(t, &addr, pages + i * sizeof(addr)))
			return -EFAULT;
		s = page_status(t, mm, addr, nodes ? nodes + i * sizeof(int) : 0);
		/* As on Linux, a node that cannot be is the call's own failure. */
		if (s == -ENODEV)
			return s;
		err = put_user(t, s, status + i * sizeof(int));
	}
	return err;
}
