/*
 * The notify platform when the host refuses: the n-th host call or allocation
 * fails, for every n, while guests are made, forked, threaded, mapped and ended.
 *
 * Nothing may hang or crash, and afterwards a guest runs as ever.
 */
#include <signal.h>
#include <unistd.h>

#include "host/host.h"
#include "lib/log.h"
#include "tests/unit/platform_guest.h"

GUEST(calls, "1: mov $1000, %eax\nsyscall\njmp 1b")

static void map_something(struct vcpu *v)
{
	struct host_op op = {
		.nr = SYS_mmap,
		.args = {0x600000, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED},
		.fd = HOSTFD_NONE,
	};
	u32 prev;

	if (!vcpu_host_ops(v, &op, 1))
		CHECK_EQ(0x600000, op.ret);
	if (!vcpu_cmpxchg32(v, DATA, 0, 0, &prev))
		CHECK_EQ(0, prev);
}

/* A guest that may meet a failing host at any step. */
static void live(void)
{
	struct vcpu *v, *child, *thread;
	struct aspace *as, *child_as;
	struct vcpu_event ev;
	struct regs regs;

	if (aspace_create(&as, &v))
		return;
	map_something(v);
	if (!vcpu_get_regs(v, &regs) && regs.ip)
		CHECK_EQ(0, regs.ip);
	if (!aspace_fork(v, &child_as, &child)) {
		map_something(child);
		vcpu_destroy(child);
		aspace_put(child_as);
	}
	if (!vcpu_create(v, &thread)) {
		CHECK_EQ(0, vcpu_run(thread, &ev));
		vcpu_destroy(thread);
	}
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK(ev.kind == VCPU_FAULT || ev.kind == VCPU_DEAD);
	vcpu_destroy(v);
	aspace_put(as);
}

static void still_works(void)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	REQUIRE(LOAD(calls, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_SYSCALL, ev.kind);
	done(as, v);
}

/* Not epoll_pwait2: without it a worker is no worker. */
static const enum host_call failing[] = {
	HOST_ioctl,     HOST_memfd_create, HOST_ftruncate,
	HOST_fcntl,     HOST_mmap,         HOST_munmap,
	HOST_getrandom, HOST_pidfd_open,   HOST_pidfd_send_signal,
	HOST_tgkill,    HOST_waitid,       HOST_wait4,
	HOST_epoll_ctl, HOST_ptrace,       HOST_sendmsg,
	HOST_accept4,
};

/* The switch of host.c is not made for threads, and the worker is one. */
#if defined(__SANITIZE_THREAD__)
#define FAULTS_RACE 1
#else
#define FAULTS_RACE 0
#endif

/* A call that fails may cost the zygote its life, so each has a platform of its own. */
TEST(platform_lives_with_a_failing_host)
{
	if (FAULTS_RACE) {
		unit_skip("not under the thread sanitizer");
		return;
	}
	log_init("test", 2, LOG_ERROR);
	for (size_t i = 0; i < ARRAY_SIZE(failing); i++) {
		if (!setup())
			return;
		for (long n = 1; n < 25; n++) {
			fault_host_error = EIO;
			fault_host_only = (int)failing[i];
			__atomic_store_n(&fault_host_at, n, __ATOMIC_RELAXED);
			live();
			__atomic_store_n(&fault_host_at, 0, __ATOMIC_RELAXED);
		}
		teardown();
	}
	if (!setup())
		return;
	still_works();
	teardown();
}

TEST(platform_lives_without_memory)
{
	if (FAULTS_RACE) {
		unit_skip("not under the thread sanitizer");
		return;
	}
	if (!setup())
		return;
	log_init("test", 2, LOG_ERROR);
	for (long n = 1; n < 20; n++) {
		__atomic_store_n(&fault_alloc_at, n, __ATOMIC_RELAXED);
		live();
		__atomic_store_n(&fault_alloc_at, 0, __ATOMIC_RELAXED);
	}
	still_works();
	teardown();
}

TEST(platform_init_tells_what_failed)
{
	bool started = false;

	if (FAULTS_RACE) {
		unit_skip("not under the thread sanitizer");
		return;
	}
	for (long n = 1; !started; n++) {
		const char *why;

		fault_host_error = EIO;
		fault_host_only = -1;
		init_fails_at = n;
		why = start_platform();
		CHECK(!why || *why);
		started = !why && init_fails_at > 0;
		if (!why && !started)
			teardown();
	}
	init_fails_at = 0;
	/* In the last round nothing failed any more. */
	still_works();
	teardown();
}
