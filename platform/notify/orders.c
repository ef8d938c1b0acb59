/*
 * Work in the guest's address space: orders in the channel, run by the stub.
 *
 * From POS_CALL one round trip does it: orders are written, the kick is queued,
 * the call is answered, and the kick's handler finds the orders before it parks.
 *
 * What comes back was in the guest's hands: a result that a well-behaved host
 * could not have given ends the guest process.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "platform/host_op.h"
#include "platform/notify/birth.h"
#include "platform/notify/frame.h"
#include "platform/notify/last.h"
#include "platform/notify/notify.h"
#include "platform/notify/turn.h"

_Static_assert(HOST_OP_CMPXCHG64 == ORDER_CMPXCHG64, "the stub knows it by the same number");

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int run(struct vcpu *v, unsigned n, bool stay, unsigned *ret_done, long *ret_last)
{
	enum vcpu_pos pos = vcpu_pos(v);
	bool call = pos == POS_CALL && v->stop.fast;

	assert(!v->last_orders);
	assert(!v->born_orders);
	chan_write32(&v->ch, CHAN_NR_ORDERS, n);
	if (call)
		v->reply = stay ? TURN_ORDER : TURN_FULL;
	else if (pos == POS_CALL)
		vcpu_queue_kick(v);
	else if (pos == POS_STUB)
		v->command = STUB_CMD_RUN;
	else
		return -ESRCH;
	vcpu_answer(v);
	if (!vcpu_wait_park(v, n ? ORDER_CPU_LIMIT : KICK_CPU_LIMIT, call && stay))
		return -ESRCH;
	if (call && !stay)
		frame_complete(v);
	else if (!call)
		vcpu_kick_arrived(v);
	*ret_done = (unsigned)min(v->stop.done, (u64)n);
	*ret_last = (long)v->stop.last;
	return 0;
}

int stub_run(struct vcpu *v, unsigned n, unsigned *ret_done, long *ret_last)
{
	return run(v, n, false, ret_done, ret_last);
}

int stub_run_here(struct vcpu *v, unsigned n, unsigned *ret_done, long *ret_last)
{
	return run(v, n, true, ret_done, ret_last);
}

int stub_notified(struct vcpu *v)
{
	bool notified, gone;

	if (!v->stop.fast)
		return 0;
	spin_lock(&v->lock);
	notified = v->stop.notified;
	gone = v->pos == POS_GONE;
	if (!notified && !gone)
		turn_put_to_sleep_locked(v);
	spin_unlock(&v->lock);
	if (notified)
		return 0;
	return gone ? -ESRCH : vcpu_wait_notified(v);
}

int stub_enter(struct vcpu *v)
{
	unsigned done;
	long last;

	last_ops_must(v);
	if (vcpu_pos(v) == POS_STUB)
		return 0;
	return stub_run(v, 0, &done, &last);
}

void stub_flush(struct vcpu *v)
{
	unsigned n = v->born_orders;

	if (vcpu_pos(v) != POS_STUB)
		return;
	if (v->fs_dirty)
		CHAN_ORDER(&v->ch, n++, SYS_arch_prctl, ARCH_SET_FS, v->fs_base);
	if (v->gs_dirty)
		CHAN_ORDER(&v->ch, n++, SYS_arch_prctl, ARCH_SET_GS, v->gs_base);
	v->fs_dirty = false;
	v->gs_dirty = false;
	if (n == 0)
		return;
	if (v->unmasked) {
		unsigned done;
		long last;

		/* A kick between the orders and the guest must find no order left. */
		if (stub_run(v, n, &done, &last))
			log_debug("host process %d died on its way", v->as->pid);
		return;
	}
	chan_write32(&v->ch, CHAN_NR_ORDERS, n);
	v->command = STUB_CMD_RUN | STUB_CMD_RESUME;
}

/* Pages one order asks about: the size of the channel's window, and of a piece of our stack. */
#define RESIDENT_STEP 8192ul

/*
 * How many arguments of a call of registers only the host looks at; 0: not such
 * a call.  Not mremap: it fails for reasons only the host knows, and whoever
 * ordered it must hear of that.
 */
static unsigned register_args(const struct host_op *op)
{
	switch (op->nr) {
	case SYS_munmap:
	case SYS_arch_prctl:
		return 2;
	case SYS_mprotect:
	case SYS_madvise:
		return 3;
	default:
		return 0;
	}
}

static bool may_let_through(struct vcpu *v, const struct host_op *op)
{
	unsigned n = register_args(op);
	bool alone;

	if (vcpu_pos(v) != POS_CALL || v->stop.fast || v->stop.compat || n == 0 ||
	    v->stop.nr != (u64)op->nr)
		return false;
	if (memcmp(v->stop.args, op->args, n * sizeof(u64)))
		return false;
	spin_lock(&v->as->lock);
	alone = v->as->nr_vcpus == 1;
	spin_unlock(&v->as->lock);
	return alone;
}

static bool ret_is_sound(const struct host_op *op, long ret)
{
	if (is_host_error(ret))
		return true;
	if (op->nr == SYS_mmap)
		return (u64)ret == op->args[0];
	if (op->nr == SYS_mremap)
		return (u64)ret == op->args[op->args[3] & MREMAP_FIXED ? 4 : 0];
	return op->nr == SYS_membarrier || ret == 0;
}

/* What stood where order @at exchanged. */
static u64 exchanged(struct vcpu *v, unsigned at)
{
	return chan_read64(&v->ch, CHAN_ORDERS + at * ORDER_SIZE + ORDER_ARGS + sizeof(u64));
}

/* The stub read segment bases when it was entered: keep the channel's word true. */
static void note_done(struct vcpu *v, struct host_op *op, unsigned at)
{
	if (op->nr == HOST_OP_CMPXCHG64)
		op->args[1] = exchanged(v, at);
	if (op->nr != SYS_arch_prctl)
		return;
	if (op->args[0] == ARCH_SET_FS)
		chan_write64(&v->ch, CHAN_FS_BASE, op->args[1]);
	else
		chan_write64(&v->ch, CHAN_GS_BASE, op->args[1]);
}

static bool maps_file(const struct host_op *op)
{
	return op->nr == SYS_mmap && hostfd_valid(op->fd);
}

/* Do the ops behind number @i go on with the file that it maps? */
static bool file_goes_on(const struct host_op *ops, size_t n, size_t i)
{
	for (size_t k = i + 1; k < n; k++)
		if (maps_file(&ops[k]))
			return ops[k].fd.n == ops[i].fd.n;
	return false;
}

static int give_file(struct vcpu *v, hostfd_t fd)
{
	int ret = stub_notified(v);

	if (!ret)
		ret = notif_give_fd(v->stop.id, fd, false);
	return ret == -ENOENT ? -ESRCH : ret;
}

/*
 * Write the orders of op number @i; their number or -errno.
 * @fd: what the guest has of the file that was mapped last; -1: nothing
 */
static int write_op(struct vcpu *v, unsigned at, const struct host_op *ops, size_t n, size_t i,
		    int *fd)
{
	const struct host_op *op = &ops[i];
	u64 args[6];

	memcpy(args, op->args, sizeof(args));
	if (!maps_file(op)) {
		if (op->nr == SYS_mmap)
			args[4] = (u64)-1;
		chan_order(&v->ch, at, (u64)op->nr, args);
		return 1;
	}
	if (*fd < 0)
		*fd = give_file(v, op->fd);
	if (*fd < 0)
		return *fd;
	args[4] = (u64)*fd;
	chan_order(&v->ch, at, SYS_mmap, args);
	if (file_goes_on(ops, n, i))
		return 1;
	CHAN_ORDER(&v->ch, at + 1, SYS_close, (u64)*fd);
	*fd = -1;
	return 2;
}

/* An order failed before the descriptors of it and of later ones were closed. */
static int close_rest(struct vcpu *v, unsigned from, unsigned n)
{
	unsigned k = 0, done;
	long last;

	for (unsigned i = from; i < n; i++) {
		size_t off = CHAN_ORDERS + i * ORDER_SIZE;

		if (chan_read64(&v->ch, off + ORDER_NR) == SYS_close)
			CHAN_ORDER(&v->ch, k++, SYS_close, chan_read64(&v->ch, off + ORDER_ARGS));
	}
	return k ? stub_run_here(v, k, &done, &last) : 0;
}

/* Results of the ops at @ops, of which @done orders went well. */
static int take_results(struct vcpu *v, struct host_op *ops, size_t n, unsigned done, long last)
{
	unsigned at = 0;

	for (size_t i = 0; i < n; i++) {
		struct host_op *op = &ops[i];
		bool two = maps_file(op) && !file_goes_on(ops, n, i);

		op->ret = at < done ? (long)chan_order_ret(&v->ch, at) : last;
		if (!ret_is_sound(op, op->ret) || (at < done && is_host_error(op->ret))) {
			log_warn("host process %d forges results and is killed", v->as->pid);
			aspace_kill(v->as);
			return -ESRCH;
		}
		if (is_host_error(op->ret))
			return (int)op->ret;
		if (at >= done)
			return -ESRCH;
		note_done(v, op, at);
		at += two ? 2 : 1;
	}
	return 0;
}

int stub_run_ops(struct vcpu *v, struct host_op *ops, size_t n)
{
	unsigned at = 0, done;
	int err = 0, fd = -1, ret;
	long last;

	for (size_t i = 0; i < n; i++) {
		ret = write_op(v, at, ops, n, i, &fd);
		if (ret < 0) {
			err = close_rest(v, 0, at);
			return err ? err : ret;
		}
		at += (unsigned)ret;
	}
	ret = stub_run_here(v, at, &done, &last);
	if (ret)
		return ret;
	ret = take_results(v, ops, n, done, last);
	if (done < at && ret != -ESRCH)
		err = close_rest(v, done, at);
	return err ? err : ret;
}

/*
 * What the host did for @op is in the @n ops at @done.  One that is in place with
 * another protection than it was to have is no mapping the guest could go on with.
 */
static int take_expanded(struct vcpu *v, struct host_op *op, const struct host_op *done, unsigned n)
{
	unsigned i = 0;

	while (i < n - 1 && !is_host_error(done[i].ret))
		i++;
	op->ret = done[i].ret;
	if (n == 1) {
		op->args[1] = done->args[1];
		return 0;
	}
	if (!is_host_error(op->ret)) {
		op->ret = (long)op->args[0];
		return 0;
	}
	if (i == 0 || done[i - 1].nr != SYS_mremap)
		return 0;
	log_warn("host process %d has no memory for a protection and is killed", v->as->pid);
	aspace_kill(v->as);
	return -ESRCH;
}

/* The first of the ops, as many as the channel has room for; *@ret_n says how many. */
static int run_some(struct vcpu *v, struct host_op *ops, size_t n, size_t *ret_n)
{
	struct host_op all[CHAN_MAX_ORDERS / 2];
	u8 from[ARRAY_SIZE(all) + 1];
	unsigned nr = 0;
	size_t i = 0;
	int err;

	while (i < n && nr + KEEP_OPS <= ARRAY_SIZE(all)) {
		from[i] = (u8)nr;
		nr += keep_expand(v, &ops[i++], &all[nr]);
	}
	from[i] = (u8)nr;
	for (unsigned k = 0; k < nr; k++)
		all[k].ret = 0;
	err = stub_run_ops(v, all, nr);
	if (err)
		keep_forget(v);
	for (size_t k = 0; k < i; k++)
		if (take_expanded(v, &ops[k], &all[from[k]], from[k + 1] - from[k]))
			err = -ESRCH;
	*ret_n = i;
	return err;
}

/* No orders stand in the channel of @v but those that will be written next. */
static int get_ready(struct vcpu *v)
{
	last_ops_must(v);
	return birth_finish(v);
}

int notify_vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!host_op_is_sound(&ops[i]))
			return -EINVAL;
	if (get_ready(v))
		return -ESRCH;
	if (n == 1 && may_let_through(v, &ops[0])) {
		v->let_through = true;
		ops[0].ret = 0;
		return 0;
	}
	while (n) {
		size_t some;
		int err = run_some(v, ops, n, &some);

		if (err)
			return err;
		ops += some;
		n -= some;
	}
	return 0;
}

int notify_vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev)
{
	unsigned done;
	long last;
	int err;

	if (!in_user(addr, sizeof(u32)) || !IS_ALIGNED(addr, sizeof(u32)))
		return -EFAULT;
	if (get_ready(v))
		return -ESRCH;
	/* Populated first, so that the stub's own access does not fault. */
	CHAN_ORDER(&v->ch, 0, SYS_madvise, ALIGN_DOWN(addr, PAGE_SIZE), PAGE_SIZE,
		   MADV_POPULATE_WRITE);
	CHAN_ORDER(&v->ch, 1, ORDER_CMPXCHG32, addr, old, new_val);
	err = stub_run_here(v, 2, &done, &last);
	if (err)
		return err;
	if (done < 2)
		return -EFAULT;
	*ret_prev = (u32)last;
	return 0;
}

int notify_vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev)
{
	unsigned done;
	long last;
	int err;

	if (!in_user(addr, sizeof(u64)) || !IS_ALIGNED(addr, sizeof(u64)))
		return -EFAULT;
	if (get_ready(v))
		return -ESRCH;
	CHAN_ORDER(&v->ch, 0, SYS_madvise, ALIGN_DOWN(addr, PAGE_SIZE), PAGE_SIZE,
		   MADV_POPULATE_WRITE);
	CHAN_ORDER(&v->ch, 1, ORDER_CMPXCHG64, addr, old, new_val);
	err = stub_run_here(v, 2, &done, &last);
	if (err)
		return err;
	if (done < 2)
		return -EFAULT;
	*ret_prev = exchanged(v, 1);
	return 0;
}

/* One mincore into the channel's window; the answers are copied before they are counted. */
static int count_resident(struct vcpu *v, uaddr_t start, u64 pages, u64 *ret)
{
	u8 vec[RESIDENT_STEP];
	unsigned done;
	long last;
	int err;

	CHAN_ORDER(&v->ch, 0, SYS_mincore, start, pages * PAGE_SIZE,
		   channel_addr(&v->ch, CHAN_WIN_IN));
	err = stub_run_here(v, 1, &done, &last);
	if (err || done < 1)
		return err ? err : (int)last;
	memcpy(vec, v->ch.mem + CHAN_WIN_IN, pages);
	for (u64 i = 0; i < pages; i++)
		*ret += vec[i] & 1;
	return 0;
}

int notify_vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret)
{
	u64 pages = 0;
	int err = in_user(start, size) ? get_ready(v) : -EINVAL;

	while (size && !err) {
		u64 step = min(size, RESIDENT_STEP * PAGE_SIZE);

		err = count_resident(v, start, step / PAGE_SIZE, &pages);
		start += step;
		size -= step;
	}
	*ret = pages;
	return err;
}

static u64 not_negative(long n)
{
	return n < 0 ? 0 : (u64)n;
}

/* A process that has posted its end has asked before. */
static bool usage_is_told(struct vcpu *v)
{
	return vcpu_pos(v) == POS_CALL && v->stop.fast && v->stop.nr == SYS_exit_group &&
	       v->stop.args[5] == 0;
}

static int ask_usage(struct vcpu *v)
{
	unsigned done;
	long last;
	int err;

	if (get_ready(v))
		return -ESRCH;
	CHAN_ORDER(&v->ch, 0, SYS_getrusage, RUSAGE_SELF, channel_addr(&v->ch, CHAN_SCRATCH));
	err = stub_run_here(v, 1, &done, &last);
	return err || done < 1 ? -ESRCH : 0;
}

int notify_vcpu_usage(struct vcpu *v, struct vcpu_usage *ret)
{
	struct rusage ru;

	if (!usage_is_told(v) && ask_usage(v))
		return -ESRCH;
	_Static_assert(sizeof(ru) <= CHAN_WIN_IN - CHAN_SCRATCH, "it has to fit");
	memcpy(&ru, v->ch.mem + CHAN_SCRATCH, sizeof(ru));
	*ret = (struct vcpu_usage){
		.minflt = not_negative(ru.ru_minflt),
		.majflt = not_negative(ru.ru_majflt),
		.maxrss = not_negative(ru.ru_maxrss),
	};
	return 0;
}
