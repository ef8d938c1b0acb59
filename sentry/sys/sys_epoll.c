/*
 * epoll_create(2), epoll_create1(2), epoll_ctl(2), epoll_wait(2),
 * epoll_pwait(2), epoll_pwait2(2)
 */
#include "fs/epoll.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define EVENTS_MAX ((int)(INT32_MAX / sizeof(struct epoll_event)))

static long epoll_new(struct task *t, bool cloexec)
{
	cleanup_file struct file *f = NULL;
	int err = epoll_create_file(&f);

	return err ? err : fd_install(t, f, cloexec);
}

long sys_epoll_create1(struct task *t, int flags)
{
	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	return epoll_new(t, flags & EPOLL_CLOEXEC);
}

long sys_epoll_create(struct task *t, int size)
{
	return size > 0 ? epoll_new(t, false) : -EINVAL;
}

long sys_epoll_ctl(struct task *t, int epfd, int op, int fd, uaddr_t event)
{
	cleanup_file struct file *epf = NULL, *f = NULL;
	struct epoll_event ev = {0};

	if (op != EPOLL_CTL_DEL && copy_from_user(t, &ev, event, sizeof(ev)))
		return -EFAULT;
	epf = fd_get(t, epfd);
	f = fd_get(t, fd);
	if (!epf || !f)
		return -EBADF;
	if (!f->ops->poll)
		return -EPERM;
	if (epf == f || !file_is_epoll(epf))
		return -EINVAL;
	switch (op) {
	case EPOLL_CTL_ADD:
		return epoll_add(epf, f, fd, &ev);
	case EPOLL_CTL_MOD:
		return epoll_mod(epf, f, fd, &ev);
	case EPOLL_CTL_DEL:
		return epoll_del(epf, f, fd);
	default:
		return -EINVAL;
	}
}

/* Where the events go. */
struct out {
	struct task *t;
	uaddr_t at;
};

static int emit(void *arg, const struct epoll_event *evs, size_t nr)
{
	struct out *o = arg;
	int err = copy_to_user(o->t, o->at, evs, nr * sizeof(*evs));

	o->at += nr * sizeof(*evs);
	return err;
}

static long do_epoll_wait(struct task *t, int epfd, uaddr_t events, int maxevents, u64 deadline)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, epfd);
	struct out out = {.t = t, .at = events};

	if (!r.file)
		return -EBADF;
	if (maxevents <= 0 || maxevents > EVENTS_MAX || !file_is_epoll(r.file))
		return -EINVAL;
	return epoll_wait_events(r.file, maxevents, deadline, emit, &out);
}

static u64 deadline_ms(int timeout)
{
	return timeout < 0 ? PARK_FOREVER : deadline_after((u64)timeout * NSEC_PER_MSEC);
}

long sys_epoll_wait(struct task *t, int epfd, uaddr_t events, int maxevents, int timeout)
{
	return do_epoll_wait(t, epfd, events, maxevents, deadline_ms(timeout));
}

static long wait_masked(struct task *t, int epfd, uaddr_t events, int maxevents, u64 deadline,
			uaddr_t sigmask, size_t sigsetsize)
{
	long ret = signal_use_mask(t, sigmask, sigsetsize);

	if (ret)
		return ret;
	ret = do_epoll_wait(t, epfd, events, maxevents, deadline);
	signal_end_mask(t, ret == -EINTR);
	return ret;
}

long sys_epoll_pwait(struct task *t, int epfd, uaddr_t events, int maxevents, int timeout,
		     uaddr_t sigmask, size_t sigsetsize)
{
	return wait_masked(t, epfd, events, maxevents, deadline_ms(timeout), sigmask, sigsetsize);
}

long sys_epoll_pwait2(struct task *t, int epfd, uaddr_t events, int maxevents, uaddr_t timeout,
		      uaddr_t sigmask, size_t sigsetsize)
{
	u64 deadline = PARK_FOREVER;
	int err = timeout ? deadline_from_user(t, timeout, &deadline) : 0;

	if (err)
		return err;
	return wait_masked(t, epfd, events, maxevents, deadline, sigmask, sigsetsize);
}
