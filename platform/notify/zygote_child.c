/*
 * The life of the zygote before it is one: a copy of the sentry that gives up
 * what it can, puts the filter on, and executes the stub.
 *
 * It shares the sentry's table of descriptors, so that the listener appears
 * there; the exec ends that.  It may not allocate, lock or log: another thread
 * of the sentry may have held any lock when it was forked.
 */
#include "platform/notify/zygote.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_LIMIT (8ul << 20)
#define NOFILE_MAX  64

void zygote_fail(struct zygote_shared *sh, enum zygote_step step)
{
	__atomic_store_n(&sh->step, step, __ATOMIC_RELAXED);
	__atomic_store_n(&sh->error, -errno, __ATOMIC_RELEASE);
	_exit(127);
}

static int limit(int resource, rlim_t val)
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)resource, &rl))
		return -1;
	rl.rlim_cur = min(val, rl.rlim_max);
	rl.rlim_max = rl.rlim_cur;
	return setrlimit((__rlimit_resource_t)resource, &rl);
}

/*
 * A core limit of 1 means no core, also where cores go to a program.  The stack
 * limit says where the host puts stack and vDSO: above all that is the guest's.
 */
static int set_limits(void)
{
	return limit(RLIMIT_CORE, 1) || limit(RLIMIT_STACK, STACK_LIMIT) ||
	       limit(RLIMIT_NOFILE, NOFILE_MAX);
}

static void clear_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool has_barriers(void)
{
	long known = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	return known > 0 && known & MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
}

void zygote_prepare(struct zygote_shared *sh)
{
	clear_signals();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != sh->parent)
		zygote_fail(sh, STEP_PDEATHSIG);
	/*
	 * Stays in the sentry's session, which is not the caller's.  The host shares its
	 * cores between sessions (autogroup): guests and sentry in one keep the core from
	 * a call to its answer, where two would each queue up behind all other sandboxes.
	 */
	setpgid(0, 0);
	if (set_limits())
		zygote_fail(sh, STEP_RLIMITS);
	zygote_isolate(sh);
	/* A container may refuse it: see zygote_image.c. */
	personality(ADDR_NO_RANDOMIZE);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		zygote_fail(sh, STEP_NO_NEW_PRIVS);
}

void zygote_exec(struct zygote_shared *sh)
{
	static char name[] = "bailey-guest";
	static char *const argv[] = {name, NULL}, *const envp[] = {NULL};

	syscall(SYS_execveat, sh->stub_fd, "", argv, envp, AT_EMPTY_PATH);
	zygote_fail(sh, STEP_EXEC);
}

void zygote_child(struct zygote_shared *sh)
{
	long fd;

	zygote_prepare(sh);
	sh->barriers = has_barriers();
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		     sh->filter);
	if (fd < 0)
		zygote_fail(sh, STEP_FILTER);
	/* From here on every call is answered by the sentry. */
	__atomic_store_n(&sh->listener, (int)fd, __ATOMIC_RELEASE);
	zygote_exec(sh);
}
