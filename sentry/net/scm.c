/*
 * Control messages (scm.h).
 *
 * A descriptor in flight holds its file.  A socket that is sent over itself and
 * closed would live for ever, so what is in flight is bounded for each process
 * by RLIMIT_NOFILE, and for the sandbox by SCM_FLIGHT_MAX; what is left in such
 * a ring goes with the sandbox.
 */
#include "net/scm.h"

#include <linux/capability.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "kernel/cred.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "mm/uaccess.h"

#define SCM_CONTROL_MAX (128u << 10) /* net.core.optmem_max */
#define SCM_FLIGHT_MAX  (64l << 10)
#define CMSG_HDR        sizeof(struct cmsghdr)

static long in_flight; /* atomic */

long scm_in_flight(void)
{
	return __atomic_load_n(&in_flight, __ATOMIC_RELAXED);
}

static void free_one(struct scm *s)
{
	for (int i = 0; i < s->nr_files; i++)
		file_put(s->files[i]);
	__atomic_sub_fetch(&in_flight, s->nr_files, __ATOMIC_RELAXED);
	kfree(s->files);
	kfree(s);
}

/* A fiber that frees control messages, and what has come up meanwhile. */
struct drain {
	struct list_head node; /* of drains */
	const struct parker *who;
	struct list_head doomed; /* scm.node; the fiber itself only */
};

static struct spinlock drains_lock;
static struct list_head drains = LIST_HEAD_INIT(drains); /* guarded by drains_lock */

static struct drain *find_drain(const struct parker *who)
{
	struct drain *d, *mine = NULL;

	spin_lock(&drains_lock);
	list_for_each_entry (d, &drains, node)
		if (d->who == who)
			mine = d;
	spin_unlock(&drains_lock);
	return mine;
}

static void drain_run(struct drain *d)
{
	spin_lock(&drains_lock);
	list_add(&d->node, &drains);
	spin_unlock(&drains_lock);
	while (!list_empty(&d->doomed)) {
		struct scm *s = list_first_entry(&d->doomed, struct scm, node);

		list_del(&s->node);
		free_one(s);
	}
	spin_lock(&drains_lock);
	list_del(&d->node);
	spin_unlock(&drains_lock);
}

/*
 * The last descriptor of a socket may be in one of these, with more of them in
 * that socket's queue: a loop, since a guest makes such chains longer than a
 * fiber's stack.
 */
void scm_free(struct scm *s)
{
	struct drain *running, d = {.who = park_self()};

	if (!s)
		return;
	if (!s->nr_files) {
		free_one(s);
		return;
	}
	running = find_drain(d.who);
	list_init(&d.doomed);
	list_add_tail(&s->node, running ? &running->doomed : &d.doomed);
	if (!running)
		drain_run(&d);
}

static int add_file(struct scm *s, struct file *f)
{
	if (!s->files)
		s->files = kcalloc(SCM_MAX_FD, sizeof(*s->files));
	if (!s->files)
		return -ENOMEM;
	s->files[s->nr_files++] = file_get(f);
	__atomic_add_fetch(&in_flight, 1, __ATOMIC_RELAXED);
	return 0;
}

struct scm *scm_dup(const struct scm *s)
{
	struct scm *d = s ? kzalloc(sizeof(*d)) : NULL;

	if (!d)
		return NULL;
	d->has_cred = s->has_cred;
	d->cred = s->cred;
	for (int i = 0; i < s->nr_files; i++)
		if (add_file(d, s->files[i])) {
			scm_free(d);
			return NULL;
		}
	return d;
}

static int take_rights(struct task *t, struct scm *s, const u8 *data, size_t len)
{
	size_t n = len / sizeof(int);

	if (s->nr_files + n > SCM_MAX_FD)
		return -EINVAL;
	if (scm_in_flight() + (long)n > SCM_FLIGHT_MAX ||
	    ((u64)scm_in_flight() > task_rlimit(t, RLIMIT_NOFILE) &&
	     !task_capable(t, CAP_SYS_RESOURCE) && !task_capable(t, CAP_SYS_ADMIN)))
		return -ETOOMANYREFS;
	for (size_t i = 0; i < n; i++) {
		cleanup_file struct file *f = NULL;
		int fd, err;

		memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
		f = fdtable_lookup(t->files, fd);
		if (!f)
			return -EBADF;
		err = add_file(s, f);
		if (err)
			return err;
	}
	return 0;
}

static bool is_own_uid(const struct cred *c, u32 uid)
{
	return uid == c->uid || uid == c->euid || uid == c->suid;
}

static bool is_own_gid(const struct cred *c, u32 gid)
{
	return gid == c->gid || gid == c->egid || gid == c->sgid;
}

static int take_creds(struct task *t, struct scm *s, const u8 *data, size_t len)
{
	struct ucred c;

	if (len != sizeof(c))
		return -EINVAL;
	memcpy(&c, data, sizeof(c));
	if ((c.pid != task_tgid(t) && !task_capable(t, CAP_SYS_ADMIN)) ||
	    (!is_own_uid(t->cred, c.uid) && !task_capable(t, CAP_SETUID)) ||
	    (!is_own_gid(t->cred, c.gid) && !task_capable(t, CAP_SETGID)))
		return -EPERM;
	s->cred = c;
	s->has_cred = true;
	return 0;
}

static int take_one(struct task *t, struct scm *s, const struct cmsghdr *h, const u8 *data)
{
	size_t len = h->cmsg_len - CMSG_HDR;

	if (h->cmsg_level != SOL_SOCKET)
		return 0;
	if (h->cmsg_type == SCM_RIGHTS)
		return take_rights(t, s, data, len);
	if (h->cmsg_type == SCM_CREDENTIALS)
		return take_creds(t, s, data, len);
	return -EINVAL;
}

static int parse(struct task *t, struct scm *s, const u8 *buf, size_t len)
{
	size_t off = 0;
	int err = 0;

	while (!err && len - off >= CMSG_HDR) {
		struct cmsghdr h;

		memcpy(&h, buf + off, CMSG_HDR);
		if (h.cmsg_len < CMSG_HDR || h.cmsg_len > len - off)
			return -EINVAL;
		err = take_one(t, s, &h, buf + off + CMSG_HDR);
		off += min(ALIGN_UP(h.cmsg_len, sizeof(size_t)), len - off);
	}
	return err;
}

int scm_from_user(struct task *t, uaddr_t control, size_t len, struct scm **ret)
{
	cleanup_free u8 *buf = NULL;
	struct scm *s;
	int err;

	*ret = NULL;
	if (!control || !len)
		return 0;
	if (len > SCM_CONTROL_MAX)
		return -ENOBUFS;
	buf = kzalloc(len);
	s = kzalloc(sizeof(*s));
	err = buf && s ? copy_from_user(t, buf, control, len) : -ENOMEM;
	if (!err)
		err = parse(t, s, buf, len);
	if (err || (!s->nr_files && !s->has_cred)) {
		scm_free(s);
		return err;
	}
	*ret = s;
	return 0;
}

int scm_put(struct scm_sink *k, int level, int type, const void *data, size_t len)
{
	struct cmsghdr h = {.cmsg_len = CMSG_HDR + len, .cmsg_level = level, .cmsg_type = type};
	size_t used;
	int err;

	if (k->left < CMSG_HDR) {
		k->out_flags |= MSG_CTRUNC;
		return 0;
	}
	if (k->left < h.cmsg_len) {
		k->out_flags |= MSG_CTRUNC;
		h.cmsg_len = k->left;
	}
	err = copy_to_user(k->task, k->at, &h, CMSG_HDR);
	if (!err)
		err = copy_to_user(k->task, k->at + CMSG_HDR, data, h.cmsg_len - CMSG_HDR);
	if (err)
		return err;
	used = min(ALIGN_UP(h.cmsg_len, sizeof(size_t)), k->left);
	k->at += used;
	k->left -= used;
	return 0;
}

int scm_put_files(struct scm_sink *k, const struct scm *s, bool cloexec)
{
	size_t room = k->left < CMSG_HDR ? 0 : (k->left - CMSG_HDR) / sizeof(int);
	int fds[SCM_MAX_FD], n = 0;

	while (n < s->nr_files && (size_t)n < room) {
		int fd = fd_install(k->task, s->files[n], cloexec);

		if (fd < 0)
			break;
		fds[n++] = fd;
	}
	if (n < s->nr_files)
		k->out_flags |= MSG_CTRUNC;
	if (!n)
		return 0;
	return scm_put(k, SOL_SOCKET, SCM_RIGHTS, fds, (size_t)n * sizeof(int));
}
