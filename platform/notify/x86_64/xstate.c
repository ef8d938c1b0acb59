/*
 * Vector state of a vcpu that is parked in the stub: it stands in the signal
 * frame, in its channel.
 */
#include "platform/notify/x86_64/xstate.h"

#include "lib/alloc.h"
#include "platform/notify/notify.h"

static u8 *vcpu_fpu(struct vcpu *v)
{
	return v->ch.mem + notify.fpu_off;
}

int xstate_learn(struct vcpu *v, const char **ret_why)
{
	struct xsave_marks sw;
	size_t size;

	memcpy(&sw, vcpu_fpu(v) + XSAVE_MARKS, sizeof(sw));
	/* Without XSAVE the frame holds the legacy area alone. */
	size = sw.magic1 == XSAVE_MAGIC1 ? sw.extended_size : XSAVE_LEGACY_SIZE;
	*ret_why = "the host's vector state does not fit a channel";
	if (size > CHAN_SIZE - notify.fpu_off || size < XSAVE_LEGACY_SIZE)
		return -EINVAL;
	notify.info.xstate_size = size;
	notify.info.xfeatures =
		sw.magic1 == XSAVE_MAGIC1 ? sw.xfeatures : XFEATURE_FP | XFEATURE_SSE;
	notify.fpu = (struct xsave_format){
		.clean = kmemdup(vcpu_fpu(v), size),
		.size = size,
		.xfeatures = notify.info.xfeatures,
	};
	*ret_why = "out of memory";
	return notify.fpu.clean ? 0 : -ENOMEM;
}

int notify_vcpu_get_xstate(struct vcpu *v, void *ret, size_t size)
{
	int err = stub_enter(v);

	if (!err)
		memcpy(ret, vcpu_fpu(v), min(size, notify.info.xstate_size));
	return err;
}

int notify_vcpu_reset_xstate(struct vcpu *v)
{
	int err = stub_enter(v);

	if (!err)
		memcpy(vcpu_fpu(v), notify.fpu.clean, notify.fpu.size);
	return err;
}

int notify_vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size)
{
	int err;

	if (!xsave_is_sound(&notify.fpu, xstate, size))
		return -EINVAL;
	err = stub_enter(v);
	if (!err)
		xsave_build(&notify.fpu, vcpu_fpu(v), xstate, size);
	return err;
}
