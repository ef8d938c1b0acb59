/* timerfd_create(2): a timer behind a descriptor (timerfd.c). */
#pragma once
#include <time.h>

#include "kernel/posix_timer.h"
#include "lib/base.h"

struct file;

/* timerfd_create_file - @clock is one that timerfd_create(2) takes; @flags: TFD_NONBLOCK */
int timerfd_create_file(clockid_t clock, int flags, struct file **ret) must_check;

bool file_is_timerfd(const struct file *f);

/* timerfd_set - @flags: TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET; what it was goes to *@ret_old
 */
void timerfd_set(struct file *f, int flags, const struct timer_spec *spec,
		 struct timer_spec *ret_old);
void timerfd_get(struct file *f, struct timer_spec *ret);
