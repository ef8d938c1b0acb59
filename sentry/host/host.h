/*
 * The host's system calls, as the sentry makes them: the only way out.
 *
 * One function a call, named after it, returning the value or -errno.  All go
 * through one table (calls.h), which gives one list to hold against the
 * sentry's own filter and one place where tests make the n-th call fail.
 *
 * EINTR: calls that have done nothing are made again, except the waits
 * (epoll, ppoll, waitid), which tell the caller.
 *
 * Blocking: a host call that blocks stops every fiber of its worker.  Files and
 * memory files are fine; pipes, terminals and sockets are kept O_NONBLOCK.
 *
 * Locks: none.  Never parks the fiber.
 */
#pragma once
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "host/calls.h"
#include "lib/base.h"

struct itimerspec;
struct msghdr;
struct pollfd;
struct rlimit64;
struct rusage;
struct statfs;
struct sysinfo;
struct timespec;

/*
 * The @fault_host_at-th call from now (1 is the next) fails with
 * -@fault_host_error; 0 turns it off.  @fault_host_only, if not negative, counts
 * and fails only that call of calls.h.  close is never failed: it would leak.
 */
extern long fault_host_at;
extern int fault_host_error;
extern int fault_host_only;

/* host_call_nr - for the filter */
long host_call_nr(enum host_call c);

/* host_call_at_run - false: the call is not made once the filter is on; @trace: guests are traced
 */
bool host_call_at_run(enum host_call c, bool trace);

/* Bytes.  Offsets are the host's: -EINVAL for a negative one. */
ssize_t host_read(hostfd_t fd, void *buf, size_t size) must_check;
ssize_t host_write(hostfd_t fd, const void *buf, size_t size) must_check;
ssize_t host_pread(hostfd_t fd, void *buf, size_t size, off_t off) must_check;
ssize_t host_pwrite(hostfd_t fd, const void *buf, size_t size, off_t off) must_check;

/* @off -1: the descriptor's own position.  @flags: RWF_*; -EAGAIN when RWF_NOWAIT would sleep. */
off_t host_lseek(hostfd_t fd, off_t off, int whence) must_check;

/* NULL offsets: the descriptor's own position, moved. */

/* Descriptors.  New ones are close-on-exec. */

/* host_close - @fd is gone whatever is returned; HOSTFD_NONE is fine */
void host_close(hostfd_t fd);
int host_dup(hostfd_t fd, hostfd_t *ret) must_check;
int host_fcntl(hostfd_t fd, int cmd, unsigned long arg) must_check;

/* host_ioctl - only the requests filter.c lists get through */
int host_ioctl(hostfd_t fd, unsigned long request, void *arg) must_check;

/* host_ioctl_val - for requests whose argument is a number */
int host_ioctl_val(hostfd_t fd, unsigned long request, unsigned long arg) must_check;

/* Files. */
int host_fstat(hostfd_t fd, struct stat *ret) must_check;
int host_fstatfs(hostfd_t fd, struct statfs *ret) must_check;
int host_ftruncate(hostfd_t fd, off_t size) must_check;
int host_fallocate(hostfd_t fd, int mode, off_t off, off_t size) must_check;
int host_fsync(hostfd_t fd) must_check;
int host_fdatasync(hostfd_t fd) must_check;
int host_memfd_create(const char *name, unsigned flags, hostfd_t *ret) must_check;

/* The sentry's own memory.  Never executable: the filter refuses PROT_EXEC. */
int host_mmap(void *hint, size_t size, int prot, int flags, hostfd_t fd, off_t off, void **ret)
	must_check;
int host_munmap(void *addr, size_t size) must_check;
/* host_mremap - MREMAP_MAYMOVE; a fixed target is not offered */
int host_mremap(void *old, size_t old_size, size_t size, int flags, void **ret) must_check;
int host_mprotect(void *addr, size_t size, int prot) must_check;

/* Waiting. */
int host_epoll_create(hostfd_t *ret) must_check;
int host_epoll_ctl(hostfd_t ep, int op, hostfd_t fd, struct epoll_event *ev) must_check;

/* host_epoll_wait - @timeout_ns < 0: for ever; -EINTR is the caller's to handle */
int host_epoll_wait(hostfd_t ep, struct epoll_event *events, int max, s64 timeout_ns) must_check;
int host_ppoll(struct pollfd *fds, size_t nr, s64 timeout_ns) must_check;
int host_eventfd(unsigned initval, int flags, hostfd_t *ret) must_check;

/* host_signalfd - @fd HOSTFD_NONE: a new one in *@ret; else that one gets the new @mask */
int host_signalfd(hostfd_t fd, const sigset_t *mask, int flags, hostfd_t *ret) must_check;

/* Sockets the sentry was given. */
int host_socketpair(int domain, int type, hostfd_t ret[2]) must_check;
int host_accept(hostfd_t fd, int flags, hostfd_t *ret) must_check;
ssize_t host_sendmsg(hostfd_t fd, const struct msghdr *msg, int flags) must_check;
ssize_t host_recvmsg(hostfd_t fd, struct msghdr *msg, int flags) must_check;

/* host_peer - who connected */
struct ucred;
int host_peer(hostfd_t fd, struct ucred *ret) must_check;

/* Guest processes. */

/* host_ptrace - the bare call: PEEK requests store their word at @data */
long host_ptrace(int request, pid_t tid, u64 addr, void *data) must_check;
ssize_t host_process_vm_readv(pid_t pid, const struct iovec *local, size_t nr_local,
			      const struct iovec *remote, size_t nr_remote) must_check;
ssize_t host_process_vm_writev(pid_t pid, const struct iovec *local, size_t nr_local,
			       const struct iovec *remote, size_t nr_remote) must_check;
int host_kill(pid_t pid, int signo) must_check;
int host_tgkill(pid_t tgid, pid_t tid, int signo) must_check;
int host_pidfd_open(pid_t pid, unsigned flags, hostfd_t *ret) must_check;
int host_pidfd_send_signal(hostfd_t pidfd, int signo) must_check;
int host_waitid(int idtype, id_t id, siginfo_t *ret, int options, struct rusage *ret_usage)
	must_check;
pid_t host_wait4(pid_t pid, int *ret_status, int options, struct rusage *ret_usage) must_check;

/* @val and @ret_old may be NULL; @pid 0 is the sentry. */
int host_prlimit(pid_t pid, int resource, const struct rlimit64 *val, struct rlimit64 *ret_old)
	must_check;
int host_getrusage(int who, struct rusage *ret) must_check;

/* host_futex_wake - of those that sleep on @word, in whatever process, @max; how many */
int host_futex_wake(u32 *word, int max) must_check;
int host_sched_getaffinity(pid_t pid, cpu_set_t *ret) must_check;
int host_sched_setaffinity(pid_t pid, size_t size, const void *mask) must_check;

/* The rest. */
int host_sysinfo(struct sysinfo *ret) must_check;
int host_clock_gettime(clockid_t clock, struct timespec *ret) must_check;

/* host_getrandom - all of @size bytes; as the host's urandom, which is always ready here */
int host_getrandom(void *buf, size_t size) must_check;

static inline void hostfd_cleanup(hostfd_t *fd)
{
	host_close(*fd);
}

#define cleanup_hostfd __attribute__((cleanup(hostfd_cleanup)))
