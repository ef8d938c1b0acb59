/*
 * What a system call changes in its guest's memory last: made by the host when
 * the call returns, together with its answer.  A part of platform.h.
 */
#pragma once
#include "platform/platform.h"

/*
 * vcpu_last_ops - as vcpu_host_ops(), but made when the stopped call returns to the guest
 *
 * For a caller who is done with @v's memory, and sees to it that nobody else changes the same of it
 * until that is done.  If the host refuses one of them then, vcpu_run() returns VCPU_REFUSED, and
 * the call may be given another result.
 *
 * Return: false: they cannot be put off, and nothing is.
 */
bool vcpu_last_ops(struct vcpu *v, const struct host_op *ops, size_t n) must_check;

/*
 * vcpu_last_ops_done - is nothing put off any more for @v, or was all of it made?
 *
 * At any time, by anybody.  What is refused is not done until vcpu_run() after VCPU_REFUSED
 * has returned again.  It is done when vcpu_run() returns anything else that came of running
 * the guest, and may be known before; who has seen it undone, and asks @v's owner to tell
 * when that is, asks once more afterwards.
 */
bool vcpu_last_ops_done(const struct vcpu *v) must_check;

/* vcpu_last_ops_now - make them now after all; 0 also if there are none, or as vcpu_host_ops() */
int vcpu_last_ops_now(struct vcpu *v) must_check;
