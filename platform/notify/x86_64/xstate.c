/*
 * Vector state as it stands in a signal frame: XSAVE standard format, with
 * Linux's marks in the bytes software may use.
 *
 *	   0  legacy area of FXSAVE, 512 bytes; the last 48 are struct sw_bytes
 *	 512  XSAVE header: features present, compaction (0 here), reserved
 *	 576  the extended areas
 *	 size of all, then FP_XSTATE_MAGIC2
 */
#include "platform/notify/x86_64/xstate.h"

#include <cpuid.h>

#include "lib/alloc.h"
#include "platform/notify/notify.h"

#define LEGACY_SIZE  512
#define HEADER       512
#define HEADER_SIZE  64
#define MXCSR        24
#define MXCSR_MASK   28
#define SW_BYTES     464
#define MAGIC1       0x46505853u
#define MAGIC2       0x46505845u
#define XFEATURE_FP  1ull
#define XFEATURE_SSE 2ull

/* struct _fpx_sw_bytes of the kernel. */
struct sw_bytes {
	u32 magic1, extended_size;
	u64 xfeatures;
	u32 xstate_size;
	u32 padding[7];
};

struct xsave_header {
	u64 xfeatures, xcomp_bv, reserved[6];
};

static u8 *vcpu_fpu(struct vcpu *v)
{
	return v->ch.mem + notify.fpu_off;
}

int xstate_learn(struct vcpu *v, const char **ret_why)
{
	struct sw_bytes sw;
	size_t size;

	memcpy(&sw, vcpu_fpu(v) + SW_BYTES, sizeof(sw));
	/* Without XSAVE the frame holds the legacy area alone. */
	size = sw.magic1 == MAGIC1 ? sw.extended_size : LEGACY_SIZE;
	*ret_why = "the host's vector state does not fit a channel";
	if (size > CHAN_SIZE - notify.fpu_off || size < LEGACY_SIZE)
		return -EINVAL;
	notify.info.xstate_size = size;
	notify.info.xfeatures = sw.magic1 == MAGIC1 ? sw.xfeatures : XFEATURE_FP | XFEATURE_SSE;
	notify.clean_fpu = kmemdup(vcpu_fpu(v), size);
	*ret_why = "out of memory";
	return notify.clean_fpu ? 0 : -ENOMEM;
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
		memcpy(vcpu_fpu(v), notify.clean_fpu, notify.info.xstate_size);
	return err;
}

static bool has_extended(const u8 *xstate, size_t size)
{
	struct sw_bytes sw, ours;
	u32 magic2;

	memcpy(&ours, (u8 *)notify.clean_fpu + SW_BYTES, sizeof(ours));
	memcpy(&sw, xstate + SW_BYTES, sizeof(sw));
	if (ours.magic1 != MAGIC1 || sw.magic1 != MAGIC1 || size < ours.extended_size)
		return false;
	if (sw.xstate_size != ours.xstate_size || sw.extended_size != ours.extended_size)
		return false;
	memcpy(&magic2, xstate + sw.xstate_size, sizeof(magic2));
	return magic2 == MAGIC2;
}

static bool mxcsr_is_sound(const u8 *xstate)
{
	u32 mxcsr, mask;

	memcpy(&mxcsr, xstate + MXCSR, sizeof(mxcsr));
	memcpy(&mask, (u8 *)notify.clean_fpu + MXCSR_MASK, sizeof(mask));
	/* As on Linux: 0 means the mask of the first processors with SSE. */
	return !(mxcsr & ~(mask ? mask : 0xffbf));
}

static bool header_is_sound(const u8 *xstate)
{
	static const u64 zero[6];
	struct xsave_header h;

	memcpy(&h, xstate + HEADER, sizeof(h));
	return !(h.xfeatures & ~notify.info.xfeatures) && h.xcomp_bv == 0 &&
	       !memcmp(h.reserved, zero, sizeof(zero));
}

/* As on Linux: without the marks only the legacy area counts, the rest is as new. */
int notify_vcpu_set_xstate(struct vcpu *v, const void *xstate, size_t size)
{
	bool extended;
	u8 *fpu;
	int err;

	if (size < LEGACY_SIZE || !mxcsr_is_sound(xstate))
		return -EINVAL;
	extended = has_extended(xstate, size);
	if (extended && !header_is_sound(xstate))
		return -EINVAL;
	err = stub_enter(v);
	if (err)
		return err;
	fpu = vcpu_fpu(v);
	memcpy(fpu, notify.clean_fpu, notify.info.xstate_size);
	memcpy(fpu, xstate, SW_BYTES);
	if (extended) {
		memcpy(fpu + HEADER, (const u8 *)xstate + HEADER,
		       notify.info.xstate_size - HEADER - sizeof(u32));
	} else if (notify.info.xstate_size > LEGACY_SIZE) {
		u64 legacy = XFEATURE_FP | XFEATURE_SSE;

		memcpy(fpu + HEADER, &legacy, sizeof(legacy));
	}
	return 0;
}
