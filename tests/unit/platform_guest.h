/*
 * Guests for the platform's unit tests: a few bytes of machine code, written as
 * assembly between two labels and copied into a clean address space.  Plain
 * threads play the fibers of tasks, one more is the worker.
 */
#pragma once
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "host/host.h"
#include "platform/platform.h"
#include "sched/sched.h"
#include "tests/unit/harness.h"

#define CODE 0x400000ul
#define DATA 0x500000ul

/* GUEST(name, assembly) - LOAD(name, ...) copies it into a guest */
#define GUEST(name, text)                                                     \
	__asm__(".pushsection .rodata\n.balign 128\n.globl guest_" #name "\n" \
		"guest_" #name ":\n" text "\n.globl guest_" #name "_end\n"    \
		"guest_" #name "_end:\n.popsection\n");                       \
	extern const u8 guest_##name[], guest_##name##_end[];

/* test_ptrace_*.c say another. */
#ifndef PLATFORM
#define PLATFORM "notify"
#endif

static pthread_t worker;

/* Of platform_init(), this host call fails; 0: none.  What is left of it afterwards. */
static long init_fails_at;

/* The first worker's thread is the one that starts the platform, as in the sentry. */
struct start {
	const char *why; /* NULL: it works */
	sem_t done;
};

static void *run_worker(void *arg)
{
	struct start *s = arg;
	bool failed = sched_init(1) != 0;

	s->why = failed ? "no scheduler" : NULL;
	__atomic_store_n(&fault_host_at, init_fails_at, __ATOMIC_RELAXED);
	if (!failed && platform_init(PLATFORM, &s->why))
		failed = true;
	init_fails_at = __atomic_exchange_n(&fault_host_at, 0, __ATOMIC_RELAXED);
	if (failed)
		sched_fini();
	if (!failed)
		s->why = NULL;
	sem_post(&s->done);
	if (!failed && sched_run())
		abort();
	return NULL;
}

/* Why it failed, or NULL. */
static const char *start_platform(void)
{
	struct start s = {.why = "no thread"};
	sigset_t set;

	/* What tells the ptrace platform of its guests may reach no other thread. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sem_init(&s.done, 0, 0);
	if (pthread_create(&worker, NULL, run_worker, &s))
		return s.why;
	sem_wait(&s.done);
	sem_destroy(&s.done);
	if (s.why)
		pthread_join(worker, NULL);
	return s.why;
}

static bool setup(void)
{
	const char *why = start_platform();

	if (why)
		unit_skip(why);
	return !why;
}

/* With one core nobody looks for calls, which takes a worker. */
static inline bool setup_on_one_core(void)
{
	cpu_set_t all, one;
	bool ok;

	CHECK_EQ(0, sched_getaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	CHECK_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	ok = setup();
	CHECK_EQ(0, sched_setaffinity(0, sizeof(all), &all));
	return ok;
}

static void teardown(void)
{
	platform_fini();
	sched_stop();
	pthread_join(worker, NULL);
	sched_fini();
}

/* A fresh address space with @code at CODE and a page of data. */
static bool load(const u8 *code, const u8 *end, struct aspace **as, struct vcpu **v)
{
	struct host_op ops[] = {
		{
			.nr = SYS_mmap,
			.args = {CODE, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0},
			.fd = HOSTFD_NONE,
		},
		{
			.nr = SYS_mmap,
			.args = {DATA, PAGE_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, (u64)-1, 0},
			.fd = HOSTFD_NONE,
		},
	};
	struct regs regs;
	ssize_t size = end - code;

	if (aspace_create(as, v))
		return false;
	CHECK_EQ(0, vcpu_host_ops(*v, ops, 2));
	CHECK_EQ(CODE, ops[0].ret);
	CHECK_EQ(size, aspace_write(*as, CODE, code, (size_t)size));
	CHECK_EQ(0, vcpu_get_regs(*v, &regs));
	CHECK_EQ(0, regs.ip);
	CHECK_EQ(0, regs.ax);
	regs.ip = CODE;
	regs.sp = DATA + PAGE_SIZE;
	CHECK_EQ(0, vcpu_set_regs(*v, &regs));
	return true;
}

#define LOAD(name, as, v) load(guest_##name, guest_##name##_end, as, v)

static void done(struct aspace *as, struct vcpu *v)
{
	vcpu_destroy(v);
	aspace_put(as);
}
