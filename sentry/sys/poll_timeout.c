/* The timeouts of select(2), pselect6(2) and ppoll(2) (poll_timeout.h). */
#include "sys/poll_timeout.h"

#include <sys/personality.h>
#include <sys/time.h>

#include "kernel/clock.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

int poll_timeout_timespec(struct task *t, uaddr_t tsp, struct poll_timeout *ret)
{
	*ret = (struct poll_timeout){.at = tsp, .deadline = PARK_FOREVER};
	return tsp ? deadline_from_user(t, tsp, &ret->deadline) : 0;
}

int poll_timeout_timeval(struct task *t, uaddr_t tvp, struct poll_timeout *ret)
{
	struct timespec ts;
	struct timeval tv;

	*ret = (struct poll_timeout){.at = tvp, .timeval = true, .deadline = PARK_FOREVER};
	if (!tvp)
		return 0;
	if (copy_from_user(t, &tv, tvp, sizeof(tv)))
		return -EFAULT;
	/* As on Linux, microseconds beyond a second are carried over. */
	if (tv.tv_sec < 0 || tv.tv_usec < 0)
		return -EINVAL;
	ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
	if (__builtin_add_overflow(tv.tv_sec, tv.tv_usec / 1000000, &ts.tv_sec))
		ts.tv_sec = INT64_MAX;
	ret->deadline = deadline_after(timespec_ns(&ts));
	return 0;
}

static int write_rest(struct task *t, const struct poll_timeout *to)
{
	u64 now = now_ns(), left = 0;
	struct timespec ts;
	struct timeval tv;

	/* PARK_FOREVER from a value: too far to count down in this life. */
	if (to->deadline == PARK_FOREVER)
		return 0;
	if (to->deadline > now)
		left = to->deadline - now;
	ts = ns_timespec(left);
	if (!to->timeval)
		return copy_to_user(t, to->at, &ts, sizeof(ts));
	tv = (struct timeval){.tv_sec = ts.tv_sec, .tv_usec = ts.tv_nsec / 1000};
	return copy_to_user(t, to->at, &tv, sizeof(tv));
}

long poll_timeout_end(struct task *t, const struct poll_timeout *to, long result)
{
	bool sticky = t->personality & STICKY_TIMEOUTS;

	signal_end_mask(t, result == -ERESTARTNOHAND);
	if (!to->at || (!sticky && to->deadline == 0))
		return result;
	/* A timeout in read-only memory does not fail a call that has succeeded. */
	if (!sticky && write_rest(t, to) == 0)
		return result;
	return result == -ERESTARTNOHAND ? -EINTR : result;
}
