/* What the files of host/ share: the way into the host kernel. */
#pragma once
#include "host/host.h"

/* hcall - one host call: its value or -errno; hcall_retry makes it again while it says EINTR */
long hcall(enum host_call c, long a0, long a1, long a2, long a3, long a4, long a5) must_check;
long hcall_retry(enum host_call c, long a0, long a1, long a2, long a3, long a4, long a5) must_check;

#define PTR(p) ((long)(uintptr_t)(p))

/* A call whose result is a new descriptor. */
static inline int to_fd(long n, hostfd_t *ret)
{
	if (n < 0)
		return (int)n;
	ret->n = (int)n;
	return 0;
}
