/*
 * Every host system call the sentry makes, one line each: the table behind
 * host.h, the seccomp filter (filter.c) and the fault switch.
 *
 *   X(name, when)   the host's call SYS_name
 *   when            RUN: made while guests run, so the filter allows it
 *                   BOOT: made only before the filter is on
 *                   TRACE: made while guests run under the ptrace platform
 */
#pragma once

#define HOST_CALLS(X)             \
	X(read, RUN)              \
	X(write, RUN)             \
	X(pread64, RUN)           \
	X(pwrite64, RUN)          \
	X(lseek, RUN)             \
	X(close, RUN)             \
	X(fcntl, RUN)             \
	X(ioctl, RUN)             \
	X(fstat, RUN)             \
	X(fstatfs, RUN)           \
	X(ftruncate, RUN)         \
	X(fallocate, RUN)         \
	X(fsync, RUN)             \
	X(fdatasync, RUN)         \
	X(memfd_create, RUN)      \
	X(mmap, RUN)              \
	X(munmap, RUN)            \
	X(mremap, RUN)            \
	X(mprotect, RUN)          \
	X(epoll_create1, RUN)     \
	X(epoll_ctl, RUN)         \
	X(epoll_pwait, RUN)       \
	X(epoll_pwait2, RUN)      \
	X(ppoll, RUN)             \
	X(eventfd2, RUN)          \
	X(signalfd4, BOOT)        \
	X(socketpair, BOOT)       \
	X(accept4, RUN)           \
	X(sendmsg, RUN)           \
	X(recvmsg, RUN)           \
	X(getsockopt, TRACE)      \
	X(ptrace, TRACE)          \
	X(process_vm_readv, RUN)  \
	X(process_vm_writev, RUN) \
	X(kill, RUN)              \
	X(tgkill, RUN)            \
	X(pidfd_open, RUN)        \
	X(pidfd_send_signal, RUN) \
	X(waitid, RUN)            \
	X(wait4, RUN)             \
	X(prlimit64, RUN)         \
	X(getrusage, RUN)         \
	X(futex, RUN)             \
	X(sched_getaffinity, RUN) \
	X(sched_setaffinity, RUN) \
	X(sysinfo, RUN)           \
	X(getrandom, RUN)

enum host_call {
#define X(name, when) HOST_##name,
	HOST_CALLS(X)
#undef X
		NR_HOST_CALLS
};
