/*
 * Filters of sentry and gofer, and putting them on (filter.h)
 */
#include "lib/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INSNS_MAX 512 /* instructions of one program */

/* What makes a thread and nothing else: the flags of pthread_create(3). */
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static const struct filter_rule libc_rules[] = {
	FILTER_CALL(exit),
	FILTER_CALL(exit_group),
	FILTER_CALL(rt_sigreturn),
	FILTER_CALL(rt_sigprocmask),
	FILTER_CALL(rt_sigaction),
	FILTER_CALL(restart_syscall),
	FILTER_CALL(futex),
	FILTER_CALL(brk),
	FILTER_CALL(munmap),
	FILTER_CALL(madvise),
	FILTER_CALL(sched_yield),
	FILTER_CALL(clock_gettime),
	FILTER_CALL(getpid),
	FILTER_CALL(gettid),
	FILTER_CALL(set_robust_list),
	FILTER_CALL(rseq),
	FILTER_CALL(getrandom),
	FILTER_CALL(write),
	FILTER_CALL(close),
	FILTER_CALL_MASKED(mmap, 2, PROT_EXEC, 0),
	FILTER_CALL_MASKED(mprotect, 2, PROT_EXEC, 0),
	FILTER_CALL_MASKED(mremap, 3, ~(u64)MREMAP_MAYMOVE, 0),
	FILTER_CALL_MASKED(clone, 0, THREAD_FLAGS, THREAD_FLAGS),
	FILTER_CALL_EQ(prctl, 0, PR_SET_NAME),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	/* What the sanitizers' run-time reads and asks; such builds are not for use. */
	FILTER_CALL(openat),
	FILTER_CALL(readlink),
	FILTER_CALL(read),
	FILTER_CALL(lseek),
	FILTER_CALL(newfstatat),
	FILTER_CALL(sched_getaffinity),
	FILTER_CALL(personality),
	FILTER_CALL(mmap),
	FILTER_CALL(mprotect),
	FILTER_CALL(clone),
	FILTER_CALL(prctl),
	FILTER_CALL(ptrace),
	FILTER_CALL(wait4),
	FILTER_CALL(getdents64),
	FILTER_CALL(tgkill),
	FILTER_CALL(gettimeofday),
	FILTER_CALL(nanosleep),
	FILTER_CALL(clock_nanosleep),
	FILTER_CALL(sigaltstack),
#endif
};

static const struct filter_refusal libc_refusals[] = {
	/* glibc tries clone3 first, whose flags a filter cannot see. */
	{SYS_clone3, ENOSYS},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	{SYS_openat, EPERM},  {SYS_readlink, EPERM},   {SYS_readlinkat, EPERM},
#endif
	{SYS_open, EPERM},    {SYS_newfstatat, EPERM}, {SYS_uname, EPERM},
};

const struct filter filter_libc = {
	.rules = libc_rules,
	.nr_rules = ARRAY_SIZE(libc_rules),
	.refusals = libc_refusals,
	.nr_refusals = ARRAY_SIZE(libc_refusals),
};

static bool in_rules(const struct filter *filters, size_t nr, long call)
{
	size_t i, k;

	for (i = 0; i < nr; i++)
		for (k = 0; k < filters[i].nr_rules; k++)
			if (filters[i].rules[k].nr == call)
				return true;
	return false;
}

int filter_install(const struct filter *filters, size_t nr)
{
	struct sock_filter insns[INSNS_MAX];
	int len = filter_assemble(filters, nr, insns, INSNS_MAX);
	struct sock_fprog prog;
	long ret;

	if (len < 0)
		return len;
	prog = (struct sock_fprog){.len = (u16)len, .filter = insns + INSNS_MAX - len};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	ret = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog);
	if (ret < 0)
		return -errno;
	/* A positive number is a thread that could not follow. */
	return ret ? -ESRCH : 0;
}

size_t filter_nr_calls(const struct filter *filters, size_t nr)
{
	size_t count = 0;
	long call;

	for (call = 0; call < FILTER_CALLS_END; call++)
		count += in_rules(filters, nr, call);
	return count;
}
