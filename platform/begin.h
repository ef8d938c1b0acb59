/*
 * What each program asks and says at its start, answered in its stub: the limits of its
 * process, the end of its heap, set_tid_address(2), set_robust_list(2).
 *
 * A part of platform.h's contract, like platform/facts.h; where a platform has no stub that
 * answers, nothing is told, and nothing heard.
 */
#pragma once
#include "platform/platform.h"

/* The pointers that the guest has set without us since they were last taken, if it has. */
struct vcpu_begun {
	bool tid, robust;
	uaddr_t clear_child_tid, robust_list;
};

/*
 * vcpu_begun - look; at any time, whatever the guest says: it could have set them by a call
 * vcpu_take_begun - look, and next time only at what comes after; of the stopped @v
 */
void vcpu_begun(const struct vcpu *v, struct vcpu_begun *ret);
void vcpu_take_begun(struct vcpu *v, struct vcpu_begun *ret);

/*
 * vcpu_set_limits - tell the stopped @v the limits of its process
 * @limits: struct rlimit64[RLIM_NLIMITS]
 *
 * vcpu_hide_limits - @v knows of none any more; at any time, before one is changed
 */
void vcpu_set_limits(struct vcpu *v, const void *limits);
void vcpu_hide_limits(struct vcpu *v);

/* vcpu_set_brk - tell the stopped @v where its heap ends; 0: that may change without it */
void vcpu_set_brk(struct vcpu *v, uaddr_t brk);
