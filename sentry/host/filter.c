/*
 * The sentry's filter (filter.h): the table of host calls, plus what the C
 * library needs, with conditions on the calls that can do many things
 *
 * Differs: F_SETFL and the like cannot widen a descriptor's rights, so which
 * descriptor they are for is not checked.
 */
#include "host/filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>

#include "host/internal.h"
#include "lib/filter.h"

/* Newer than the headers we may be built with. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

#define NR_FILTERS 4

/* Calls that are allowed only with certain arguments; the table's other calls with any. */
static const struct filter_rule conditions[] = {
	FILTER_CALL_MASKED(mmap, 2, PROT_EXEC, 0),
	FILTER_CALL_MASKED(mprotect, 2, PROT_EXEC, 0),
	FILTER_CALL_MASKED(mremap, 3, ~(u64)MREMAP_MAYMOVE, 0),

	FILTER_CALL_EQ(fcntl, 1, F_DUPFD_CLOEXEC),
	FILTER_CALL_EQ(fcntl, 1, F_GETFD),
	FILTER_CALL_EQ(fcntl, 1, F_GETFL),
	FILTER_CALL_EQ(fcntl, 1, F_SETFL),
	FILTER_CALL_EQ(fcntl, 1, F_ADD_SEALS),
	FILTER_CALL_EQ(fcntl, 1, F_GET_SEALS),
	FILTER_CALL_EQ(fcntl, 1, F_OFD_SETLK),
	FILTER_CALL_EQ(fcntl, 1, F_OFD_GETLK),

	/* Guests, through the listener. */
	FILTER_CALL_EQ(ioctl, 1, SECCOMP_IOCTL_NOTIF_RECV),
	FILTER_CALL_EQ(ioctl, 1, SECCOMP_IOCTL_NOTIF_SEND),
	FILTER_CALL_EQ(ioctl, 1, SECCOMP_IOCTL_NOTIF_ID_VALID),
	FILTER_CALL_EQ(ioctl, 1, SECCOMP_IOCTL_NOTIF_ADDFD),
	FILTER_CALL_EQ(ioctl, 1, SECCOMP_IOCTL_NOTIF_SET_FLAGS),
	/* Standard streams: how much is there, and the caller's terminal.  Never TIOCSTI. */
	FILTER_CALL_EQ(ioctl, 1, FIONREAD),
	FILTER_CALL_EQ(ioctl, 1, TCGETS),
	FILTER_CALL_EQ(ioctl, 1, TCSETS),
	FILTER_CALL_EQ(ioctl, 1, TCSETSW),
	FILTER_CALL_EQ(ioctl, 1, TCSETSF),
	FILTER_CALL_EQ(ioctl, 1, TIOCGWINSZ),
	FILTER_CALL_EQ(ioctl, 1, TIOCSWINSZ),
	FILTER_CALL_EQ(ioctl, 1, TCFLSH),
	FILTER_CALL_EQ(ioctl, 1, TCXONC),
	FILTER_CALL_EQ(ioctl, 1, TCSBRK),
	FILTER_CALL_EQ(ioctl, 1, TIOCOUTQ),
};

/* Of the ptrace platform alone: its guests, and who comes for a descriptor. */
static const struct filter_rule tracing[] = {
	FILTER_CALL_EQ(ptrace, 0, PTRACE_CONT),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_SYSEMU),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_GETREGS),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_SETREGS),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_POKEUSER),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_GETREGSET),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_SETREGSET),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_GETSIGINFO),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_GETEVENTMSG),
	FILTER_CALL_EQ(ptrace, 0, PTRACE_GET_SYSCALL_INFO),
	FILTER_CALL_EQ(getsockopt, 2, SO_PEERCRED),
};

static bool is_conditional(long nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		if (conditions[i].nr == nr)
			return true;
	for (i = 0; i < ARRAY_SIZE(tracing); i++)
		if (tracing[i].nr == nr)
			return true;
	return false;
}

/* The table's calls that any argument is good for. */
static size_t fill_plain(struct filter_rule *rules, bool trace)
{
	size_t nr = 0;
	int c;

	for (c = 0; c < NR_HOST_CALLS; c++) {
		long call = host_call_nr((enum host_call)c);

		if (host_call_at_run((enum host_call)c, trace) && !is_conditional(call))
			rules[nr++] = (struct filter_rule){.nr = call};
	}
	return nr;
}

static size_t fill(struct filter_rule *plain, bool trace, struct filter ret[NR_FILTERS])
{
	ret[0] = filter_libc;
	ret[1] = (struct filter){.rules = conditions, .nr_rules = ARRAY_SIZE(conditions)};
	ret[2] = (struct filter){.rules = plain, .nr_rules = fill_plain(plain, trace)};
	ret[3] = (struct filter){.rules = tracing, .nr_rules = ARRAY_SIZE(tracing)};
	return trace ? NR_FILTERS : NR_FILTERS - 1;
}

int host_filter_install(bool trace)
{
	struct filter_rule plain[NR_HOST_CALLS];
	struct filter filters[NR_FILTERS];

	return filter_install(filters, fill(plain, trace, filters));
}

size_t host_filter_nr_calls(bool trace)
{
	struct filter_rule plain[NR_HOST_CALLS];
	struct filter filters[NR_FILTERS];

	return filter_nr_calls(filters, fill(plain, trace, filters));
}
