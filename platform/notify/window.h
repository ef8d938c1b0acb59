/*
 * The windows of a fast call, as the sentry sees them (platform.h: vcpu_window_*).
 *
 * Open from window_open(), when the call has stopped, until its answer or until
 * the stub is to do something else first.  What stands in a window can change at
 * any time; where its pieces are is taken once.
 *
 * Locks: none; all of it belongs to the fiber that runs the vcpu.
 */
#pragma once
#include "lib/base.h"
#include "platform/stub/layout.h"

struct vcpu;

struct win_piece {
	uaddr_t addr;
	u32 len;
	u32 off; /* of its bytes, in the channel */
};

struct window {
	bool open;
	bool parsed; /* nr_in and in are known */
	bool small;  /* what is put off is one piece, and stands in first */
	bool at_end; /* OUTS_AT_END */
	bool failed; /* something put off could not be written: the call returns -EFAULT */
	u8 nr_in, nr_out;
	u32 end; /* of the last piece in CHAN_WIN_OUT, offset in the channel */
	u8 first[INLINE_MAX_OUT];
	struct win_piece in[CHAN_MAX_PIECES], out[CHAN_MAX_PIECES];
};

/* window_open - @v has stopped in a fast call */
void window_open(struct vcpu *v);

/*
 * window_close - the call is not answered with TURN_DONE next: write what was put off
 *
 * From then on the call's memory is reached in the old way only.
 */
void window_close(struct vcpu *v);

/*
 * window_flush - the call is answered with TURN_DONE next: the stub writes what was put off
 *
 * Return: @ret, the result of the call, or -EFAULT when something could not be written.
 */
long window_flush(struct vcpu *v, long ret) must_check;

/*
 * local_hide_locked - the call @v is about to make comes to us, whatever it is
 *
 * For a kick that has met the stub before it has posted.  Until window_open().
 */
void local_hide_locked(struct vcpu *v);
