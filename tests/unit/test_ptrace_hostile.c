/*
 * The ptrace platform against what nobody ordered: signals from the host, sudden
 * death, guests that scribble over the scratch pages or call by the stub.
 */
#define PLATFORM "ptrace"
#include <dirent.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/ptrace/layout.h"
#include "platform/ptrace/ptrace.h"
#include "tests/unit/platform_guest.h"

GUEST(calls, "1: mov $1000, %eax\nsyscall\njmp 1b")
GUEST(spin, "1: inc %rax\njmp 1b")
/* Writes all over the first scratch page for ever. */
GUEST(scribble, "mov $0x7ff010000000, %rdi\n"
		"1: mov %rdi, %rbx\n"
		"2: mov %rax, (%rbx)\nadd $8, %rbx\ninc %rax\n"
		"test $0xfff, %ebx\njnz 2b\njmp 1b")
GUEST(forge, "mov $1000, %eax\nmov $0x7ff000000010, %rcx\njmp *%rcx")
GUEST(forge_trap, "mov $0x7ff000000012, %rcx\njmp *%rcx")
GUEST(wild_base, "mov $0xffff800000000000, %rax\nwrfsbase %rax\nmov $1000, %eax\nsyscall\n"
		 "rdfsbase %rdi\nmov $1001, %eax\nsyscall")

_Static_assert(PT_SCRATCH == 0x7ff010000000, "as the guests above have it");
_Static_assert(STUB_BASE + PT_STUB_SYSCALL == 0x7ff000000010, "as the guests above have it");

static void send_signals(struct aspace *as, const int *signals, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		CHECK_EQ(0, kill(as->pid, signals[i]));
		usleep(1000);
	}
}

TEST(signals_of_the_host_are_dropped)
{
	static const int signals[] = {SIGTERM, SIGSTOP, SIGCONT, SIGSEGV, SIGTRAP,
				      SIGCHLD, SIGTSTP, SIGUSR1, SIGABRT};
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	REQUIRE(LOAD(calls, &as, &v));
	for (int i = 0; i < 20; i++) {
		/* Some before it runs, some while it is stopped in a call. */
		send_signals(as, signals, ARRAY_SIZE(signals));
		CHECK_EQ(0, vcpu_run(v, &ev));
		REQUIRE(ev.kind == VCPU_SYSCALL);
		CHECK_EQ(1000, ev.call.nr);
	}
	/* And while it is sent to the stub. */
	for (int i = 0; i < 20; i++) {
		struct host_op op = {
			.nr = SYS_madvise,
			.args = {DATA, PAGE_SIZE, MADV_NORMAL},
			.fd = HOSTFD_NONE,
		};

		CHECK_EQ(0, kill(as->pid, SIGTERM));
		CHECK_EQ(0, kill(as->pid, SIGSEGV));
		CHECK_EQ(0, vcpu_host_ops(v, &op, 1));
	}
	done(as, v);
	teardown();
}

static void *kill_soon(void *arg)
{
	struct aspace *as = arg;

	usleep((unsigned)(random() % 3000));
	kill(as->pid, SIGKILL);
	return NULL;
}

TEST(a_stray_kill_is_a_death_at_any_moment)
{
	if (!setup())
		return;
	for (int i = 0; i < 60; i++) {
		struct host_op op = {
			.nr = SYS_madvise,
			.args = {DATA, PAGE_SIZE, MADV_NORMAL},
			.fd = HOSTFD_NONE,
		};
		struct vcpu_event ev;
		struct aspace *as;
		struct vcpu *v, *second = NULL;
		pthread_t killer;
		u32 prev;

		REQUIRE(LOAD(calls, &as, &v));
		REQUIRE(pthread_create(&killer, NULL, kill_soon, as) == 0);
		if (i % 3 == 0)
			CHECK(vcpu_create(v, &second) <= 0);
		do {
			CHECK_EQ(0, vcpu_run(v, &ev));
			if (ev.kind == VCPU_SYSCALL && i % 2)
				CHECK(vcpu_host_ops(v, &op, 1) <= 0);
			if (ev.kind == VCPU_SYSCALL && i % 5 == 0)
				CHECK(vcpu_cmpxchg32(v, DATA, 0, 0, &prev) <= 0);
		} while (ev.kind != VCPU_DEAD);
		CHECK(WIFSIGNALED(ev.status) && WTERMSIG(ev.status) == SIGKILL);
		pthread_join(killer, NULL);
		if (second)
			vcpu_destroy(second);
		done(as, v);
	}
	teardown();
}

static void *run_to_kick(void *arg)
{
	struct vcpu_event ev;

	CHECK_EQ(0, vcpu_run(arg, &ev));
	return NULL;
}

/* A file is mapped again and again while another thread spoils what the stub points to. */
TEST(scribbled_scratch_pages_confuse_only_their_guest)
{
	struct vcpu *v, *second;
	hostfd_t file = HOSTFD_NONE;
	struct aspace *as;
	struct regs regs;
	pthread_t t;
	unsigned well = 0;

	if (!setup())
		return;
	REQUIRE(LOAD(scribble, &as, &v));
	REQUIRE(host_memfd_create("file", 0, &file) == 0);
	REQUIRE(host_ftruncate(file, PAGE_SIZE) == 0);
	REQUIRE(vcpu_create(v, &second) == 0);
	CHECK_EQ(0, vcpu_get_regs(second, &regs));
	REQUIRE(pthread_create(&t, NULL, run_to_kick, second) == 0);
	for (int i = 0; i < 300; i++) {
		struct host_op op = {
			.nr = SYS_mmap,
			.args = {0x600000, PAGE_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, 0, 0},
			.fd = file,
		};
		int err = vcpu_host_ops(v, &op, 1);

		CHECK(err <= 0 && err != -ESRCH);
		well += !err;
	}
	CHECK(well <= 300);
	vcpu_kick(second);
	pthread_join(t, NULL);
	vcpu_destroy(second);
	host_close(file);
	done(as, v);
	/* Others are as well as ever. */
	REQUIRE(LOAD(calls, &as, &v));
	done(as, v);
	teardown();
}

TEST(calls_by_the_stub_are_faults)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	REQUIRE(LOAD(forge, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK(ev.kind == VCPU_FAULT && ev.fault.signo == SIGSEGV);
	done(as, v);
	REQUIRE(LOAD(forge_trap, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK(ev.kind == VCPU_FAULT && ev.fault.signo == SIGTRAP);
	done(as, v);
	teardown();
}

TEST(a_segment_base_of_the_kernels_half_stays)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!(getauxval(AT_HWCAP2) & 2)) {
		unit_skip("the host does not let programs set their segment bases");
		return;
	}
	if (!setup())
		return;
	REQUIRE(LOAD(wild_base, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	vcpu_set_result(v, 7);
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK_EQ(1001, ev.call.nr);
	CHECK_EQ(0xffff800000000000, ev.call.args[0]);
	done(as, v);
	teardown();
}

static unsigned count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

TEST(many_forks_leave_nothing)
{
	struct aspace *as, *child_as;
	struct vcpu *v, *child, *thread;
	struct vcpu_event ev;
	unsigned fds;

	if (!setup())
		return;
	REQUIRE(LOAD(calls, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	fds = count_fds();
	for (int i = 0; i < 300; i++) {
		REQUIRE(aspace_fork(v, &child_as, &child) == 0);
		CHECK_EQ(0, vcpu_run(child, &ev));
		CHECK_EQ(1000, ev.call.nr);
		if (i % 4 == 0) {
			CHECK_EQ(0, vcpu_create(child, &thread));
			CHECK_EQ(0, vcpu_run(thread, &ev));
			vcpu_destroy(thread);
			CHECK_EQ(0, vcpu_run(child, &ev));
			CHECK_EQ(VCPU_SYSCALL, ev.kind);
		}
		done(child_as, child);
	}
	CHECK_EQ(fds, count_fds());
	done(as, v);
	teardown();
	/* Not one of them is left. */
	CHECK_EQ(-1, waitpid(-1, NULL, WNOHANG | __WALL));
	CHECK_EQ(ECHILD, errno);
}
