/*
 * Vector state as a signal frame holds it, which is how the contract has it:
 * XSAVE standard format, with Linux's marks in the bytes software may use.
 *
 *	   0  legacy area of FXSAVE, 512 bytes; the last 48 are struct xsave_marks
 *	 512  XSAVE header: features present, compaction (0 here), reserved
 *	 576  the extended areas
 *	 size of all, then XSAVE_MAGIC2
 */
#pragma once
#include "lib/base.h"

#define XSAVE_LEGACY_SIZE 512
#define XSAVE_HEADER      512
#define XSAVE_HEADER_SIZE 64
#define XSAVE_MARKS       464
#define XSAVE_MAGIC1      0x46505853u
#define XSAVE_MAGIC2      0x46505845u
#define XFEATURE_FP       1ull
#define XFEATURE_SSE      2ull

/* struct _fpx_sw_bytes of the kernel. */
struct xsave_marks {
	u32 magic1, extended_size;
	u64 xfeatures;
	u32 xstate_size;
	u32 padding[7];
};

/* What this host's vector state looks like. */
struct xsave_format {
	u8 *clean;     /* of a new program, @size bytes */
	size_t size;   /* marks and closing magic included */
	u64 xfeatures; /* XCR0 */
};

/* xsave_is_sound - would rt_sigreturn take @xstate, of @size bytes */
bool xsave_is_sound(const struct xsave_format *f, const void *xstate, size_t size);

/*
 * xsave_build - the whole state that rt_sigreturn makes of the sound @xstate
 * @ret: @f->size bytes
 *
 * As on Linux: without the marks only the legacy area counts, the rest is as new.
 */
void xsave_build(const struct xsave_format *f, void *ret, const void *xstate, size_t size);
