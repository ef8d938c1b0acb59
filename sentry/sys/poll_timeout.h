/* The timeouts of select(2), pselect6(2) and ppoll(2), which say what was left. */
#pragma once
#include "lib/base.h"

struct task;

struct poll_timeout {
	uaddr_t at;   /* the guest's struct; 0: none */
	bool timeval; /* it is a timeval, not a timespec */
	u64 deadline; /* as poll_wait() wants it */
};

/* poll_timeout_timespec, poll_timeout_timeval - read it; -EFAULT, -EINVAL */
int poll_timeout_timespec(struct task *t, uaddr_t tsp, struct poll_timeout *ret) must_check;
int poll_timeout_timeval(struct task *t, uaddr_t tvp, struct poll_timeout *ret) must_check;

/*
 * poll_timeout_end - the wait is over with @result: put the mask back, write the rest
 *
 * Return: what the call returns: @result, or -EINTR where the rest could not be
 * written and the call can therefore not be made again.
 */
long poll_timeout_end(struct task *t, const struct poll_timeout *to, long result);
