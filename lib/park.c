/* Parking of plain threads, and who the running thread of control is (park.h). */
#include "lib/park.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static __thread struct parker thread_parker;
static __thread struct parker *self;

static void thread_park(struct parker *p, u64 deadline)
{
	struct timespec ts = {
		.tv_sec = (time_t)(deadline / NSEC_PER_SEC),
		.tv_nsec = (long)(deadline % NSEC_PER_SEC),
	};

	while (!__atomic_exchange_n(&p->token, 0, __ATOMIC_ACQUIRE)) {
		if (deadline != PARK_FOREVER && now_ns() >= deadline)
			return;
		/* The absolute deadline of FUTEX_WAIT_BITSET is CLOCK_MONOTONIC. */
		syscall(SYS_futex, &p->token, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0,
			deadline == PARK_FOREVER ? NULL : &ts, NULL, FUTEX_BITSET_MATCH_ANY);
	}
}

static void thread_unpark(struct parker *p)
{
	if (__atomic_exchange_n(&p->token, 1, __ATOMIC_RELEASE) == 0)
		syscall(SYS_futex, &p->token, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static const struct park_ops thread_park_ops = {
	.park = thread_park,
	.unpark = thread_unpark,
};

/* Not inlined: a fiber may have moved its caller to another host thread. */
__attribute__((noinline)) struct parker *park_self(void)
{
	if (self)
		return self;
	/* Once: others read it in unpark(). */
	if (!thread_parker.ops)
		thread_parker.ops = &thread_park_ops;
	return &thread_parker;
}

__attribute__((noinline)) void park_set_self(struct parker *p)
{
	self = p;
}

void park_interrupt(struct parker *p)
{
	__atomic_store_n(&p->interrupted, true, __ATOMIC_RELEASE);
	unpark(p);
}

void park_clear_interrupt(struct parker *p)
{
	__atomic_store_n(&p->interrupted, false, __ATOMIC_RELEASE);
}

u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}
