/*
 * The gofer's filter (filter.h): the calls of sys.c and what the C library needs
 */
#include "gofer/filter.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "lib/filter.h"

static const struct filter_rule rules[] = {
	FILTER_CALL(recvmsg),
	FILTER_CALL(sendmsg),
	FILTER_CALL(openat),
	FILTER_CALL(openat2),
	FILTER_CALL(statx),
	FILTER_CALL(fstatfs),
	FILTER_CALL(getdents64),
	FILTER_CALL(lseek),
	FILTER_CALL(readlinkat),
	FILTER_CALL(mkdirat),
	FILTER_CALL(mknodat),
	FILTER_CALL(symlinkat),
	FILTER_CALL(linkat),
	FILTER_CALL(unlinkat),
	FILTER_CALL(renameat2),
	FILTER_CALL(fchmodat),
	FILTER_CALL(fchownat),
	FILTER_CALL(truncate),
	FILTER_CALL(utimensat),
	FILTER_CALL(getxattr),
	FILTER_CALL(setxattr),
	FILTER_CALL(listxattr),
	FILTER_CALL(llistxattr),
	FILTER_CALL(removexattr),
	FILTER_CALL(fsync),
	FILTER_CALL(fdatasync),
	FILTER_CALL(geteuid),
	FILTER_CALL(flistxattr),
	FILTER_CALL_EQ(fcntl, 1, F_GET_SEALS),
	FILTER_CALL_EQ(sched_setaffinity, 0, 0),
};

static void both(struct filter ret[2])
{
	ret[0] = filter_libc;
	ret[1] = (struct filter){.rules = rules, .nr_rules = ARRAY_SIZE(rules)};
}

int gofer_filter_install(void)
{
	struct filter all[2];

	both(all);
	return filter_install(all, ARRAY_SIZE(all));
}

size_t gofer_filter_nr_calls(void)
{
	struct filter all[2];

	both(all);
	return filter_nr_calls(all, ARRAY_SIZE(all));
}
