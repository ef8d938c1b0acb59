/* sendto(2), sendmsg(2), recvfrom(2), recvmsg(2) and the calls for many messages */
#include <sys/socket.h>
#include <time.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"
#include "mm/uaccess.h"
#include "net/scm.h"
#include "net/sock.h"
#include "sys/sockaddr.h"

#define MMSG_MAX         1024
#define UIO_MAXIOV_GUEST 1024
/* Flags of the kernel's own; a guest's are ignored, as Linux does with most. */
#define MSG_INTERNAL 0x80000000u

/* As the guest passes it: struct msghdr of x86-64. */
struct linux_msghdr {
	uaddr_t name;
	int namelen;
	u32 pad0;
	uaddr_t iov;
	u64 iovlen;
	uaddr_t control;
	u64 controllen;
	u32 flags;
	u32 pad1;
};

struct linux_mmsghdr {
	struct linux_msghdr hdr;
	u32 len;
	u32 pad;
};

static int flags_of(const struct file *f, u32 flags)
{
	return (int)((flags & ~MSG_INTERNAL) | (file_nonblock(f) ? MSG_DONTWAIT : 0u));
}

static ssize_t do_send(struct sock *sk, struct sock_msg *m)
{
	ssize_t n = sk->ops->sendmsg ? sk->ops->sendmsg(sk, m) : -EOPNOTSUPP;

	/* What was not taken along. */
	scm_free(m->scm);
	return n;
}

long sys_sendto(struct task *t, int fd, uaddr_t buf, size_t len, int flags, uaddr_t addr,
		u32 addrlen)
{
	cleanup_fd struct fd_ref r = {0};
	struct iov_iter it;
	struct sock_msg m = {.task = t, .iter = &it, .has_name = addr != 0};
	struct sock *sk;
	int err = sock_fd_borrow(t, fd, &r, &sk);

	if (!err && addr)
		err = sockaddr_from_user(t, addr, (int)addrlen, &m.name);
	if (err)
		return err;
	m.name_len = addrlen;
	m.flags = flags_of(r.file, (u32)flags);
	iov_iter_guest(&it, t->mm, buf, min(len, (size_t)MAX_RW_COUNT));
	return do_send(sk, &m);
}

static long send_one(struct task *t, struct file *f, struct sock *sk, const struct linux_msghdr *h,
		     int flags)
{
	struct iov_seg fast[UIO_FASTIOV], *segs = fast;
	struct iov_iter it;
	struct sock_msg m = {.task = t, .iter = &it, .has_name = h->name != 0 && h->namelen};
	int namelen = min(h->namelen, (int)sizeof(m.name));
	ssize_t n;
	int err;

	if (h->namelen < 0 && h->name)
		return -EINVAL;
	if (h->iovlen > UIO_MAXIOV_GUEST)
		return -EMSGSIZE;
	err = m.has_name ? sockaddr_from_user(t, h->name, namelen, &m.name) : 0;
	if (err)
		return err;
	m.name_len = (socklen_t)max(namelen, 0);
	n = iovec_from_user(t, h->iov, h->iovlen, fast, &segs);
	if (n < 0)
		return n;
	iov_iter_segs(&it, t->mm, segs, h->iovlen);
	iov_iter_truncate(&it, (size_t)n);
	m.flags = flags_of(f, (u32)flags);
	err = scm_from_user(t, h->control, h->controllen, &m.scm);
	n = err ? err : do_send(sk, &m);
	if (segs != fast)
		kfree(segs);
	return n;
}

long sys_sendmsg(struct task *t, int fd, uaddr_t msg, int flags)
{
	cleanup_fd struct fd_ref r = {0};
	struct linux_msghdr h;
	struct sock *sk;
	int err = sock_fd_borrow(t, fd, &r, &sk);

	if (!err)
		err = copy_from_user(t, &h, msg, sizeof(h));
	return err ? err : send_one(t, r.file, sk, &h, flags);
}

long sys_sendmmsg(struct task *t, int fd, uaddr_t msgvec, u32 vlen, int flags)
{
	cleanup_fd struct fd_ref r = {0};
	struct sock *sk;
	long n = 0;
	u32 done = 0;
	int err = sock_fd_borrow(t, fd, &r, &sk);

	if (err)
		return err;
	for (vlen = min(vlen, (u32)MMSG_MAX); done < vlen; done++) {
		uaddr_t at = msgvec + done * sizeof(struct linux_mmsghdr);
		struct linux_mmsghdr m;

		n = copy_from_user(t, &m, at, sizeof(m));
		if (!n)
			n = send_one(t, r.file, sk, &m.hdr, flags);
		if (n >= 0)
			n = put_user(t, (u32)n, at + offsetof(struct linux_mmsghdr, len));
		if (n < 0)
			break;
	}
	return done ? done : n;
}

static ssize_t do_recv(struct sock *sk, struct sock_msg *m)
{
	return sk->ops->recvmsg ? sk->ops->recvmsg(sk, m) : -EOPNOTSUPP;
}

long sys_recvfrom(struct task *t, int fd, uaddr_t buf, size_t len, int flags, uaddr_t addr,
		  uaddr_t addrlen)
{
	cleanup_fd struct fd_ref r = {0};
	struct iov_iter it;
	struct sock_msg m = {.task = t, .iter = &it};
	struct sock *sk;
	int err = sock_fd_borrow(t, fd, &r, &sk);
	ssize_t n;

	if (err)
		return err;
	iov_iter_guest(&it, t->mm, buf, min(len, (size_t)MAX_RW_COUNT));
	m.flags = flags_of(r.file, (u32)flags);
	n = do_recv(sk, &m);
	scm_free(m.scm);
	if (n >= 0 && addr)
		err = sockaddr_to_user(t, &m.name, m.name_len, addr, addrlen);
	return err ? err : n;
}

/* Control messages to the guest: credentials before descriptors, as Linux does. */
static int give_control(struct task *t, const struct sock *sk, const struct sock_msg *m,
			const struct linux_msghdr *h, uaddr_t uhdr, int flags)
{
	struct scm_sink k = {.task = t, .at = h->control, .left = h->control ? h->controllen : 0};
	u32 out;
	int err = 0;

	if (sk->passcred) {
		struct ucred none = {0, (uid_t)-1, (gid_t)-1};

		err = scm_put(&k, SOL_SOCKET, SCM_CREDENTIALS,
			      m->scm && m->scm->has_cred ? &m->scm->cred : &none, sizeof(none));
	}
	if (!err && m->scm && m->scm->nr_files)
		err = scm_put_files(&k, m->scm, flags & MSG_CMSG_CLOEXEC);
	if (err)
		return err;
	out = (u32)(m->out_flags | k.out_flags | (flags & MSG_CMSG_CLOEXEC));
	err = put_user(t, out, uhdr + offsetof(struct linux_msghdr, flags));
	if (!err)
		err = put_user(t, (u64)(k.at - h->control),
			       uhdr + offsetof(struct linux_msghdr, controllen));
	return err;
}

static long recv_one(struct task *t, struct file *f, struct sock *sk, uaddr_t uhdr, int flags)
{
	struct iov_seg fast[UIO_FASTIOV], *segs = fast;
	struct linux_msghdr h;
	struct iov_iter it;
	struct sock_msg m = {.task = t, .iter = &it};
	int err = copy_from_user(t, &h, uhdr, sizeof(h));
	ssize_t n;

	if (err)
		return err;
	if (h.name && h.namelen < 0)
		return -EINVAL;
	if (h.iovlen > UIO_MAXIOV_GUEST)
		return -EMSGSIZE;
	n = iovec_from_user(t, h.iov, h.iovlen, fast, &segs);
	if (n < 0)
		return n;
	iov_iter_segs(&it, t->mm, segs, h.iovlen);
	iov_iter_truncate(&it, (size_t)n);
	m.flags = flags_of(f, (u32)flags);
	n = do_recv(sk, &m);
	if (n >= 0 && h.name)
		err = sockaddr_to_user(t, &m.name, m.name_len, h.name,
				       uhdr + offsetof(struct linux_msghdr, namelen));
	if (n >= 0 && !err)
		err = give_control(t, sk, &m, &h, uhdr, flags);
	scm_free(m.scm);
	if (segs != fast)
		kfree(segs);
	return err ? err : n;
}

long sys_recvmsg(struct task *t, int fd, uaddr_t msg, int flags)
{
	cleanup_fd struct fd_ref r = {0};
	struct sock *sk;
	int err = sock_fd_borrow(t, fd, &r, &sk);

	return err ? err : recv_one(t, r.file, sk, msg, flags);
}

static int recv_deadline(struct task *t, uaddr_t timeout, u64 *ret)
{
	struct timespec ts;
	int err;

	*ret = PARK_FOREVER;
	if (!timeout)
		return 0;
	err = copy_from_user(t, &ts, timeout, sizeof(ts));
	if (err)
		return err;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (long)NSEC_PER_SEC)
		return -EINVAL;
	*ret = now_ns() + (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	return 0;
}

/* As on Linux, the time-out is looked at after each message only. */
long sys_recvmmsg(struct task *t, int fd, uaddr_t msgvec, u32 vlen, int flags, uaddr_t timeout)
{
	cleanup_fd struct fd_ref r = {0};
	u64 deadline;
	struct sock *sk;
	u32 done = 0;
	long n = 0;
	int err = recv_deadline(t, timeout, &deadline);

	if (!err)
		err = sock_fd_borrow(t, fd, &r, &sk);
	if (err)
		return err;
	for (vlen = min(vlen, (u32)MMSG_MAX); done < vlen;) {
		uaddr_t at = msgvec + done * sizeof(struct linux_mmsghdr);

		n = recv_one(t, r.file, sk, at, flags & ~MSG_WAITFORONE);
		if (n >= 0)
			n = put_user(t, (u32)n, at + offsetof(struct linux_mmsghdr, len));
		if (n < 0)
			break;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (now_ns() >= deadline)
			break;
	}
	return done ? done : n;
}
