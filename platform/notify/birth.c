/*
 * New host processes and threads.
 *
 * The stub of a stopped parent is ordered to clone.  The call is notified, and
 * let through because it was ordered (dispatch.c).  What comes into being runs
 * on registers alone and makes one call with its token (POS_BORN).  It is kept
 * there until all is ready for it, and counts as parked in its stub meanwhile:
 * its channel, with the parent's signal frame in it, is seen by the sentry.
 *
 *	parent           new process              new thread
 *	clone ---------> born(token)              born(token)
 *	park             ...                      ...
 *	                 <- descriptor            <- 0; the parent has mapped it
 *	                 map, close
 *	                 first orders, guest      first orders, guest
 *
 * Channels are not inherited (MADV_DONTFORK), so a child never sees its parent's.
 */
#include "platform/notify/birth.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/log.h"
#include "platform/notify/frame.h"
#include "platform/notify/last.h"
#include "platform/notify/notify.h"
#include "platform/notify/pool.h"

#define PROCESS_FLAGS (CLONE_PARENT | SIGCHLD)
#define THREAD_FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/* A newborn has nothing to do but say its token. */
#define BIRTH_CHECK   NSEC_PER_SEC
#define BIRTH_CPU_MAX (10 * NSEC_PER_SEC)

/*
 * A clone that a signal interrupts is made again, and is then one that nobody has
 * ordered.  In a handler of the host's there are none; elsewhere the first order
 * blocks them, and the guest's own frame lets them in again.  The next order.
 */
static unsigned order_quiet(struct vcpu *parent, unsigned n)
{
	static const u64 all = UINT64_MAX;
	size_t scratch = 0;

	if (vcpu_pos(parent) == POS_CALL ? !parent->stop.fast : !parent->unmasked)
		return n;
	CHAN_ORDER(&parent->ch, n, SYS_rt_sigprocmask, SIG_BLOCK,
		   chan_scratch(&parent->ch, &scratch, &all, sizeof(all)), 0, sizeof(all));
	return n + 1;
}

/* Orders @n of @parent: clone.  0: the host has made it, *@ret_tid says its number. */
static int order_clone(struct vcpu *parent, unsigned n, struct vcpu *child, u64 flags,
		       pid_t *ret_tid)
{
	unsigned done;
	bool made;
	long last;
	int err;

	n = order_quiet(parent, n);
	CHAN_ORDER(&parent->ch, n, SYS_clone, flags, 0, 0, 0, channel_addr(&child->ch, 0),
		   child->token);
	spin_lock(&parent->lock);
	parent->clone_flags = flags;
	spin_unlock(&parent->lock);
	threads_expect(child);
	err = stub_run(parent, n + 1, &done, &last);
	spin_lock(&parent->lock);
	made = parent->clone_flags == 0;
	parent->clone_flags = 0;
	spin_unlock(&parent->lock);
	if (!err && done <= n)
		err = last < 0 && last >= -4095 ? (int)last : -EAGAIN;
	if (!err && (!made || last <= 0))
		err = -EAGAIN;
	if (!err)
		*ret_tid = (pid_t)last;
	return err;
}

/* True: the host process @pid that shall become @v is dead, or wastes its time. */
static bool process_miscarried(pid_t pid)
{
	siginfo_t info = {.si_pid = 0};
	u64 used;

	if (host_waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT, NULL) ||
	    info.si_pid != 0)
		return true;
	return cputime_of_host(pid, &used) || used > BIRTH_CPU_MAX;
}

/* As above, of a thread in a process that lives. */
static bool thread_miscarried(struct vcpu *v, pid_t tid, u64 *limit)
{
	u64 now = aspace_cputime(v->as);

	if (*limit == 0)
		*limit = now + ORDER_CPU_LIMIT;
	return now > *limit || host_tgkill(v->as->pid, tid, 0);
}

/* The newborn @v is said to be host thread @tid, in a new process or not. */
static int await_birth(struct vcpu *v, pid_t tid, bool process)
{
	bool lost = false;
	u64 limit = 0;

	spin_lock(&v->lock);
	v->waiter = park_self();
	while (v->pos == POS_UNBORN && !lost) {
		spin_unlock(&v->lock);
		park(now_ns() + BIRTH_CHECK);
		if (vcpu_pos(v) == POS_UNBORN)
			lost = process ? process_miscarried(tid)
				       : thread_miscarried(v, tid, &limit);
		spin_lock(&v->lock);
	}
	v->waiter = NULL;
	lost = v->pos != POS_BORN;
	spin_unlock(&v->lock);
	return lost ? -EAGAIN : 0;
}

/*
 * The fork has failed half way.  If there is a process, @v's address space must
 * stand for it, to kill and reap it: the one that told its token, or else the
 * one the guest said it had made, if it is a child of ours and nobody else.
 */
static void adopt_miscarried(struct vcpu *v, pid_t said)
{
	struct vcpu *other;
	siginfo_t info;
	pid_t pid = v->tid;

	if (v->as->pid)
		return;
	if (!pid && said > 0) {
		other = threads_lookup(said);
		if (other)
			vcpu_put(other);
		else if (!host_waitid(P_PID, (id_t)said, &info, WEXITED | WNOHANG | WNOWAIT, NULL))
			pid = said;
	}
	if (pid && aspace_born(v->as, pid))
		log_error("host process %d is lost", pid);
}

int birth_answer(struct vcpu *v, u64 id)
{
	int err;

	v->born_orders = 0;
	if (v->ch.given)
		return notif_answer(id, 0);
	err = notif_give_fd(id, v->ch.memfd, true);
	channel_given(&v->ch);
	return min(err, 0);
}

int birth_finish(struct vcpu *v)
{
	unsigned nr = v->born_orders;
	int err;
	u64 id;

	if (likely(!nr))
		return 0;
	chan_write32(&v->ch, CHAN_NR_ORDERS, nr);
	spin_lock(&v->lock);
	id = v->stop.id;
	if (v->pos == POS_STUB)
		vcpu_set_pos_locked(v, POS_RUNNING);
	spin_unlock(&v->lock);
	err = birth_answer(v, id);
	if (!err && vcpu_wait_park(v, ORDER_CPU_LIMIT, false) && v->stop.done == nr)
		return 0;
	aspace_kill(v->as);
	return -ESRCH;
}

/*
 * The newborn @v counts as parked in its stub, where it will never have been: the
 * first answer gives it its channel, with @nr orders to run and a frame to leave by.
 */
static int stand_by(struct vcpu *v, unsigned nr)
{
	bool lost;

	spin_lock(&v->lock);
	lost = v->pos != POS_BORN;
	if (!lost) {
		v->stop.sp = channel_addr(&v->ch, notify.frame_off);
		vcpu_set_pos_locked(v, POS_STUB);
	}
	spin_unlock(&v->lock);
	/* Its parent had all signals blocked. */
	v->unmasked = false;
	v->born_orders = nr;
	return lost ? -EAGAIN : 0;
}

/* It exists; what it does first, and its life apart from ours. */
static int settle_process(struct vcpu *parent, struct vcpu *v)
{
	int err = aspace_born(v->as, v->tid);

	if (!err)
		err = aspace_reach(v->as);
	if (err)
		return err;
	frame_clone(v, parent);
	CHAN_ORDER(&v->ch, 0, SYS_madvise, channel_addr(&v->ch, 0), CHAN_SIZE, MADV_DONTFORK);
	CHAN_ORDER(&v->ch, 1, SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	return stand_by(v, 2);
}

int notify_aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu)
{
	struct aspace *as;
	struct vcpu *v;
	pid_t pid = 0;
	int err;

	last_ops_must(parent);
	err = aspace_alloc(&as);
	if (err)
		return err;
	err = vcpu_alloc(as, parent->ch.slot, &v);
	if (err) {
		aspace_put(as);
		return err;
	}
	aspace_add(v);
	/* Who forks again is likely to go on, and its children to run programs. */
	if (__atomic_exchange_n(&parent->as->forked, true, __ATOMIC_RELAXED))
		keep_provide(parent);
	spin_lock(&parent->as->lock);
	memcpy(as->kept, parent->as->kept, sizeof(as->kept));
	spin_unlock(&parent->as->lock);
	err = order_clone(parent, 0, v, PROCESS_FLAGS, &pid);
	if (!err)
		err = await_birth(v, pid, true);
	if (!err)
		err = settle_process(parent, v);
	if (err) {
		threads_remove(v);
		adopt_miscarried(v, pid);
		vcpu_destroy(v);
		aspace_put(as);
		return err;
	}
	v->orig_ax = parent->orig_ax;
	*ret = as;
	*ret_vcpu = v;
	return 0;
}

/* The parent maps the channel of its new thread; the number of orders, or -errno. */
static int order_channel(struct vcpu *parent, struct vcpu *child)
{
	uaddr_t addr = channel_addr(&child->ch, 0);
	int fd = stub_notified(parent);

	if (fd == 0)
		fd = notif_give_fd(parent->stop.id, child->ch.memfd, false);
	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	channel_given(&child->ch);
	CHAN_ORDER(&parent->ch, 0, SYS_mmap, addr, CHAN_SIZE, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_FIXED, (u64)fd, 0);
	CHAN_ORDER(&parent->ch, 1, SYS_close, (u64)fd);
	CHAN_ORDER(&parent->ch, 2, SYS_madvise, addr, CHAN_SIZE, MADV_DONTFORK);
	return 3;
}

static int make_thread(struct vcpu *parent, struct vcpu *v)
{
	int n = order_channel(parent, v);
	pid_t tid;
	int err;

	if (n < 0)
		return n;
	err = order_clone(parent, (unsigned)n, v, THREAD_FLAGS, &tid);
	if (!err)
		err = await_birth(v, tid, false);
	if (err)
		return err;
	frame_clone(v, parent);
	CHAN_ORDER(&v->ch, 0, SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	return stand_by(v, 1);
}

int notify_vcpu_create(struct vcpu *parent, struct vcpu **ret)
{
	struct aspace *as = parent->as;
	unsigned slot;
	struct vcpu *v;
	int err;

	last_ops_must(parent);
	err = spare_take(parent, ret);
	if (err != -ENOENT)
		return err;
	err = aspace_slot_get(as, &slot);
	if (err)
		return err;
	err = vcpu_alloc(as, slot, &v);
	if (err) {
		aspace_slot_put(as, slot);
		return err;
	}
	aspace_becomes_shared(as);
	aspace_add(v);
	err = make_thread(parent, v);
	if (err) {
		vcpu_abandon(v);
		return err;
	}
	v->orig_ax = parent->orig_ax;
	*ret = v;
	return 0;
}
