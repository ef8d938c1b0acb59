/* struct itimerspec between the guest and timers. */
#pragma once
#include "kernel/posix_timer.h"
#include "lib/base.h"

struct task;

/* itimerspec_from_user - -EFAULT, -EINVAL */
int itimerspec_from_user(struct task *t, uaddr_t u, struct timer_spec *ret) must_check;
int itimerspec_to_user(struct task *t, uaddr_t u, const struct timer_spec *spec) must_check;
