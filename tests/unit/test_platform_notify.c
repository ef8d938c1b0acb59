/*
 * A platform, driven as the sentry drives it: calls, results,
 * registers, faults, kicks, processes, threads, death.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/platform_guest.h"

/* Calls 1000, 1001, ... with what the last one returned as its argument. */
GUEST(counter, "mov $1000, %r12d\n"
	       "1: mov %r12d, %eax\n"
	       "syscall\n"
	       "mov %rax, %rdi\n"
	       "inc %r12d\n"
	       "jmp 1b")
GUEST(spin, "1: inc %rax\njmp 1b")
GUEST(segv, "mov $0x123456789000, %rax\nmov (%rax), %rbx")
GUEST(getpid, "1: mov $39, %eax\nsyscall\njmp 1b")

TEST(platform_starts_and_ends)
{
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	CHECK_STR(PLATFORM, platform_info()->name);
	CHECK(platform_info()->vdso >= platform_info()->user_end);
	CHECK(platform_info()->xstate_size >= 512);
	CHECK_EQ(0, aspace_create(&as, &v));
	done(as, v);
	teardown();
}

TEST(vcpu_run_sees_calls_and_gives_results)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	REQUIRE(LOAD(counter, &as, &v));
	for (u64 i = 0; i < 100; i++) {
		CHECK_EQ(0, vcpu_run(v, &ev));
		REQUIRE(ev.kind == VCPU_SYSCALL);
		CHECK_EQ(1000 + i, ev.call.nr);
		CHECK(!ev.call.compat);
		if (i)
			CHECK_EQ(i - 1, ev.call.args[0]);
		vcpu_set_result(v, (long)i);
	}
	done(as, v);
	teardown();
}

TEST(vcpu_regs_at_a_call)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	struct regs regs;

	if (!setup())
		return;
	REQUIRE(LOAD(counter, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	vcpu_set_result(v, 77);
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	CHECK_EQ(1000, regs.orig_ax);
	CHECK_EQ(77, regs.ax);
	CHECK_EQ(1000, regs.r12);
	CHECK_EQ(ev.call.ip, regs.ip);
	CHECK_EQ(0x33, regs.cs);
	CHECK_EQ(DATA + PAGE_SIZE, regs.sp);
	regs.r12 = 5000;
	regs.fs_base = 0x1234000;
	regs.ax = 78;
	CHECK_EQ(0, vcpu_set_regs(v, &regs));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK_EQ(5001, ev.call.nr);
	CHECK_EQ(78, ev.call.args[0]);
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	CHECK_EQ(0x1234000, regs.fs_base);
	CHECK_EQ(-ENOSYS, regs.ax);
	done(as, v);
	teardown();
}

TEST(vcpu_fault_has_address)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	struct regs regs;

	if (!setup())
		return;
	REQUIRE(LOAD(segv, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_FAULT);
	CHECK_EQ(SIGSEGV, ev.fault.signo);
	CHECK_EQ(SEGV_MAPERR, ev.fault.code);
	CHECK_EQ(0x123456789000, ev.fault.addr);
	CHECK_EQ(14, ev.fault.trapno);
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	CHECK_EQ(CODE + 10, regs.ip);
	CHECK_EQ(-1, regs.orig_ax);
	done(as, v);
	teardown();
}

static void *kick_soon(void *arg)
{
	usleep(20000);
	vcpu_kick(arg);
	return NULL;
}

TEST(vcpu_kick_stops_a_loop)
{
	struct vcpu_event ev;
	struct aspace *as;
	pthread_t kicker;
	struct regs regs;
	struct vcpu *v;

	if (!setup())
		return;
	REQUIRE(LOAD(spin, &as, &v));
	for (int i = 0; i < 5; i++) {
		u64 before;

		CHECK_EQ(0, vcpu_get_regs(v, &regs));
		before = regs.ax;
		CHECK_EQ(0, pthread_create(&kicker, NULL, kick_soon, v));
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_KICKED, ev.kind);
		pthread_join(kicker, NULL);
		CHECK_EQ(0, vcpu_get_regs(v, &regs));
		CHECK(regs.ax > before);
	}
	CHECK(vcpu_cputime(v) > 0);
	/* A kick while stopped is not lost. */
	vcpu_kick(v);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_KICKED, ev.kind);
	done(as, v);
	teardown();
}

TEST(aspace_fork_copies_memory_and_registers)
{
	struct aspace *as, *child_as;
	struct vcpu *v, *child;
	struct vcpu_event ev;
	struct regs regs;
	u64 word = 1;

	if (!setup())
		return;
	REQUIRE(LOAD(counter, &as, &v));
	CHECK_EQ(8, aspace_write(as, DATA, &word, 8));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(0, aspace_fork(v, &child_as, &child));
	word = 2;
	CHECK_EQ(8, aspace_write(as, DATA, &word, 8));
	CHECK_EQ(8, aspace_read(child_as, &word, DATA, 8));
	CHECK_EQ(1, word);
	CHECK_EQ(0, vcpu_get_regs(child, &regs));
	CHECK_EQ(1000, regs.r12);
	CHECK_EQ(1000, regs.orig_ax);
	vcpu_set_result(child, 5);
	vcpu_set_result(v, 6);
	CHECK_EQ(0, vcpu_run(child, &ev));
	CHECK_EQ(1001, ev.call.nr);
	CHECK_EQ(5, ev.call.args[0]);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1001, ev.call.nr);
	CHECK_EQ(6, ev.call.args[0]);
	done(child_as, child);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1002, ev.call.nr);
	done(as, v);
	teardown();
}

TEST(vcpu_create_shares_memory)
{
	struct vcpu *v, *second, *third;
	struct vcpu_event ev;
	struct aspace *as;
	struct regs regs;

	if (!setup())
		return;
	REQUIRE(LOAD(counter, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(0, vcpu_create(v, &second));
	CHECK(vcpu_aspace(second) == as);
	CHECK_EQ(0, vcpu_get_regs(second, &regs));
	regs.r12 = 2000;
	regs.ax = 3;
	CHECK_EQ(0, vcpu_set_regs(second, &regs));
	CHECK_EQ(0, vcpu_run(second, &ev));
	CHECK_EQ(2001, ev.call.nr);
	CHECK_EQ(3, ev.call.args[0]);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1001, ev.call.nr);
	/* The slot of one that ended is used again. */
	vcpu_destroy(second);
	CHECK_EQ(0, vcpu_create(v, &third));
	CHECK_EQ(0, vcpu_run(third, &ev));
	CHECK_EQ(1002, ev.call.nr);
	/* The first thread may end before others. */
	vcpu_destroy(v);
	CHECK_EQ(0, vcpu_run(third, &ev));
	CHECK_EQ(1003, ev.call.nr);
	CHECK_EQ(8, aspace_write(as, DATA, "12345678", 8));
	vcpu_destroy(third);
	aspace_put(as);
	teardown();
}

TEST(vcpu_death_is_told)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	struct regs regs;

	if (!setup())
		return;
	REQUIRE(LOAD(getpid, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(39, ev.call.nr);
	aspace_kill(as);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_DEAD, ev.kind);
	CHECK(WIFSIGNALED(ev.status) && WTERMSIG(ev.status) == SIGKILL);
	CHECK_EQ(-ESRCH, vcpu_get_regs(v, &regs));
	CHECK_EQ(-EFAULT, aspace_read(as, &regs, CODE, 8));
	done(as, v);
	teardown();
}
