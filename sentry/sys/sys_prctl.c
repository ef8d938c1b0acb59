/* prctl(2) */
#include <linux/prctl.h>
#include <linux/securebits.h>
#include <signal.h>

#include "gen/sys_proto.h"
#include "kernel/begin.h"
#include "kernel/cred.h"
#include "kernel/setid.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/uaccess.h"

#define DEFAULT_TIMER_SLACK 50000

static long set_name(struct task *t, uaddr_t uname)
{
	char name[TASK_COMM_LEN];
	ssize_t n = strncpy_from_user(t, name, uname, sizeof(name) - 1);

	if (n < 0 && n != -ENAMETOOLONG)
		return n;
	name[TASK_COMM_LEN - 1] = 0;
	task_set_comm(t, name);
	return 0;
}

static long get_name(struct task *t, uaddr_t uname)
{
	char name[TASK_COMM_LEN];

	task_get_comm(t, name);
	return copy_to_user(t, uname, name, sizeof(name));
}

static long set_dumpable(struct task *t, unsigned long val)
{
	if (val > 1)
		return -EINVAL;
	__atomic_store_n(&t->mm->dumpable, val, __ATOMIC_RELAXED);
	return 0;
}

static long set_pdeathsig(struct task *t, unsigned long sig)
{
	if (sig > NSIG_GUEST)
		return -EINVAL;
	__atomic_store_n(&t->pdeath_signal, (int)sig, __ATOMIC_RELAXED);
	return 0;
}

/* One change of a copy of the credentials, published. */
static long change_cred(struct task *t, void (*change)(struct cred *c, u64 arg), u64 arg)
{
	struct cred *c;
	int err = cred_dup(t->cred, &c);

	if (err)
		return err;
	change(c, arg);
	cred_commit_take(t, c);
	return 0;
}

static void drop_from_bset(struct cred *c, u64 cap)
{
	c->cap_bset &= ~(1ull << cap);
}

static void set_bits(struct cred *c, u64 bits)
{
	c->securebits = (u32)bits;
}

static void set_ambient(struct cred *c, u64 set)
{
	c->cap_ambient = set;
}

static long capbset_drop(struct task *t, unsigned long cap)
{
	if (!task_capable(t, CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	return change_cred(t, drop_from_bset, cap);
}

static long set_securebits(struct task *t, unsigned long bits)
{
	u32 old = t->cred->securebits;
	u32 locked = (old & SECURE_ALL_LOCKS) >> 1;

	/* No locked bit changes, no lock is lifted, nothing unknown is set. */
	if ((locked & (old ^ bits)) || (old & SECURE_ALL_LOCKS & ~bits) ||
	    (bits & ~(unsigned long)(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) ||
	    !task_capable(t, CAP_SETPCAP))
		return -EPERM;
	return change_cred(t, set_bits, bits);
}

static long set_keepcaps(struct task *t, unsigned long val)
{
	u32 old = t->cred->securebits;

	if (val > 1)
		return -EINVAL;
	if (old & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	return change_cred(t, set_bits,
			   val ? old | SECBIT_KEEP_CAPS : old & ~(u32)SECBIT_KEEP_CAPS);
}

static long cap_ambient(struct task *t, unsigned long op, unsigned long cap)
{
	const struct cred *c = t->cred;
	u64 bit;

	if (op == PR_CAP_AMBIENT_CLEAR_ALL)
		return cap ? -EINVAL : change_cred(t, set_ambient, 0);
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	bit = 1ull << cap;
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return !!(c->cap_ambient & bit);
	case PR_CAP_AMBIENT_LOWER:
		return change_cred(t, set_ambient, c->cap_ambient & ~bit);
	case PR_CAP_AMBIENT_RAISE:
		if (!(c->cap_permitted & c->cap_inheritable & bit) ||
		    (c->securebits & SECBIT_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		return change_cred(t, set_ambient, c->cap_ambient | bit);
	default:
		return -EINVAL;
	}
}

/* Descendants learn from the tree who may take them in. */
static void mark_descendants_locked(struct tgroup *top) REQUIRES(tasklist_lock)
{
	struct tgroup *tg = top;

	/* Down to the first child, then along siblings, up where there are no more. */
	for (;;) {
		if (!list_empty(&tg->children)) {
			tg = list_first_entry(&tg->children, struct tgroup, sibling);
		} else {
			while (tg != top && tg->sibling.next == &tg->parent->children)
				tg = tg->parent;
			if (tg == top)
				return;
			tg = list_entry(tg->sibling.next, struct tgroup, sibling);
		}
		tg->has_child_subreaper = true;
	}
}

static long set_subreaper(struct task *t, bool on)
{
	mutex_lock(&tasklist_lock);
	t->tg->is_subreaper = on;
	if (on)
		mark_descendants_locked(t->tg);
	mutex_unlock(&tasklist_lock);
	return 0;
}

static long set_no_new_privs(struct task *t, unsigned long val)
{
	if (val != 1)
		return -EINVAL;
	__atomic_store_n(&t->no_new_privs, true, __ATOMIC_RELAXED);
	return 0;
}

static long set_timerslack(struct task *t, unsigned long ns)
{
	__atomic_store_n(&t->timer_slack, (long)ns <= 0 ? DEFAULT_TIMER_SLACK : ns,
			 __ATOMIC_RELAXED);
	return 0;
}

/* Options that take one value, or give one; the rest must be zero where Linux says so. */
static long set_option(struct task *t, int option, unsigned long a2, bool rest)
{
	switch (option) {
	case PR_SET_PDEATHSIG:
		return set_pdeathsig(t, a2);
	case PR_SET_DUMPABLE:
		return set_dumpable(t, a2);
	case PR_SET_KEEPCAPS:
		return set_keepcaps(t, a2);
	case PR_SET_NAME:
		return set_name(t, a2);
	case PR_SET_TIMING:
		return a2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_SET_SECUREBITS:
		return set_securebits(t, a2);
	case PR_SET_TIMERSLACK:
		return set_timerslack(t, a2);
	case PR_SET_CHILD_SUBREAPER:
		return set_subreaper(t, a2);
	case PR_SET_NO_NEW_PRIVS:
		return rest ? -EINVAL : set_no_new_privs(t, a2);
	case PR_CAPBSET_DROP:
		return capbset_drop(t, a2);
	default:
		return -EINVAL;
	}
}

static long get_option(struct task *t, int option, unsigned long a2, bool rest)
{
	const struct cred *c = t->cred;

	switch (option) {
	case PR_GET_PDEATHSIG:
		return put_user(t, t->pdeath_signal, a2);
	case PR_GET_DUMPABLE:
		return __atomic_load_n(&t->mm->dumpable, __ATOMIC_RELAXED);
	case PR_GET_KEEPCAPS:
		return !!(c->securebits & SECBIT_KEEP_CAPS);
	case PR_GET_NAME:
		return get_name(t, a2);
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_GET_SECUREBITS:
		return c->securebits;
	case PR_GET_TIMERSLACK:
		return (long)__atomic_load_n(&t->timer_slack, __ATOMIC_RELAXED);
	case PR_GET_CHILD_SUBREAPER:
		return put_user(t, (int)t->tg->is_subreaper, a2);
	case PR_GET_NO_NEW_PRIVS:
		return a2 || rest ? -EINVAL : t->no_new_privs;
	case PR_GET_TID_ADDRESS:
		task_hear_begin(t);
		return put_user(t, t->clear_child_tid, a2);
	case PR_CAPBSET_READ:
		return a2 > CAP_LAST_CAP ? -EINVAL : !!(c->cap_bset & (1ull << a2));
	case PR_GET_SECCOMP:
		return 0; /* SECCOMP_MODE_DISABLED */
	default:
		return set_option(t, option, a2, rest);
	}
}

long sys_prctl(struct task *t, int option, unsigned long a2, unsigned long a3, unsigned long a4,
	       unsigned long a5)
{
	if (option == PR_CAP_AMBIENT)
		return a4 || a5 ? -EINVAL : cap_ambient(t, a2, a3);
	return get_option(t, option, a2, a3 || a4 || a5);
}
