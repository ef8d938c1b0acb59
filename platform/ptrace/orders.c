/*
 * Work in the guest's address space, call by call through the stub.
 *
 * A guest cannot come between: what the host said of a call is believed, unlike
 * what is in the scratch pages.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "platform/host_op.h"
#include "platform/ptrace/ptrace.h"

/* Pages one mincore asks about. */
#define RESIDENT_STEP 8192ul

_Static_assert(RESIDENT_STEP <= PT_DATA_SIZE, "a byte a page");

static bool has_fd(const struct host_op *op)
{
	return op->nr == SYS_mmap && hostfd_valid(op->fd);
}

/* Segment bases are registers here. */
static int set_base(struct vcpu *v, const struct host_op *op)
{
	if (op->args[1] >= STUB_USER_END)
		return -EPERM;
	if (op->args[0] == ARCH_SET_FS)
		v->regs.fs_base = op->args[1];
	else
		v->regs.gs_base = op->args[1];
	v->regs_dirty = true;
	return 0;
}

/* One exchange at @addr by the instruction at @insn; what stood there. */
static int exchange(struct vcpu *v, u64 insn, uaddr_t addr, u64 old, u64 new_val, u64 *ret)
{
	struct regs r = pt_stub_regs(v, insn);
	int status;

	r.di = addr;
	r.ax = old;
	r.dx = new_val;
	status = pt_stub_visit(v, &r);
	if (status < 0)
		return status;
	*ret = r.ax;
	return status == SIGTRAP ? 0 : -EFAULT;
}

/* @fd: what the file to be mapped is called there. */
static int run_op(struct vcpu *v, struct host_op *op, unsigned fd)
{
	u64 args[6];
	int err;

	if (op->nr == SYS_arch_prctl) {
		op->ret = set_base(v, op);
		return (int)op->ret;
	}
	if (op->nr == HOST_OP_CMPXCHG64) {
		op->ret = exchange(v, PT_STUB_CMPXCHG64, op->args[0], op->args[1], op->args[2],
				   &op->args[1]);
		return (int)op->ret;
	}
	memcpy(args, op->args, sizeof(args));
	if (op->nr == SYS_mmap)
		args[4] = has_fd(op) ? fd : (u64)-1;
	err = pt_stub_call(v, op->nr, args, &op->ret);
	if (err)
		return err;
	return is_host_error(op->ret) ? (int)op->ret : 0;
}

/* How many of the first of @ops can be done with one visit of the courier; their descriptors. */
static size_t gather(const struct host_op *ops, size_t n, hostfd_t *fds, unsigned *ret_nr)
{
	size_t i;

	*ret_nr = 0;
	for (i = 0; i < n; i++) {
		if (!has_fd(&ops[i]))
			continue;
		if (*ret_nr == PT_COURIER_MAX)
			break;
		fds[(*ret_nr)++] = ops[i].fd;
	}
	return i;
}

static int run_batch(struct vcpu *v, struct host_op *ops, size_t n, size_t *ret_done)
{
	hostfd_t fds[PT_COURIER_MAX];
	unsigned nr, fd = 1;
	int err = 0, left;

	n = gather(ops, n, fds, &nr);
	*ret_done = n;
	if (nr)
		err = pt_courier_bring(v, fds, nr);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		err = run_op(v, &ops[i], has_fd(&ops[i]) ? fd++ : 0);
	left = nr && err != -ESRCH ? pt_courier_leave(v, nr) : 0;
	return left ? left : err;
}

static int host_ops(const struct pt_args *a)
{
	struct host_op *ops = a->p;
	size_t done;

	for (size_t i = 0; i < a->n; i += done) {
		int err = run_batch(a->v, ops + i, a->n - i, &done);

		if (err)
			return err;
	}
	return 0;
}

int pt_vcpu_host_ops(struct vcpu *v, struct host_op *ops, size_t n)
{
	const struct pt_args args = {.v = v, .p = ops, .n = n};

	for (size_t i = 0; i < n; i++)
		if (!host_op_is_sound(&ops[i]))
			return -EINVAL;
	return pt_trace(host_ops, &args);
}

static int count_resident(struct vcpu *v, uaddr_t start, u64 pages, u64 *ret)
{
	u8 vec[RESIDENT_STEP];
	long host;
	int err = PT_CALL(v, &host, SYS_mincore, start, pages * PAGE_SIZE, PT_DATA);

	if (err || host)
		return err ? err : (int)host;
	err = pt_mem_read(v, vec, PT_DATA, pages);
	for (u64 i = 0; i < pages && !err; i++)
		*ret += vec[i] & 1;
	return err;
}

static int resident(const struct pt_args *a)
{
	u64 start = a->a, size = a->b, *ret = a->p;
	int err = 0;

	while (size && !err) {
		u64 step = min(size, RESIDENT_STEP * PAGE_SIZE);

		err = count_resident(a->v, start, step / PAGE_SIZE, ret);
		start += step;
		size -= step;
	}
	return err;
}

int pt_vcpu_resident(struct vcpu *v, uaddr_t start, u64 size, u64 *ret)
{
	const struct pt_args args = {.v = v, .a = start, .b = size, .p = ret};

	*ret = 0;
	return in_user(start, size) ? pt_trace(resident, &args) : -EINVAL;
}

static u64 not_negative(long n)
{
	return n < 0 ? 0 : (u64)n;
}

static int usage(const struct pt_args *a)
{
	struct vcpu_usage *ret = a->p;
	struct rusage ru;
	long host;

	if (PT_CALL(a->v, &host, SYS_getrusage, RUSAGE_SELF, PT_DATA) || host ||
	    pt_mem_read(a->v, &ru, PT_DATA, sizeof(ru)))
		return -ESRCH;
	*ret = (struct vcpu_usage){
		.minflt = not_negative(ru.ru_minflt),
		.majflt = not_negative(ru.ru_majflt),
		.maxrss = not_negative(ru.ru_maxrss),
	};
	return 0;
}

int pt_vcpu_usage(struct vcpu *v, struct vcpu_usage *ret)
{
	const struct pt_args args = {.v = v, .p = ret};

	return pt_trace(usage, &args);
}

static int cmpxchg(const struct pt_args *a)
{
	return exchange(a->v, a->n, a->a, a->b, a->c, a->p);
}

int pt_vcpu_cmpxchg64(struct vcpu *v, uaddr_t addr, u64 old, u64 new_val, u64 *ret_prev)
{
	const struct pt_args args = {
		.v = v,
		.a = addr,
		.b = old,
		.c = new_val,
		.n = PT_STUB_CMPXCHG64,
		.p = ret_prev,
	};

	if (!in_user(addr, sizeof(u64)) || !IS_ALIGNED(addr, sizeof(u64)))
		return -EFAULT;
	return pt_trace(cmpxchg, &args);
}

int pt_vcpu_cmpxchg32(struct vcpu *v, uaddr_t addr, u32 old, u32 new_val, u32 *ret_prev)
{
	u64 prev = 0;
	const struct pt_args args = {
		.v = v,
		.a = addr,
		.b = old,
		.c = new_val,
		.n = PT_STUB_CMPXCHG32,
		.p = &prev,
	};
	int err;

	if (!in_user(addr, sizeof(u32)) || !IS_ALIGNED(addr, sizeof(u32)))
		return -EFAULT;
	err = pt_trace(cmpxchg, &args);
	if (!err)
		*ret_prev = (u32)prev;
	return err;
}
