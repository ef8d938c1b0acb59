/*
 * The seccomp filters that sentry and gofer put on themselves.
 *
 * A role lists the host calls it makes, with what it asks of their arguments;
 * all others kill it.  (The guests' filter is another matter: platform/.)
 */
#pragma once
#include "lib/base.h"

#define FILTER_CALLS_END 512 /* numbers from here on are in no filter */

enum filter_test {
	FILTER_ANY,    /* no condition */
	FILTER_EQ,     /* argument == value */
	FILTER_MASKED, /* (argument & mask) == value */
};

/* One call, allowed if its condition holds.  Several of one call: any of them. */
struct filter_rule {
	long nr;
	enum filter_test test;
	unsigned arg;
	u64 mask, value;
};

#define FILTER_CALL(call)                       \
	{                                       \
		SYS_##call, FILTER_ANY, 0, 0, 0 \
	}
#define FILTER_CALL_EQ(call, arg, v)             \
	{                                        \
		SYS_##call, FILTER_EQ, arg, 0, v \
	}
#define FILTER_CALL_MASKED(call, arg, m, v)          \
	{                                            \
		SYS_##call, FILTER_MASKED, arg, m, v \
	}

struct filter {
	const struct filter_rule *rules;
	size_t nr_rules;

	/* Calls that libraries try and can do without: -EPERM or -ENOSYS instead of death. */
	const struct filter_refusal {
		long nr;
		int error;
	} * refusals;
	size_t nr_refusals;
};

struct sock_filter;

/*
 * filter_assemble - the program that the host's kernel runs
 * @prog: room for @size instructions, of which the last ones are used
 *
 * Return: how many they are, -E2BIG or -EINVAL.
 */
int filter_assemble(const struct filter *filters, size_t nr, struct sock_filter *prog, size_t size)
	must_check;

/*
 * filter_install - for every thread of the process, from now on
 *
 * Sets no_new_privs.  Return: 0 or -errno.
 */
int filter_install(const struct filter *filters, size_t nr) must_check;

/* What the C library itself does in any role: memory, threads, exit, signals. */
extern const struct filter filter_libc;

/* filter_nr_calls - how many different calls @filters allow, for doctor */
size_t filter_nr_calls(const struct filter *filters, size_t nr);
