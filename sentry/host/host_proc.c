/*
 * Host calls on sockets, guest processes and the host as a whole (host.h)
 */
#include <linux/futex.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>

#include "host/internal.h"

int host_socketpair(int domain, int type, hostfd_t ret[2])
{
	int fds[2];
	int err = (int)hcall(HOST_socketpair, domain, type | SOCK_CLOEXEC, 0, PTR(fds), 0, 0);

	if (err)
		return err;
	ret[0].n = fds[0];
	ret[1].n = fds[1];
	return 0;
}

int host_accept(hostfd_t fd, int flags, hostfd_t *ret)
{
	return to_fd(hcall_retry(HOST_accept4, fd.n, 0, 0, flags | SOCK_CLOEXEC, 0, 0), ret);
}

ssize_t host_sendmsg(hostfd_t fd, const struct msghdr *msg, int flags)
{
	return hcall_retry(HOST_sendmsg, fd.n, PTR(msg), flags | MSG_NOSIGNAL, 0, 0, 0);
}

ssize_t host_recvmsg(hostfd_t fd, struct msghdr *msg, int flags)
{
	return hcall_retry(HOST_recvmsg, fd.n, PTR(msg), flags | MSG_CMSG_CLOEXEC, 0, 0, 0);
}

int host_peer(hostfd_t fd, struct ucred *ret)
{
	socklen_t size = sizeof(*ret);

	return (int)hcall(HOST_getsockopt, fd.n, SOL_SOCKET, SO_PEERCRED, PTR(ret), PTR(&size), 0);
}

long host_ptrace(int request, pid_t tid, u64 addr, void *data)
{
	return hcall(HOST_ptrace, request, tid, (long)addr, PTR(data), 0, 0);
}

ssize_t host_process_vm_readv(pid_t pid, const struct iovec *local, size_t nr_local,
			      const struct iovec *remote, size_t nr_remote)
{
	return hcall_retry(HOST_process_vm_readv, pid, PTR(local), (long)nr_local, PTR(remote),
			   (long)nr_remote, 0);
}

ssize_t host_process_vm_writev(pid_t pid, const struct iovec *local, size_t nr_local,
			       const struct iovec *remote, size_t nr_remote)
{
	return hcall_retry(HOST_process_vm_writev, pid, PTR(local), (long)nr_local, PTR(remote),
			   (long)nr_remote, 0);
}

int host_kill(pid_t pid, int signo)
{
	return (int)hcall(HOST_kill, pid, signo, 0, 0, 0, 0);
}

int host_tgkill(pid_t tgid, pid_t tid, int signo)
{
	return (int)hcall(HOST_tgkill, tgid, tid, signo, 0, 0, 0);
}

int host_pidfd_open(pid_t pid, unsigned flags, hostfd_t *ret)
{
	return to_fd(hcall(HOST_pidfd_open, pid, flags, 0, 0, 0, 0), ret);
}

int host_pidfd_send_signal(hostfd_t pidfd, int signo)
{
	return (int)hcall(HOST_pidfd_send_signal, pidfd.n, signo, 0, 0, 0, 0);
}

int host_waitid(int idtype, id_t id, siginfo_t *ret, int options, struct rusage *ret_usage)
{
	return (int)hcall(HOST_waitid, idtype, id, PTR(ret), options, PTR(ret_usage), 0);
}

pid_t host_wait4(pid_t pid, int *ret_status, int options, struct rusage *ret_usage)
{
	return (pid_t)hcall(HOST_wait4, pid, PTR(ret_status), options, PTR(ret_usage), 0, 0);
}

int host_prlimit(pid_t pid, int resource, const struct rlimit64 *val, struct rlimit64 *ret_old)
{
	return (int)hcall(HOST_prlimit64, pid, resource, PTR(val), PTR(ret_old), 0, 0);
}

int host_getrusage(int who, struct rusage *ret)
{
	return (int)hcall(HOST_getrusage, who, PTR(ret), 0, 0, 0, 0);
}

int host_futex_wake(u32 *word, int max)
{
	return (int)hcall(HOST_futex, PTR(word), FUTEX_WAKE, max, 0, 0, 0);
}

int host_sched_getaffinity(pid_t pid, cpu_set_t *ret)
{
	long n;

	/* The host writes as many bytes as its own masks have. */
	CPU_ZERO(ret);
	n = hcall(HOST_sched_getaffinity, pid, sizeof(*ret), PTR(ret), 0, 0, 0);
	return (int)min(n, 0L);
}

int host_sched_setaffinity(pid_t pid, size_t size, const void *mask)
{
	return (int)hcall(HOST_sched_setaffinity, pid, (long)size, PTR(mask), 0, 0, 0);
}

int host_sysinfo(struct sysinfo *ret)
{
	return (int)hcall(HOST_sysinfo, PTR(ret), 0, 0, 0, 0, 0);
}

/* The one call that does not enter the kernel: the vDSO answers most clocks. */
int host_clock_gettime(clockid_t clock, struct timespec *ret)
{
	return clock_gettime(clock, ret) ? -errno : 0;
}

int host_getrandom(void *buf, size_t size)
{
	u8 *p = buf;

	while (size) {
		long n = hcall_retry(HOST_getrandom, PTR(p), (long)size, 0, 0, 0, 0);

		if (n < 0)
			return (int)n;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}
