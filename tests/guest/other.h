/* A process that is there from the beginning, shares nothing, and does what it is told. */
#pragma once
#include <sys/socket.h>

#include "t.h"

static pid_t other_pid;
static int other_sock;

static inline void other_start(void)
{
	void (*fn)(void);
	int sv[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	other_pid = T_OK(fork());
	other_sock = sv[0];
	if (other_pid) {
		T_OK(close(sv[1]));
		return;
	}
	T_OK(close(sv[0]));
	while (read(sv[1], &fn, sizeof(fn)) == sizeof(fn)) {
		fn();
		T_EQ(write(sv[1], "", 1), 1);
	}
	_exit(0);
}

/* by_other - @fn there; returns when it has */
static inline void by_other(void (*fn)(void))
{
	char c;

	T_EQ(write(other_sock, &fn, sizeof(fn)), sizeof(fn));
	T_EQ(read(other_sock, &c, 1), 1);
}

static inline void other_end(void)
{
	T_OK(close(other_sock));
	t_reap(other_pid);
}
