/*
 * Vector state: the host's register set and the contract's signal frame hold the
 * same XSAVE image; they differ in the bytes software may use.
 */
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "lib/alloc.h"
#include "platform/ptrace/ptrace.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

/* More than any processor has. */
#define FPU_SIZE_MAX (64ul << 10)

int pt_fpu_get(struct vcpu *v, void *buf, size_t *size)
{
	struct iovec iov = {.iov_base = buf, .iov_len = *size};
	long err = host_ptrace(PTRACE_GETREGSET, v->tid, NT_X86_XSTATE, &iov);

	*size = iov.iov_len;
	return (int)err;
}

int pt_fpu_set(struct vcpu *v, const void *buf, size_t size)
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)buf, .iov_len = size};

	return (int)host_ptrace(PTRACE_SETREGSET, v->tid, NT_X86_XSTATE, &iov);
}

/* The state @fpu of pt_fpu_get() gets the marks of a signal frame. */
static void put_marks(u8 *fpu)
{
	const struct xsave_marks marks = {
		.magic1 = XSAVE_MAGIC1,
		.extended_size = (u32)pt.fpu.size,
		.xfeatures = pt.fpu.xfeatures,
		.xstate_size = (u32)pt.fpu_size,
	};
	u32 magic2 = XSAVE_MAGIC2;

	memcpy(fpu + XSAVE_MARKS, &marks, sizeof(marks));
	memcpy(fpu + pt.fpu_size, &magic2, sizeof(magic2));
}

int pt_xstate_learn(struct vcpu *zygote, const char **ret_why)
{
	u8 *buf = kzalloc(FPU_SIZE_MAX);
	size_t size = FPU_SIZE_MAX;
	int err;

	*ret_why = "out of memory";
	if (!buf)
		return -ENOMEM;
	*ret_why = "the host does not tell vector state (no XSAVE)";
	err = pt_fpu_get(zygote, buf, &size);
	if (!err && (size < XSAVE_HEADER + XSAVE_HEADER_SIZE || size == FPU_SIZE_MAX))
		err = -EINVAL;
	if (!err) {
		pt.fpu_size = size;
		pt.fpu.size = size + sizeof(u32);
		memcpy(&pt.fpu.xfeatures, buf + XSAVE_MARKS, sizeof(pt.fpu.xfeatures));
		put_marks(buf);
		pt.fpu.clean = kmemdup(buf, pt.fpu.size);
		pt.info.xstate_size = pt.fpu.size;
		pt.info.xfeatures = pt.fpu.xfeatures;
		*ret_why = "out of memory";
		err = pt.fpu.clean ? 0 : -ENOMEM;
	}
	kfree(buf);
	return err;
}

static int get_xstate(const struct pt_args *a)
{
	size_t size = pt.fpu_size;
	u8 *buf = kzalloc(pt.fpu.size);
	int err;

	if (!buf)
		return -ENOMEM;
	err = pt_fpu_get(a->v, buf, &size);
	if (!err) {
		put_marks(buf);
		memcpy(a->p, buf, min(a->n, pt.fpu.size));
	}
	kfree(buf);
	return err;
}

int pt_vcpu_get_xstate(struct vcpu *v, void *ret, size_t size)
{
	const struct pt_args args = {.v = v, .p = ret, .n = size};

	return pt_trace(get_xstate, &args);
}

/* The host looks at the bytes of XSAVE only. */
static int set_xstate(const struct pt_args *a)
{
	return pt_fpu_set(a->v, a->in, pt.fpu_size);
}

int pt_vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size)
{
	struct pt_args args = {.v = v};
	u8 *buf;
	int err;

	if (!xsave_is_sound(&pt.fpu, xstate, size))
		return -EINVAL;
	buf = kzalloc(pt.fpu.size);
	if (!buf)
		return -ENOMEM;
	xsave_build(&pt.fpu, buf, xstate, size);
	args.in = buf;
	err = pt_trace(set_xstate, &args);
	kfree(buf);
	return err;
}

int pt_vcpu_reset_xstate(struct vcpu *v)
{
	const struct pt_args args = {.v = v, .in = pt.fpu.clean};

	return pt_trace(set_xstate, &args);
}
