/* What the stub answers only where handlers, limits and memory are of one thread */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "tests/step/guest/guest.h"

/* As the kernel has it. */
struct action {
	uint64_t handler, flags, restorer, mask;
};

#define ACTION_RESTORER 0x04000000

/* The C library's. */
static uint64_t restorer(void)
{
	struct action urg;

	T_OK(syscall(SYS_rt_sigaction, SIGURG, NULL, &urg, 8));
	return urg.restorer;
}

/* Of a signal whose action is plain: what it is, of each kind. */
static void c_action(const struct step_call *c)
{
	struct action old;

	memset(&old, 0x55, sizeof(old));
	MAKE(c, SYS_rt_sigaction, 0, SIGTERM, 0, U(&old), 8, 8, 9);
	SAME(memcmp(&old, &(struct action){0}, sizeof(old)), 0);
}

static void c_action_bad(const struct step_call *c)
{
	MAKE(c, SYS_rt_sigaction, -EFAULT, SIGTERM, 0, 8, 8, 8, 9);
}

/* Set to what it is, with a restorer; the sentry says the same, when it sets it without. */
static void c_action_set(const struct step_call *c)
{
	const struct action plain = {.flags = ACTION_RESTORER, .restorer = restorer()};
	const struct action none = {0};
	struct action old;

	MAKE(c, SYS_rt_sigaction, 0, SIGXCPU, U(&plain), 0, 8, 8, 9);
	SAME(syscall(SYS_rt_sigaction, SIGXCPU, NULL, &old, 8), 0);
	SAME(memcmp(&old, &plain, sizeof(old)), 0);
	memset(&old, 0x55, sizeof(old));
	SAME(syscall(SYS_rt_sigaction, SIGXCPU, &none, &old, 8), 0);
	SAME(memcmp(&old, &plain, sizeof(old)), 0);
}

static void c_action_set_bad(const struct step_call *c)
{
	MAKE(c, SYS_rt_sigaction, -EFAULT, SIGXCPU, 8, 0, 8, 8, 9);
}

/* What a thread says at its start is so, whenever the kernel is asked. */
static void c_tid_address(const struct step_call *c)
{
	uintptr_t old = 0, got = 0;

	T_OK(prctl(PR_GET_TID_ADDRESS, &old));
	MAKE(c, SYS_set_tid_address, syscall(SYS_gettid), U(room), 3, 4, 7, 8, 9);
	SAME(prctl(PR_GET_TID_ADDRESS, &got), 0);
	SAME(got, U(room));
	SAME(syscall(SYS_set_tid_address, old), syscall(SYS_gettid));
}

static void c_robust_list(const struct step_call *c)
{
	uint64_t old = 0, got = 0, len = 0;

	T_OK(syscall(SYS_get_robust_list, 0, &old, &len));
	MAKE(c, SYS_set_robust_list, 0, 0, len, 4, 7, 8, 9);
	SAME(syscall(SYS_get_robust_list, 0, &got, &len), 0);
	SAME(got, 0);
	SAME(syscall(SYS_set_robust_list, old, len), 0);
}

static void c_limit(const struct step_call *c)
{
	uint64_t lim[4] = {1, 2, 3, 4}, want[2];

	T_OK(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, want));
	MAKE(c, SYS_prlimit64, 0, 0, RLIMIT_NOFILE, 0, U(&lim[1]), 8, 9);
	SAME(lim[0], 1);
	SAME(lim[1], want[0]);
	SAME(lim[2], want[1]);
	SAME(lim[3], 4);
}

static void c_limit_bad(const struct step_call *c)
{
	MAKE(c, SYS_prlimit64, -EFAULT, 0, RLIMIT_NOFILE, 0, 8, 8, 9);
}

static void c_brk(const struct step_call *c)
{
	MAKE(c, SYS_brk, syscall(SYS_brk, 1), 0, 3, 4, 7, 8, 9);
}

static const struct kind kinds[] = {
	{"sigaction", c_action, SYS_rt_sigaction, true, STEP_ALONE},
	{"sigaction bad", c_action_bad, SYS_rt_sigaction, false, STEP_ALONE},
	{"sigaction set", c_action_set, SYS_rt_sigaction, false, STEP_ALONE},
	{"sigaction set bad", c_action_set_bad, SYS_rt_sigaction, true, STEP_ALONE},
	{"set_tid_address", c_tid_address, SYS_set_tid_address, true, STEP_ALONE},
	{"set_robust_list", c_robust_list, SYS_set_robust_list, false, STEP_ALONE},
	{"prlimit64", c_limit, SYS_prlimit64, true, STEP_ALONE},
	{"prlimit64 bad", c_limit_bad, SYS_prlimit64, false, STEP_ALONE},
	{"brk", c_brk, SYS_brk, false, STEP_ALONE},
};

const struct kinds alone_calls = KINDS(kinds);
