/*
 * Filters made with libseccomp (filter.h)
 */
#include "lib/filter.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define CALLS_MAX 1024 /* numbers a filter can be about */

/* What makes a thread and nothing else: the flags of pthread_create(3). */
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static const struct filter_rule libc_rules[] = {
	FILTER_CALL(exit),
	FILTER_CALL(exit_group),
	FILTER_CALL(rt_sigreturn),
	FILTER_CALL(rt_sigprocmask),
	FILTER_CALL(rt_sigaction),
	FILTER_CALL(sigaltstack),
	FILTER_CALL(restart_syscall),
	FILTER_CALL(futex),
	FILTER_CALL(brk),
	FILTER_CALL(munmap),
	FILTER_CALL(madvise),
	FILTER_CALL(sched_yield),
	FILTER_CALL(clock_gettime),
	FILTER_CALL(clock_nanosleep),
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

static int add_rule(scmp_filter_ctx ctx, const struct filter_rule *r)
{
	struct scmp_arg_cmp cmp = {.arg = r->arg};

	switch (r->test) {
	case FILTER_ANY:
		return seccomp_rule_add_exact(ctx, SCMP_ACT_ALLOW, (int)r->nr, 0);
	case FILTER_EQ:
		cmp.op = SCMP_CMP_EQ;
		cmp.datum_a = r->value;
		break;
	case FILTER_MASKED:
		cmp.op = SCMP_CMP_MASKED_EQ;
		cmp.datum_a = r->mask;
		cmp.datum_b = r->value;
		break;
	}
	return seccomp_rule_add_exact_array(ctx, SCMP_ACT_ALLOW, (int)r->nr, 1, &cmp);
}

static bool in_rules(const struct filter *filters, size_t nr, long call)
{
	size_t i, k;

	for (i = 0; i < nr; i++)
		for (k = 0; k < filters[i].nr_rules; k++)
			if (filters[i].rules[k].nr == call)
				return true;
	return false;
}

static int add_filter(scmp_filter_ctx ctx, const struct filter *f, const struct filter *all,
		      size_t nr)
{
	int err = 0;
	size_t i;

	for (i = 0; i < f->nr_rules && !err; i++) {
		err = add_rule(ctx, &f->rules[i]);
		/* The same rule twice, from two lists, is one rule. */
		if (err == -EEXIST)
			err = 0;
	}
	for (i = 0; i < f->nr_refusals && !err; i++)
		if (!in_rules(all, nr, f->refusals[i].nr))
			err = seccomp_rule_add_exact(ctx, SCMP_ACT_ERRNO((u32)f->refusals[i].error),
						     (int)f->refusals[i].nr, 0);
	return err;
}

int filter_install(const struct filter *filters, size_t nr)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err;
	size_t i;

	if (!ctx)
		return -ENOMEM;
	err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	/* A tree instead of a list: calls with conditions are many. */
	if (!err)
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (i = 0; i < nr && !err; i++)
		err = add_filter(ctx, &filters[i], filters, nr);
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	return err;
}

size_t filter_nr_calls(const struct filter *filters, size_t nr)
{
	size_t count = 0;
	long call;

	for (call = 0; call < CALLS_MAX; call++)
		count += in_rules(filters, nr, call);
	return count;
}
