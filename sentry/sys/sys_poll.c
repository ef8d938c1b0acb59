/* poll(2), ppoll(2) */
#include <poll.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/poll.h"
#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sys/poll_timeout.h"

#define FAST_FDS 8

/* What one call works on; the arrays are the fast ones or memory of their own. */
struct poll_call {
	struct pollfd *fds;
	struct poll_slot *slots;
	struct fd_ref *refs; /* of slots that have a file */
	size_t nr;
	bool any_bad; /* a descriptor that is not open: an answer at once */
};

static void take_files(struct task *t, struct poll_call *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct pollfd *p = &c->fds[i];
		struct poll_slot *s = &c->slots[i];

		p->revents = 0;
		*s = (struct poll_slot){.events = (u16)p->events};
		if (p->fd < 0)
			continue;
		c->refs[i] = fd_borrow(t, p->fd);
		s->file = c->refs[i].file;
		if (!s->file) {
			p->revents = POLLNVAL;
			c->any_bad = true;
		}
	}
}

static int put_files(struct poll_call *c)
{
	int ready = 0;

	for (size_t i = 0; i < c->nr; i++) {
		if (c->slots[i].file) {
			c->fds[i].revents = (short)c->slots[i].revents;
			fd_ref_put(&c->refs[i]);
		}
		ready += c->fds[i].revents != 0;
	}
	return ready;
}

static long poll_copied(struct task *t, struct poll_call *c, uaddr_t ufds, u64 deadline)
{
	long ret, ready;

	if (copy_from_user(t, c->fds, ufds, c->nr * sizeof(*c->fds)))
		return -EFAULT;
	take_files(t, c);
	ret = poll_wait(c->slots, c->nr, c->any_bad ? 0 : deadline);
	ready = put_files(c);
	if (copy_to_user(t, ufds, c->fds, c->nr * sizeof(*c->fds)))
		return -EFAULT;
	return ret < 0 ? ret : ready;
}

static long do_poll(struct task *t, uaddr_t ufds, u32 nfds, u64 deadline)
{
	struct pollfd fast_fds[FAST_FDS];
	struct poll_slot fast_slots[FAST_FDS];
	struct fd_ref fast_refs[FAST_FDS];
	cleanup_free struct pollfd *fds = NULL;
	cleanup_free struct poll_slot *slots = NULL;
	cleanup_free struct fd_ref *refs = NULL;
	struct poll_call c = {
		.fds = fast_fds,
		.slots = fast_slots,
		.refs = fast_refs,
		.nr = nfds,
	};

	if (nfds > task_rlimit(t, RLIMIT_NOFILE))
		return -EINVAL;
	if (nfds > FAST_FDS) {
		fds = kcalloc(nfds, sizeof(*fds));
		slots = kcalloc(nfds, sizeof(*slots));
		refs = kcalloc(nfds, sizeof(*refs));
		if (!fds || !slots || !refs)
			return -ENOMEM;
		c.fds = fds;
		c.slots = slots;
		c.refs = refs;
	}
	return poll_copied(t, &c, ufds, deadline);
}

enum { POLL_UFDS, POLL_NFDS, POLL_DEADLINE };

static long poll_restart(struct task *t, struct restart_block *rb)
{
	long ret =
		do_poll(t, rb->args[POLL_UFDS], (u32)rb->args[POLL_NFDS], rb->args[POLL_DEADLINE]);

	return ret == -ERESTARTNOHAND ? -ERESTART_RESTARTBLOCK : ret;
}

long sys_poll(struct task *t, uaddr_t fds, u32 nfds, int timeout)
{
	u64 deadline = timeout < 0 ? PARK_FOREVER : deadline_after((u64)timeout * NSEC_PER_MSEC);

	t->restart = (struct restart_block){
		.fn = poll_restart,
		.args = {fds, nfds, deadline},
	};
	return poll_restart(t, &t->restart);
}

long sys_ppoll(struct task *t, uaddr_t ufds, u32 nfds, uaddr_t tsp, uaddr_t sigmask,
	       size_t sigsetsize)
{
	struct poll_timeout to;
	long ret = poll_timeout_timespec(t, tsp, &to);

	if (!ret)
		ret = signal_use_mask(t, sigmask, sigsetsize);
	if (ret)
		return ret;
	ret = do_poll(t, ufds, nfds, to.deadline);
	return poll_timeout_end(t, &to, ret);
}
