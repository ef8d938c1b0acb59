/* The host's signal frame in a channel: registers and vector state (x86_64/frame.c). */
#pragma once
#include "platform/notify/notify.h"

/* frame_fits - does the host's signal frame fit a channel, as far as the host says; else why not */
int frame_fits(const char **ret_why) must_check;

/* frame_learn - where the kernel lays signal frames, from the zygote's first */
int frame_learn(struct vcpu *zygote, const char **ret_why) must_check;

/* frame_clone - @to, in its own channel, goes on where @from does */
void frame_clone(struct vcpu *to, struct vcpu *from);

/* frame_lend - the same for one whose host thread has run before */
void frame_lend(struct vcpu *to, struct vcpu *from);

/* frame_event - what a parked vcpu stopped for; false: nothing, let it run on */
bool frame_event(struct vcpu *v, struct vcpu_event *ev);
void frame_set_result(struct vcpu *v, long ret);

/* frame_complete - the stub has built the frame of a fast call: add what is not the guest's */
void frame_complete(struct vcpu *v);

/* frame_announce - tell the stub of @v, in its channel, where it builds frames */
void frame_announce(struct vcpu *v);

/*
 * The stub of @v was interrupted, the host's frame stands at @frame.  _full: it
 * goes on by building the frame of the call that was answered; _done: it parks
 * again with the frame it was about to leave by.  False: @frame is nowhere.
 */
bool frame_redirect_full(struct vcpu *v, uaddr_t frame) must_check;
bool frame_redirect_done(struct vcpu *v, uaddr_t frame) must_check;

/* frame_clear - registers as of a program that has not begun: all zero */
void frame_clear(struct vcpu *v);

/* frame_call - what a SIGSYS tells of the call that ended in it (x86_64/frame_call.c) */
void frame_call(struct vcpu *v, struct vcpu_event *ev);

/* frame_redirect_call - the stub goes on at @ip, a place in its fast call */
bool frame_redirect_call(struct vcpu *v, uaddr_t frame, uaddr_t ip);

/*
 * frame_redirect_moved - a kick at @ip has met a read that is answered in the stub: it ends
 *
 * False: it has not moved the position after all, and will be posted.
 */
bool frame_redirect_moved(struct vcpu *v, uaddr_t frame, uaddr_t ip) must_check;

/*
 * frame_redirect_fault - a fast call has faulted at @ip with a pointer of the guest
 *
 * It goes on without what was behind the pointer, or fails with EFAULT.  False:
 * such a fault is no fast call's.
 */
bool frame_redirect_fault(struct vcpu *v, uaddr_t frame, uaddr_t ip) must_check;
