/*
 * timerfd(2): a timer that is read and polled
 *
 * A timer that has fired rests until it is read, also a periodic one: what it
 * missed meanwhile is counted when somebody looks, as Linux does, so an
 * abandoned timer costs nothing.  A timer of the wall clock is translated to
 * the monotonic one, and waits on when that fires too early.
 *
 * Locks: tf->lock, a spinlock, since the expiry function runs where no mutex
 * may be taken.
 * Differs: that the wall clock was set (TFD_TIMER_CANCEL_ON_SET) is noticed when
 * the descriptor is read, not at the moment of the change.
 */
#include "fs/timerfd.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "fs/file.h"
#include "kernel/clock.h"
#include "lib/alloc.h"
#include "sched/sched.h"

/* The clocks drift apart slowly by themselves; a step is more than that. */
#define CLOCK_STEP_NS (NSEC_PER_SEC / 4)

struct timerfd {
	struct file file; /* base; tf_release() frees the whole */
	clockid_t clock;  /* immutable */
	struct timer timer;

	struct spinlock lock; /* guards all below */
	bool armed, fired;
	bool cancel_on_set;
	int settime_flags;
	u64 expires, interval;
	u64 ticks;  /* expirations not read yet */
	s64 offset; /* of the wall clock when it was set, for cancel_on_set */
};

static struct timerfd *to_timerfd(struct file *f)
{
	return container_of(f, struct timerfd, file);
}

static u64 clock_ns(clockid_t clock)
{
	u64 ns = 0;

	/* timerfd_create_file() was given a clock that exists. */
	if (clock_now(NULL, clock, &ns))
		panic("clock of a timerfd has gone");
	return ns;
}

static s64 wall_offset(void)
{
	return (s64)(clock_ns(CLOCK_REALTIME) - now_ns());
}

static void arm_locked(struct timerfd *tf)
{
	u64 at = clock_to_monotonic(tf->clock, tf->expires);

	if (at != PARK_FOREVER)
		timer_set(&tf->timer, at);
}

/* On a worker, outside any fiber. */
static void tf_expire(struct timer *timer)
{
	struct timerfd *tf = container_of(timer, struct timerfd, timer);
	bool fire = false;

	spin_lock(&tf->lock);
	if (tf->armed && !tf->fired) {
		fire = clock_ns(tf->clock) >= tf->expires;
		if (fire) {
			tf->fired = true;
			tf->ticks++;
		} else {
			arm_locked(tf);
		}
	}
	spin_unlock(&tf->lock);
	if (fire)
		file_wake(&tf->file, EPOLLIN | EPOLLRDNORM);
}

/* A periodic timer that has fired: count what it missed, and let it run on. */
static void catch_up_locked(struct timerfd *tf)
{
	u64 now, n;

	if (!tf->fired)
		return;
	tf->fired = false;
	if (!tf->interval) {
		tf->armed = false;
		return;
	}
	now = clock_ns(tf->clock);
	n = now >= tf->expires ? (now - tf->expires) / tf->interval + 1 : 0;
	tf->expires += n * tf->interval;
	tf->ticks += n ? n - 1 : 0;
	arm_locked(tf);
}

static bool was_canceled_locked(struct timerfd *tf)
{
	s64 now, moved;

	if (!tf->cancel_on_set)
		return false;
	now = wall_offset();
	moved = now - tf->offset;
	if ((u64)(moved < 0 ? -moved : moved) < CLOCK_STEP_NS)
		return false;
	tf->offset = now;
	tf->ticks = 0;
	return true;
}

/* The ticks, or 0 when there are none yet, or -ECANCELED. */
static s64 take(struct timerfd *tf)
{
	s64 ret;

	spin_lock(&tf->lock);
	if (was_canceled_locked(tf)) {
		ret = -ECANCELED;
	} else {
		if (tf->ticks)
			catch_up_locked(tf);
		ret = (s64)tf->ticks;
		tf->ticks = 0;
	}
	spin_unlock(&tf->lock);
	return ret;
}

static s64 wait_and_take(struct timerfd *tf)
{
	s64 n;
	int err = waitq_await_interruptible(tf->file.wq, EPOLLIN, (n = take(tf)) != 0);

	return err ? err : n;
}

static ssize_t tf_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct timerfd *tf = to_timerfd(f);
	u64 ticks;
	s64 n;
	int err;

	(void)pos;
	if (iov_iter_count(dst) < sizeof(ticks))
		return -EINVAL;
	n = take(tf);
	if (n == 0)
		n = file_nonblock(f) ? -EAGAIN : wait_and_take(tf);
	if (n < 0)
		return n;
	ticks = (u64)n;
	err = copy_to_iter(dst, &ticks, sizeof(ticks));
	return err ? err : (ssize_t)sizeof(ticks);
}

static poll_t tf_poll(struct file *f)
{
	struct timerfd *tf = to_timerfd(f);
	poll_t ready;

	spin_lock(&tf->lock);
	ready = tf->ticks ? EPOLLIN : 0;
	spin_unlock(&tf->lock);
	return ready;
}

static void rest_locked(struct timerfd *tf, struct timer_spec *ret)
{
	u64 now = clock_ns(tf->clock);

	*ret = (struct timer_spec){.interval = tf->interval};
	if (tf->fired && tf->interval)
		catch_up_locked(tf);
	if (tf->armed && !tf->fired)
		ret->value = tf->expires > now ? tf->expires - now : 1;
}

void timerfd_get(struct file *f, struct timer_spec *ret)
{
	struct timerfd *tf = to_timerfd(f);

	spin_lock(&tf->lock);
	rest_locked(tf, ret);
	spin_unlock(&tf->lock);
}

void timerfd_set(struct file *f, int flags, const struct timer_spec *spec,
		 struct timer_spec *ret_old)
{
	struct timerfd *tf = to_timerfd(f);
	bool wall = tf->clock == CLOCK_REALTIME || tf->clock == CLOCK_REALTIME_ALARM;

	/* Not under the lock: it waits for the expiry function, which takes it. */
	(void)timer_cancel(&tf->timer);
	spin_lock(&tf->lock);
	rest_locked(tf, ret_old);
	tf->cancel_on_set =
		wall && (flags & TFD_TIMER_ABSTIME) && (flags & TFD_TIMER_CANCEL_ON_SET);
	tf->offset = tf->cancel_on_set ? wall_offset() : 0;
	tf->settime_flags = flags;
	tf->ticks = 0;
	tf->fired = false;
	tf->interval = spec->interval;
	tf->armed = spec->value != 0;
	if (tf->armed) {
		tf->expires = spec->value;
		if (!(flags & TFD_TIMER_ABSTIME))
			tf->expires = min(clock_ns(tf->clock) + spec->value, (u64)INT64_MAX);
		arm_locked(tf);
	}
	spin_unlock(&tf->lock);
}

static size_t tf_fdinfo(struct file *f, char *buf, size_t size)
{
	struct timerfd *tf = to_timerfd(f);
	struct timer_spec spec;
	struct timespec value, interval;
	u64 ticks;
	int n, flags;

	spin_lock(&tf->lock);
	ticks = tf->ticks;
	flags = tf->settime_flags;
	rest_locked(tf, &spec);
	spin_unlock(&tf->lock);
	value = ns_timespec(spec.value);
	interval = ns_timespec(spec.interval);
	n = snprintf(buf, size,
		     "clockid: %d\nticks: %llu\nsettime flags: 0%o\n"
		     "it_value: (%lld, %ld)\nit_interval: (%lld, %ld)\n",
		     tf->clock, (unsigned long long)ticks, (unsigned)flags, (long long)value.tv_sec,
		     value.tv_nsec, (long long)interval.tv_sec, interval.tv_nsec);
	return n < 0 ? 0 : min((size_t)n, size);
}

static void tf_release(struct file *f)
{
	struct timerfd *tf = to_timerfd(f);

	(void)timer_cancel(&tf->timer);
	kfree(tf);
}

static const struct file_ops timerfd_ops = {
	.read = tf_read,
	.poll = tf_poll,
	.show_fdinfo = tf_fdinfo,
	.release = tf_release,
	.anon_name = "timerfd",
};

bool file_is_timerfd(const struct file *f)
{
	return f->ops == &timerfd_ops;
}

int timerfd_create_file(clockid_t clock, int flags, struct file **ret)
{
	struct timerfd *tf = kzalloc(sizeof(*tf));

	if (!tf)
		return -ENOMEM;
	file_init(&tf->file, &timerfd_ops, O_RDWR | (flags & TFD_NONBLOCK ? O_NONBLOCK : 0));
	tf->clock = clock;
	timer_init(&tf->timer, tf_expire);
	*ret = &tf->file;
	return 0;
}
