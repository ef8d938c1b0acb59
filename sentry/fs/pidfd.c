/*
 * pidfd_open(2), CLONE_PIDFD: a descriptor for a process (pidfd.h)
 *
 * Holds the struct pid, never the process: when the process has ended the file
 * is readable (EPOLLIN), when it has been waited for it is hung up too.
 *
 * Locks: none of its own; poll reads what tasklist_lock guards as single words.
 */
#include "fs/pidfd.h"

#include <sys/epoll.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "kernel/pid.h"
#include "lib/alloc.h"

struct pidfd {
	struct file file; /* base; pidfd_release() frees the whole */
	struct pid *pid;  /* immutable; counted */
};

static struct pidfd *to_pidfd(const struct file *f)
{
	return container_of(f, struct pidfd, file);
}

static poll_t pidfd_poll(struct file *f)
{
	struct pid *pid = to_pidfd(f)->pid;
	poll_t ready = 0;

	if (__atomic_load_n(&pid->dead, __ATOMIC_ACQUIRE))
		ready |= EPOLLIN | EPOLLRDNORM;
	if (!__atomic_load_n(&pid->task, __ATOMIC_ACQUIRE))
		ready |= EPOLLHUP;
	return ready;
}

static size_t pidfd_show_fdinfo(struct file *f, char *buf, size_t size)
{
	struct pid *pid = to_pidfd(f)->pid;
	bool gone = !__atomic_load_n(&pid->task, __ATOMIC_ACQUIRE);
	int nr = gone ? -1 : pid->nr;

	return (size_t)snprintf(buf, size, "Pid:\t%d\nNSpid:\t%d\n", nr, nr);
}

static void pidfd_release(struct file *f)
{
	struct pidfd *p = to_pidfd(f);

	pid_put(p->pid);
	kfree(p);
}

static const struct file_ops pidfd_ops = {
	.poll = pidfd_poll,
	.show_fdinfo = pidfd_show_fdinfo,
	.release = pidfd_release,
	.anon_name = "pidfd",
};

int pidfd_create(struct pid *pid, int flags, struct file **ret)
{
	struct pidfd *p = kzalloc(sizeof(*p));

	if (!p)
		return -ENOMEM;
	file_init(&p->file, &pidfd_ops, O_RDWR | flags);
	p->pid = pid_get(pid);
	p->file.wq = &p->pid->wq;
	*ret = &p->file;
	return 0;
}

struct pid *pidfd_pid(const struct file *f)
{
	return f->ops == &pidfd_ops ? to_pidfd(f)->pid : NULL;
}

int pidfd_get_pid(struct task *t, int fd, struct pid **ret, bool *ret_nonblock)
{
	cleanup_file struct file *f = fd_get(t, fd);
	struct pid *pid = f ? pidfd_pid(f) : NULL;

	if (!pid)
		return -EBADF;
	if (ret_nonblock)
		*ret_nonblock = file_nonblock(f);
	*ret = pid_get(pid);
	return 0;
}
