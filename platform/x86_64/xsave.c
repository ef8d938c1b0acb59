/* Vector state of a signal frame: checks and defaults (xsave.h) */
#include "platform/x86_64/xsave.h"

#define MXCSR      24
#define MXCSR_MASK 28

struct xsave_header {
	u64 xfeatures, xcomp_bv, reserved[6];
};

static bool has_extended(const struct xsave_format *f, const u8 *xstate, size_t size)
{
	struct xsave_marks theirs, ours;
	u32 magic2;

	memcpy(&ours, f->clean + XSAVE_MARKS, sizeof(ours));
	memcpy(&theirs, xstate + XSAVE_MARKS, sizeof(theirs));
	if (ours.magic1 != XSAVE_MAGIC1 || theirs.magic1 != XSAVE_MAGIC1 ||
	    size < ours.extended_size)
		return false;
	if (theirs.xstate_size != ours.xstate_size || theirs.extended_size != ours.extended_size)
		return false;
	memcpy(&magic2, xstate + theirs.xstate_size, sizeof(magic2));
	return magic2 == XSAVE_MAGIC2;
}

static bool mxcsr_is_sound(const struct xsave_format *f, const u8 *xstate)
{
	u32 mxcsr, mask;

	memcpy(&mxcsr, xstate + MXCSR, sizeof(mxcsr));
	memcpy(&mask, f->clean + MXCSR_MASK, sizeof(mask));
	/* As on Linux: 0 means the mask of the first processors with SSE. */
	return !(mxcsr & ~(mask ? mask : 0xffbf));
}

static bool header_is_sound(const struct xsave_format *f, const u8 *xstate)
{
	static const u64 zero[6];
	struct xsave_header h;

	memcpy(&h, xstate + XSAVE_HEADER, sizeof(h));
	return !(h.xfeatures & ~f->xfeatures) && h.xcomp_bv == 0 &&
	       !memcmp(h.reserved, zero, sizeof(zero));
}

bool xsave_is_sound(const struct xsave_format *f, const void *xstate, size_t size)
{
	if (size < XSAVE_LEGACY_SIZE || !mxcsr_is_sound(f, xstate))
		return false;
	return !has_extended(f, xstate, size) || header_is_sound(f, xstate);
}

void xsave_build(const struct xsave_format *f, void *ret, const void *xstate, size_t size)
{
	u8 *fpu = ret;

	memcpy(fpu, f->clean, f->size);
	memcpy(fpu, xstate, XSAVE_MARKS);
	if (has_extended(f, xstate, size)) {
		memcpy(fpu + XSAVE_HEADER, (const u8 *)xstate + XSAVE_HEADER,
		       f->size - XSAVE_HEADER - sizeof(u32));
	} else if (f->size > XSAVE_LEGACY_SIZE) {
		u64 legacy = XFEATURE_FP | XFEATURE_SSE;

		memcpy(fpu + XSAVE_HEADER, &legacy, sizeof(legacy));
	}
}
