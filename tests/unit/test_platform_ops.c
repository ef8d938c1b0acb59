/*
 * The notify platform: work in the guest's address space, vector state, time.
 */
#include <cpuid.h>
#include <fcntl.h>
#include <immintrin.h>
#include <linux/membarrier.h>
#include <signal.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "platform/last.h"
#include "tests/unit/platform_guest.h"

#define FILEMAP 0x600000ul

GUEST(calls, "mov $1000, %r12d\n"
	     "1: mov %r12d, %eax\n"
	     "syscall\n"
	     "inc %r12d\n"
	     "jmp 1b")
/* munmap(DATA, 4096), then reports its result through call 1000. */
GUEST(munmap, "mov $11, %eax\n"
	      "mov $0x500000, %edi\n"
	      "mov $4096, %esi\n"
	      "syscall\n"
	      "mov %rax, %rdi\n"
	      "mov $1000, %eax\n"
	      "syscall\n"
	      "hlt")
GUEST(compat, "mov $20, %eax\n"
	      "int $0x80\n"
	      "mov %eax, %edi\n"
	      "mov $0x40000027, %eax\n"
	      "syscall\n"
	      "mov $0xffffffffff600400, %rax\n" /* vsyscall: time(NULL) */
	      "xor %edi, %edi\n"
	      "call *%rax\n"
	      "mov %rax, %rdi\n"
	      "mov $1000, %eax\n"
	      "syscall")
/* Fills zmm17 (or xmm7) before a call, and stores it after. */
GUEST(vector512, "vpbroadcastq %r12, %zmm17\n"
		 "mov $1000, %eax\n"
		 "syscall\n"
		 "vmovdqu64 %zmm17, 0x500000\n"
		 "mov $1001, %eax\n"
		 "syscall")
GUEST(spin_then_call, "mov $300000000, %ecx\n"
		      "1: dec %ecx\n"
		      "jnz 1b\n"
		      "mov $1000, %eax\n"
		      "syscall\n"
		      "2: jmp 2b")

static bool start(struct aspace **as, struct vcpu **v, struct vcpu_event *ev)
{
	if (!setup() || !LOAD(calls, as, v))
		return false;
	CHECK_EQ(0, vcpu_run(*v, ev));
	return ev->kind == VCPU_SYSCALL;
}

static void end(struct aspace *as, struct vcpu *v)
{
	done(as, v);
	teardown();
}

TEST(host_ops_map_a_file)
{
	struct host_op ops[3] = {{.fd = HOSTFD_NONE}, {.fd = HOSTFD_NONE}, {.fd = HOSTFD_NONE}};
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	char buf[8] = "";
	int fd;

	REQUIRE(start(&as, &v, &ev));
	fd = memfd_create("f", MFD_CLOEXEC);
	CHECK_EQ(0, ftruncate(fd, 2 * PAGE_SIZE));
	CHECK_EQ(8, pwrite(fd, "content", 8, PAGE_SIZE));
	for (int round = 0; round < 100; round++) {
		ops[0] = (struct host_op){
			.nr = SYS_mmap,
			.args = {FILEMAP, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0,
				 PAGE_SIZE},
			.fd = {fd},
		};
		ops[1] = (struct host_op){
			.nr = SYS_mmap,
			.args = {FILEMAP + PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_FIXED, 0, 0},
			.fd = {fd},
		};
		ops[2].nr = SYS_mprotect;
		ops[2].args[0] = FILEMAP + PAGE_SIZE;
		ops[2].args[1] = PAGE_SIZE;
		ops[2].args[2] = PROT_READ;
		CHECK_EQ(0, vcpu_host_ops(v, ops, 3));
	}
	CHECK_EQ(FILEMAP + PAGE_SIZE, ops[1].ret);
	CHECK_EQ(8, aspace_read(as, buf, FILEMAP, 8));
	CHECK_STR("content", buf);
	CHECK_EQ(-EFAULT, aspace_write(as, FILEMAP, "x", 1));
	CHECK_EQ(-EFAULT, aspace_write(as, FILEMAP + PAGE_SIZE, "x", 1));
	close(fd);
	end(as, v);
}

/* Else each process with threads would wait for it when its first call site is patched, for 12 ms.
 */
TEST(barriers_need_no_registration)
{
	struct host_op op = {
		.nr = SYS_membarrier,
		.args = {MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE},
		.fd = HOSTFD_NONE,
	};
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	long known = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	REQUIRE(start(&as, &v, &ev));
	if (!strcmp(platform_info()->name, "notify") && known > 0)
		CHECK_EQ(!!(known & MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE),
			 platform_info()->barriers);
	if (platform_info()->barriers) {
		CHECK_EQ(0, vcpu_host_ops(v, &op, 1));
		CHECK_EQ(0, op.ret);
	}
	end(as, v);
}

TEST(host_ops_fail_and_leave_no_descriptor)
{
	struct host_op ops[2];
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	int fd;

	REQUIRE(start(&as, &v, &ev));
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* A guest process may hold 64 descriptors: a leak would show. */
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 2; i++)
			ops[i] = (struct host_op){
				.nr = SYS_mmap,
				.args = {FILEMAP, PAGE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 0,
					 0},
				.fd = {fd},
			};
		CHECK_EQ(-ENODEV, vcpu_host_ops(v, ops, 2));
		CHECK_EQ(-ENODEV, ops[0].ret);
	}
	close(fd);
	end(as, v);
}

TEST(host_ops_refuse_what_is_ours)
{
	u64 end_of_user = platform_info()->user_end;
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	REQUIRE(start(&as, &v, &ev));
	end_of_user = platform_info()->user_end;
	struct host_op bad[] = {
		{.nr = SYS_munmap, .args = {end_of_user - PAGE_SIZE, 2 * PAGE_SIZE}},
		{.nr = SYS_munmap, .args = {platform_info()->vdso, PAGE_SIZE}},
		{.nr = SYS_munmap, .args = {PAGE_SIZE, UINT64_MAX}},
		{.nr = SYS_mprotect, .args = {end_of_user, PAGE_SIZE, PROT_NONE}},
		{.nr = SYS_mmap, .args = {0, PAGE_SIZE, 0, MAP_PRIVATE | MAP_ANONYMOUS}},
		{.nr = SYS_mremap, .args = {DATA, PAGE_SIZE, PAGE_SIZE, MREMAP_MAYMOVE}},
		{.nr = SYS_mremap,
		 .args = {DATA, PAGE_SIZE, PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, end_of_user}},
		{.nr = SYS_arch_prctl, .args = {0x1012, 0}},
		{.nr = SYS_execve, .args = {0}},
		{.nr = SYS_getpid, .args = {0}},
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		bad[i].fd = HOSTFD_NONE;
		CHECK_EQ(-EINVAL, vcpu_host_ops(v, &bad[i], 1));
	}
	end(as, v);
}

TEST(host_ops_by_hundreds)
{
	struct host_op *ops = kcalloc(300, sizeof(*ops));
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	REQUIRE(start(&as, &v, &ev));
	for (unsigned i = 0; i < 300; i++)
		ops[i] = (struct host_op){
			.nr = SYS_mmap,
			.args = {FILEMAP + i * 2 * PAGE_SIZE, PAGE_SIZE, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0},
			.fd = HOSTFD_NONE,
		};
	CHECK_EQ(0, vcpu_host_ops(v, ops, 300));
	CHECK_EQ(FILEMAP + 299 * 2 * PAGE_SIZE, ops[299].ret);
	kfree(ops);
	end(as, v);
}

TEST(host_ops_let_the_host_answer)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v, *second;
	char c;

	REQUIRE(setup() && LOAD(munmap, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL && ev.call.nr == SYS_munmap);
	struct host_op op = {.nr = SYS_munmap, .args = {DATA, PAGE_SIZE}, .fd = HOSTFD_NONE};
	CHECK_EQ(0, vcpu_host_ops(v, &op, 1));
	/* Not yet done where the host will do it. */
	CHECK_EQ(strcmp(PLATFORM, "notify") ? -EFAULT : 1, aspace_read(as, &c, DATA, 1));
	vcpu_set_result(v, 0);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1000, ev.call.nr);
	CHECK_EQ(0, ev.call.args[0]);
	CHECK_EQ(-EFAULT, aspace_read(as, &c, DATA, 1));
	done(as, v);

	/* With a second thread the stub does it. */
	REQUIRE(LOAD(munmap, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(0, vcpu_create(v, &second));
	CHECK_EQ(0, vcpu_host_ops(v, &op, 1));
	CHECK_EQ(-EFAULT, aspace_read(as, &c, DATA, 1));
	vcpu_destroy(second);
	end(as, v);
}

TEST(foreign_calls_are_marked)
{
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	struct regs regs;

	REQUIRE(setup() && LOAD(compat, &as, &v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK(ev.call.compat);
	CHECK_EQ(20, ev.call.nr);
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	CHECK_EQ(CODE + 7, regs.ip);
	vcpu_set_result(v, -EPERM);
	/* x32: a number no table has. */
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK(!ev.call.compat);
	CHECK_EQ(0x40000027, ev.call.nr);
	CHECK_EQ((u32)-EPERM, ev.call.args[0]);
	/* The vsyscall page, where the host has one, is a call like others. */
	CHECK_EQ(0, vcpu_run(v, &ev));
	if (ev.kind == VCPU_SYSCALL) {
		CHECK_EQ(SYS_time, ev.call.nr);
		vcpu_set_result(v, 4711);
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(1000, ev.call.nr);
		CHECK_EQ(4711, ev.call.args[0]);
	}
	end(as, v);
}

TEST(cmpxchg_on_guest_memory)
{
	u32 word = 5, prev = 0;
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	REQUIRE(start(&as, &v, &ev));
	CHECK_EQ(4, aspace_write(as, DATA + 8, &word, 4));
	CHECK_EQ(0, vcpu_cmpxchg32(v, DATA + 8, 5, 0x80000007, &prev));
	CHECK_EQ(5, prev);
	CHECK_EQ(0, vcpu_cmpxchg32(v, DATA + 8, 5, 9, &prev));
	CHECK_EQ(0x80000007, prev);
	CHECK_EQ(4, aspace_read(as, &word, DATA + 8, 4));
	CHECK_EQ(0x80000007, word);
	CHECK_EQ(-EFAULT, vcpu_cmpxchg32(v, 0x700000, 0, 1, &prev));
	CHECK_EQ(-EFAULT, vcpu_cmpxchg32(v, DATA + 2, 0, 1, &prev));
	CHECK_EQ(-EFAULT, vcpu_cmpxchg32(v, platform_info()->user_end, 0, 1, &prev));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1001, ev.call.nr);
	end(as, v);
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f");
}

TEST(xstate_passes_through)
{
	size_t size;
	u64 data[8], *xstate;
	struct vcpu_event ev;
	struct regs regs;
	struct aspace *as;
	struct vcpu *v;

	if (!has_avx512()) {
		unit_skip("no AVX-512 here");
		return;
	}
	REQUIRE(setup() && LOAD(vector512, &as, &v));
	size = platform_info()->xstate_size;
	xstate = kzalloc(size);
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	regs.r12 = 0x1122334455667788;
	CHECK_EQ(0, vcpu_set_regs(v, &regs));
	CHECK_EQ(0, vcpu_run(v, &ev));
	REQUIRE(ev.kind == VCPU_SYSCALL);
	CHECK_EQ(0, vcpu_get_xstate(v, xstate, size));
	/* The value stands somewhere in it, eight times. */
	unsigned seen = 0;

	for (size_t i = 0; i < size / 8; i++) {
		if (xstate[i] == regs.r12) {
			xstate[i] = 0xabcdef;
			seen++;
		}
	}
	CHECK_EQ(8, seen);
	CHECK_EQ(0, vcpu_set_xstate(v, xstate, size));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(1001, ev.call.nr);
	CHECK_EQ(64, aspace_read(as, data, DATA, 64));
	for (int i = 0; i < 8; i++)
		CHECK_EQ(0xabcdef, data[i]);
	/* What the host would refuse. */
	xstate[512 / 8] |= 1ull << 62;
	CHECK_EQ(-EINVAL, vcpu_set_xstate(v, xstate, size));
	CHECK_EQ(-EINVAL, vcpu_set_xstate(v, xstate, 100));
	CHECK_EQ(0, vcpu_reset_xstate(v));
	kfree(xstate);
	end(as, v);
}

TEST(cputime_is_shared_out_among_threads)
{
	struct vcpu *v, *second;
	struct vcpu_event ev;
	struct aspace *as;
	u64 busy, idle;

	REQUIRE(setup() && LOAD(spin_then_call, &as, &v));
	CHECK_EQ(0, vcpu_create(v, &second));
	CHECK_EQ(0, vcpu_run(second, &ev));
	CHECK_EQ(1000, ev.call.nr);
	busy = vcpu_cputime(second);
	idle = vcpu_cputime(v);
	CHECK(busy > 50 * NSEC_PER_MSEC);
	CHECK(idle < busy / 4);
	CHECK(vcpu_cputime(second) >= busy);
	CHECK(vcpu_cputime(v) >= idle);
	vcpu_destroy(second);
	end(as, v);
}

/* getppid over and over, through the fast path; what it returned stands behind the entry. */
GUEST(fast_calls, "1: mov $110, %eax\n"
		  "lea 2f(%rip), %rcx\n"
		  "jmp *0x500000\n"
		  "syscall\n"
		  "2: mov %rax, 0x500008\n"
		  "jmp 1b")

static bool start_fast(struct aspace **as, struct vcpu **v, struct vcpu_event *ev)
{
	u64 entry;

	if (!setup_on_one_core())
		return false;
	entry = platform_info()->fast_entry;
	if (!entry) {
		unit_skip("there is no fast path");
		teardown();
		return false;
	}
	if (!LOAD(fast_calls, as, v))
		return false;
	CHECK_EQ(sizeof(entry), aspace_write(*as, DATA, &entry, sizeof(entry)));
	CHECK_EQ(0, vcpu_run(*v, ev));
	CHECK(ev->kind == VCPU_SYSCALL && ev->call.fast);
	return true;
}

static long returned(struct aspace *as)
{
	long ret = -1;

	CHECK_EQ(sizeof(ret), aspace_read(as, &ret, DATA + 8, sizeof(ret)));
	return ret;
}

static struct host_op protect(uaddr_t addr, int prot)
{
	return (struct host_op){
		.nr = SYS_mprotect,
		.args = {addr, PAGE_SIZE, (u64)prot},
		.fd = HOSTFD_NONE,
	};
}

TEST(last_ops_go_with_the_answer)
{
	struct host_op good[] = {protect(CODE, PROT_READ | PROT_EXEC), protect(DATA, 3)};
	struct host_op bad[] = {protect(CODE, 7), protect(FILEMAP, PROT_READ)};
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;

	if (!start_fast(&as, &v, &ev))
		return;
	for (long round = 1; round < 300; round++) {
		CHECK(vcpu_last_ops_done(v));
		CHECK(vcpu_last_ops(v, good, 2));
		CHECK(!vcpu_last_ops_done(v));
		vcpu_set_result(v, round);
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK(vcpu_last_ops_done(v));
		CHECK_EQ(VCPU_SYSCALL, ev.kind);
		CHECK_EQ(round, returned(as));
		CHECK_EQ(-EFAULT, aspace_write(as, CODE, "", 1));
		CHECK(vcpu_last_ops(v, bad, 2));
		vcpu_set_result(v, 0);
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_REFUSED, ev.kind);
		CHECK(!vcpu_last_ops_done(v));
		CHECK_EQ(-ENOMEM, ev.error);
		CHECK_EQ(round, returned(as));
		vcpu_set_result(v, -round);
		CHECK_EQ(0, vcpu_run(v, &ev));
		CHECK_EQ(VCPU_SYSCALL, ev.kind);
		CHECK_EQ(-round, returned(as));
	}
	end(as, v);
}

TEST(last_ops_come_before_all_else)
{
	struct host_op good = protect(CODE, PROT_READ | PROT_EXEC), bad = protect(FILEMAP, 3);
	struct vcpu_event ev;
	struct aspace *as;
	struct regs regs;
	struct vcpu *v;

	if (!start_fast(&as, &v, &ev))
		return;
	CHECK(vcpu_last_ops(v, &bad, 1));
	CHECK_EQ(-ENOMEM, vcpu_last_ops_now(v));
	CHECK_EQ(0, vcpu_last_ops_now(v));
	CHECK(vcpu_last_ops(v, &good, 1));
	CHECK_EQ(0, vcpu_get_regs(v, &regs));
	CHECK(vcpu_last_ops_done(v));
	CHECK_EQ(-EFAULT, aspace_write(as, CODE, "", 1));
	/* In its stub, with all its registers: nothing to put it off with. */
	CHECK(!vcpu_last_ops(v, &good, 1));
	vcpu_set_result(v, 5);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(5, returned(as));
	/* A kick that is there already, and then again, while it waits. */
	good.args[2] = 7;
	CHECK(vcpu_last_ops(v, &good, 1));
	vcpu_set_result(v, 6);
	vcpu_kick(v);
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_KICKED, ev.kind);
	CHECK(!vcpu_last_ops_done(v));
	CHECK_EQ(0, vcpu_run(v, &ev));
	CHECK_EQ(VCPU_SYSCALL, ev.kind);
	CHECK(vcpu_last_ops_done(v));
	CHECK_EQ(6, returned(as));
	CHECK_EQ(1, aspace_write(as, CODE + 2000, "", 1));
	end(as, v);
}

static void *kicks(void *vcpu)
{
	for (int i = 0; i < 2000; i++) {
		vcpu_kick(vcpu);
		usleep(50);
	}
	return NULL;
}

TEST(last_ops_and_kicks_at_any_time)
{
	struct host_op good = protect(DATA, 3), bad = protect(FILEMAP, 3);
	unsigned kicked = 0, calls = 0, refused = 0;
	struct vcpu_event ev;
	struct aspace *as;
	struct vcpu *v;
	pthread_t t;

	if (!start_fast(&as, &v, &ev))
		return;
	CHECK_EQ(0, pthread_create(&t, NULL, kicks, v));
	while (pthread_tryjoin_np(t, NULL)) {
		bool fast = ev.kind == VCPU_SYSCALL && ev.call.fast;

		kicked += ev.kind == VCPU_KICKED;
		if (fast) {
			CHECK_EQ((long)calls, calls ? returned(as) : 0);
			calls++;
			if (!vcpu_last_ops(v, calls % 3 ? &good : &bad, 1))
				CHECK(false);
			vcpu_set_result(v, calls % 3 ? (long)calls : 0);
		} else if (ev.kind == VCPU_REFUSED) {
			refused++;
			CHECK_EQ(0, calls % 3);
			vcpu_set_result(v, calls);
		}
		CHECK_EQ(0, vcpu_run(v, &ev));
	}
	CHECK(kicked > 0);
	CHECK(refused == calls / 3 || refused + 1 == calls / 3);
	end(as, v);
}
