/*
 * The table of host calls and the functions in front of it (host.h)
 *
 * hcall() is the one place where the sentry enters the host kernel; the
 * functions below only give each call its types, so a test that sets
 * fault_host_at reaches them all.
 *
 * Locks: none; the fault switch is for single-threaded tests.
 */
#include "host/host.h"

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host/internal.h"
#include "lib/log.h"

/* What the kernel's sigset_t is long; glibc's is longer. */
#define KERNEL_SIGSET_SIZE 8

enum host_when { BOOT, RUN, TRACE };

static const struct {
	const char *name;
	long nr;
	enum host_when when;
} calls[NR_HOST_CALLS] = {
#define X(name, when) [HOST_##name] = {#name, SYS_##name, when},
	HOST_CALLS(X)
#undef X
};

long fault_host_at;
int fault_host_error = EIO;
int fault_host_only = -1;

long host_call_nr(enum host_call c)
{
	return calls[c].nr;
}

bool host_call_at_run(enum host_call c, bool trace)
{
	return calls[c].when == RUN || (trace && calls[c].when == TRACE);
}

static bool fault_now(enum host_call c)
{
	if (fault_host_only >= 0 && fault_host_only != (int)c)
		return false;
	if (--fault_host_at)
		return false;
	log_info("fault: %s fails", calls[c].name);
	return true;
}

long hcall(enum host_call c, long a0, long a1, long a2, long a3, long a4, long a5)
{
	long ret;

	if (unlikely(fault_host_at > 0) && fault_now(c))
		return -fault_host_error;
	ret = syscall(calls[c].nr, a0, a1, a2, a3, a4, a5);
	return ret == -1 ? -errno : ret;
}

long hcall_retry(enum host_call c, long a0, long a1, long a2, long a3, long a4, long a5)
{
	long ret;

	do {
		ret = hcall(c, a0, a1, a2, a3, a4, a5);
	} while (ret == -EINTR);
	return ret;
}

ssize_t host_read(hostfd_t fd, void *buf, size_t size)
{
	return hcall_retry(HOST_read, fd.n, PTR(buf), (long)size, 0, 0, 0);
}

ssize_t host_write(hostfd_t fd, const void *buf, size_t size)
{
	return hcall_retry(HOST_write, fd.n, PTR(buf), (long)size, 0, 0, 0);
}

ssize_t host_pread(hostfd_t fd, void *buf, size_t size, off_t off)
{
	return hcall_retry(HOST_pread64, fd.n, PTR(buf), (long)size, off, 0, 0);
}

ssize_t host_pwrite(hostfd_t fd, const void *buf, size_t size, off_t off)
{
	return hcall_retry(HOST_pwrite64, fd.n, PTR(buf), (long)size, off, 0, 0);
}

off_t host_lseek(hostfd_t fd, off_t off, int whence)
{
	return hcall(HOST_lseek, fd.n, off, whence, 0, 0, 0);
}

/* Past the fault switch: a close that did not happen would be a leak of ours. */
void host_close(hostfd_t fd)
{
	if (hostfd_valid(fd))
		syscall(calls[HOST_close].nr, fd.n);
}

int host_dup(hostfd_t fd, hostfd_t *ret)
{
	return to_fd(hcall(HOST_fcntl, fd.n, F_DUPFD_CLOEXEC, 0, 0, 0, 0), ret);
}

int host_fcntl(hostfd_t fd, int cmd, unsigned long arg)
{
	return (int)hcall(HOST_fcntl, fd.n, cmd, (long)arg, 0, 0, 0);
}

int host_ioctl(hostfd_t fd, unsigned long request, void *arg)
{
	return (int)hcall(HOST_ioctl, fd.n, (long)request, PTR(arg), 0, 0, 0);
}

int host_ioctl_val(hostfd_t fd, unsigned long request, unsigned long arg)
{
	return (int)hcall(HOST_ioctl, fd.n, (long)request, (long)arg, 0, 0, 0);
}

int host_fstat(hostfd_t fd, struct stat *ret)
{
	return (int)hcall(HOST_fstat, fd.n, PTR(ret), 0, 0, 0, 0);
}

int host_fstatfs(hostfd_t fd, struct statfs *ret)
{
	return (int)hcall_retry(HOST_fstatfs, fd.n, PTR(ret), 0, 0, 0, 0);
}

int host_ftruncate(hostfd_t fd, off_t size)
{
	return (int)hcall_retry(HOST_ftruncate, fd.n, size, 0, 0, 0, 0);
}

int host_fallocate(hostfd_t fd, int mode, off_t off, off_t size)
{
	return (int)hcall_retry(HOST_fallocate, fd.n, mode, off, size, 0, 0);
}

int host_fsync(hostfd_t fd)
{
	return (int)hcall_retry(HOST_fsync, fd.n, 0, 0, 0, 0, 0);
}

int host_fdatasync(hostfd_t fd)
{
	return (int)hcall_retry(HOST_fdatasync, fd.n, 0, 0, 0, 0, 0);
}

int host_memfd_create(const char *name, unsigned flags, hostfd_t *ret)
{
	return to_fd(hcall(HOST_memfd_create, PTR(name), flags | MFD_CLOEXEC, 0, 0, 0, 0), ret);
}

/*
 * An address that one thread gives back and another is given is in order for
 * the host, of which the thread sanitizer sees nothing.
 */
#if defined(__SANITIZE_THREAD__)
static char address_space;

static void announce_mapped(void)
{
	__tsan_acquire(&address_space);
}

static void announce_unmapping(void)
{
	__tsan_release(&address_space);
}
#else
static inline void announce_mapped(void)
{
}

static inline void announce_unmapping(void)
{
}
#endif

int host_mmap(void *hint, size_t size, int prot, int flags, hostfd_t fd, off_t off, void **ret)
{
	long addr = hcall(HOST_mmap, PTR(hint), (long)size, prot, flags, fd.n, off);

	if (addr < 0 && addr > -(long)PAGE_SIZE)
		return (int)addr;
	*ret = (void *)(uintptr_t)addr;
	announce_mapped();
	return 0;
}

int host_munmap(void *addr, size_t size)
{
	announce_unmapping();
	return (int)hcall(HOST_munmap, PTR(addr), (long)size, 0, 0, 0, 0);
}

int host_mremap(void *old, size_t old_size, size_t size, int flags, void **ret)
{
	long addr;

	announce_unmapping();
	addr = hcall(HOST_mremap, PTR(old), (long)old_size, (long)size, flags, 0, 0);
	if (addr < 0 && addr > -(long)PAGE_SIZE)
		return (int)addr;
	*ret = (void *)(uintptr_t)addr;
	announce_mapped();
	return 0;
}

int host_mprotect(void *addr, size_t size, int prot)
{
	return (int)hcall(HOST_mprotect, PTR(addr), (long)size, prot, 0, 0, 0);
}

int host_epoll_create(hostfd_t *ret)
{
	return to_fd(hcall(HOST_epoll_create1, EPOLL_CLOEXEC, 0, 0, 0, 0, 0), ret);
}

int host_epoll_ctl(hostfd_t ep, int op, hostfd_t fd, struct epoll_event *ev)
{
	return (int)hcall(HOST_epoll_ctl, ep.n, op, fd.n, PTR(ev), 0, 0);
}

static struct timespec to_timespec(s64 ns)
{
	return (struct timespec){
		.tv_sec = (time_t)((u64)ns / NSEC_PER_SEC),
		.tv_nsec = (long)((u64)ns % NSEC_PER_SEC),
	};
}

/* Whole milliseconds, rounded up so that a wait never ends before its time. */
static int to_msec(s64 ns)
{
	u64 ms;

	if (ns < 0)
		return -1;
	ms = ((u64)ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

int host_epoll_wait(hostfd_t ep, struct epoll_event *events, int max, s64 timeout_ns)
{
	static bool coarse; /* atomic: the host has no epoll_pwait2 */
	struct timespec ts = to_timespec(timeout_ns < 0 ? 0 : timeout_ns);
	long ret;

	/* For ever and not at all need no nanoseconds: the old call is on every host. */
	if (timeout_ns > 0 && !__atomic_load_n(&coarse, __ATOMIC_RELAXED)) {
		ret = hcall(HOST_epoll_pwait2, ep.n, PTR(events), max, PTR(&ts), 0, 0);
		if (ret != -ENOSYS && ret != -EPERM)
			return (int)ret;
		__atomic_store_n(&coarse, true, __ATOMIC_RELAXED);
	}
	return (int)hcall(HOST_epoll_pwait, ep.n, PTR(events), max, to_msec(timeout_ns), 0, 0);
}

int host_ppoll(struct pollfd *fds, size_t nr, s64 timeout_ns)
{
	struct timespec ts = to_timespec(timeout_ns < 0 ? 0 : timeout_ns);

	return (int)hcall(HOST_ppoll, PTR(fds), (long)nr, timeout_ns < 0 ? 0 : PTR(&ts), 0, 0, 0);
}

int host_eventfd(unsigned initval, int flags, hostfd_t *ret)
{
	return to_fd(hcall(HOST_eventfd2, initval, flags | O_CLOEXEC, 0, 0, 0, 0), ret);
}

int host_signalfd(hostfd_t fd, const sigset_t *mask, int flags, hostfd_t *ret)
{
	return to_fd(
		hcall(HOST_signalfd4, fd.n, PTR(mask), KERNEL_SIGSET_SIZE, flags | O_CLOEXEC, 0, 0),
		ret);
}
