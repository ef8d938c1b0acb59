/*
 * Guests that attack the platform: the stub's instructions with forged
 * arguments, a rewritten stub, scribbled channels, a blocked kick, sudden death.
 *
 * Each may ruin its own process.  The sentry must neither hang nor crash nor
 * take the guest's word, and the next guest must run.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/stub/layout.h"
#include "tests/unit/platform_guest.h"

/* Calls come as a signal, which the guest may block or have somebody else answer. */
#define TRAPS (!strcmp(PLATFORM, "trap"))

/* stub_table at the start of the stub's page: where its syscall instructions end. */
#define TABLE_PARK  "0x10"
#define TABLE_BORN  "0x18"
#define TABLE_CLONE "0x20"
#define TABLE_EXIT  "0x28"
#define TABLE_ORDER "0x30"

/* Jump to the instruction before the address in the table, with rax = @nr. */
#define CALL_STUB(entry, nr)             \
	"movabs $0x7ff000000000, %r11\n" \
	"mov " entry "(%r11), %r11\n"    \
	"sub $2, %r11\n"                 \
	"mov $" nr ", %eax\n"            \
	"jmp *%r11\n"

/* Make a call from the order loop of the stub with a frame of our own: the loop
 * then stores to (%r13), ends with r12 orders done and parks. */
#define STUB_ORDER(nr)                 \
	"mov $0x500800, %r13d\n"       \
	"mov $0x500400, %ebx\n"        \
	"xor %r12d, %r12d\n"           \
	"mov $2, %r15d\n" /* resume */ \
		CALL_STUB(TABLE_ORDER, nr)

GUEST(park, "mov $0x7ff01000d000, %rdx\n" CALL_STUB(TABLE_PARK, "110"))
GUEST(park_at_frame, "mov %r12, %rdx\n" CALL_STUB(TABLE_PARK, "110"))
GUEST(born, "mov $0x1234, %edi\n" CALL_STUB(TABLE_BORN, "110"))
GUEST(clone_process, "mov $0x8011, %edi\nxor %esi, %esi\n" CALL_STUB(TABLE_CLONE, "56"))
GUEST(clone_thread, "mov $0x50f00, %edi\nxor %esi, %esi\n" CALL_STUB(TABLE_CLONE, "56"))
GUEST(exit, "xor %edi, %edi\n" CALL_STUB(TABLE_EXIT, "60"))
GUEST(getpid_from_stub, STUB_ORDER("39"))
GUEST(unmap_channel, "movabs $0x7ff010000000, %rdi\n"
		     "mov $0x10000, %esi\n" STUB_ORDER("11"))
GUEST(unmap_stub, "movabs $0x7ff000000000, %rdi\n"
		  "mov $0x1000, %esi\n" STUB_ORDER("11"))
/* rt_sigreturn of a frame made by the test at DATA. */
GUEST(sigreturn, "mov $0x500008, %rsp\n"
		 "movabs $0x7ff000000000, %r11\n"
		 "mov 0x30(%r11), %r11\n"
		 "sub $2, %r11\n"
		 "mov $15, %eax\n"
		 "jmp *%r11\n"
		 ".balign 64\n"
		 "1: jmp 1b\n"
		 ".balign 64\n"
		 "2: mov $1000, %eax\n"
		 "syscall\n"
		 "jmp 2b")
/* mprotect(stub, RWX) through the stub: the loop goes on with the resume. */
GUEST(unprotect_stub,
      "mov $0x500000, %rsp\n"
      "movabs $0x7ff000000000, %rdi\n"
      "mov $0x1000, %esi\n"
      "mov $7, %edx\n" STUB_ORDER(
	      "10") "\n"
		    ".balign 128\n"
		    /* At CODE + 128, by the frame: rewrite it all to jump to itself. */
		    "movabs $0x7ff000000040, %rdi\n"
		    "mov $0x7e0, %ecx\n"
		    "mov $0xfeeb, %eax\n"
		    "rep stosw\n"
		    "mov $1000, %eax\n"
		    "syscall")
GUEST(scribble, "1: movabs $0x7ff010000000, %rdi\n"
		"mov $0x2000, %ecx\n"
		"2: mov %rax, (%rdi)\n"
		"imul $0x5851f42d, %rax, %rax\n"
		"add $0x14057b7e, %rax\n"
		"add $8, %rdi\n"
		"dec %ecx\n"
		"jnz 2b\n"
		"jmp 1b\n"
		".balign 128\n"
		"3: mov $1000, %eax\n"
		"syscall\n"
		"jmp 3b")
GUEST(calls, "1: mov $1000, %eax\nsyscall\njmp 1b")

/* After all that, a new guest runs. */
static void still_works(void)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	REQUIRE(LOAD(calls, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_SYSCALL, ev.kind);
	CHECK_EQ(1000, ev.call.nr);
	done(as, v);
}

/* Whatever the guest did was a fault of its own, or its death. */
static void expect_harmless(const u8 *code, const u8 *code_end, u64 r12)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct regs regs;
	struct vcpu *v;

	REQUIRE(load(code, code_end, &as, &v));
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	regs.r12 = r12;
	CHECK_EQ(0, vcpu_set_regs(v, &regs));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK(ev.kind == VCPU_FAULT || ev.kind == VCPU_DEAD);
	if (ev.kind == VCPU_FAULT) {
		CHECK(ev.fault.signo == SIGSEGV || ev.fault.signo == SIGBUS);
		/* As signal delivery would. */
		if (!vcpu_get_regs(v, &regs)) {
			regs.ip = CODE;
			CHECK_EQ(0, vcpu_set_regs(v, &regs));
			CHECK_EQ(0, vcpu_run(v, &ev));
		}
	}
	done(as, v);
	still_works();
}

#define HARMLESS(name, r12)                                             \
	TEST(name##_is_harmless)                                        \
	{                                                               \
		if (!setup())                                           \
			return;                                         \
		expect_harmless(guest_##name, guest_##name##_end, r12); \
		teardown();                                             \
	}

HARMLESS(park, 0)
HARMLESS(born, 0)
HARMLESS(clone_process, 0)
HARMLESS(clone_thread, 0)
HARMLESS(exit, 0)
HARMLESS(getpid_from_stub, 0)

TEST(forged_parks_at_the_right_frame_are_harmless)
{
	if (!setup())
		return;
	/* Somewhere among them is where the host lays its frames. */
	for (u64 off = CHAN_ALTSTACK; off < CHAN_SIZE; off += 1016)
		expect_harmless(guest_park_at_frame, guest_park_at_frame_end, CHAN_BASE + off);
	teardown();
}

static void expect_lost(const u8 *code, const u8 *code_end)
{
	struct vcpu_event ev = {.kind = VCPU_KICKED};
	struct aspace *as;
	struct regs regs;
	struct vcpu *v;

	REQUIRE(load(code, code_end, &as, &v));
	for (int i = 0; i < 10 && ev.kind != VCPU_DEAD; i++) {
		CHECK_EQ(0, vcpu_run(v, &ev));
		if (ev.kind != VCPU_DEAD && vcpu_get_regs(v, &regs))
			CHECK_EQ(-ESRCH, vcpu_get_regs(v, &regs));
	}
	CHECK_EQ(VCPU_DEAD, ev.kind);
	done(as, v);
	still_works();
}

TEST(guest_without_channel_dies)
{
	if (!setup())
		return;
	expect_lost(guest_unmap_channel, guest_unmap_channel_end);
	teardown();
}

TEST(guest_without_stub_dies)
{
	if (!setup())
		return;
	expect_lost(guest_unmap_stub, guest_unmap_stub_end);
	teardown();
}

/* A signal frame at DATA that goes on at @ip with every signal blocked. */
static void write_frame(struct aspace *as, u64 ip)
{
	u64 frame[56] = {0};

	frame[1] = 6;                 /* uc_flags: SS is right */
	frame[4] = 2ull;              /* SS_DISABLE */
	frame[21] = DATA + PAGE_SIZE; /* sp */
	frame[22] = ip;
	frame[23] = 0x202;
	frame[24] = 0x33 | 0x2bull << 48;
	frame[38] = UINT64_MAX; /* mask */
	CHECK_EQ(sizeof(frame), (size_t)aspace_write(as, DATA, frame, sizeof(frame)));
}

static void *kick_soon(void *arg)
{
	usleep(100000);
	vcpu_kick(arg);
	return NULL;
}

/* It is killed when it has used its CPU time. */
static void expect_death_by_kick(struct vcpu *v)
{
	struct vcpu_event ev;
	pthread_t kicker;

	CHECK_EQ(0, pthread_create(&kicker, NULL, kick_soon, v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK(ev.kind == VCPU_DEAD);
	pthread_join(kicker, NULL);
}

/* Its calls are notified whatever it blocks; found out when registers are wanted. */
static void expect_death_by_look(struct vcpu *v)
{
	struct vcpu_event ev;
	struct regs regs;

	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK_EQ(1000, ev.call.nr);
	CHECK_EQ(-ESRCH, vcpu_get_regs(v, &regs));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_DEAD, ev.kind);
}

TEST(blocked_kick_does_not_hang_the_sentry)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	/* It loops, deaf. */
	REQUIRE(LOAD(sigreturn, &as, &v));
	write_frame(as, CODE + 64);
	expect_death_by_kick(v);
	done(as, v);

	/* It makes calls, deaf. */
	REQUIRE(LOAD(sigreturn, &as, &v));
	write_frame(as, CODE + 128);
	if (TRAPS) {
		/* The SIGSYS it blocks is its end. */
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_DEAD, ev.kind);
	} else {
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_SYSCALL, ev.kind);
		expect_death_by_look(v);
	}
	done(as, v);
	still_works();
	teardown();
}

TEST(rewritten_stub_does_not_hang_the_sentry)
{
	struct aspace *as;
	struct vcpu *v;

	if (!setup())
		return;
	REQUIRE(LOAD(unprotect_stub, &as, &v));
	write_frame(as, CODE + 128);
	u64 mask = 0;
	CHECK_EQ(8, aspace_write(as, DATA + 38 * 8, &mask, 8));
	/* The handler is now a loop with every signal blocked. */
	if (TRAPS)
		expect_death_by_kick(v);
	else
		expect_death_by_look(v);
	done(as, v);
	still_works();
	teardown();
}

static void *run_scribbler(void *arg)
{
	struct vcpu_event ev;

	do {
		if (vcpu_run(arg, &ev))
			return NULL;
	} while (ev.kind == VCPU_FAULT);
	return NULL;
}

/* Another thread of the guest writes garbage over the first one's channel. */
TEST(scribbled_channel_confuses_only_its_guest)
{
	unsigned deaths = 0, forks = 0, maps = 0;

	if (!setup())
		return;
	for (int round = 0; round < 40; round++) {
		struct aspace *as, *child_as;
		struct vcpu *v, *writer, *child;
		struct vcpu_event ev;
		pthread_t thread;
		struct regs regs;

		REQUIRE(LOAD(scribble, &as, &v));
		CHECK_EQ(0, vcpu_create(v, &writer));
		CHECK_EQ(0, vcpu_get_regs(v, &regs));
		regs.ip = CODE + 128;
		CHECK_EQ(0, vcpu_set_regs(v, &regs));
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_SYSCALL, ev.kind);
		CHECK_EQ(0, pthread_create(&thread, NULL, run_scribbler, writer));
		for (int i = 0; i < 20; i++) {
			struct host_op op = {
				.nr = SYS_mmap,
				.args = {0x600000, PAGE_SIZE, PROT_READ,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0, 0},
				.fd = HOSTFD_NONE,
			};
			if (!vcpu_host_ops(v, &op, 1))
				maps++;
			if (!vcpu_get_regs(v, &regs) && vcpu_set_regs(v, &regs) == -ESRCH)
				CHECK_EQ(-ESRCH, vcpu_get_regs(v, &regs));
			if (!aspace_fork(v, &child_as, &child)) {
				forks++;
				done(child_as, child);
			}
			CHECK_EQ(0, vcpu_run(v, &ev));
			if (ev.kind == VCPU_DEAD)
				break;
		}
		deaths += ev.kind == VCPU_DEAD;
		aspace_kill(as);
		pthread_join(thread, NULL);
		vcpu_destroy(writer);
		done(as, v);
	}
	printf("# %u deaths, %u forks, %u maps\n", deaths, forks, maps);
	still_works();
	teardown();
}

static unsigned count_entries(const char *dir)
{
	unsigned n = 0;
	DIR *d = opendir(dir);

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static unsigned count_children_of(const char *tid)
{
	char path[64], buf[1 << 16];
	unsigned n = 0;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/children", tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	for (size_t i = 0; i < len; i++)
		n += buf[i] == ' ';
	return n;
}

/* Children of ours that still exist, zombies too, whichever thread made them. */
static unsigned count_children(void)
{
	DIR *d = opendir("/proc/self/task");
	unsigned n = 0;
	struct dirent *e;

	while (d && (e = readdir(d)))
		n += count_children_of(e->d_name);
	if (d)
		closedir(d);
	return n;
}

static void await_children(unsigned want)
{
	for (int i = 0; i < 500 && count_children() != want; i++)
		usleep(10000);
	CHECK_EQ(want, count_children());
}

TEST(a_thousand_forks_leave_nothing)
{
	struct aspace *as, *child_as;
	struct vcpu *v, *child, *thread;
	unsigned fds, children;
	struct vcpu_event ev;
	struct regs regs;

	if (!setup())
		return;
	REQUIRE(LOAD(calls, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	usleep(50000);
	await_children(2); /* zygote and guest: the pool fills when more are taken */
	fds = count_entries("/proc/self/fd");
	children = count_children();
	for (int i = 0; i < 1000; i++) {
		REQUIRE(aspace_fork(v, &child_as, &child) == 0);
		CHECK_EQ(0, vcpu_run(child, &ev));
		CHECK_EQ(1000, ev.call.nr);
		if (i % 4 == 0) {
			CHECK_EQ(0, vcpu_create(child, &thread));
			CHECK_EQ(0, vcpu_run(thread, &ev));
			if (i % 8 == 0)
				CHECK_EQ(0, vcpu_get_regs(thread, &regs));
			vcpu_destroy(thread);
			CHECK_EQ(0, vcpu_run(child, &ev));
		}
		done(child_as, child);
	}
	await_children(children);
	/* A few channels wait to be used again. */
	CHECK(count_entries("/proc/self/fd") <= fds + 8);
	done(as, v);
	teardown();
	CHECK_EQ(0, count_children());
}

static void *kill_at_random(void *arg)
{
	usleep((unsigned)(random() % 3000));
	aspace_kill(arg);
	return NULL;
}

TEST(sudden_death_at_any_moment)
{
	if (!setup())
		return;
	srandom(4711);
	for (int round = 0; round < 300; round++) {
		struct aspace *as, *child_as;
		struct vcpu *v, *child, *thread = NULL;
		struct vcpu_event ev = {.kind = VCPU_KICKED};
		pthread_t killer;
		struct regs regs;

		REQUIRE(LOAD(calls, &as, &v));
		CHECK_EQ(0, pthread_create(&killer, NULL, kill_at_random, as));
		for (int i = 0; ev.kind != VCPU_DEAD; i++) {
			CHECK_EQ(0, vcpu_run(v, &ev));
			if (i % 3 == 0 && !vcpu_get_regs(v, &regs) && vcpu_set_regs(v, &regs))
				continue;
			if (i % 5 == 0 && !aspace_fork(v, &child_as, &child))
				done(child_as, child);
			if (i % 7 == 0 && !thread && vcpu_create(v, &thread))
				thread = NULL;
			if (i % 11 == 0 && thread) {
				vcpu_destroy(thread);
				thread = NULL;
			}
		}
		CHECK(WIFSIGNALED(ev.status));
		pthread_join(killer, NULL);
		if (thread)
			vcpu_destroy(thread);
		done(as, v);
	}
	still_works();
	teardown();
	CHECK_EQ(0, count_children());
}
